"""What a call may do to the doubles that it is given, judged by what is called.

A double that goes to code of the project is taken for what it is: the class under test keeps it, its methods use it.
Code that belongs to tests is there to set doubles up; what it may have changed is not certain any more.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from codemods.asyncmock_await.calls.module.definitions import Definitions
from codemods.asyncmock_await.calls.module.effects import UNKNOWN_EFFECT, SideEffect, effect_of_function
from codemods.asyncmock_await.calls.module.scan import changes_parameters
from codemods.asyncmock_await.calls.module.spellings import Spellings
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module

Effect = Literal["reads", "keeps", "changes", "changes self"]
"""`keeps`: something may hold the double from now on.  `changes`: it may be another one, and so may all that escaped.
`changes self`: a method of the test class, which may set attributes of `self` as well."""

CHANGES_NOTHING: frozenset[Effect] = frozenset({"reads", "keeps"})

SETTERS = frozenset({"setattr", "delattr", "__setattr__", "__delattr__"})
"""Last names of what sets an attribute that its second argument names: the builtins, and those of `monkeypatch`."""

_READERS = frozenset(
    {
        "len", "str", "repr", "bool", "int", "float", "isinstance", "issubclass", "print", "id", "hash",
        "callable", "hasattr", "format",
    }
)  # fmt: skip
_KEEPERS = frozenset(
    {
        "dict", "list", "tuple", "set", "frozenset", "zip", "enumerate", "iter", "reversed", "sorted", "sum", "min",
        "max", "type",
    }
)  # fmt: skip
_OF_UNITTEST = re.compile(r"(assert\w*|fail|skipTest|subTest|addCleanup|addAsyncCleanup|id|addTypeEqualityFunc)\Z")
_SETS_UP = re.compile(
    r"mock|fake|stub|patch|double|dummy|harness|helper|fixture|builder|arrange|prepar|set_?up|config|wire|inject"
    r"|install|attach|spy|spies|attr|test|replace|override|modif|mutat|start\Z|stop\Z"
)
"""Words in the names of code that sets doubles up, in small letters: the search is slow where case doesn't matter."""
_OF_DOUBLES = re.compile(r"mock|double|spy|spies", re.IGNORECASE)
"""Words in the names of doubles: that of what is called says nothing of what the call does."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a module says of the names that are called in it.

    `is_harmless` says whether a name is a function of the module that leaves its parameters as they are, `imported`
    (name -> module) are the imported names, `defined` all other names that the module binds.  `leads` are the names
    that may lead to functions and classes of the project, `receivers` the helpers, as they are called, that may lose
    what they are given; `within` are those of `leads` that only functions import.  `sets` says of a method of a class,
    by their names, which attributes of `self` a call sets, if it changes nothing else.  `spellings` are the names by
    which the module reaches what patches name.  `side_effect` says what a function or method of the module
    does as one, by the class around and the name as it is called.
    """

    is_harmless: Callable[[str], bool] = lambda _name: False
    imported: Mapping[str, str] = field(default_factory=dict)
    defined: frozenset[str] = frozenset()
    leads: frozenset[str] = frozenset()
    receivers: frozenset[str] = frozenset()
    within: frozenset[str] = frozenset()
    sets: Callable[[str, str], frozenset[str] | None] = lambda _owner, _method: None
    spellings: Spellings = field(default_factory=Spellings)
    side_effect: Callable[[str, str], SideEffect] = lambda _owner, _name: UNKNOWN_EFFECT


def effect(name: str, local: bool, around: Surroundings) -> Effect:
    """What a call of a dotted name may do with its arguments; `local` says that the function binds its first part."""
    first, _, rest = name.partition(".")
    last = name.rpartition(".")[2]
    if first in {"self", "cls"} and rest:
        if rest == last:
            return "keeps" if _OF_UNITTEST.match(last) else "changes self"
        return "changes" if _SETS_UP.search(rest.lower()) else "keeps"
    if not local and around.is_harmless(name):
        return "keeps"
    if not name or (first in around.defined and not local):
        return "changes"
    if name in _READERS and not local and name not in around.imported:
        return "reads"
    if _SETS_UP.search(name.lower()):
        return "changes"
    if not rest:
        return _of_lone(name, local, around)
    module = around.imported.get(first, "")
    outside = module.partition(".")[0] in sys.stdlib_module_names
    return "changes" if module and not (local or outside or _is_class(first) or _is_class(last)) else "keeps"


def effect_of_member(name: str, local: bool, around: Surroundings) -> Effect:
    """The effect of a call of a dotted name that leads to what may be a double: `mock_db.add` sets nothing up."""
    owner, dot, last = name.rpartition(".")
    return effect(f"{_OF_DOUBLES.sub('_', owner)}{dot}{last}", local, around)


def sets_up(name: str) -> bool:
    """Whether a call of a member may set doubles up, by the last part of its dotted name."""
    _owner, dot, last = name.rpartition(".")
    return bool(dot) and _SETS_UP.search(last.lower()) is not None


def is_real_class(name: str, around: Surroundings) -> bool:
    """Whether a dotted name is that of an imported class, by its spelling, and neither speaks of tests or doubles."""
    first, last = name.partition(".")[0], name.rpartition(".")[2]
    module = around.imported.get(first, "")
    return bool(module) and _is_class(last) and _SETS_UP.search(f"{module}.{name}".lower()) is None


def _of_lone(name: str, local: bool, around: Surroundings) -> Effect:
    if local:
        return "changes"
    if name in around.imported:
        return "keeps" if _is_class(name) else "changes"
    return "keeps" if name in _KEEPERS or _is_class(name) else "changes"


def _is_class(name: str) -> bool:
    return name[:1].isupper()


def surroundings_of(
    module: Module, names: ModuleNames, definitions: Definitions, leads: frozenset[str]
) -> Surroundings:  # fmt: skip
    """What a module says of the names that are called in it."""
    top = definitions.top
    counts = Counter(each.name for each in top)
    once = {each.name: each for each in top if counts[each.name] == 1}
    imported = {
        each.asname or (each.name if statement.is_from else each.name.partition(".")[0]): (
            "." * statement.level + statement.module if statement.is_from else each.name
        )
        for statement in names.imports
        for each in statement.names
    }
    defined = {
        name for name, bounds in names.bindings.items() if any(bound.kind not in {"import", "from"} for bound in bounds)
    }

    @cache
    def is_harmless(name: str) -> bool:
        function = once.get(name)
        bound_once = function is not None and len(names.bindings.get(name, ())) == 1
        return function is not None and bound_once and not changes_parameters(module.read(function))

    @cache
    def side_effect(owner: str, name: str) -> SideEffect:
        method = name.removeprefix("self.")
        found = definitions.named(owner if method != name else "", method)
        return effect_of_function(module.read(found), {}) if found is not None else UNKNOWN_EFFECT

    spellings = Spellings(module.source.body, names)
    return Surroundings(is_harmless, imported, frozenset(defined), leads, spellings=spellings, side_effect=side_effect)
