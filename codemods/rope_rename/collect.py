"""`collect`: every mention of the word in one module."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from codemods.rope_rename.config import Config
from codemods.rope_rename.facts import ClassFact, Facts, Form, FunctionFact, Mention, Ref, ScopeFact, packed
from codemods.rope_rename.mentions import Mentions
from codemods.rope_rename.receivers import class_facts, forks, function_facts, return_facts
from codemods.rope_rename.strings import word_in_string
from codemods.toolkit.python.collect_names import lines_of
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.scopes import Scope

_IDENTIFIER = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*")
_HEADER = re.compile(rb"class[ \t]+[\w\x80-\xff]+[^\n:(]*\(([^)]*)\)")
_AS = re.compile(rb" as[ \t]+([\w\x80-\xff]+)")
"""It begins with plain letters: that is searched many times as fast as a pattern that begins with any word."""
_BEFORE = re.compile(rb"[\w\x80-\xff]+\Z")
_FAR = 80


def pattern_of(*names: str) -> re.Pattern[bytes]:
    """Matches these names as identifiers of their own."""
    words = b"|".join(re.escape(name.encode()) for name in names)
    return re.compile(rb"(?<![\w\x80-\xff])(?:" + words + rb")(?![\w\x80-\xff])")


def relevant(body: bytes, config: Config, words: frozenset[str]) -> bool:
    """Can this file matter?  Where the word doesn't stand, nothing has to change."""
    old = config.old_name.encode()
    return old in body and pattern_of(config.old_name).search(body) is not None


def bases_in(body: bytes) -> tuple[str, ...]:
    r"""The last names of all base classes in a file, also of those that an import gives another name.

    >>> bases_in(b"from a import Base as B\nclass C(B, x.Y[int]): ...\n")
    ('B', 'Base', 'Y', 'int', 'x')
    """
    if b"class " not in body:
        return ()
    found = {name for header in _HEADER.findall(body) for name in _IDENTIFIER.findall(header)}
    if found and b" as " in body:
        for match in _AS.finditer(body):
            if match[1] in found:
                found.update(_BEFORE.findall(body[max(match.start() - _FAR, 0) : match.start()])[-1:])
    return tuple(sorted(name.decode(errors="replace") for name in found))


def collect(module: Module, names: ModuleNames, config: Config, words: frozenset[str]) -> Facts:
    """What is to be known of one module; of one that doesn't mention the word the text and the classes."""
    body = module.source.body
    old, new = config.old_name, config.new_name
    offsets = [match.start() for match in pattern_of(old).finditer(body)] if old.encode() in body else []
    classes: tuple[ClassFact, ...] = ()
    if b"class" in body:
        classes = class_facts(module, (old, new))
    returns = return_facts(module) if len(config.names) > 1 else ()
    forked = forks(module) if len(config.names) > 1 else ()
    functions: tuple[FunctionFact, ...] = ()
    wanted = frozenset(config.names[-2:])
    if any(name.encode() in body for name in wanted):
        functions = function_facts(module, wanted, (old, new))
    if not offsets:
        return Facts(packed(body), classes=classes, functions=functions, returns=returns, forks=forked)
    function = config.names[-2] if len(config.names) > 1 else ""
    lines = lines_of(module, pattern_of(old, new))
    walk = Mentions(module, old, _names_beside(module, old, new), lines, function)
    found = walk.found()
    walk.note_new_reads(new)
    for export in names.exports or ():
        if export.name == old:
            at = body.find(old.encode(), export.start, export.end)
            found[at] = walk.mention(at, "export", Ref("here", (old,)), variable=0)
    mentions = (found.get(offset) or _elsewhere(walk, module, offset, old) for offset in offsets)
    return Facts(
        packed(body),
        tuple(mentions),
        tuple(_scope_facts(walk.scopes, new, walk.new_reads)),
        classes,
        functions,
        returns,
        forked,
    )


def _names_beside(module: Module, old: str, new: str) -> frozenset[str]:
    """All identifiers in lines with the word: what it hangs on."""
    body, starts = module.source.body, module.line_starts
    found = {old, new}
    for line in lines_of(module, pattern_of(old)):
        end = starts[line] if line < len(starts) else len(body)
        found.update(word.decode() for word in _IDENTIFIER.findall(body[starts[line - 1] : end]))
    return frozenset(found)


def _elsewhere(walk: Mentions, module: Module, offset: int, old: str) -> Mention:
    """A mention that is no identifier of the code: in a string, in a comment, or in a form that is not understood."""
    string = walk.string_at(offset)
    if string is not None:
        form, ref, firm = word_in_string(walk, string, offset, old)
        return walk.mention(offset, form, ref, scope=string.scope.index, firm=firm, variable=_variable(form, ref))
    line = bisect_right(module.line_starts, offset)
    before = module.source.body[module.line_starts[line - 1] : offset]
    form = "comment" if b"#" in before else "other"
    return walk.mention(offset, form, Ref("unknown", reason="a comment" if form == "comment" else "an unknown form"))


def _variable(form: Form, ref: Ref) -> int:
    return 0 if form == "annotation" and ref.how == "here" and len(ref.names) == 1 else -1


def _scope_facts(scopes: list[Scope], new: str, reads: dict[int, int]) -> Iterator[ScopeFact]:
    for scope in scopes:
        bindings = scope.bindings.get(new, ())
        line = max((getattr(binding.node, "lineno", 1) for binding in bindings), default=0)
        yield ScopeFact(scope.parent.index if scope.parent else -1, scope.kind, line, reads.get(scope.index, 0))
