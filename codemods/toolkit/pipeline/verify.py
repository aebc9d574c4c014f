"""Proof that a change breaks nothing, before anyone sees it: it knows the texts before and after, and no codemod.

`file_breakages` looks at one file (pure; runs in the parallel step), `project_breakages` at what files are to each
other.
"""

from __future__ import annotations

import io
import re
import tokenize
import unicodedata
import warnings
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from codemods.toolkit.codemod import Source
from codemods.toolkit.pipeline.respelled import exchanged_throughout, meet, respelled
from codemods.toolkit.pipeline.result import Breakage
from codemods.toolkit.pipeline.source import Unreadable, parsed
from codemods.toolkit.python.cycles import ImportGraph, new_cycles, new_edges
from codemods.toolkit.python.dangling import follow_new_imports, new_dangling
from codemods.toolkit.python.early import early_reads
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Module, Project
from codemods.toolkit.python.reads import module_reads
from codemods.toolkit.python.undefined import new_undefined
from codemods.toolkit.python.unused import new_unused, unused_imports

_COMPILED = re.compile(
    rb"\b(?:await|async|yield|return|break|continue|nonlocal|global|def|class|lambda|del|__future__)\b|\*"
)
"""What can be a syntax error to the compiler only, not to the parser (`await` outside an async function)."""

_STAR = "*"
_PARAMETERS = re.compile(rb"\b(?:def|lambda|global|nonlocal)\b")

_LONG_LINE = 1_000
"""Bytes of a line that is worth a question to the compiler: it stops at about 1,000 nested expressions."""

_REACHING = re.compile(r"""\"{3}|'{3}|\\$""", re.MULTILINE)
"""What makes a line change the meaning of the lines after it."""


def changed_lines(before: bytes, after: bytes) -> tuple[Sequence[bytes], Sequence[bytes]]:
    """(lines that are gone, lines that are new): the rest of both texts is the same lines in the same order."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    start, end = 0, 0
    shortest = min(len(old), len(new))
    while start < shortest and old[start] == new[start]:
        start += 1
    while end < shortest - start and old[-1 - end] == new[-1 - end]:
        end += 1
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    gone, come = Counter(old) - Counter(new), Counter(new) - Counter(old)
    if _without(old, gone) == _without(new, come):
        return [*gone.elements()], [*come.elements()]
    return old, new


def _without(lines: Sequence[bytes], some: Counter[bytes]) -> list[bytes]:
    left = some.copy()
    kept = []
    for line in lines:
        if left[line] > 0:
            left[line] -= 1
        else:
            kept.append(line)
    return kept


def file_breakages(
    before: Source, after: Source, kept_names: frozenset[str] = frozenset(), module: Module | None = None
) -> tuple[Breakage, ...]:
    """What the change of one file breaks within it (TK201, TK204, TK205, TK208).

    `kept_names` are names that other files import from this one (`unused.names_for_others`): their imports may be
    unread here.  `module` is the text after when it is parsed already.  Lines are those of the text after, for lost
    comments those of the text before.  Of a file that could not be parsed before, nothing is newly broken.
    """
    if before.body == after.body:
        return ()
    gone, come = changed_lines(before.body, after.body)
    try:
        module = module or parsed(after, len(after.body))
    except Unreadable as problem:
        return () if _module(before) is None else (Breakage("TK205", after.path, problem.line, problem.message),)
    exchanged = respelled(before.body, after.body)
    meeting = exchanged is not None and meet(before.body, exchanged)
    if meeting or _may_not_compile(gone, come) or b"__future__" in after.body:
        problem_found = _uncompilable(after)
        if problem_found is not None and _uncompilable(before) is None:
            return (problem_found,)
    if exchanged is None:
        names = _names(before, after, module, _words([*gone, *come]), kept_names)
    elif exchanged_throughout(before.body, after.body, exchanged):
        names = []
    else:
        words = frozenset(name.decode() for each in exchanged for name in each)
        names = _names(before, after, module, words, kept_names)
    return (*names, *_comments(before, after, gone))


def _may_not_compile(gone: Sequence[bytes], come: Sequence[bytes]) -> bool:
    """Whether changed lines can hold an error that only the compiler sees: they have other such words than before.

    An `await` less does no harm; a very long line may be nested deeper than the compiler goes.  Parameters must not
    share a name, among themselves or with a `global`.
    """
    if any(len(line) > _LONG_LINE or _PARAMETERS.search(line) for line in come):
        return True
    old, new = (Counter(_COMPILED.findall(b"".join(lines))) for lines in (gone, come))
    old[b"await"] = min(old[b"await"], new[b"await"])
    return +old != +new


def _module(source: Source) -> Module | None:
    try:
        return parsed(source, len(source.body))
    except Unreadable:
        return None


def _uncompilable(source: Source) -> Breakage | None:
    """What the compiler has against a file that can be parsed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source.body.decode(), source.path, "exec", dont_inherit=True)
    except SyntaxError as problem:
        return Breakage("TK205", source.path, problem.lineno or 0, f"can't be compiled: {problem.msg}")
    except RecursionError:
        return Breakage("TK205", source.path, 0, "is nested too deeply to be compiled")
    return None


