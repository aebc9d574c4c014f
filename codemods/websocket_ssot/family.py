"""What a name says about itself, for the two questions that only spelling can answer.

Which files can matter (before anything is parsed), and what a name that leads nowhere was meant to be.  Wherever a name
leads to a definition, the definition decides and not its spelling.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

Role = Literal["manager", "factory", "make", "make-factory", "adapter", "protocol", "double", "other"]
"""What a name means: a manager class, a class of factory objects, a function that makes a manager, a function that
gives a factory object, and kinds that are never rewritten."""

_SOCKET = r"(?:[Ww]eb_?[Ss]ockets?|[Ww][Ss]|[Ss]ockets?|[Cc]onn(?:ection)?s?|WEBSOCKET|WS)"
FAMILY = re.compile(rf"{_SOCKET}(?:_|[A-Z][a-z]+|_[a-z]+_)?_?[Mm](?:anager|gr)|{_SOCKET}[A-Za-z]*Factory")
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_MANAGER = frozenset({"manager", "mgr"})
_DOUBLES = frozenset({"mock", "fake", "stub", "dummy", "test", "tests", "spy", "testable"})
_PROTOCOLS = frozenset({"protocol", "interface", "abc"})
_SOCKETS = frozenset({"websocket", "websockets", "socket", "sockets", "ws"})
_PLAIN = frozenset(
    [
        "web",
        "socket",
        "websocket",
        "ws",
        "sockets",
        "websockets",
        "connection",
        "connections",
        "conn",
        "unified",
        "isolated",
        "legacy",
        "user",
        "core",
        "base",
        "default",
        "global",
        "main",
        "simple",
        "async",
        "sync",
        "manager",
        "mgr",
        "implementation",
        "impl",
        "get",
        "create",
        "make",
        "build",
        "new",
        "singleton",
        "instance",
        "v",
        "factory",
        "adapter",
        "compat",
        "wrapper",
        "enhanced",
        "provide",
        "obtain",
        "acquire",
    ]
)
_VERBS = frozenset({"get", "create", "make", "build", "new", "provide", "obtain", "acquire", "old", "deprecated"})
_MANNERS = frozenset(
    {"sync", "async", "singleton", "instance", "legacy", "compat", "implementation", "impl", "base", "v", "wrapper"}
)


def words(name: str) -> tuple[str, ...]:
    """The words of an identifier, lower case.

    >>> words("_UnifiedWebSocketManagerImplementation"), words("create_websocket_manager")
    (('unified', 'web', 'socket', 'manager', 'implementation'), ('create', 'websocket', 'manager'))
    """
    return tuple(word.lower() for word in _WORD.findall(name))


def family_named(name: str) -> bool:
    """Whether a name (or a dotted one) has a socket and a manager in it."""
    return FAMILY.search(name) is not None


def role(name: str) -> Role:
    """What a name means by its spelling alone.

    >>> [role(n) for n in ("WebSocketManager", "MockWSManager", "create_ws_manager", "WebSocketManagerMode")]
    ['manager', 'double', 'make', 'other']
    """
    parts = [word for word in words(name) if not word.isdigit()]
    if not parts:
        return "other"
    if set(parts) & _DOUBLES:
        return "double"
    is_class = name.lstrip("_")[:1].isupper()
    while len(parts) > 1 and parts[-1] in _MANNERS:
        parts.pop()
    ends_in_manager = parts[-1] in _MANAGER
    if is_class:
        return _class_role(parts, ends_in_manager=ends_in_manager)
    if parts[0] not in _VERBS:
        return "other"
    if parts[-1] == "factory":
        return "make-factory" if set(parts) & _MANAGER else "other"
    return "make" if ends_in_manager else "other"


def plainly_named(name: str) -> bool:
    """Whether a name has no word that makes it a special manager.

    >>> plainly_named("UnifiedWebSocketManager"), plainly_named("RedisConnectionManager")
    (True, False)
    """
    return set(words(name)) <= _PLAIN


def about_sockets(name: str) -> bool:
    """Whether a (dotted) name says socket: a connection manager may be one of databases."""
    parts = words(name)
    return bool(_SOCKETS & set(parts)) or ("web", "socket") in pairwise(parts)


def _class_role(parts: Sequence[str], *, ends_in_manager: bool) -> Role:
    if parts[-1] in _PROTOCOLS:
        return "protocol"
    if parts[-1] == "adapter":
        return "adapter"
    if parts[-1] == "factory":
        return "factory"
    return "manager" if ends_in_manager else "other"
