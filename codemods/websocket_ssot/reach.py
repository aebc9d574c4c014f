"""How far a codemod of managers has to look: which files beyond those that name a manager."""

from __future__ import annotations

from codemods.toolkit.python.cycles import ImportGraph
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project
from codemods.websocket_ssot.config import Config, reference
from codemods.websocket_ssot.facts import Facts
from codemods.websocket_ssot.family import family_named, plainly_named, role
from codemods.websocket_ssot.kinds import unspoken
from codemods.websocket_ssot.ranking import settled


def widen(project: Project[Facts], config: Config) -> frozenset[str]:
    """Names that lead to a manager and that no spelling gives away: `WSM = WebSocketManager`, `manager = Manager()`."""
    found: set[str] = set()
    for path, entry in project.entries.items():
        if entry.names is None:
            continue
        if config.prune and entry.facts is not None and entry.facts.hands_on:
            found.add(path.removesuffix(".py").rpartition("/")[2])
        if path.rpartition("/")[2].startswith("test_"):
            continue  # nobody imports from a module of tests
        for name, bindings in entry.names.bindings.items():
            if name.startswith("__") or (family_named(name) and role(name) != "other"):
                continue
            for bound in bindings:
                source = bound.member.rpartition(".")[2] if bound.kind in {"from", "alias"} else ""
                if (
                    source != name
                    and role(source) in {"manager", "make"}
                    and family_named(source)
                    and plainly_named(source)
                ):
                    found.add(name)
    return frozenset((*found, *unspoken(project)))


def demand(project: Project[Facts], config: Config) -> frozenset[str]:
    """Modules that a manager's name leads through, and all that the canonical modules import when they are imported.

    The second come first, a level of imports with each call: that takes the most calls, and asks for little work.
    """
    config = settled(project, Origins(project), config)  # with origins of its own: it asks for more than is needed
    origins = Origins(project)
    loaded: set[str] = set()
    for value, key in ((config.factory, "factory"), (config.class_, "class")):
        if value:
            module, name = reference(value, key)
            path = project.layout.find(module, "")
            if path is not None:
                origin = origins.bound(path, name)
                loaded |= ImportGraph(project).closure(path)
                loaded |= {origin.path} & project.layout.paths
    if loaded <= project.entries.keys():
        for path, entry in project.entries.items():
            if entry.facts is not None:
                _resolve_all(origins, path, entry.facts)
    return frozenset((loaded | origins.unloaded) - project.entries.keys())


def _resolve_all(origins: Origins, path: str, facts: Facts) -> None:
    """Ask for everything that the names of a file lead to, so that `origins` notes the modules it lacks."""
    for scope in facts.scopes:
        for name, bindings in scope.bindings.items():
            for binding in bindings:
                if binding.kind == "import" and binding.is_from:
                    origins.imported(path, binding.level, binding.module, binding.member)
            if scope.index == 0:
                origins.bound(path, name)
    for use in facts.uses:
        if len(use.names) > 1 and use.bound == 0:
            origins.follow(origins.bound(path, use.names[0]), use.names[1:])
    for patch in facts.patches:
        if patch.form == "target":
            parts = patch.value.split(".")
            for count in range(len(parts) - 1, 0, -1):
                module = origins.module(path, 0, ".".join(parts[:count]))
                if module.status == "module":
                    origins.follow(module, parts[count:])
                    break
