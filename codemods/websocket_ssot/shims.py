"""How a shim hands its arguments on to the canonical factory: what makes it a mere other name of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from codemods.websocket_ssot.facts import Argument, FunctionFact, Parameter

LITERAL = re.compile(r"""None|True|False|-?\d+(?:\.\d+)?|"[^"\\\n]*"|'[^'\\\n]*'""")
_CALLER = frozenset({"pos", "any", "kw"})


@dataclass(frozen=True, slots=True)
class Translation:
    """From the parameters of a shim to those of the canonical factory.

    `names` are handed on, `ignored` are taken and never used, `fixed` are values that the shim itself gives (parameter
    of the factory, text).  `rest` says what becomes of further keywords: handed on (`given`), swallowed (`ignored`), or
    not taken at all ("").  `defaults` are texts of defaults that differ from those of the factory.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    fixed: tuple[tuple[str, str], ...] = ()
    rest: str = ""
    defaults: Mapping[str, str] = field(default_factory=dict)


def same_text(one: str | None, other: str | None) -> bool:
    """Whether two default values are written alike, whatever the quotes."""
    return (one or "").replace("'", '"') == (other or "").replace("'", '"')


def handed_on(
    function: FunctionFact,
    returned: Sequence[Argument],
    target: Sequence[Parameter],
    drop: Sequence[str],
    through: Translation | None,
    canonical: Sequence[Parameter],
) -> Translation | None:
    """The translation that one `return target(...)` of a function makes, None when it does more than hand on.

    `target` are the parameters of what is called, `through` its own translation when it is a shim itself, `canonical`
    the parameters of the factory.
    """
    own = {p.name: p for p in function.parameters if p.kind in _CALLER}
    swallower = next((p.name for p in function.parameters if p.kind == "**"), None)
    positional = [p.name for p in target if p.kind in {"pos", "any"}]
    accepted = {p.name: p for p in canonical if p.kind in {"any", "kw"}}
    names: dict[str, str] = {}
    fixed: list[tuple[str, str]] = list(through.fixed) if through else []
    rest = "ignored" if swallower else ""
    for position, argument in enumerate(returned):
        if argument.keyword == "**" and argument.text.lstrip("*") == swallower:
            rest = "given"
            continue
        name = argument.keyword or (positional[position] if position < len(positional) else "*")
        if through is not None:
            if name in through.ignored:
                continue
            name = through.names.get(name, "*")
        if name in drop and name not in accepted:
            continue
        if name not in accepted:
            return None
        if argument.text in own:
            if argument.text in function.reassigned:
                return None
            names[argument.text] = name
        elif not same_text(argument.text, accepted[name].default):
            if not LITERAL.fullmatch(argument.text):
                return None
            fixed.append((name, argument.text))
    defaults = {
        name: own[name].default or ""
        for name, new in names.items()
        if own[name].default is not None and not same_text(own[name].default, accepted[new].default)
    }
    return Translation(names, frozenset(own) - set(names), tuple(fixed), rest, defaults)


def only(translations: Sequence[Translation | None]) -> Translation | None:
    """The one translation that all ways out of a function agree on."""
    first = translations[0] if translations else None
    return first if first is not None and all(one == first for one in translations) else None
