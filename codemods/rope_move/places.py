"""The old and the new module, and how imports spell the new one."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.rope_move.config import Config
from codemods.rope_move.facts import Facts
from codemods.toolkit.codemod import UsageError
from codemods.toolkit.python.layout import INIT, Layout
from codemods.toolkit.python.origin import Origin
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project
from codemods.toolkit.suggest import did_you_mean


@dataclass(frozen=True, slots=True)
class Places:
    """The file of the old module, that of the new one, and whether it is there already.

    `module` and `destination` are their dotted names as the configuration has them.
    """

    layout: Layout
    source: str
    target: str
    exists: bool
    module: str
    destination: str

    def spelled(self, importer: str, level: int, module: str) -> tuple[int, str] | None:
        """How an import of the old module (by `level` and `module`) spells the new one; None where none leads there."""
        if level:
            return self.relative(importer) or self.spelled(importer, 0, self.module)
        found = self._like(module)
        return (0, found) if found is not None and self._leads(importer, found) else None

    def _like(self, module: str) -> str | None:
        """The new module, by a name that begins as this name of the old one does."""
        if module == self.module:
            return self.destination
        if module.endswith(f".{self.module}"):
            return module.removesuffix(self.module) + self.destination
        if self.module.endswith(f".{module}"):
            before = self.module.removesuffix(module)
            return self.destination.removeprefix(before) if self.destination.startswith(before) else None
        return None

    def _leads(self, importer: str, name: str) -> bool:
        if self.exists:
            return self.layout.find(name, importer) == self.target
        path = name.replace(".", "/")
        return f"/{self.target}".endswith((f"/{path}.py", f"/{path}{INIT}"))

    def relative(self, importer: str) -> tuple[int, str] | None:
        """The new module by a relative import, None where it is in another package at the top."""
        return self._relative(importer, self.target)

    def relative_source(self) -> tuple[int, str] | None:
        """The old module by a relative import in the new one."""
        return self._relative(self.target, self.source)

    def _relative(self, importer: str, to: str) -> tuple[int, str] | None:
        own = importer.split("/")[:-1]
        parts = to.removesuffix(".py").removesuffix("/__init__").split("/")
        top = len(self.source.split("/")) - len(self.module.split(".")) - self.source.endswith(INIT)
        common = 0
        while common < min(len(own), len(parts)) and own[common] == parts[common]:
            common += 1
        if common <= max(top, 0):
            return None
        return len(own) - common + 1, ".".join(parts[common:])


def text(level: int, module: str) -> str:
    """What stands between `from` and `import`."""
    return "." * level + module


def places_of(project: Project[Facts], origins: Origins, config: Config) -> Places:
    """The places, by the layout of the project.

    Raises `UsageError` where there is no such module, or no package for the new one.
    """
    if not config.target or not config.destination:
        raise UsageError("rope_move: say what moves and where to: package.module:name package.module")
    layout = project.layout
    source = _file(origins.module("", 0, config.module), layout, config.module)
    origin = origins.module(source, 0, config.destination)
    if origin.status == "module" and origin.path.endswith(".py"):
        if origin.path == source:
            raise UsageError(f"{config.destination} is where {config.name} is already")
        return Places(layout, source, origin.path, True, config.module, config.destination)
    path = _new_path(layout, source, config)
    return Places(layout, source, path, False, config.module, config.destination)


def _file(origin: Origin, layout: Layout, dotted: str) -> str:
    if origin.status == "module" and origin.path.endswith(".py"):
        return origin.path
    known = {name for path in layout.paths for name in layout.names(path)}
    raise UsageError(f"{dotted}: there is no such module in the project{did_you_mean(dotted, known)}")


def _new_path(layout: Layout, source: str, config: Config) -> str:
    """The file of a module that isn't there yet: from the folder that the name of the old module begins in."""
    own = source.removesuffix(".py").removesuffix("/__init__")
    above = own.removesuffix(config.module.replace(".", "/"))
    path = above + config.destination.replace(".", "/") + ".py"
    folder = path.rpartition("/")[0]
    if folder and not any(each.startswith(f"{folder}/") for each in layout.paths):
        package = config.destination.rpartition(".")[0]
        raise UsageError(f"{config.destination}: there is no package {package} in {above or '.'}: make it first")
    if path.removesuffix(".py") + INIT in layout.paths or any(
        each.startswith(path.removesuffix(".py") + "/") for each in layout.paths
    ):
        raise UsageError(f"{config.destination} is a package without a file of its own: name a module in it")
    return path
