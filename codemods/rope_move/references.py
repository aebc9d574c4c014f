"""Chains of names that lead to the definition through its module: `module.name` becomes `other.name`."""

from __future__ import annotations

from typing import NamedTuple

from codemods.rope_move.context import Context, brought, imported
from codemods.rope_move.facts import Chain, Facts
from codemods.rope_move.module_imports import Binding, ModuleImports, Way
from codemods.toolkit.codemod import Edit
from codemods.toolkit.python.names import Import


class _Reach(NamedTuple):
    """A chain of which the first `length` names are the old module."""

    chain: Chain
    length: int


def plan_references(context: Context, path: str, facts: Facts) -> None:
    """Plan for the chains of one file."""
    _File(context, path, facts).plan()


class _File:
    def __init__(self, context: Context, path: str, facts: Facts) -> None:
        self._context = context
        self._path = path
        self._facts = facts
        self._name = context.name
        self._draft = context.draft.file(path)
        self._imports = ModuleImports(context, path, facts)
        self._moved: dict[tuple[int, int], list[tuple[Chain, Way]]] = {}

    def plan(self) -> None:
        """Plan for all chains, then for the imports that they need."""
        for chain in self._facts.chains:
            if self._is_inside_definition(chain):
                self._refuse_way_round(chain)
            else:
                self._chain(chain)
        for (start, index), moved in sorted(self._moved.items(), key=lambda each: each[0]):
            statement = next(each for each in self._facts.statements if each.start == start)
            self._imports.plan(Binding(statement, index), moved)

    def _is_inside_definition(self, chain: Chain) -> bool:
        definition = self._facts.definition
        if self._path != self._context.places.source or definition is None:
            return False
        return definition.start <= chain.start < definition.end

    def _refuse_way_round(self, chain: Chain) -> None:
        """Refuse what moves where it reaches itself through its module."""
        if self._name not in {*chain.names[1:], chain.attribute}:
            return
        count = self._context.lookups.through(self._path, chain, imported(self._facts, chain))
        if count and self._name in {chain.attribute, *chain.names[count : count + 1]}:
            reason = f"it reaches itself through its old module: use `{self._name}` alone there first"
            self._context.draft.block("reference", self._path, chain.line, chain.column, chain.spelled, reason, "RM107")

    def _chain(self, chain: Chain) -> None:
        context = self._context
        mentions = self._name in chain.names[1:] or chain.attribute == self._name
        mentions = mentions or chain.use in {"store", "patch"} or "__all__" in chain.names
        if not mentions:
            return
        how = imported(self._facts, chain)
        count = context.lookups.through(self._path, chain, how)
        if self._is_rebound(chain, count):
            reason = f"`{chain.names[0]}` is bound by more than one import of it: {self._by_name()} first"
            context.draft.block("reference", self._path, chain.line, chain.column, chain.spelled, reason, "RM107")
            return
        if not count:
            if self._name in chain.names[1:]:
                self._other(chain, how)
            return
        following = chain.names[count] if count < len(chain.names) else chain.attribute
        at, name = (chain.line, chain.column), chain.spelled
        if following == self._name:
            if _changes(chain, count) and not self._takes_place(chain):
                return
            self._move(_Reach(chain, count))
        elif following == "__all__" and self._is_exported():
            reason = f"`{name}` has the name until now: list it here by itself first, or move with --keep-alias"
            context.draft.block("reference", self._path, *at, name, reason, "RM107")
        elif chain.use in {"patch", "store"} and following in context.needed:
            if following in context.rest:
                if not _changes(chain, count):
                    return  # an attribute of it: both modules have the same object
                reason = f"`{following}` is changed in the old module, and the definition reads it too: change both"
                context.draft.block("reference", self._path, *at, name, reason, "RM108")
            else:
                self._move(_Reach(chain, count))

    def _is_rebound(self, chain: Chain, count: int) -> bool:
        """Whether the first name of a chain is the old module's by one import, and something else binds it too."""
        name = chain.names[0]
        if count:
            return name in self._facts.unsteady or (chain.bound == "module" and self._is_set_by_functions(name))
        return chain.bound in {"module", "several"} and any(
            alias.bound == name and self._is_named_through(chain, brought(statement, alias))
            for statement in self._facts.statements
            if statement.function == (chain.bound == "several") or self._is_set_by_functions(name)
            for alias in statement.aliases
        )

    def _is_set_by_functions(self, name: str) -> bool:
        names = self._context.project.entries[self._path].names
        return names is not None and name in names.global_names

    def _is_named_through(self, chain: Chain, how: Import) -> bool:
        """Whether a chain would be the definition, or something in its place, by this import."""
        count = self._context.lookups.through(self._path, chain, how)
        return bool(count) and self._name in {chain.attribute, *chain.names[count : count + 1]}

    def _is_exported(self) -> bool:
        """Whether the name leaves the `__all__` of the old module."""
        names = self._context.project.entries[self._context.places.source].names
        exports = names.exports or () if names is not None else ()
        return not self._context.keep_alias and any(export.name == self._name for export in exports)

    def _by_name(self) -> str:
        return f"import `{self._name}` by its own name"

    def _takes_place(self, chain: Chain) -> bool:
        """Whether something else is put in its place where the new module looks it up."""
        context = self._context
        at, name = (chain.line, chain.column), chain.spelled
        if self._name not in context.rest:
            return True
        if context.elsewhere:
            reason = "it is looked up in both modules: which of them is meant can't be told"
            context.draft.block("reference", self._path, *at, name, reason, "RM108")
        else:
            context.site(
                "reference", self._path, at, name, "kept", "it is looked up in the old module, which imports it"
            )
        return False

    def _other(self, chain: Chain, how: Import | None) -> None:
        """A chain that leads to something of this name that is not the old module's."""
        count = chain.names.index(self._name, 1)
        origin = self._context.lookups.reached(self._path, chain, how, count + 1)
        if origin is None:
            return
        same = origin.key == self._context.lookups.definition.key
        reason = "it leads through another module, which still has it" if same else "it is something else"
        self._context.site("reference", self._path, (chain.line, chain.column), chain.spelled, "kept", reason)

    def _move(self, reach: _Reach) -> None:
        chain, count = reach
        at = (chain.line, chain.column)
        if not chain.exact:
            reason = "it can't be changed here: it stands in a string, or other names of the module are changed with it"
            self._context.draft.block("reference", self._path, *at, chain.spelled, reason, "RM107")
            return
        binding = self._imports.binding(chain)
        if binding is None:
            reason = f"`{chain.names[0]}` is no import of the old module here: {self._by_name()} first"
            if any(alias.bound == chain.names[0] for each in self._facts.statements for alias in each.aliases):
                reason = f"what binds `{chain.names[0]}` here is more than one import: {self._by_name()} first"
            self._context.draft.block("reference", self._path, *at, chain.spelled, reason, "RM107")
            return
        way = self._imports.way(binding, chain, count)
        if self._path == self._context.places.target and chain.names[count : count + 1] == (self._name,):
            way = Way(self._name, "")
            self._draft.edits.append(Edit(chain.start, chain.ends[count], self._name.encode()))
        elif way is None:
            reason = self._imports.refusal()
            self._context.draft.block("reference", self._path, *at, chain.spelled, reason, "RM107")
            return
        elif way.name != ".".join(chain.names[:count]):
            self._draft.edits.append(Edit(chain.start, chain.ends[count - 1], way.name.encode()))
        self._moved.setdefault((binding.statement.start, binding.number), []).append((chain, way))
        self._context.site("reference", self._path, at, chain.spelled, "rewritten", "now in the new module")


def _changes(chain: Chain, count: int) -> bool:
    """Whether something else is put in the place of what follows the first `count` names, not of an attribute of it."""
    return (chain.use, len(chain.names)) in {("patch", count), ("store", count + 1)}
