"""Modules as values: where the definition may be taken from a module in a way that can't be followed.

These modules are the old one, and those that have the definition by a star import only.  Such places are told, and
nothing is changed there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from codemods.rope_move.context import Context, imported
from codemods.rope_move.facts import Chain, Facts, Quoted
from codemods.toolkit.python.layout import INIT


def plan_namespaces(context: Context, losing: Collection[str], *, keeps: bool) -> None:
    """Note these places.

    The files `losing` no longer have the definition, and the old module neither, unless it `keeps` it.
    """
    _Search(context, losing, keeps=keeps).run()


class _Search:
    def __init__(self, context: Context, losing: Collection[str], *, keeps: bool) -> None:
        self._context = context
        self._paths = frozenset({context.places.source, *losing})
        self._losing = frozenset({*losing, *(() if keeps else (context.places.source,))})
        self._files = {path: each.facts for path, each in context.project.entries.items() if each.facts is not None}
        self._scattered = any(
            facts.unknown or any(quoted.kind == "name" for quoted in facts.quoted) for facts in self._files.values()
        )

    def run(self) -> None:
        """Note all of them."""
        for path, facts in sorted(self._files.items()):
            for chain in facts.chains:
                self._value(path, facts, chain)
            imports = self._leads(path, facts)
            for quoted in facts.quoted:
                self._string(path, quoted, imports=imports)
            if imports or facts.computed:
                for unknown in facts.unknown:
                    reason = "what it is an attribute of can't be told: look whether it is the old module"
                    self._note(path, (unknown.line, unknown.column), self._context.name, reason)
        self._own()
        self._doctests()

    def _note(self, path: str, at: tuple[int, int], name: str, reason: str, code: str = "RM111") -> None:
        self._context.site("string" if code == "RM109" else "reference", path, at, name, "refused", reason, code)

    def _value(self, path: str, facts: Facts, chain: Chain) -> None:
        """A module as a value: where its names may be taken by strings, or anything may be taken elsewhere."""
        if chain.annotation or chain.use not in {"read", "scan"}:
            return
        module = self._module(path, facts, chain)
        scans = chain.use == "scan" or chain.names[-1] == "__dict__"
        if module in self._losing and scans:
            reason = "names are looked up in the module, which no longer has the definition: look whether it is meant"
            self._note(path, (chain.line, chain.column), chain.spelled, reason)
        elif module in self._paths and (facts.named or self._scattered) and not scans:
            reason = "the old module is used as a value: look whether the definition is taken from it"
            if module != self._context.places.source:
                reason = f"{module} no longer has the definition, and is used as a value: look whether that is taken"
            self._note(path, (chain.line, chain.column), chain.spelled, reason)

    def _module(self, path: str, facts: Facts, chain: Chain) -> str:
        """The file of the module that a whole chain leads to, "" for anything else."""
        count = len(chain.names) - (chain.names[-1] == "__dict__")
        origin = self._context.lookups.reached(path, chain, imported(facts, chain), count) if count else None
        return origin.path if origin is not None and origin.status == "module" else ""

    def _string(self, path: str, quoted: Quoted, *, imports: bool) -> None:
        at = (quoted.line, quoted.column)
        if quoted.kind == "name" and imports:
            reason = "the name is a string, and another names the module that it was in: they may be put together"
            self._note(path, at, f'"{quoted.value}"', reason, "RM109")
        elif quoted.kind == "end" or (quoted.kind == "begin" and self._begins(path, quoted.value)):
            reason = "it may be a part of a dotted name that leads to the definition: look at it"
            self._note(path, at, f'"{quoted.value}"', reason, "RM109")

    def _begins(self, path: str, value: str) -> bool:
        """Whether what a string begins with may be the old module."""
        dotted = re.split(r"[.:](?:%s|\{|$|__dict__)", value)[0]
        origin = self._context.origins.module(path, 0, dotted)
        if origin.status == "module":
            return origin.path in self._losing
        return "." in dotted or any(each in self._losing for each in _files_of(path.rpartition("/")[0], dotted))

    def _leads(self, path: str, facts: Facts) -> bool:
        """Whether a string in a file names one of the modules; a mere word does where something is put before it."""
        return any(self._names(path, word) for word in facts.words if facts.computed or "." in word or facts.by_string)

    def _names(self, path: str, word: str) -> bool:
        level = len(word) - len(word.lstrip("."))
        bare = word.strip(".")
        origin = self._context.origins.module(path, level, bare)
        if origin.status == "module":
            return origin.path in self._paths
        folder = path.rpartition("/")[0]
        return any(each in self._paths for each in _files_of(folder, bare))

    def _own(self) -> None:
        """Where the old and the new module look names up in their own namespaces."""
        places = self._context.places
        name = self._context.name
        if places.source in self._losing:
            reason = f"names are looked up in this module here, and `{name}` is no longer one of them"
            self._first(places.source, places.module, reason)
        if places.exists:
            reason = f"names are looked up in this module here, and `{name}` is one of them now"
            self._first(places.target, places.destination, reason)

    def _first(self, path: str, name: str, reason: str) -> None:
        for unknown in self._files[path].namespaces[:1]:
            self._note(path, (unknown.line, unknown.column), name, reason)

    def _doctests(self) -> None:
        """Examples in texts, which see the names of the module that they are in."""
        context, places = self._context, self._context.places
        facts, names = self._files[places.source], context.project.entries[places.source].names
        definition = facts.definition
        if definition is None or names is None:
            return
        for quoted in facts.quoted:
            if quoted.kind != "doctest":
                continue
            inside = definition.start <= quoted.start < definition.end
            wanted = names.bindings.keys() - context.needed - {context.name} if inside else {context.name}
            if not inside and places.source not in self._losing:
                continue
            for name in sorted(wanted.intersection(re.findall(r"\w+", quoted.value))):
                if re.search(rf"\bimport\b.*\b{name}\b", quoted.value):
                    continue
                where = f"of {places.module}" if inside else f"which is in {places.destination} now"
                reason = f"a doctest uses `{name}`, {where}: have it import that"
                at = (quoted.line, quoted.column)
                context.site("mention", places.source, at, name, "refused", reason, "RM110")


def _files_of(folder: str, dotted: str) -> Iterator[str]:
    """The files that a dotted name can stand for in a folder, and in those above."""
    below = dotted.replace(".", "/")
    while True:
        start = f"{folder}/" if folder else ""
        yield f"{start}{below}.py"
        yield f"{start}{below}{INIT}"
        if not folder:
            return
        folder = folder.rpartition("/")[0]
