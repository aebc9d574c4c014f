"""The definition that gets another name."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from codemods.rope_rename.config import Config
from codemods.toolkit.codemod import UsageError
from codemods.toolkit.python.mentions.classes import Classes, Key
from codemods.toolkit.python.mentions.facts import Facts, FunctionFact
from codemods.toolkit.python.origin import DEFINED
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project
from codemods.toolkit.suggest import did_you_mean

Kind: TypeAlias = Literal["variable", "member", "parameter", "local", "module"]


class Target(NamedTuple):
    """What is renamed: the path of the definition `names` in the file `path`.

    `family` are the classes that share the name of the attribute (`member`), `functions` those that share the
    parameter, by file and path.
    """

    kind: Kind
    path: str
    names: tuple[str, ...]
    family: frozenset[Key] = frozenset()
    functions: frozenset[tuple[str, tuple[str, ...]]] = frozenset()

    def __str__(self) -> str:
        return f"{self.path}:{'.'.join(self.names)}"


class Search:
    """Looks for the target in what is known of a project."""

    def __init__(self, project: Project[Facts], origins: Origins, classes: Classes, config: Config) -> None:
        self._project = project
        self._origins = origins
        self._classes = classes
        self._config = config

    @property
    def path(self) -> str:
        """The file of the module, under its old or its new name.  Raises `UsageError` when there is none."""
        module = self._origins.module("", 0, self._config.module)
        if self._config.is_module and module.status != "module":
            module = self._origins.module("", 0, self._renamed_module())
        if self._config.is_module and module.status == "module" and not _is_plain(module.path):
            raise UsageError(f"rope_rename: {self._config.module} is a package; modules are renamed, packages are not")
        if module.status != "module" or not module.path.endswith(".py"):
            known = {name for path in self._project.layout.paths for name in self._project.layout.names(path)}
            raise UsageError(f"rope_rename: there is no module {self._config.module}"
                             f"{did_you_mean(self._config.module, known)}")  # fmt: skip
        return module.path

    def _renamed_module(self) -> str:
        package = self._config.module.rpartition(".")[0]
        return f"{package}.{self._config.new_name}".lstrip(".")

    def target(self) -> Target | None:
        """The definition; None when it has the new name already.

        Raises `UsageError` when there is neither, or when it is nothing that can be renamed.
        """
        entry = self._project.entries.get(self.path)
        if entry is None or entry.names is None:
            raise UsageError(f"rope_rename: {self.path} can't be parsed, so nothing in it can be renamed")
        if self._config.is_module:
            there = self._origins.module("", 0, self._config.module).status == "module"
            return Target("module", self.path, self._config.names) if there else None
        found = self._found(self._config.names)
        if found is not None:
            return found
        if self._found((*self._config.names[:-1], self._config.new_name)) is not None:
            return None
        near = did_you_mean(self._config.old_name, self._known_names())
        raise UsageError(f"rope_rename: {self.path} defines no {'.'.join(self._config.names)}{near}")

    def _found(self, names: tuple[str, ...]) -> Target | None:
        origin = self._origins.bound(self.path, names[0])
        if origin.status == "external":
            where = ".".join(part for part in (origin.path, origin.name) if part)
            raise UsageError(f"rope_rename: {self._config.target} is {where}, which is not part of the project")
        if origin.status == "module":
            raise UsageError(f"rope_rename: {self._config.target} is a module: name it as one, package.module")
        if origin.status == "dynamic" and names[0] not in self._bound_names():
            return None  # a module-level `__getattr__` may give any name, and defines none
        if origin.status in {"ambiguous", "dynamic"}:
            raise UsageError(f"rope_rename: what {self._config.target} is can't be told ({origin.status})")
        if origin.status not in DEFINED | {"none"}:
            return None
        if len(names) == 1:
            return Target("variable", origin.path, (origin.name,))
        return self._within(origin.path, (origin.name, *names[1:-1]), names[-1])

    def _within(self, path: str, owner: tuple[str, ...], name: str) -> Target | None:
        key = Key(path, owner)
        if key in self._classes.facts:
            found = self._classes.owner(key, name).key
            if found is None:
                return None
            return Target("member", found.path, (*found.names, name), self._classes.family(found, name))
        method = Key(path, owner[:-1])
        if method in self._classes.facts:
            holder = self._classes.owner(method, owner[-1]).key
            if holder is None:
                return None
            path, owner = holder.path, (*holder.names, owner[-1])
        if not any(name in function.bound for function in self._functions(path, owner)):
            return None
        if not self._is_parameter(path, (*owner, name)):
            return Target("local", path, (*owner, name))
        functions = {(path, owner)}
        if method in self._classes.facts:
            family = self._classes.family(Key(path, owner[:-1]), owner[-1])
            functions = {(each.path, (*each.names, owner[-1])) for each in family}
        return Target("parameter", path, (*owner, name), functions=frozenset(functions))

    def _functions(self, path: str, names: tuple[str, ...]) -> list[FunctionFact]:
        entry = self._project.entries.get(path)
        facts = entry.facts if entry is not None else None
        return [each for each in facts.functions if each.names == names] if facts is not None else []

    def _is_parameter(self, path: str, names: tuple[str, ...]) -> bool:
        facts = self._project.entries[path].facts
        mentions = facts.mentions if facts is not None else ()
        return any(each.form == "parameter" and each.ref.names == names for each in mentions)

    def _bound_names(self) -> set[str]:
        """The names that the module binds itself."""
        names = self._project.entries[self.path].names
        return set(names.bindings) if names is not None else set()

    def _known_names(self) -> set[str]:
        entry = self._project.entries[self.path]
        known = self._bound_names() if len(self._config.names) == 1 else set()
        if entry.facts is not None and len(self._config.names) > 1:
            for fact in entry.facts.classes:
                if fact.names[-1] == self._config.names[-2]:
                    known |= {*fact.members, *fact.stored}
        return known


def _is_plain(path: str) -> bool:
    """Whether a module is a file of its own, and no package."""
    return path.endswith(".py") and path.rpartition("/")[2] != "__init__.py"
