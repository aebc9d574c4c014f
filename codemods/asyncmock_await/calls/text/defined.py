"""The names of a project's coroutine functions, and of what gives objects that have some, as marks of all files say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from codemods.asyncmock_await.calls.module.references import is_of_tests
from codemods.asyncmock_await.calls.text.unread import (
    ASKED,
    DOUBLES,
    FUNCTIONS,
    GIVES,
    HELD,
    MAKES,
    METHODS,
    OWN,
    RENAMES,
)
from codemods.asyncmock_await.never_run.reach import CLASS
from codemods.toolkit.python.layout import is_test


@dataclass(frozen=True, slots=True)
class Defined:
    """The `async def`s of a project, as the marks of its files say.

    `functions` are those of no class, by the name of their module; `methods` and `bases` go by the name of a class,
    which may mean several.  `names` are those of all that stand in modules which others may import, `members` those of
    all methods; `makers` what the fixtures of files without tests call, by their names; `made` the classes whose
    instances the names and functions of such files may give.  `doubles` are the names of the functions and classes
    there that name AsyncMock.  What has another name in some file goes by that, too.
    """

    functions: Mapping[str, AbstractSet[str]]
    methods: Mapping[str, AbstractSet[str]]
    bases: Mapping[str, AbstractSet[str]]
    names: frozenset[str]
    members: frozenset[str]
    makers: Mapping[str, AbstractSet[str]]
    made: Mapping[str, AbstractSet[str]]
    doubles: AbstractSet[str]

    def may_be(self, word: str) -> bool:
        """Whether a word of a mark of lost calls may mean one, by its names."""
        module, _, dotted = word.partition(":")
        owner, _, name = dotted.rpartition(".")
        if module == OWN:
            return dotted in self.members
        if module in {ASKED, HELD}:
            given = self.makers.get("self." * (module == HELD) + owner, frozenset())
            if module == HELD and "AsyncMock" in given:
                return True
            words = (f":{maker}.{name}" for maker in given)
            return any(self.may_be(each) or (module == ASKED and self.may_be_given(each)) for each in words)
        if module and owner.rpartition(".")[2] in self.doubles:
            return True
        made = self.made.get(owner)
        if made is not None and any(self.has(of, name) for of in made):
            return True
        if not owner:
            return word.startswith(":") or name in self.names
        if name in self.functions.get(owner, ()):
            return True
        return self.has(owner, name)

    def has(self, owner: str, name: str) -> bool:
        """Whether a class of some name may have a coroutine function of another, by itself or by its bases."""
        seen, stack = {owner}, [owner]
        while stack:
            owner = stack.pop()
            if name in self.methods.get(owner, ()):
                return True
            further = self.bases.get(owner, frozenset()) - seen
            seen |= further
            stack += further
        return False

    def may_be_given(self, word: str) -> bool:
        """Whether a word may mean a method of what a function of another file gives, by its names."""
        owner, _, name = word.partition(":")[2].rpartition(".")
        return name in self.members and owner.lstrip("_")[:1].islower()


def defined(marks: Mapping[str, tuple[str, ...]]) -> Defined:
    """The `async def`s of a project, by the marks of its files (path -> marks)."""
    functions: defaultdict[str, set[str]] = defaultdict(set)
    methods: defaultdict[str, set[str]] = defaultdict(set)
    bases: defaultdict[str, set[str]] = defaultdict(set)
    makers: defaultdict[str, set[str]] = defaultdict(set)
    made: defaultdict[str, set[str]] = defaultdict(set)
    doubles: set[str] = set()
    importable: set[str] = set()
    renames: list[tuple[str, str, str]] = []
    for path, said in marks.items():
        imported = not (is_test(path) and is_of_tests(path))
        for mark in said:
            names: Sequence[str] = ()
            if mark.startswith(FUNCTIONS):
                names = mark.removeprefix(FUNCTIONS).split()
                functions[_module(path)].update(names)
            elif mark.startswith(METHODS):
                owner, *names = mark.removeprefix(METHODS).split()
                methods[owner].update(names)
            elif mark.startswith(CLASS):
                owner, *above = mark.removeprefix(CLASS).split()
                bases[owner].update(above)
            elif mark.startswith(GIVES):
                owner, *called = mark.removeprefix(GIVES).split()
                makers[owner].update(called)
            elif mark.startswith(MAKES):
                for name, _, of in (each.partition(":") for each in mark.removeprefix(MAKES).split()):
                    made[name].add(of)
            elif mark.startswith(RENAMES):
                pairs = (each.split(":") for each in mark.removeprefix(RENAMES).split())
                renames += [(_module(path), new, old) for new, old in pairs]
            elif mark.startswith(DOUBLES) and is_test(path):
                doubles.update(mark.removeprefix(DOUBLES).split())
            if imported:
                importable.update(names)
    for module, new, old in _chained(renames):
        if old in importable:
            importable.add(new)
            functions[module].add(new)
        if old in functions:
            functions[new] |= functions[old]
        if old in methods or old in bases:
            bases[new].add(old)
        if old in made:
            made[new] |= made[old]
        if old in doubles:
            doubles.add(new)
    members = frozenset(name for names in methods.values() for name in names)
    return Defined(functions, methods, bases, frozenset(importable), members, makers, made, doubles)


def _chained(renames: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """Names that stand for others (module, new, old), each behind those that its old name is the new one of."""
    by_new: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for each in renames:
        by_new[each[1]].append(each)
    done: set[str] = set()
    for start in by_new:
        stack = [start]
        while stack:
            olds = {old for _module, _new, old in by_new[stack[-1]]} & by_new.keys() - {*done, *stack}
            if olds:
                stack.append(min(olds))
                continue
            name = stack.pop()
            if name not in done:
                done.add(name)
                yield from by_new[name]


def _module(path: str) -> str:
    """The last name of the module that a file is."""
    return path.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2]
