"""The canonical factory and class: who they are, what they take, and what the class has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from codemods.toolkit.codemod import UsageError
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.origins import Origin, Origins
from codemods.toolkit.python.project import Entry, Project
from codemods.websocket_ssot.arguments import without_self
from codemods.websocket_ssot.config import Config, reference
from codemods.websocket_ssot.facts import ClassFact, Facts, FunctionFact, Parameter
from codemods.websocket_ssot.family import plainly_named, role


@dataclass(frozen=True, slots=True)
class Canonical:
    """What everything is pointed at.

    `shared` says that the factory gives one object to everybody, while the class makes a new one each time.

    `factory_module`, `factory_name`, `class_module` and `class_name` are how the two are imported; `factory_path`,
    `class_path` the files of these modules, `factory` and `cls` the definitions that the names lead to.
    """

    factory_module: str
    factory_name: str
    factory_path: str
    factory: Origin
    factory_fact: FunctionFact
    class_module: str
    class_name: str
    class_path: str
    cls: Origin
    class_fact: ClassFact
    constructor: tuple[Parameter, ...] | None
    members: Mapping[str, FunctionFact | None]
    open: bool
    shared: bool

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters of the factory."""
        return self.factory_fact.parameters


def gives_shared(names: ModuleNames | None, function: FunctionFact) -> bool:
    """Whether a function gives the same object each time, whatever it is given: a module's own, or a cached one."""
    taken = {parameter.name for parameter in function.parameters}
    if {"cache", "lru_cache"} & set(function.decorators) and not taken:
        return True
    bindings = names.bindings if names else {}
    local = set(function.reassigned) - set(names.global_names if names else ())
    return any(name in bindings and name not in taken | local for name in function.gives)


def class_named(facts: Facts | None, name: str) -> ClassFact | None:
    """The class of that name that a module defines last."""
    return next((c for c in reversed(facts.classes) if c.name == name), None) if facts else None


def function_named(facts: Facts | None, name: str) -> FunctionFact | None:
    """The function of that name that a module defines last."""
    return next((f for f in reversed(facts.functions) if f.name == name), None) if facts else None


def _module_path(project: Project[Facts], module: str, key: str) -> str:
    path = project.layout.find(module, "")
    if path is None:
        known = sorted(name for p in project.entries for name in project.layout.names(p))
        near = get_close_matches(module, known, n=3, cutoff=0.6)
        hint = f"; nearest: {', '.join(near)}" if near else ""
        raise UsageError(f"{key}: there is no module {module}{hint}")
    return path


def defined(project: Project[Facts], origins: Origins, value: str, key: str) -> tuple[str, str, str, Origin]:
    """(module, name, file of the module, what the name leads to) of a configured `module:name`.

    Raises `UsageError` when there is no such module or name, with the nearest ones; `key` is what the user set.
    """
    module, name = reference(value, key)
    path = _module_path(project, module, key)
    origin = origins.bound(path, name)
    if origin.nowhere or origin.status == "external":
        entry = project.entries.get(path)
        bound = sorted(entry.names.bindings) if entry and entry.names else []
        near = get_close_matches(name, bound, n=3, cutoff=0.5)
        hint = f"; nearest: {', '.join(near)}" if near else ""
        raise UsageError(f"{key}: {module} has no {name}{hint}")
    return module, name, path, origin


def canonical(project: Project[Facts], origins: Origins, config: Config) -> Canonical:
    """The canonical definitions that the configuration names.

    Raises `UsageError` when one of them doesn't exist (with the nearest names) or is no function or class.
    """
    factory_module, factory_name, factory_path, factory = defined(project, origins, config.factory, "factory")
    class_module, class_name, class_path, cls = defined(project, origins, config.class_, "class")
    function = function_named(_facts(project, factory.path), factory.name)
    if function is None:
        raise UsageError(f"factory: {config.factory} is not a function at the top level of its module")
    fact = class_named(_facts(project, cls.path), cls.name)
    if fact is None:
        raise UsageError(f"class: {config.class_} is not a class at the top level of its module")
    _require_together(project, origins, config, factory, function, cls)
    members, is_open = members_of(project, origins, cls)
    constructor = members.get("__init__") or members.get("__new__")
    entry = project.entries.get(factory.path)
    singleton = ("__new__" in members and "_instance" in members) or "singleton" in fact.metaclass.lower()
    shared = gives_shared(entry.names if entry else None, function) and not singleton
    return Canonical(
        factory_module, factory_name, factory_path, factory, function,
        class_module, class_name, class_path, cls, fact,
        without_self(constructor.parameters) if constructor else None, members, is_open,
     shared,
    )  # fmt: skip


def _require_together(
    project: Project[Facts], origins: Origins, config: Config, factory: Origin, function: FunctionFact, cls: Origin
) -> None:
    """Raise `UsageError` when the factory is annotated to give something of another class."""
    chain = function.annotation.strip("\"'").split(".")
    if not all(part.isidentifier() for part in chain):
        return
    given, rest = origins.follow(origins.bound(factory.path, chain[0]), chain[1:])
    fact = class_named(_facts(project, given.path), given.name)
    if rest or given.status != "class" or fact is None or not plainly_named(fact.name) or role(fact.name) != "manager":
        return
    if cls.key not in _lineage(project, origins, given) and given.key not in _lineage(project, origins, cls):
        raise UsageError(f"factory: {config.factory} gives a {given.name}, which is not the class {config.class_}")


def _lineage(project: Project[Facts], origins: Origins, cls: Origin) -> set[tuple[str, str]]:
    """A class and all its bases, as far as they are known."""
    found: set[tuple[str, str]] = set()
    stack = [cls]
    while stack:
        one = stack.pop()
        fact = class_named(_facts(project, one.path), one.name)
        if one.key in found:
            continue
        found.add(one.key)
        for base in fact.bases if fact else ():
            root, *rest = base.partition("[")[0].split(".")
            stack.append(origins.follow(origins.bound(one.path, root), rest)[0])
    return found


def _facts(project: Project[Facts], path: str) -> Facts | None:
    entry: Entry[Facts] | None = project.entries.get(path)
    return entry.facts if entry else None


def members_of(
    project: Project[Facts], origins: Origins, cls: Origin, seen: frozenset[tuple[str, str]] = frozenset()
) -> tuple[Mapping[str, FunctionFact | None], bool]:
    """All that instances of a class surely have, bases included (methods with their facts, other attributes as None).

    The second value says that there may be more: a base that isn't known, `__getattr__`, `setattr`.
    """
    fact = class_named(_facts(project, cls.path), cls.name)
    if fact is None or cls.key in seen:
        return {}, True
    found: dict[str, FunctionFact | None] = {}
    is_open = fact.open
    for base in reversed(fact.bases):
        root, *attributes = base.partition("[")[0].split(".")
        origin, rest = origins.follow(origins.bound(cls.path, root), attributes)
        if root in {"object", "ABC", "Generic", "Protocol"} or origin.path in {"abc", "typing", "typing_extensions"}:
            continue
        if rest or origin.status != "class":
            is_open = True
            continue
        inherited, base_open = members_of(project, origins, origin, seen | {cls.key})
        found.update(inherited)
        is_open = is_open or base_open
    found.update(dict.fromkeys(fact.attributes))
    found.update({method.name: method for method in fact.methods})
    return found, is_open
