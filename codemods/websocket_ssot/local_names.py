"""The local names of one file: which of them the canonical names can have, and what binds them already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codemods.toolkit.python.names import ModuleNames
from codemods.websocket_ssot.facts import BindingFact, UseFact
from codemods.websocket_ssot.file_imports import FileImports
from codemods.websocket_ssot.outcomes import Outcome, Target
from codemods.websocket_ssot.targets import Targets

BRANCHES = frozenset({"if", "else", "try", "try:import-error", "try:broad", "try-else", "except", "raises", "loop"})
"""Contexts in which a statement may not have run when a later one does (see `names.Context`)."""


class LocalNames:
    """What one file binds and uses, and what was planned for it so far."""

    def __init__(self, targets: Targets, path: str, names: ModuleNames, outcomes: Sequence[Outcome]) -> None:
        self.targets = targets
        self.meanings = targets.meanings
        self.path = path
        self.names = names
        self.statements = {statement.start: statement for statement in names.imports}
        self.result = FileImports({id(outcome.use): outcome for outcome in outcomes})
        self.scopes = self.meanings.scopes(path)
        facts = self.meanings.facts(path)
        self.uses: dict[tuple[int, str], list[UseFact]] = {}
        for use in facts.uses if facts else ():
            self.uses.setdefault((use.bound, use.names[0]), []).append(use)
        self.seen: set[tuple[int, str]] = set()
        self.reused: list[tuple[int, str, BindingFact, Target]] = []

    def local_name(
        self, scope: int, name: str, target: Target, imports: Sequence[BindingFact], targets: Sequence[Target],
        outcomes: Sequence[Outcome],
    ) -> str:  # fmt: skip
        """The name that uses of `name` which are pointed at the target get: an alias stays where one was written."""
        canonical = self.targets.target(target)[1]
        if canonical == name or all(self.targets.is_canonical(self.path, b, target) for b in imports):
            return name
        lies = target == "factory" and name.lstrip("_")[:1].isupper()  # a function under the name of a class
        written = all(binding.asname for binding in imports) and (len(targets) == 1 or target == "class")
        left = any(o.decision in {"kept", "refused"} for o in outcomes if not o.follows)
        if written and not lies and not left:
            return name
        if scope == 0 and name in self.targets.needed(self.path):
            nowhere = all(self.meanings.of_binding(self.path, b, name).nowhere for b in imports)
            if target == "class" or (nowhere and len(targets) == 1):
                return name
        if target == "class" and not self.free(scope, canonical, target, outcomes):
            return name
        return self.own_alias(scope, target) or canonical

    def own_alias(self, scope: int, target: Target) -> str:
        """Another name under which the file has the target already, "" when there is none (or the canonical one)."""
        canonical = self.targets.target(target)[1]
        found = ""
        for index in dict.fromkeys((scope, 0)):
            for name, bindings in self.scopes[index].bindings.items() if index in self.scopes else ():
                only = bindings[0]
                if len(bindings) > 1 or only.kind != "import" or BRANCHES & set(only.context):
                    continue
                if self.targets.is_canonical(self.path, only, target):
                    if name == canonical:
                        return ""
                    found = found or name
        return found

    def free(self, scope: int, local: str, target: Target, outcomes: Sequence[Outcome]) -> bool:
        """Whether a name can be bound in a scope, and read from all uses, without meaning anything else."""
        if target == "class" and any(
            self.meanings.origins.bound(self.path, local).nowhere for _use in self.uses.get((-1, local), ())
        ):
            return False  # it would give a meaning to a name that has none
        indices = {scope}
        for outcome in outcomes:
            if outcome.target == target:
                indices.update(self.chain(outcome.use.scope, scope))
        for index in indices:
            found = self.scopes.get(index)
            for binding in found.bindings.get(local, ()) if found else ():
                if binding.kind != "import" or not self.targets.leads_to(self.path, binding, target):
                    return False
        return True

    def chain(self, inner: int, outer: int) -> Iterator[int]:
        """Scopes from the one of a use out to the one that binds it."""
        index = inner
        while index not in {-1, outer}:
            yield index
            scope = self.scopes.get(index)
            index = scope.parent if scope else -1

    def problem(
        self, scope: int, name: str, target: Target, local: str, imports: Sequence[BindingFact],
        outcomes: Sequence[Outcome],
    ) -> tuple[str, str] | None:  # fmt: skip
        """(code, reason) why the uses of a name can't be pointed at the target, None when they can."""
        if local != name and scope == 0 and name in self.targets.pinned(self.path):
            return "WS137", f"{name} is reached from here by a string that is put together at run time"
        if local != name and not self.free(scope, local, target, outcomes):
            return "WS132", f"the name {local} means something else here"
        for binding in imports:
            statement = self.statements[binding.start]
            if self.targets.module_as_seen(self.path, statement, target) is None:
                return "WS133", f"{self.targets.target(target)[0]} can't be imported from here"
            if statement.at_import and self.targets.closes_cycle(self.path, target):
                return "WS134", f"importing {self.targets.target(target)[0]} here would close an import cycle"
        return None

    def there_already(self, scope: int, name: str, local: str, target: Target, binding: BindingFact) -> bool:
        """Whether the name is bound to the target before this statement, on every way to it."""
        here = self.scopes[scope].bindings.get(local, ()) if scope in self.scopes else ()
        if any(other.start == binding.start and other != binding and self.gives(other, target) for other in here):
            return True  # the same statement imports it too
        if any(start == binding.start for start, _context in self.result.planned.get((scope, local), ())):
            return True
        if self.statements[binding.start].alone and binding.context[-1:] != ("typing",):
            return False  # what guards it would guard nothing
        if not BRANCHES & set(binding.context):
            first = min((use.start for use in self.uses.get((scope, name), ())), default=binding.start)
            if self.bound_before(scope, local, target, max(first, binding.start), binding):
                return True
        index = self.scopes[scope].parent if scope in self.scopes else -1
        while index >= 0 and local != name:
            if self.bound_before(index, local, target, None, binding):
                return True
            index = self.scopes[index].parent if index in self.scopes else -1
        return False

    def bound_before(self, scope: int, local: str, target: Target, before: int | None, binding: BindingFact) -> bool:
        """Whether another import in a scope binds the name to the target, without condition (and above an offset)."""
        for start, context in self.result.planned.get((scope, local), ()):
            if not BRANCHES & set(context) and (before is None or start < before):
                return True
        for other in self.scopes[scope].bindings.get(local, ()) if scope in self.scopes else ():
            if other == binding or BRANCHES & set(other.context) or (before is not None and other.start >= before):
                continue
            if self.gives(other, target):
                self.reused.append((scope, local, other, target))
                return True
        return False

    def gives(self, other: BindingFact, target: Target) -> bool:
        """Whether a binding imports the target and goes on doing so."""
        return other.kind == "import" and self.targets.leads_to(self.path, other, target)
