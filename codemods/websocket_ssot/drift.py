"""Copies of the canonical class that went their own way: a person has to merge them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from codemods.toolkit.codemod import Finding
from codemods.toolkit.python.names import ModuleNames
from codemods.websocket_ssot.facts import Facts
from codemods.websocket_ssot.family import plainly_named, role
from codemods.websocket_ssot.meanings import Meanings

_SHARE = 0.75
"""Three of four methods in common make a copy: unrelated managers share up to 15 % (a study of seven repositories)."""


def drifted(files: Mapping[str, tuple[ModuleNames, Facts]], meanings: Meanings) -> Iterator[Finding]:
    """A finding for each class that shares most of its methods with the canonical one and isn't equal to it."""
    canonical = meanings.canonical
    own = {method.name for method in canonical.class_fact.methods if not method.name.startswith("__")}
    for path, (_names, facts) in files.items():
        for cls in facts.classes:
            methods = {method.name for method in cls.methods if not method.name.startswith("__")}
            if (
                (path, cls.name) == canonical.cls.key
                or role(cls.name) == "double"
                or not plainly_named(cls.name)
                or len(methods) < 2
            ):
                continue
            shared = len(methods & own)
            if shared >= _SHARE * len(methods | own) and cls.digest != canonical.class_fact.digest:
                message = (
                    f"{cls.name} has {shared} of the {len(own)} methods of {canonical.class_name} by name, and differs:"
                    " a person has to merge the two"
                )
                yield Finding("WS142", path, cls.line, 0, message)
