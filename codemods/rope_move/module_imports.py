"""Imports of the old module: which of them a use goes by, and what imports the new one beside it or in its place."""

from __future__ import annotations

from typing import NamedTuple

from codemods.rope_move.config import last
from codemods.rope_move.context import Context, imported, takes
from codemods.rope_move.facts import Alias, Chain, Facts, Statement
from codemods.rope_move.places import text
from codemods.toolkit.codemod import Edit


class Binding(NamedTuple):
    """The import that binds the first name of a chain."""

    statement: Statement
    number: int

    @property
    def alias(self) -> Alias:
        """The name of the statement that does."""
        return self.statement.aliases[self.number]


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

    def module_name(self, binding: Binding, chain: Chain, count: int) -> str | None:
        """What the chain begins with instead of the old module."""
        statement, alias = binding.statement, binding.alias
        if not statement.is_from and not alias.asname:
            new = self._context.places.spelled(self._path, 0, ".".join(chain.names[:count]))
            if new is None or (new[1].partition(".")[0] != chain.names[0] and self._is_taken(new[1].partition(".")[0])):
                return None
            return new[1]
        if count > 1:
            return self._below(binding, chain, count)
        known = self._known(binding)
        if known:
            return known
        if self._new_import(binding) is None:
            return None
        name = last(self._context.places.destination)
        return None if self._is_taken(name) and name != alias.bound else name

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

    def plan(self, binding: Binding, moved: list[Chain]) -> None:
        """The import of the new module beside that of the old one, or in its place where nothing else needs that."""
        statement, alias = binding.statement, binding.alias
        left = self._needs_old(binding, moved)
        draft = self._draft.statement(statement)
        if self._path == self._context.places.target and all(self._is_bare(chain) for chain in moved):
            if not left:
                draft.drop.add(binding.number)
            return
        if not statement.is_from and not alias.asname:
            # `import package` may be all that there is: something else has loaded the old module.
            count = self._context.lookups.through(self._path, moved[0], imported(self._facts, moved[0]))
            new = self._context.places.spelled(self._path, 0, ".".join(moved[0].names[:count]))
            wanted = f"import {new[1]}" if new is not None else ""
            there = any(f"import {each.text}" == wanted for one in self._near(statement) for each in one.aliases)
            if not left and not there and new is not None:
                self._draft.edits.append(Edit(alias.start, alias.end, new[1].encode()))
                return
            self._replace(binding, "" if there else wanted, left=left)
            return
        if self._known(binding) or len(moved[0].names) < 1:
            self._replace(binding, "", left=left)
            return
        found = self._new_import(binding)
        if found is None:
            return
        module, name = found
        if left and name == alias.bound:
            reason = f"`{name}` is the old module here, which is still used: it can't be the new one too"
            at = (statement.line, statement.column)
            self._context.draft.block("import", self._path, *at, f"import {alias.text}", reason, "RM107")
            return
        if statement.is_from and module == text(statement.level, statement.module):
            wanted = f"from {module} import {name}"
            if wanted in self._brought:
                self._replace(binding, "", left=left)
            elif not left:
                self._draft.edits.append(Edit(alias.start, alias.end, name.encode()))
            else:
                draft.append.append(name)
            if statement.top:
                self._brought.add(wanted)
            return
        wanted = f"from {module} import {name}" if module else f"import {name}"
        self._replace(binding, "" if wanted in self._brought else wanted, left=left)
        if statement.top:
            self._brought.add(wanted)

    def _near(self, statement: Statement) -> list[Statement]:
        return [
            each
            for each in self._facts.statements
            if not each.is_from and (each.top or (each.block, each.context) == (statement.block, statement.context))
        ]

    def _is_bare(self, chain: Chain) -> bool:
        return self._name in chain.names[1:] and chain.use != "patch"

    def _replace(self, binding: Binding, wanted: str, *, left: bool) -> None:
        draft = self._draft.statement(binding.statement)
        if not left:
            draft.drop.add(binding.number)
        if wanted and wanted not in draft.after:
            draft.after.append(wanted)

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
        if not others and statement.top:
            self._refuse_lookups(binding)
        if statement.is_from or alias.asname:
            return bool(others)
        plain = [
            each.name
            for one in self._facts.statements
            if not one.is_from and not one.function
            for each in one.aliases
            if not each.asname and each != alias and each.bound == alias.bound
        ]
        return not all(any(f"{chain.spelled}.".startswith(f"{each}.") for each in plain) for chain in others)

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
