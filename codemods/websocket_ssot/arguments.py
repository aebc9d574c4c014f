"""How the arguments of an old call become those of the canonical factory, by the two real signatures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codemods.websocket_ssot.facts import Call, Parameter
from codemods.websocket_ssot.shims import LITERAL, Translation


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a site is left alone: a code and the reason in words."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """The new arguments (see `part.CallChange`), and the spans of those that are dropped."""

    arguments: tuple[tuple[int, str], ...]
    dropped: tuple[tuple[int, int], ...] = ()


def without_self(parameters: Sequence[Parameter]) -> tuple[Parameter, ...]:
    """The parameters that a caller of a method gives."""
    return tuple(parameters[1:])


def mapped(
    call: Call,
    old: Sequence[Parameter] | None,
    new: Sequence[Parameter],
    drop: Sequence[str],
    translation: Translation | None = None,
) -> Mapped | Refusal:
    """Map the arguments of a call from the parameters `old` to the parameters `new`.

    `old` is None where the old signature isn't known: then a positional argument needs a name that `new` has
    (`user_context`, `self.user_context`).  An argument that is named like another parameter than the one it stands for
    is refused: one of the two is wrong.  `translation` says how a shim handed its parameters on.  `drop` are keywords
    that the configuration allows to leave out.
    """
    given = call.arguments
    accepted = {parameter.name: parameter for parameter in new if parameter.kind in {"any", "kw"}}
    open_keywords = any(parameter.kind == "**" for parameter in new)
    positional = [p.name for p in old or () if p.kind in {"pos", "any"}]
    result: list[tuple[int, str]] = []
    dropped: list[tuple[int, int]] = []
    filled: set[str] = set()
    count = 0
    for index, argument in enumerate(given):
        if argument.keyword in {"*", "**"}:
            return Refusal("WS123", f"unpacked argument {argument.keyword}{argument.text.lstrip('*')}")
        name = argument.keyword
        if not name:
            says = argument.text.rpartition(".")[2]
            if old is None and says in accepted and says not in filled:
                name = says
            elif count >= len(positional):
                return Refusal(
                    "WS120", f"positional argument {argument.text or count + 1} has no name in the old signature"
                )
            else:
                name = positional[count]
            if says in accepted and says != name:
                return Refusal("WS120", f"positional argument {says} stands where the old signature has {name}")
            count += 1
        if translation is not None and name in translation.names:
            name = translation.names[name]
        elif translation is not None and (name in translation.ignored or translation.rest == "ignored"):
            if not argument.pure:
                return Refusal("WS124", f"the value of {name} may do more than give a value")
            dropped.append((argument.start, argument.end))
            continue
        if name in accepted or (open_keywords and argument.keyword):
            filled.add(name)
            result.append((index, "" if argument.keyword == name else name))
        elif name in drop:
            if not argument.pure:
                return Refusal("WS124", f"the value of {name} may do more than give a value")
            dropped.append((argument.start, argument.end))
        elif argument.keyword:
            return Refusal("WS121", f"the canonical factory has no parameter {name}")
        else:
            return Refusal("WS120", f"the canonical factory has no parameter for the positional argument {name}")
    for name, text in _added(translation, filled):
        if not LITERAL.fullmatch(text):
            return Refusal("WS127", f"the old function gives {name} a value of its own")
        filled.add(name)
        result.append((-1, f"{name}={text}"))
    for parameter in new:
        if parameter.kind in {"pos", "any", "kw"} and parameter.default is None and parameter.name not in filled:
            return Refusal("WS125", f"the canonical factory needs {parameter.name}")
    return Mapped(_in_order(result, call, new), tuple(dropped))


def _added(translation: Translation | None, filled: set[str]) -> Iterator[tuple[str, str]]:
    """What a shim gives by itself: values that it fixes, and defaults of its own that the call relies on."""
    if translation is None:
        return
    yield from (item for item in translation.fixed if item[0] not in filled)
    for old, text in translation.defaults.items():
        if translation.names[old] not in filled:
            yield translation.names[old], text


def _in_order(result: Sequence[tuple[int, str]], call: Call, new: Sequence[Parameter]) -> tuple[tuple[int, str], ...]:
    """The arguments in the order of the new signature, where an argument got its name and none can tell the order."""
    given = call.arguments
    named = any(index >= 0 and keyword for index, keyword in result)
    if not named or not call.one_line or not all(argument.pure for argument in given):
        return tuple(result)
    places = {parameter.name: place for place, parameter in enumerate(new)}

    def place(item: tuple[int, str]) -> int:
        index, keyword = item
        name = keyword.partition("=")[0] or given[index].keyword
        return places.get(name, len(places))

    return tuple(sorted(result, key=place))
