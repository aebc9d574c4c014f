"""Which names of a file may mean a manager: what decides whether it is parsed, and what is looked at in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codemods.toolkit.python.names import ModuleNames
from codemods.websocket_ssot.config import Config
from codemods.websocket_ssot.family import family_named, plainly_named, role, words

_STEMS = (b"anager", b"ocketFactory", b"ocket_factory", b"Mgr", b"mgr")
_LEFT = re.compile(rb"\w*\Z")
_RIGHT = re.compile(rb"\w*")
_CHAIN = re.compile(rb"(?<![\w.])([A-Za-z_]\w*)(?:\.\w+)*\Z")
_LONGEST = 80
_CALLABLE = frozenset({"manager", "factory", "make", "make-factory", "adapter"})


def relevant(body: bytes, config: Config, extra: frozenset[str]) -> bool:
    """Whether a file can matter: a name in it means a manager, or something that makes one, by its spelling.

    A bytes search decides what is parsed at all, so it may say yes too often, never too seldom.
    """
    if any(name.encode() in body for name in (*config.names, *canonical_names(config), *extra)):
        return True
    return any(True for _name in callable_names(body)) or replaces_modules(body)


def replaces_modules(body: bytes) -> bool:
    """Whether a test puts a module in the place of another one: `patch.dict("sys.modules", ...)`."""
    return b"sys.modules" in body and b"patch.dict" in body


def canonical_names(config: Config) -> tuple[str, ...]:
    """The names after the colon of the configured factory and class."""
    return tuple(value.rpartition(":")[2] for value in (config.factory, config.class_) if value)


def callable_names(body: bytes) -> Iterator[str]:
    """Identifiers in a text, each once, whose spelling means a manager or something that makes one."""
    seen: set[bytes] = set()
    for stem in _STEMS:
        at = body.find(stem)
        while at >= 0:
            left = _LEFT.search(body, max(0, at - _LONGEST), at)
            right = _RIGHT.match(body, at)
            word = body[left.start() if left else at : right.end() if right else at]
            at = body.find(stem, at + len(stem))
            if word not in seen:
                seen.add(word)
                name = word.decode()
                if family_named(name) and role(name) in _CALLABLE and plainly_named(name):
                    yield name


def interesting(names: ModuleNames, known: frozenset[str], holders: frozenset[str]) -> frozenset[str]:
    """Names that this module binds and that may lead to a manager."""
    found: set[str] = set()
    for statement in names.imports:
        for imported in statement.names:
            if statement.is_from:
                if _may_be_manager(statement.module, imported.name, imported.asname, known):
                    found.add(imported.bound)
            elif family_named(imported.name) or known & set(imported.name.split(".")):
                found.add(imported.asname or imported.name.partition(".")[0])
    found.update(holders)
    for name, bindings in names.bindings.items():
        for bound in bindings:
            if bound.kind in {"class", "def", "async def"} and (
                name in known or (family_named(name) and role(name) in _CALLABLE)
            ):
                found.add(name)
    for _round in range(4):  # aliases of aliases: `A = Manager`, `B = A`
        aliases = {
            name
            for name, bindings in names.bindings.items()
            if any(bound.kind == "alias" and bound.member.partition(".")[0] in found for bound in bindings)
        }
        if aliases <= found:
            break
        found |= aliases
    return frozenset(found)


def holders_of(body: bytes, names: ModuleNames, spelled: frozenset[str]) -> frozenset[str]:
    """Imported names that a manager is read from as an attribute: `ws` of `ws.WebSocketManager()`."""
    roots: set[str] = set()
    for name in spelled:
        attribute = b"." + name.encode()
        at = body.find(attribute)
        while at >= 0:
            chain = _CHAIN.search(body, max(0, at - _LONGEST), at)
            if chain:
                roots.add(chain.group(1).decode())
            at = body.find(attribute, at + len(attribute))
    if not roots:
        return frozenset()
    imported = {
        name.asname or (name.name if statement.is_from else name.name.partition(".")[0])
        for statement in names.imports
        for name in statement.names
    }
    return frozenset(roots & imported)


def _may_be_manager(module: str, name: str, asname: str, known: frozenset[str]) -> bool:
    if {name, asname} & known:
        return True
    if any(family_named(spelled) and role(spelled) in _CALLABLE for spelled in (name, asname) if spelled):
        return True
    return family_named(module.rpartition(".")[2]) and bool({"manager", "factory"} & set(words(name)))
