"""Whether a mention is the definition that gets another name."""

from __future__ import annotations

from typing import Literal, NamedTuple

from codemods.rope_rename.target import Target
from codemods.toolkit.python.mentions.classes import Base, Classes, Key, Outside
from codemods.toolkit.python.mentions.doubles import is_double
from codemods.toolkit.python.mentions.facts import Facts, Mention, Ref
from codemods.toolkit.python.mentions.places import Call, Else, Local, Member, Place, Places, Variable
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project

DOUBLES = frozenset(
    {"Mock", "MagicMock", "AsyncMock", "NonCallableMock", "SimpleNamespace", "replace", "evolve", "multiple",
     "create_autospec", "configure_mock", "PropertyMock"}
)  # fmt: skip
"""What takes names of attributes as keywords (unittest.mock, types, dataclasses, attrs)."""


DICTIONARIES = frozenset({"dict", "update", "OrderedDict", "defaultdict"})
"""What makes keys of its keywords, which may become keywords again (`f(**dict(word=1))`)."""


class Verdict(NamedTuple):
    """`same`: it is; `other`: it is surely something else; `unknown`: nobody can tell.  And why.

    `broken` says that the place fails as it is: whatever is meant, nothing is lost if it stays.  `final` says that
    inference would be wrong.
    """

    is_it: Literal["same", "other", "unknown"]
    reason: str
    broken: bool = False
    final: bool = False


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
        self._taking_more = {
            (path, names)
            for path, entry in project.entries.items()
            if target.kind in {"parameter", "member"} and entry.facts is not None
            for names in entry.facts.taking_more
        }
        self._data = any(
            self._classes.facts[base].keywords
            for key in target.family
            for base in classes.line(key)
            if isinstance(base, Key)
        )

    def of(self, path: str, mention: Mention) -> Verdict:
        """What a mention in a file is."""
        place = self._places.of(path, mention.ref, self._word)
        if isinstance(place, Else) and mention.form == "string" and self._is_end_of_path(mention.ref):
            return Verdict("unknown", "a string that may be the end of its path")
        if mention.form == "key" and not self._is_member_of_enum(place):
            return Verdict("unknown", "a string that may be the name")
        match self._target.kind:
            case "variable":
                return self._variable(path, mention, place)
            case "member":
                return self._member(mention, place)
            case "parameter":
                return self._parameter(mention, place)
            case "local" | "module":  # modules have `ModuleVerdicts`
                return self._local(mention, place)

    def _is_end_of_path(self, ref: Ref) -> bool:
        """Whether the name before the word is that of the class (or the module) of the definition."""
        holders = {key.names[-1] for key in self._target.family} | set(self._target.names[-2:-1])
        if self._target.kind == "variable":
            holders = {self._target.path.removesuffix("/__init__.py").removesuffix(".py").rpartition("/")[2]}
        return ref.how == "imported" and (ref.module, *ref.names)[-2:][0] in holders

    def is_taken(self, path: str, mention: Mention, new: str) -> bool:
        """Whether a mention of the new name is something of what the definition belongs to."""
        match self._places.of(path, mention.ref, new):
            case Member(start) if self._target.kind == "member":
                return start in self._classes.related(self._target.family)
            case Variable(holder, name) if self._target.kind == "variable":
                return name == new and self.ours(holder)
            case Call(callee) if self._target.kind == "parameter":
                return self._function(callee) in self._target.functions
        return False

    def _is_member_of_enum(self, place: Place) -> bool:
        """Whether a key in brackets is looked up among the members of an enum (`Colour["red"]`)."""
        if not isinstance(place, Member):
            return False
        bases = (base for base in self._classes.line(place.start) if isinstance(base, Outside))
        return any(base.name.partition(".")[0] == "enum" for base in bases)

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
            case Else(sure, reason, _final, broken):
                if mention.form == "keyword":
                    return _keyword(mention)
                return Verdict("other" if sure else "unknown", reason, broken)

    def _held(self, holder: str) -> Verdict:
        if self.ours(holder):
            return Verdict("same", f"leads to {self._target}")
        origin = self._origins.bound(holder, self._word)
        if origin.key == (self._target.path, self._target.names[0]):
            return Verdict("other", f"{holder} keeps the name by an import as")
        if origin.status in {"unparsable", "ambiguous", "dynamic", "unloaded"}:
            return Verdict("unknown", f"where it comes from can't be told ({origin.status})")
        if origin.nowhere:
            entry = self._project.entries.get(holder)
            stars = entry.names.stars if entry is not None and entry.names is not None else ()
            return Verdict("unknown", f"leads nowhere ({origin.status})", broken=not stars)
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
                return self._keyword_of_class(key, self._classes.line(key))
            case Call(Member(start, "__init__", owner)):
                line = self._classes.line(start)
                behind = owner.key != start and "__init__" in self._classes.facts[start].members  # super().__init__
                return self._keyword_of_class(start, line[1:] if behind else line)
            case Call(Member(start) as callee) if start in self._classes.related(self._target.family):
                if self._function(callee) in self._taking_more:
                    return Verdict("unknown", f"`{callee.name}` of {start} takes keywords of any name")
                return Verdict("other", "a keyword is the name of a parameter")
            case Call():
                return Verdict("other", "a keyword is the name of a parameter")
            case Else(sure, reason, final, broken):
                if mention.form != "keyword":
                    return Verdict("other" if sure else "unknown", reason, broken, final)
                if self._data and mention.called in DICTIONARIES:
                    return Verdict("unknown", "a key that may be handed on as a keyword")
                if self._data and not sure:
                    return Verdict("unknown", reason)
                return _keyword(mention)

    def _found_in(self, start: Key, owner: Key | None, doubt: str) -> Verdict:
        if owner is not None:
            if owner in self._target.family:
                return Verdict("same", f"an attribute of {owner}")
            if is_double(owner.names[-1]):
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

    def _keyword_of_class(self, key: Key, line: list[Base]) -> Verdict:
        """A keyword of a constructor that is looked for in these classes."""
        ours = self._classes.owner(key, self._word).key in self._target.family
        for base in line if ours else ():
            if not isinstance(base, Key):
                continue
            fact = self._classes.facts[base]
            if "__init__" in fact.members:
                if fact.takes_more:
                    return Verdict("unknown", f"the `__init__` of {base} takes keywords of any name")
                return Verdict("other", "a keyword is the name of a parameter")
            if fact.keywords:
                return Verdict("same", f"a field of {base}")
        if ours:
            return Verdict("unknown", f"what takes the keywords of {key} can't be told")
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
                spelled = f"{function[0]}:{'.'.join(function[1])}"
                if function not in self._target.functions and function in self._taking_more:
                    return Verdict("unknown", f"{spelled} may hand it on")
                is_it = function in self._target.functions
                return Verdict("same" if is_it else "other", f"a parameter of {spelled}")
            case Else(sure, reason) if mention.form == "keyword":
                if mention.called in DICTIONARIES:
                    return Verdict("unknown", "a key that may be handed on as a keyword")
                if mention.called == "call":
                    return Verdict("unknown", "what a double is called with")
                return Verdict("other" if sure else "unknown", reason)
            case Else(_sure, reason) if mention.form in {"string", "word", "comment", "other", "name"}:
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
            case Else() if mention.form in {"word", "comment", "other", "name"}:
                return Verdict("unknown", mention.ref.reason)
            case _:
                return Verdict("other", "not bound in that function")


def _keyword(mention: Mention) -> Verdict:
    """What a keyword is of which nobody knows the function: a parameter, unless that takes names of attributes."""
    if mention.called in DOUBLES:
        return Verdict("unknown", f"`{mention.called}` takes names of attributes as keywords")
    return Verdict("other", "a keyword is the name of a parameter")