def _words(lines: Sequence[bytes]) -> frozenset[str] | None:
    """The words and stars in changed lines; None when such lines can change what other lines mean."""
    text = b"".join(lines).decode()
    if _REACHING.search(text):
        return None
    return frozenset(re.findall(r"\w+|\*", text if text.isascii() else unicodedata.normalize("NFKC", text)))


def _names(
    before: Source, after: Source, module: Module, words: frozenset[str] | None, kept_names: frozenset[str]
) -> list[Breakage]:
    reads = module_reads(module.tree)
    package = after.path.rpartition("/")[2] == "__init__.py"
    # An import whose name stands in no changed line is as used as before.
    unused = [
        found for found in unused_imports(reads, after.body, package=package) if words is None or found.name in words
    ]
    # A name becomes undefined by a changed line that read it or bound it (a star binds any name).
    undefined = [read for read in reads.undefined if words is None or _STAR in words or read.name in words]
    early = {name: line for name, line in early_reads(module.tree).items() if words is None or name in words}
    if not undefined and not unused and not early:
        return []
    earlier = _module(before)
    if earlier is None:
        return []
    had = module_reads(earlier.tree)
    found = [
        Breakage("TK201", after.path, read.line, f"`{read.name}` would be undefined{_within(read.scope)}")
        for read in new_undefined(had, reads)
    ]
    known = early_reads(earlier.tree) if early else {}
    found += (
        Breakage("TK201", after.path, line, f"`{name}` would be read before it is bound")
        for name, line in early.items()
        if name not in known
    )
    found += (
        Breakage("TK204", after.path, each.line, f"`{each.name}` would be imported and not used{_within(each.scope)}")
        for each in new_unused(had, reads, unused, kept_names)
    )
    return found


def _within(scope: str) -> str:
    return f" in {scope}" if scope else ""


def _comments(before: Source, after: Source, gone: Sequence[bytes]) -> list[Breakage]:
    if not any(b"#" in line for line in gone):
        return []
    try:
        lost = comments_lost(before.body, after.body)
    except (SyntaxError, tokenize.TokenError):  # the text before can't be parsed
        return []
    return [Breakage("TK208", after.path, line, f"the comment `{text}` would be lost") for line, text in lost]


def project_breakages(before: Project[Any], after: Project[Any], changed: Collection[str]) -> tuple[Breakage, ...]:
    """What the changes break between files (TK202, TK203).

    `changed` are the files that differ or are gone.  Each breakage stands at the changed file that is to blame, which
    for an import that newly leads nowhere may be another file than the one that imports (its message says where).
    Modules that aren't among the entries are taken to be fine: see `unknown_modules`.
    """
    found = []
    for each in new_dangling(before, after, changed, Origins(after)):
        what = f"`from {each.module} import {each.name}`" if each.name else f"`import {each.module}`"
        where = "" if each.culprit == each.path else f" in {each.path}:{each.line}"
        line = each.line if each.culprit == each.path else 0
        found.append(Breakage("TK202", each.culprit, line, f"{what}{where} would lead nowhere"))
    for edge in new_cycles(ImportGraph(before), ImportGraph(after), changed):
        message = f"would import {edge.target} while it is imported, which leads back to {edge.path}"
        found.append(Breakage("TK203", edge.path, edge.line, message))
    return tuple(found)


def unknown_modules(before: Project[Any], after: Project[Any], changed: Collection[str]) -> frozenset[str]:
    """Files that `project_breakages` should know and that aren't among the entries of `after` (yet).

    With these added to both projects, ask again: they may lead to others.
    """
    graph, origins = ImportGraph(after), Origins(after)
    earlier = ImportGraph(before)
    for path in changed:
        for target in new_edges(earlier, graph, path):
            graph.closure(target)
        follow_new_imports(before, after, path, origins)
    return frozenset(graph.unloaded | origins.unloaded) & after.layout.paths


def comments_lost(before: bytes, after: bytes) -> tuple[tuple[int, str], ...]:
    """(line before, text) of each comment that the text before has more often than the text after.

    Both texts can be parsed.  Where a comment stands makes no difference, as it moves with its statement.
    """
    left = Counter(text for _, text in _comments_of(after))
    lost = []
    for line, text in _comments_of(before):
        if left[text] > 0:
            left[text] -= 1
        else:
            lost.append((line, text))
    return tuple(lost)


def _comments_of(body: bytes) -> list[tuple[int, str]]:
    text = io.StringIO(body.decode(), newline=None)
    return [
        (token.start[0], token.string.rstrip())
        for token in tokenize.generate_tokens(text.readline)
        if token.type == tokenize.COMMENT
    ]
