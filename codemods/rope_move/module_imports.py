"""Imports of the old module: which of them a use goes by, and what imports the new one beside it or in its place."""

from __future__ import annotations

from typing import NamedTuple

from codemods.rope_move.config import last
from codemods.rope_move.context import Context, imported, takes
from codemods.rope_move.facts import Alias, Chain, Facts, Statement
from codemods.rope_move.places import text


class Binding(NamedTuple):
    """The import that binds the first name of a chain."""

    statement: Statement
    number: int

    @property
    def alias(self) -> Alias:
        """The name of the statement that does."""
        return self.statement.aliases[self.number]


class Way(NamedTuple):
    """What the new module is called at a place, and the statement that brings it there ("" where it is there)."""

    name: str
    statement: str


class ModuleImports:
    """The imports of one file by which uses go."""

    def __init__(self, context: Context, path: str, facts: Facts) -> None:
        self._context = context
        self._path = path
        self._facts = facts
        self._name = context.name
        self._draft = context.draft.file(path)
        self._brought: set[str] = set()

    def binding(self, chain: Chain) -> Binding | None:
        """The import that binds the first name of a chain, None where there isn't exactly one."""
        found = [
            Binding(statement, index)
            for statement in self._facts.statements
            for index, alias in enumerate(statement.aliases)
            if alias.bound == chain.names[0]
            and (statement.start == chain.statement if chain.bound == "import" else not statement.function)
        ]
        plain = [each for each in found if not each.statement.is_from and not each.alias.asname]
        if len(plain) == len(found):
            through = [each for each in plain if f"{chain.spelled}.".startswith(f"{each.alias.name}.")]
            found = sorted(through, key=lambda each: len(each.alias.name))[-1:]
        return found[0] if len(found) == 1 else None

    def way(self, binding: Binding, chain: Chain, count: int) -> Way | None:
        """What a chain begins with instead of the old module, None where that can't be told."""
        statement, alias = binding.statement, binding.alias
        if not statement.is_from and not alias.asname:
            new = self._context.places.spelled(self._path, 0, ".".join(chain.names[:count]))
            if new is not None:
                root = new[1].partition(".")[0]
                taken = root != chain.names[0] and self._is_taken(root)
                return None if taken else Way(new[1], f"import {new[1]}")
        elif count > 1:
            below = self._below(binding, chain, count)
            if below is not None:
                return Way(below, "")
        known = self._known(binding)
        if known:
            return Way(known, "")
        found = self._new_import(binding) if count == 1 else None
        module, name = found or self._by_own_name() or ("", "")
        if not name or (self._is_taken(name) and name != alias.bound) or self._is_hidden(module, name):
            return None
        return Way(name, f"from {module} import {name}" if module else f"import {name}")

    def refusal(self) -> str:
        """Why there is no way to the new module."""
        places = self._context.places
        name = last(places.destination)
        if self._is_taken(name):
            return f"`{name}` is something else here: import `{self._name}` by its own name first"
        return f"how {places.destination} is imported here can't be told: import `{self._name}` by its own name first"

    def _by_own_name(self) -> tuple[str, str] | None:
        """(module part, name) of the import that brings the new module by its full name."""
        places = self._context.places
        relative = places.relative(self._path) if any(each.level for each in self._facts.statements) else None
        level, module = relative or places.spelled(self._path, 0, places.module) or (0, "")
        above, _, name = module.rpartition(".")
        return (text(level, above), name) if name else None

    def _is_hidden(self, module: str, name: str) -> bool:
        """Whether a package gives something else by the name of the new module that is there."""
        if not self._context.places.exists or not module:
            return False
        bare = module.lstrip(".")
        origin = self._context.origins.imported(self._path, len(module) - len(bare), bare, name)
        return (origin.status, origin.path) != ("module", self._context.places.target)

    def _below(self, binding: Binding, chain: Chain, count: int) -> str | None:
        """The module as an attribute of a package that is imported: only where it is loaded already."""
        places = self._context.places
        own, other = places.module.rpartition(".")[0], places.destination.rpartition(".")[0]
        if own != other or not places.exists:
            return None
        name = last(places.destination)
        how = imported(self._facts, chain)
        package = self._context.lookups.reached(self._path, chain, how, count - 1)
        if package is None or package.status != "module":
            return None
        return ".".join([*chain.names[: count - 1], name]) if self._is_loaded(package.path, name) else None

    def _is_loaded(self, package: str, name: str) -> bool:
        """Whether a package imports one of its modules by itself."""
        entry = self._context.project.entries.get(package)
        return entry is not None and entry.names is not None and name in entry.names.bindings

    def _is_taken(self, name: str) -> bool:
        """Whether any scope binds a name to anything but the new module, or the package at the top that it is in."""
        return name in self._facts.bound or any(
            alias.bound == name and not self._is_target(statement, alias)
            for statement in self._facts.statements
            for alias in statement.aliases
        )

    def _is_target(self, statement: Statement, alias: Alias) -> bool:
        """Whether an import binds the new module, or the package at the top that it is in."""
        places = self._context.places
        if statement.is_from:
            origin = self._context.origins.imported(self._path, statement.level, statement.module, alias.name)
        elif alias.asname:
            origin = self._context.origins.module(self._path, 0, alias.name)
        else:
            return alias.bound == places.destination.partition(".")[0]
        return places.exists and (origin.status, origin.path) == ("module", places.target)

    def _known(self, binding: Binding) -> str:
        """The name under which another import has brought the new module before this one's name is used."""
        near, word = binding.statement, last(self._context.places.destination)
        used = min((chain.start for chain in self._facts.chains if self._is_of(binding, chain)), default=near.start)
        for statement in self._facts.statements:
            same = statement.block == near.block and statement.context == near.context
            before = statement.start < used or (statement.top and "function" in near.context)
            if not (same or statement.top) or not before:
                continue
            for alias in statement.aliases:
                # Of other names it isn't known what else binds them, see `Facts.bound`.
                named = (statement.is_from or alias.asname) and word in alias.name.split(".")
                if named and self._is_target(statement, alias) and not self._is_taken(alias.bound):
                    return alias.bound
        return ""

    def _new_import(self, binding: Binding) -> tuple[str, str] | None:
        """(module part, name) of the from-import that brings the new module, "" and the name for a plain one."""
        statement, alias = binding.statement, binding.alias
        if statement.is_from:
            inner = f"{statement.module}.{alias.name}" if statement.module else alias.name
            new = self._context.places.spelled(self._path, statement.level, inner)
        else:
            new = self._context.places.spelled(self._path, 0, alias.name)
        if new is None:
            return None
        level, module = new
        above, _, name = module.rpartition(".")
        if level and not name:
            return None
        return text(level, above), name

    def plan(self, binding: Binding, moved: list[tuple[Chain, Way]]) -> None:
        """The import of the new module beside that of the old one, or in its place where nothing else needs that."""
        chains = [chain for chain, _way in moved]
        below = any(not way.statement and way.name.startswith(f"{binding.alias.bound}.") for _chain, way in moved)
        left = self._needs_old(binding, chains) or below
        draft = self._draft.statement(binding.statement)
        bare = self._path == self._context.places.target
        wanted = dict.fromkeys(
            way.statement for chain, way in moved if way.statement and not (bare and self._is_bare(chain))
        )
        fresh = [each for each in wanted if not self._is_there(binding.statement, each)]
        if any(self._bound_by(each) == binding.alias.bound for each in fresh) and left and self._is_named(binding):
            reason = f"`{binding.alias.bound}` is the old module here, which is still used: it can't be the new one too"
            at = (binding.statement.line, binding.statement.column)
            self._context.draft.block("import", self._path, *at, f"import {binding.alias.text}", reason, "RM107")
            return
        for each in fresh:
            name = self._within(binding.statement, each)
            if not left and name and len(fresh) == 1:
                draft.rename[binding.number] = name
                left = True
            elif left and name and binding.statement.is_from:
                draft.append.append(name)
            else:
                draft.after.append(each)
            if binding.statement.top:
                self._brought.add(each)
        if not left:
            draft.drop.add(binding.number)

    def _is_there(self, statement: Statement, wanted: str) -> bool:
        """Whether an import of the new module stands before a statement, or will."""
        return wanted in self._brought or any(
            f"import {alias.text}" == wanted for each in self._near(statement) for alias in each.aliases
        )

    def _within(self, statement: Statement, wanted: str) -> str:
        """The name by which a statement would do what another does, "" where it can't."""
        head, _, name = wanted.rpartition("import ")
        if not statement.is_from:
            return name if not head else ""
        return name if head == f"from {text(statement.level, statement.module)} " else ""

    def _bound_by(self, wanted: str) -> str:
        return wanted.rpartition("import ")[2].partition(".")[0]

    def _is_named(self, binding: Binding) -> bool:
        """Whether an import gives the old module a name of its own (not only that of the package at the top)."""
        return binding.statement.is_from or bool(binding.alias.asname)

    def _near(self, statement: Statement) -> list[Statement]:
        return [
            each
            for each in self._facts.statements
            if not each.is_from and (each.top or (each.block, each.context) == (statement.block, statement.context))
        ]

    def _is_bare(self, chain: Chain) -> bool:
        return self._name in chain.names[1:] and chain.use != "patch"

    def _needs_old(self, binding: Binding, moved: list[Chain]) -> bool:
        """Whether anything else needs the import of the old module."""
        statement, alias = binding.statement, binding.alias
        entry = self._context.project.entries[self._path]
        exports = entry.names.exports or () if entry.names is not None else ()
        if any(export.name == alias.bound for export in exports) or alias.asname == alias.name:
            return True
        if statement.top and self._context.project.layout.is_package(self._path):
            return True
        if statement.top and self._is_taken_from_here(alias.bound):
            return True
        others = [chain for chain in self._facts.chains if chain not in moved and self._is_of(binding, chain)]
        if statement.in_class and not others:
            reason = f"`{alias.bound}` is an attribute of the class, which may be used: import it above the class first"
            at = (statement.line, statement.column)
            self._context.draft.block("import", self._path, *at, alias.text, reason, "RM107")
        if not others and statement.top:
            self._refuse_lookups(binding)
        if statement.is_from or alias.asname or statement.in_class:
            return bool(others)
        plain = [
            each.name
            for one in self._facts.statements
            if not one.is_from and not one.function
            for each in one.aliases
            if not each.asname and each != alias and each.bound == alias.bound
        ]
        return not all(any(_serves(each, alias.name, chain) for each in plain) for chain in others)

    def _is_of(self, binding: Binding, chain: Chain) -> bool:
        """Whether a chain begins with the name that an import binds, as far as scopes tell."""
        statement, alias = binding.statement, binding.alias
        here = chain.statement == statement.start or (chain.bound == "module" and not statement.function)
        return here and chain.names[0] == alias.bound

    def _is_taken_from_here(self, name: str) -> bool:
        """Whether another file takes a name from this one."""
        for path, entry in self._context.project.entries.items():
            if entry.facts is None or path == self._path:
                continue
            for statement in entry.facts.statements:
                if statement.is_from and {name, "*"} & {alias.name for alias in statement.aliases}:
                    origin = self._context.origins.module(path, statement.level, statement.module)
                    if (origin.status, origin.path) == ("module", self._path):
                        return True
        return False

    def _refuse_lookups(self, binding: Binding) -> None:
        """Refuse to take away, or to leave unused, what others look up here."""
        statement, name = binding.statement, binding.alias.bound
        for path, entry in sorted(self._context.project.entries.items()):
            if entry.facts is None or path == self._path:
                continue
            if takes(self._context, path, entry.facts, self._path, name):
                at, module = (statement.line, statement.column), self._context.places.module
                reason = (
                    f"{path} takes `{name}` from here, where nothing else would use it: import {module} there first"
                )
                self._context.draft.block("import", self._path, *at, name, reason, "RM107")
                return


def _serves(other: str, name: str, chain: Chain) -> bool:
    """Whether `import other` does for a chain what `import name` does: a package alone doesn't load its modules."""
    spelled = f"{chain.spelled}."
    return spelled.startswith(f"{other}.") and (len(other) >= len(name) or not spelled.startswith(f"{name}."))
