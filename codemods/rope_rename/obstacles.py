"""Why a definition can't get the other name at all: the rename is made as a whole or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple, TypeAlias

from codemods.rope_rename.clashes import taken_in_classes
from codemods.rope_rename.config import Config
from codemods.rope_rename.modules import ModuleVerdicts, in_the_way, new_path
from codemods.rope_rename.target import Target
from codemods.rope_rename.verdicts import DOUBLES, Verdict, Verdicts
from codemods.toolkit.codemod import Finding
from codemods.toolkit.python.layout import is_test
from codemods.toolkit.python.mentions.classes import Classes, Key, Outside, lacks
from codemods.toolkit.python.mentions.collect import is_private
from codemods.toolkit.python.mentions.facts import Facts, Form, FunctionFact, Mention
from codemods.toolkit.python.origins import Origins, package_folder
from codemods.toolkit.python.project import Project

Found: TypeAlias = Mapping[str, list[tuple[Mention, Verdict]]]
"""The mentions of each file, with what they are."""

_BY_NAME = {"pytest.fixture", "fixture", "pytest_asyncio.fixture"}
_TRANSPARENT = frozenset(
    {"staticmethod", "classmethod", "property", "abstractmethod", "abc.abstractmethod", "overload", "typing.overload",
     "override", "typing.override", "typing_extensions.override", "contextmanager", "contextlib.contextmanager",
     "asynccontextmanager", "contextlib.asynccontextmanager", "cache", "lru_cache", "functools.cache",
     "functools.lru_cache", "final", "typing.final"}
)  # fmt: skip
"""Decorators that pass arguments on as they come, and don't look at names of parameters."""
_CODE: frozenset[Form] = frozenset({"name", "import", "as", "global", "export", "annotation", "other"})
_OF_MEMBERS: frozenset[Form] = frozenset({"attribute", "target", "definition"})


class Obstacle(NamedTuple):
    """What is in the way, and where."""

    path: str
    line: int
    code: str
    reason: str


