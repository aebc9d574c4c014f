"""A codemod about the uses of one function or class: all that it has to say is what happens to a use.

    def decided(use: Use, config: Config) -> Decided | None:
        return rewritten("deprecated", Edit(use.last, use.end, b"warning"))

    codemod = codemod_of_uses(
        name="logging_warn", summary="...", config=Config, definition=lambda config: "logging.warn", decided=decided
    )

Aliases, re-exports, scopes and everything that is the same for all codemods come with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from codemods.toolkit.codemod import Code, Codemod, Edit, Option, Plan, Positional, Source
from codemods.toolkit.python.definition import KINDS, Decided, aliases, plan_of_uses, unknown_files
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module, Project
from codemods.toolkit.python.uses import Use, Uses, mentions, uses_of

ConfigT = TypeVar("ConfigT")


def codemod_of_uses(
    *,
    name: str,
    summary: str,
    config: type[ConfigT],
    definition: Callable[[ConfigT], str],
    decided: Callable[[Use, ConfigT], Decided | None],
    codes: tuple[Code, ...] = (),
    positionals: tuple[Positional, ...] = (),
    options: tuple[Option, ...] = (),
) -> Codemod[ConfigT, Uses, tuple[Edit, ...]]:
    """The codemod that does with each use of `definition` what `decided` says (None: it is no matter of this codemod).

    `definition` gives its dotted name (`shop.mail.send`); the rest is as in `Codemod`.
    """

    def relevant(body: bytes, config: ConfigT, words: frozenset[str]) -> bool:
        return mentions(body, definition(config))

    def collect(module: Module, names: ModuleNames, config: ConfigT, words: frozenset[str]) -> Uses:
        return uses_of(module, definition(config), words)

    def widen(project: Project[Uses], config: ConfigT) -> frozenset[str]:
        return aliases(project, definition(config))

    def demand(project: Project[Uses], config: ConfigT) -> frozenset[str]:
        return unknown_files(project, definition(config))

    def decide(
        project: Project[Uses], config: ConfigT, withheld: Mapping[str, tuple[str, str]]
    ) -> Plan[tuple[Edit, ...]]:
        return plan_of_uses(project, definition(config), withheld, lambda use: decided(use, config))

    def rewrite(source: Source, part: tuple[Edit, ...]) -> tuple[Edit, ...]:
        return part

    return Codemod(
        name=name,
        summary=summary,
        config=config,
        facts=Uses,
        part=tuple[Edit, ...],
        codes=codes,
        relevant=relevant,
        collect=collect,
        widen=widen,
        demand=demand,
        decide=decide,
        rewrite=rewrite,
        positionals=positionals,
        options=options,
        kinds=KINDS,
    )
