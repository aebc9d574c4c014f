"""Whether a mention is the function whose signature changes, and whether it is called on an instance."""

from __future__ import annotations

from typing import Literal, NamedTuple

from codemods.rope_signature.config import CONSTRUCTOR, Config
from codemods.rope_signature.facts import Facts, Function, Occurrence
from codemods.rope_signature.target import Target, known
from codemods.toolkit.python.definition import Definition
from codemods.toolkit.python.mentions.classes import Classes, Key, Outside
from codemods.toolkit.python.mentions.places import Call, Else, Local, Member, Places, Variable
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project


class Verdict(NamedTuple):
    """`same`: it is; `other`: it is surely something else; `unknown`: nobody can tell.  And why.

    `bound`: what stands before the dot is passed as the first argument.  `of_object`: it is an attribute of an object
    of which nothing is known.
    """

    is_it: Literal["same", "other", "unknown"]
    reason: str
    bound: bool = False
    of_object: bool = False


class Verdicts:
    """Answers about the mentions of one project."""

    def __init__(
        self, project: Project[Facts], origins: Origins, classes: Classes, config: Config, target: Target
    ) -> None:
        self._origins = origins
        self._classes = classes
        self._config = config
        self._target = target
        self._places = Places(known(project), origins, classes)
        self._definition = Definition(project, config.function)

    @property
    def unloaded(self) -> frozenset[str]:
        """Files that answers had to do without so far."""
        return frozenset((*self._origins.unloaded, *self._definition.unloaded))

    def of(self, path: str, occurrence: Occurrence, function: Function) -> Verdict:
        """What a mention in a file is."""
        if self._target.made and occurrence.word != CONSTRUCTOR:
            return self._made(path, occurrence)
        if self._target.family:
            return self._member(path, occurrence, function)
        return self._function(path, occurrence)

    def _function(self, path: str, occurrence: Occurrence) -> Verdict:
        mention = occurrence.mention
        if occurrence.meaning.names:
            same, reason, of_object = self._definition.verdict(path, occurrence.meaning)
            if not of_object:
                return Verdict("unknown" if same is None else "same" if same else "other", reason)
        match self._places.of(path, mention.ref, occurrence.word):
            case Variable(holder, name):
                return self._held(holder, name)
            case Member(start):
                return Verdict("other", f"an attribute of {start}")
            case Local():
                return Verdict("other", "bound within a function or class")
            case Call():
                return Verdict("other", "a keyword is the name of a parameter")
            case Else(sure, reason):
                return Verdict("other" if sure else "unknown", reason, of_object=mention.form == "attribute")

    def _held(self, holder: str, name: str) -> Verdict:
        origin = self._origins.bound(holder, name)
        if origin.key == self._target.place[:1] + self._target.place.names:
            return Verdict("same", f"leads to {self._target.place}")
        if origin.status in {"unparsable", "ambiguous", "dynamic", "unloaded"}:
            return Verdict("unknown", f"where it comes from can't be told ({origin.status})")
        return Verdict("other", f"leads to {':'.join(part for part in origin.key if part)}")

    def _member(self, path: str, occurrence: Occurrence, function: Function) -> Verdict:
        mention, use = occurrence.mention, occurrence.use
        on_class = not mention.ref.via or (use is not None and use.on_class)
        bound = function.binding == "class" or (function.binding == "instance" and not on_class)
        match self._places.of(path, mention.ref, occurrence.word):
            case Member(start) if self._target.made and mention.ref.via == "super":
                return self._behind(start)._replace(bound=bound)
            case Member(start, _name, owner):
                return self._found_in(start, owner.key, owner.doubt)._replace(bound=bound)
            case Variable(holder):
                return Verdict("other", f"a name at the top level of {holder}")
            case Local():
                return Verdict("other", "bound within a function")
            case Call():
                return Verdict("other", "a keyword is the name of a parameter")
            case Else(sure, reason):
                bound = function.binding != "static"
                return Verdict("other" if sure else "unknown", reason, bound, of_object=mention.form == "attribute")

    def _found_in(self, start: Key, owner: Key | None, doubt: str) -> Verdict:
        word = self._config.name
        if owner is not None:
            if owner in self._target.family:
                return Verdict("same", f"an attribute of {owner}")
            return Verdict("other", f"an attribute of {owner}")
        heirs = [key for key in self._classes.related(frozenset({start})) if key != start]
        owners = {self._classes.owner(key, word).key for key in heirs} - {None}
        ours = owners & self._target.family
        if ours and ours == owners:
            return Verdict("same", f"{start} has it from {min(key for key in ours if key)}, by a common subclass")
        if ours or doubt:
            return Verdict("unknown", f"{start} may have it from {doubt or 'a subclass'}", of_object=True)
        return Verdict("other", f"{start} has no such attribute of its own")

    def _behind(self, start: Key) -> Verdict:
        """What `super().__init__` in a class is: it depends on the class of the instance."""
        classes = self._classes.related(frozenset({start})) if start in self._classes.facts else [start]
        found: set[Key | None] = set()
        for key in classes:
            line = self._classes.line(key)
            behind = line[line.index(start) + 1 :]
            found.add(next((base for base in behind if isinstance(base, Key) and self._has_own(base)), None))
        if not found & self._target.family:
            return Verdict("other", f"{start} has another one behind it")
        if len(found - {None}) == 1:
            return Verdict("same", f"{start} has it behind it")
        return Verdict("unknown", f"what {start} has behind it depends on the class of the instance")

    def _has_own(self, key: Key) -> bool:
        return CONSTRUCTOR in self._classes.facts[key].members

    def _made(self, path: str, occurrence: Occurrence) -> Verdict:
        """What a class is that is called."""
        mention, meaning = occurrence.mention, occurrence.meaning
        if occurrence.of_self and not mention.ref.names:
            return Verdict("unknown", "whose class it is can't be told", bound=True, of_object=True)
        if occurrence.of_self:
            return self._own_class(Key(path, mention.ref.names))
        ref = mention.ref
        if ref.via:
            return self._of_object(path, occurrence)
        if meaning.imports and meaning.local:
            return Verdict("unknown", f"`{occurrence.word}` may be one thing or another there", bound=True)
        if meaning.is_local:
            return Verdict("other", "bound within a function")
        match self._classes.named(path, ref):
            case Key() as key:
                is_it = key in self._target.made
                return Verdict("same" if is_it else "other", f"leads to {key}", bound=True)
            case Outside(name, known=True):
                return Verdict("other", f"`{name}` is not part of the project")
            case Outside(name):
                return self._unknown_class(path, occurrence, name)

    def _of_object(self, path: str, occurrence: Occurrence) -> Verdict:
        """What an attribute of an object is that has the name of the class."""
        match self._places.of(path, occurrence.mention.ref, occurrence.word):
            case Member(_start, _name, owner) if owner.key is not None:
                return Verdict("other", f"an attribute of {owner.key}")
            case Else(True, reason):
                return Verdict("other", reason)
        return Verdict("unknown", "an attribute of an object", bound=True, of_object=True)

    def _unknown_class(self, path: str, occurrence: Occurrence, name: str) -> Verdict:
        match self._places.of(path, occurrence.mention.ref, occurrence.word):
            case Else(True, reason):
                return Verdict("other", reason)
            case Variable(holder, word):
                origin = self._origins.bound(holder, word)
                if origin.status in {"def", "async def", "value", "module", "external"} or origin.nowhere:
                    return Verdict("other", f"leads to {':'.join(part for part in origin.key if part)}")
            case Member() | Local() | Call():
                return Verdict("other", "no class of the project")
        of_object = occurrence.mention.form == "attribute"
        return Verdict("unknown", f"what `{name}` is can't be told", bound=True, of_object=of_object)

    def _own_class(self, key: Key) -> Verdict:
        """What `cls(...)` in a method of a class makes: that class, or one that inherits from it."""
        heirs = self._classes.related(frozenset({key})) if key in self._classes.facts else [key]
        ours = [each in self._target.made for each in heirs]
        if all(ours):
            return Verdict("same", f"makes {key}, or a class that inherits from it", bound=True)
        if not any(ours):
            return Verdict("other", f"makes {key}")
        return Verdict("unknown", f"a class that inherits from {key} may have its own `__init__`", bound=True)
