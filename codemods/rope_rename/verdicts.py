"""Whether a mention is the definition that gets another name."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from codemods.rope_rename.target import Target
from codemods.toolkit.python.mentions.classes import Classes, Key
from codemods.toolkit.python.mentions.facts import Facts, Mention, Ref
from codemods.toolkit.python.mentions.places import Call, Else, Local, Member, Place, Places, Variable
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project

_DOUBLES = frozenset(
    {"Mock", "MagicMock", "AsyncMock", "NonCallableMock", "SimpleNamespace", "replace", "evolve", "multiple",
     "create_autospec", "configure_mock", "PropertyMock"}
)  # fmt: skip
"""What takes names of attributes as keywords (unittest.mock, types, dataclasses, attrs)."""


_DOUBLE = re.compile(r"(?i)^_?(?:mock|fake|stub|dummy|spy)|(?:mock|fake|stub|dummy|double|spy)$")
"""Names of classes that stand for others in tests, without inheriting from them."""


class Verdict(NamedTuple):
    """`same`: it is; `other`: it is surely something else; `unknown`: nobody can tell.  And why."""

    is_it: Literal["same", "other", "unknown"]
    reason: str


class Verdicts:
    """Answers about the mentions of one project.

    In the modules that are `blocked` the word stays at the top level, as an alias of an import.
    """

    def __init__(
        self,
        project: Project[Facts],
        origins: Origins,
        classes: Classes,
        target: Target,
        word: str,
        blocked: frozenset[str] = frozenset(),
    ) -> None:
        self._project = project
        self._origins = origins
        self._classes = classes
        self._target = target
        self._word = word
        self._places = Places(project, origins, classes)
        self._ours: dict[str, bool] = dict.fromkeys(blocked, False)
        self._data = any(
            self._classes.facts[base].keywords
            for key in target.family
            for base in classes.line(key)
            if isinstance(base, Key)
        )

    def of(self, path: str, mention: Mention) -> Verdict:
        """What a mention in a file is."""
        place = self._places.of(path, mention.ref, self._word)
        match self._target.kind:
            case "variable":
                return self._variable(path, mention, place)
            case "member":
                return self._member(mention, place)
            case "parameter":
                return self._parameter(mention, place)
            case "local":
                return self._local(mention, place)

    def ours(self, path: str) -> bool:
        """Whether the word at the top level of a module is the definition, under the name that it has by itself.

        `from m import other as word` gives it that name there, and it stays as it was chosen.
        """
        known = self._ours.get(path)
        if known is None:
            self._ours[path] = False  # modules that import each other
            known = self._ours[path] = self._is_ours(path)
        return known

    def _is_ours(self, path: str) -> bool:
        if path == self._target.path:
            return True
        if self._origins.bound(path, self._word).key != (self._target.path, self._target.names[0]):
            return False
        entry = self._project.entries.get(path)
        if entry is None or entry.names is None:
            return False
        for bound in entry.names.bindings.get(self._word, ()):
            ref: Ref | None = None
            if bound.kind == "from" and bound.member == self._word:
                ref = Ref("imported", (self._word,), bound.level, bound.module)
            elif bound.kind == "alias" and bound.member.rpartition(".")[2] == self._word and "." in bound.member:
                ref = Ref("here", tuple(bound.member.split(".")))
            place = self._places.of(path, ref, self._word) if ref is not None else None
            if isinstance(place, Variable) and self.ours(place.path):
                return True
        for level, module in entry.names.stars:
            origin = self._origins.module(path, level, module)
            if origin.status == "module" and origin.path.endswith(".py") and self.ours(origin.path):
                return True
        return False

    def _variable(self, path: str, mention: Mention, place: Place) -> Verdict:
        match place:
            case Variable(holder, name):
                if name != self._word:
                    return Verdict("other", f"a name of its own for `{name}`")
                return self._held(holder)
            case Member(start):
                return Verdict("other", f"an attribute of {start}")
            case Local():
                return Verdict("other", "bound within a function or class")
            case Call():
                return Verdict("other", "a keyword is the name of a parameter")
            case Else(sure, reason):
                if mention.form == "keyword":
                    return _keyword(mention)
                return Verdict("other" if sure else "unknown", reason)

    def _held(self, holder: str) -> Verdict:
        if self.ours(holder):
            return Verdict("same", f"leads to {self._target}")
        origin = self._origins.bound(holder, self._word)
        if origin.key == (self._target.path, self._target.names[0]):
            return Verdict("other", f"{holder} keeps the name by an import as")
        if origin.status in {"unparsable", "ambiguous", "dynamic", "unloaded"}:
            return Verdict("unknown", f"where it comes from can't be told ({origin.status})")
        if origin.nowhere:
            return Verdict("unknown", f"leads nowhere ({origin.status})")
        where = ":".join(part for part in (origin.path, origin.name) if part)
        return Verdict("other", f"leads to {where}")

    def _member(self, mention: Mention, place: Place) -> Verdict:
        match place:
            case Member(start, _name, owner):
                return self._found_in(start, owner.key, owner.doubt)
            case Variable(holder):
                return Verdict("other", f"a name at the top level of {holder}")
            case Local():
                return Verdict("other", "bound within a function")
            case Call(Key() as key):
                return self._keyword_of_class(key)
            case Call():
                return Verdict("other", "a keyword is the name of a parameter")
            case Else(sure, reason):
                if mention.form != "keyword":
                    return Verdict("other" if sure else "unknown", reason)
                if self._data and not sure:
                    return Verdict("unknown", reason)
                return _keyword(mention)

    def _found_in(self, start: Key, owner: Key | None, doubt: str) -> Verdict:
        if owner is not None:
            if owner in self._target.family:
                return Verdict("same", f"an attribute of {owner}")
            if _DOUBLE.search(owner.names[-1]):
                return Verdict("unknown", f"{owner} may be a double of it")
            return Verdict("other", f"an attribute of {owner}")
        heirs = [key for key in self._classes.related(frozenset({start})) if key != start]
        owners = {self._classes.owner(key, self._word).key for key in heirs} - {None}
        ours = owners & self._target.family
        if ours and ours == owners:
            return Verdict("same", f"{start} has it from {min(key for key in ours if key)}, by a common subclass")
        if ours or doubt:
            return Verdict("unknown", f"{start} may have it from {doubt or 'a subclass'}")
        return Verdict("other", f"{start} has no such attribute of its own")

    def _keyword_of_class(self, key: Key) -> Verdict:
        owner = self._classes.owner(key, self._word).key
        line = [base for base in self._classes.line(key) if isinstance(base, Key)]
        own_init = any("__init__" in self._classes.facts[base].members for base in line)
        if owner in self._target.family and not own_init and any(self._classes.facts[base].keywords for base in line):
            return Verdict("same", f"a field of {owner}")
        return Verdict("other", "a keyword is the name of a parameter")

    def _parameter(self, mention: Mention, place: Place) -> Verdict:
        match place:
            case Local(path, names):
                is_it = (path, names[:-1]) in self._target.functions
                return Verdict("same" if is_it else "other", f"a parameter of {path}:{'.'.join(names[:-1])}")
            case Call(callee):
                function = self._function(callee)
                if function is None and isinstance(callee, Key) and not self._classes.owner(callee, "__init__").doubt:
                    return Verdict("other", f"{callee} has no `__init__` of its own")
                if function is None:
                    return Verdict("unknown", "what is called can't be told")
                is_it = function in self._target.functions
                return Verdict("same" if is_it else "other", f"a parameter of {function[0]}:{'.'.join(function[1])}")
            case Else(sure, reason) if mention.form == "keyword":
                return Verdict("other" if sure else "unknown", reason)
            case Else(_sure, reason) if mention.form in {"string", "word", "comment", "other"}:
                return Verdict("unknown", reason)
            case _:
                return Verdict("other", "no parameter")

    def _function(self, callee: Variable | Member | Local | Key) -> tuple[str, tuple[str, ...]] | None:
        match callee:
            case Key():
                owner = self._classes.owner(callee, "__init__").key
                return (owner.path, (*owner.names, "__init__")) if owner is not None else None
            case Member(_start, name, owner):
                return (owner.key.path, (*owner.key.names, name)) if owner.key is not None else None
            case Variable(path, name):
                return path, (name,)
            case Local(path, names):
                return path, names

    def _local(self, mention: Mention, place: Place) -> Verdict:
        match place:
            case Local(path, names):
                is_it = (path, names) == (self._target.path, self._target.names)
                return Verdict("same" if is_it else "other", f"bound in {path}:{'.'.join(names[:-1])}")
            case Else() if mention.form in {"word", "comment", "other"}:
                return Verdict("unknown", mention.ref.reason)
            case _:
                return Verdict("other", "not bound in that function")


def _keyword(mention: Mention) -> Verdict:
    """What a keyword is of which nobody knows the function: a parameter, unless that takes names of attributes."""
    called = mention.ref.names[-1:] or (mention.ref.module.rpartition(".")[2],)
    if called[0] in _DOUBLES:
        return Verdict("unknown", f"`{called[0]}` takes names of attributes as keywords")
    return Verdict("other", "a keyword is the name of a parameter")
