"""What every step of the plan knows."""

from __future__ import annotations

from dataclasses import dataclass

from codemods.rope_move.draft import Draft
from codemods.rope_move.facts import Alias, Chain, Facts, Statement
from codemods.rope_move.lookups import Lookups, dotted
from codemods.rope_move.places import Places
from codemods.toolkit.codemod import Decision, Site
from codemods.toolkit.python.names import Import
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project


@dataclass(frozen=True, slots=True)
class Context:
    """The project, what moves (`name`), and the plan so far.

    `rest` are the names that the old module reads besides in the definition, and what others look up in it of those
    that are `needed`: that the definition reads.
    `elsewhere` says that the definition is looked up in the old module from elsewhere, while the program runs.
    `keep_alias` says that the old module goes on having it.
    """

    project: Project[Facts]
    origins: Origins
    places: Places
    name: str
    lookups: Lookups
    draft: Draft
    rest: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()
    elsewhere: bool = False
    keep_alias: bool = False

    def site(
        self, kind: str, path: str, at: tuple[int, int], name: str, decision: Decision, reason: str, code: str = ""
    ) -> None:
        """Note a site; `at` is its line and column."""
        self.draft.sites.append(Site(kind, path, *at, name, decision, reason, code))


def imported(facts: Facts, chain: Chain) -> Import | None:
    """What an import within a function binds to the first name of a chain."""
    if chain.bound != "import":
        return None
    statement = next(each for each in facts.statements if each.start == chain.statement)
    return brought(statement, next(each for each in statement.aliases if each.bound == chain.names[0]))


def brought(statement: Statement, alias: Alias) -> Import:
    """What a name of an import statement binds."""
    if statement.is_from:
        return Import(statement.level, statement.module, alias.name)
    return Import(0, alias.name if alias.asname else alias.bound, "")


def takes(context: Context, path: str, facts: Facts, giver: str, name: str) -> bool:
    """Whether a file takes a name as an attribute of another module (the file `giver`), in code or by a string."""
    for chain in facts.chains:
        names = (*chain.names, chain.attribute)
        for count in (index for index in range(1, len(names)) if names[index] == name):
            reached = context.lookups.reached(path, chain, imported(facts, chain), count)
            if reached is not None and (reached.status, reached.path) == ("module", giver):
                return True
    for quoted in facts.quoted:
        parts = dotted(quoted).split(".") if quoted.kind in {"patch", "import", "module"} else []
        parts += [context.name] if quoted.kind == "module" else []
        for count in (index for index in range(1, len(parts)) if parts[index] == name):
            origin = context.origins.module(path, 0, ".".join(parts[:count]))
            if (origin.status, origin.path) == ("module", giver):
                return True
    return False


def looked_up(context: Context, path: str, facts: Facts) -> set[str]:
    """The names that a file looks up in the old module while the program runs."""
    found: set[str] = set()
    for statement in facts.statements:
        late = statement.is_from and not statement.at_import and "typing" not in statement.context
        if late and context.lookups.is_source(context.origins.module(path, statement.level, statement.module)):
            found |= {alias.name for alias in statement.aliases}
    for chain in facts.chains:
        if chain.use == "read" and not chain.annotation:
            count = context.lookups.through(path, chain, imported(facts, chain))
            if count:
                found.update(chain.names[count : count + 1])
    return found