class Obstacles:
    """Looks for what is in the way of one rename.  `findings` are what it has to tell besides."""

    def __init__(
        self,
        project: Project[Facts],
        config: Config,
        withheld: Mapping[str, tuple[str, str]],
        classes: Classes,
        target: Target,
        verdicts: Verdicts | ModuleVerdicts,
        origins: Origins,
    ) -> None:
        self._project = project
        self._config = config
        self._withheld = withheld
        self._classes = classes
        self._target = target
        self._verdicts = verdicts
        self._origins = origins
        self._facts = {path: entry.facts for path, entry in project.entries.items() if entry.facts is not None}
        self.findings: list[Finding] = []

    def first(self, found: Found, aliased: frozenset[tuple[str, int]]) -> Obstacle | None:
        """The first obstacle, of those that lie in the definition before those of its uses.

        `aliased` are variables (path, scope) that keep the old name.
        """
        unreadable = self._unreadable()
        self.findings += self._put_together()
        return (
            (self._beside_module() if self._target.kind == "module" else self._called_by_name())
            or (self._in_classes() if self._target.kind == "member" else None)
            or self._private(found)
            or self._module_in_package()
            or self._in_use()
            or unreadable
            or (None if self._config.leave_unknown else self._unknown(found, aliased))
        )

    def _beside_module(self) -> Obstacle | None:
        """What is in the way of the file of a module, under its old or its new name."""
        path = self._target.path
        found = in_the_way(self._project, self._origins, path, self._config)
        if found is not None:
            return Obstacle(path, 1, *found)
        for each in (path, new_path(path, self._config.new_name)):
            if each in self._withheld:
                return Obstacle(path, 1, "RR102", f"can't move: {each}: {self._withheld[each][1]}")
        return None

    def _called_by_name(self) -> Obstacle | None:
        for path, function in self._functions():
            asking = [name for name in function.decorators if self._asks(name)]
            if asking:
                return Obstacle(path, function.line, "RR107", f"`@{asking[0]}` may go by the name")
            collected = [name.startswith("test") for name in (self._config.old_name, self._config.new_name)]
            if self._target.kind != "parameter" and self._holds_tests(path) and collected[0] is not collected[1]:
                return Obstacle(path, function.line, "RR107", "test runners collect what has a name with `test`")
        return None

    def _holds_tests(self, path: str) -> bool:
        bases = (base for key in self._target.family for base in self._classes.line(key) if isinstance(base, Outside))
        return is_test(path) or any(base.name.endswith("TestCase") for base in bases)

    def _functions(self) -> Iterator[tuple[str, FunctionFact]]:
        """The functions that are renamed, or whose parameter is."""
        wanted = {(self._target.path, self._target.names)}
        if self._target.kind == "parameter":
            wanted = set(self._target.functions)
        for path, names in sorted(wanted):
            for function in self._facts[path].functions if path in self._facts else ():
                if function.names == names:
                    yield path, function

    def _asks(self, decorator: str) -> bool:
        if self._target.kind == "parameter":
            *_, last = decorator.split(".")
            return decorator not in _TRANSPARENT and last not in {"setter", "deleter", "getter"}
        return decorator in _BY_NAME

    def _in_classes(self) -> Obstacle | None:
        old, new = self._config.old_name, self._config.new_name
        taken = taken_in_classes(self._classes, self._target.family, new)
        if taken is not None:
            key, reason = taken
            return Obstacle(key.path, self._classes.facts[key].line, "RR101", reason)
        for key in sorted(self._target.family):
            line = self._classes.facts[key].line
            for base in self._classes.line(key):
                if not isinstance(base, Outside):
                    continue
                if base.name.rpartition(".")[2] == "TypedDict":
                    return Obstacle(key.path, line, "RR107", "keys of a TypedDict are strings wherever they are used")
                names = [name for name in (old, new) if not self._config.own and not lacks(base, name)]
                if names:
                    return Obstacle(key.path, line, "RR103", f"`{base.name}` may have an attribute `{names[0]}`")
        for key in self._classes.protocols(self._target.family, old):
            reason = f"the protocol {key} asks for the name"
            return Obstacle(key.path, self._classes.facts[key].line, "RR107", reason)
        for key in self._classes.implementing(self._target.family, old):
            reason = f"{key} may implement the protocol by its name"
            return Obstacle(key.path, self._classes.facts[key].line, "RR107", reason)
        return None

    def _private(self, found: Found) -> Obstacle | None:
        """Python makes another name of `__name` within each class."""
        old, new = self._config.old_name, self._config.new_name
        if not is_private(new) and not (is_private(old) and len(self._target.family) > 1):
            return None
        if is_private(new) and is_private(old):
            return None
        around: dict[tuple[str, int], Mention] = {}
        for path, mentions in found.items():
            for mention, verdict in mentions:
                if verdict.is_it == "same":
                    around.setdefault((path, _class_around(self._facts[path], mention.scope)), mention)
        own = self._target.kind == "member" and len(around) == 1 and all(scope >= 0 for _path, scope in around)
        if own or (self._target.kind != "member" and all(scope < 0 for _path, scope in around)):
            return None
        path, scope = max(around, key=lambda each: each[1] >= 0)
        reason = f"`{new if is_private(new) else old}` means another name in each class"
        return Obstacle(path, around[path, scope].line, "RR101", reason)

    def _module_in_package(self) -> Obstacle | None:
        """A module of the new name in a package that has the definition."""
        for path in self._facts if self._target.kind == "variable" else ():
            folder = package_folder(path)
            if folder is None or not self._verdicts.ours(path):
                continue
            there = self._project.layout.child(folder, self._config.new_name)
            if there != (None, None):
                where = there[0] or there[1]
                return Obstacle(path, 1, "RR101", f"{where} is a module of that name in the package")
        return None

    def _in_use(self) -> Obstacle | None:
        """An attribute or a keyword of the new name that belongs to the definition's class, module or function."""
        new = self._config.new_name
        for path, facts in self._facts.items():
            for mention in facts.news:
                if self._verdicts.is_taken(path, mention, new):
                    return Obstacle(path, mention.line, "RR101", f"`{new}` is in use there already")
        return None

    def _unreadable(self) -> Obstacle | None:
        """A file that may use the definition, but can't be parsed: where it must not change, it is told only."""
        obstacle = None
        for path, entry in sorted(self._project.entries.items()):
            if entry.names is not None:
                continue
            reason = "can't be parsed, and may use the definition"
            if path in self._withheld:
                self.findings.append(Finding("RR109", path, 1, 0, f"{reason}; it is left out"))
            else:
                obstacle = obstacle or Obstacle(path, 1, "RR109", reason)
        return obstacle

    def _unknown(self, found: Found, aliased: frozenset[tuple[str, int]]) -> Obstacle | None:
        """A place of which nobody can tell whether it is a use, and which would break if it is."""
        places = [
            (path, mention.line, verdict.reason)
            for path, mentions in found.items()
            for mention, verdict in mentions
            if verdict.is_it == "unknown" and not verdict.broken and (path, mention.variable) not in aliased
            if self._would_break(mention)
        ]
        if not places:
            return None
        path, line, reason = places[0]
        more = f" and {len(places) - 1} more places like it" if len(places) > 1 else ""
        reason = f"this{more} may be a use: {reason} (--leave-unknown leaves what nobody can tell)"
        return Obstacle(path, line, "RR104", reason)

    def _put_together(self) -> Iterator[Finding]:
        """Calls of `getattr` in classes with the attribute (and those that they inherit from) that may ask for it."""
        old = self._config.old_name
        related = self._classes.related(self._target.family) if self._target.kind == "member" else []
        paths = {base.path for key in related for base in self._classes.line(key) if isinstance(base, Key)}
        for path in sorted(paths):
            for each in self._facts[path].beginnings:
                if old.startswith(each.text) and old != each.text:
                    message = f"`getattr` puts together names that begin with `{each.text}`, and may ask for `{old}`"
                    yield Finding("RR105", path, each.line, each.column, message)

    def _would_break(self, mention: Mention) -> bool:
        """Whether a place that stays as it is fails if it is a use."""
        if mention.form == "keyword":
            return mention.called in self._callables or (bool(mention.called) and "__call__" in self._callables)
        return mention.form in (_CODE | _OF_MEMBERS if self._target.kind == "member" else _CODE)

    @cached_property
    def _callables(self) -> set[str]:
        """Names of calls whose keyword may be what is renamed."""
        if self._target.kind == "member":
            return {key.names[-1] for key in self._classes.related(self._target.family)} | DOUBLES
        callables = {names[-1] for _path, names in self._target.functions}
        return callables | {names[-2] for _path, names in self._target.functions if names[-1] == "__init__"}


def _class_around(facts: Facts, scope: int) -> int:
    """The class that a scope belongs to, by its index; -1 for none."""
    while scope >= 0 and facts.scopes[scope].kind != "class":
        scope = facts.scopes[scope].parent
    return scope
