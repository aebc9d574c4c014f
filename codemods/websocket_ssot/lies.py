"""Imports that give a manager's name to something else: reported, and never taken for a manager."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from codemods.toolkit.codemod import Finding
from codemods.toolkit.python.names import ModuleNames
from codemods.websocket_ssot.facts import Facts
from codemods.websocket_ssot.family import family_named, plainly_named, role
from codemods.websocket_ssot.meanings import Meanings


def lying(files: Mapping[str, tuple[ModuleNames, Facts]], meanings: Meanings) -> Iterator[Finding]:
    """A finding for each `from users import create_user_context as create_websocket_manager`."""
    for path, (names, _facts) in files.items():
        for statement in names.imports:
            for imported in statement.names:
                alias = imported.asname
                if (
                    not statement.is_from
                    or role(alias) != "make"
                    or not family_named(alias)
                    or not plainly_named(alias)
                ):
                    continue
                origin = meanings.origins.imported(path, statement.level, statement.module, imported.name)
                if meanings.meaning(origin, imported.name).kind in {"stranger", "not-a-maker", "missing"}:
                    message = f"{imported.name} is imported as {alias} and makes no manager"
                    yield Finding("WS143", path, statement.line, statement.column, message)
