"""Whether a mention is the module that gets another name, and what becomes of its file."""

from __future__ import annotations

import sys

from codemods.rope_rename.config import Config
from codemods.rope_rename.target import Target
from codemods.rope_rename.verdicts import Verdict
from codemods.toolkit.codemod import Creation, Edit, Source
from codemods.toolkit.pipeline.source import encoded, spliced
from codemods.toolkit.python.layout import INIT, Layout, is_test
from codemods.toolkit.python.mentions.facts import Facts, Mention
from codemods.toolkit.python.names import Bound
from codemods.toolkit.python.origins import Origin, Origins, package_folder
from codemods.toolkit.python.project import Project

_BY_NAME = frozenset({"conftest", "setup", "manage", "settings"})
"""Modules that tools find by their names."""


class ModuleVerdicts:
    """Answers about the mentions of a module's name in one project, as `Verdicts` does about other names.

    In the modules that are `blocked` the word stays at the top level, as an alias of an import.
    """

    def __init__(
        self, project: Project[Facts], origins: Origins, target: Target, blocked: frozenset[str] = frozenset()
    ) -> None:
        self._project = project
        self._origins = origins
        self._word = target.names[-1]
        self._path = target.path
        self._folder = target.path.rpartition("/")[0]
        self._ours: dict[str, bool] = dict.fromkeys(blocked, False)

    def of(self, path: str, mention: Mention) -> Verdict:
        """What a mention in a file is."""
        ref = mention.ref
        if ref.via or mention.form == "keyword":
            return Verdict("other", "an attribute or a keyword of something else")
        match ref.how:
            case "unknown":
                return Verdict("unknown", ref.reason)
            case "exact":
                return Verdict("other", "bound within a function or class")
            case "here" if len(ref.names) == 1:
                return self._named(self.ours(path), self._origins.bound(path, self._word))
            case "here":
                return self._below(*self._origins.follow(self._origins.bound(path, ref.names[0]), ref.names[1:-1]))
        module = self._origins.module(path, ref.level, ref.module)
        if ref.names:
            return self._below(*self._origins.follow(module, ref.names[:-1]))
        own_name = mention.form == "module part" or (not ref.level and ref.module == self._word)
        return self._named(own_name or mention.form == "target", module)

    def ours(self, path: str) -> bool:
        """Whether the word at the top level of a module is the module that is renamed, under its own name.

        `import pkg.other as word` gives it that name there, and it stays as it was chosen.
        """
        known = self._ours.get(path)
        if known is None:
            self._ours[path] = False  # modules that import each other
            known = self._ours[path] = self._is_ours(path)
        return known

    def is_taken(self, path: str, mention: Mention, new: str) -> bool:
        """Never: what the package of the module has of the new name is found by `in_the_way`."""
        return False

    def _is_ours(self, path: str) -> bool:
        if not self._is_it(self._origins.bound(path, self._word)):
            return False
        entry = self._project.entries.get(path)
        if entry is None or entry.names is None:
            return False
        bounds = [bound for bound in entry.names.bindings.get(self._word, ()) if not bound.none]
        if bounds:
            return all(self._binds_it(path, bound) for bound in bounds)
        if package_folder(path) == self._folder:
            return True
        modules = (self._origins.module(path, level, module) for level, module in entry.names.stars)
        return any(each.path.endswith(".py") and self.ours(each.path) for each in modules)

    def _binds_it(self, path: str, bound: Bound) -> bool:
        """Whether a binding gives the module the name that it has by itself."""
        if bound.kind == "import":
            return bound.module == self._word
        if bound.kind != "from" or bound.member != self._word:
            return False
        holder = self._origins.module(path, bound.level, bound.module)
        return self._is_package(holder) or (holder.path.endswith(".py") and self.ours(holder.path))

    def _is_it(self, origin: Origin) -> bool:
        return origin.status == "module" and origin.path == self._path

    def _is_package(self, holder: Origin) -> bool:
        """Whether this is the package that the module lies in: it has the name by itself there."""
        return holder.status == "module" and holder.path in {self._folder, f"{self._folder}{INIT}".lstrip("/")}

    def _below(self, holder: Origin, rest: tuple[str, ...]) -> Verdict:
        """The word as a name in what a chain of names leads to."""
        if rest or holder.status != "module":
            if holder.status in {"unparsable", "ambiguous", "dynamic", "unloaded"}:
                return Verdict("unknown", f"what stands before it can't be told ({holder.status})")
            return Verdict("other", f"an attribute of something else ({holder.status})")
        origin = self._origins.follow(holder, (self._word,))[0]
        own_name = self._is_package(holder) or (holder.path.endswith(".py") and self.ours(holder.path))
        return self._named(own_name, origin)

    def _named(self, own_name: bool, origin: Origin) -> Verdict:
        """A name that leads somewhere, and whether it is the one that the module has by itself."""
        if self._is_it(origin):
            if own_name:
                return Verdict("same", f"leads to {self._path}")
            return Verdict("other", "a name of its own for the module")
        if origin.status in {"unparsable", "ambiguous", "dynamic", "unloaded"}:
            return Verdict("unknown", f"where it comes from can't be told ({origin.status})")
        if origin.nowhere:
            return Verdict("unknown", f"leads nowhere ({origin.status})", broken=True)
        return Verdict("other", f"leads to {':'.join(part for part in (origin.path, origin.name) if part)}")


def new_path(path: str, new: str) -> str:
    """The file of the module under its new name."""
    return f"{path.rpartition('/')[0]}/{new}.py".lstrip("/")


def in_the_way(project: Project[Facts], origins: Origins, path: str, config: Config) -> tuple[str, str] | None:
    """The code and the reason why a module can't have the new name, by what there is beside it."""
    old, new, layout = config.old_name, config.new_name, project.layout
    folder = path.rpartition("/")[0]
    found, below = layout.child(folder, new)
    if found is not None or below is not None:
        return "RR101", f"there is {found or below} already"
    init = f"{folder}{INIT}".lstrip("/")
    if init in project.entries:
        there = origins.bound(init, new)  # a `__getattr__` of the package may give any name, and takes none
        if not there.nowhere and there.status != "dynamic":
            return "RR101", f"{init} has something of that name"
    if folder in layout.roots and new in sys.stdlib_module_names:
        return "RR101", f"the standard library has a module {new}"
    if {old, new} & _BY_NAME or is_test(f"{old}.py") is not is_test(f"{new}.py"):
        return "RR107", "tools find such modules by their names"
    return None


def created(facts: Facts, path: str, edits: tuple[Edit, ...]) -> Creation:
    """The file under its new name."""
    source = Source(path, facts.body, facts.encoding, facts.bom)
    return Creation(encoded(source, spliced(facts.body, edits)), moved_from=path)


def init_of(layout: Layout, path: str) -> frozenset[str]:
    """The `__init__.py` of the package that a module lies in, if there is one."""
    init = f"{path.rpartition('/')[0]}{INIT}".lstrip("/")
    return frozenset({init}) & layout.paths
