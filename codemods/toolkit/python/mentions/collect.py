"""`facts_of`: every mention of a word in one module."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from codemods.toolkit.python.collect_names import lines_of
from codemods.toolkit.python.mentions.facts import (
    ClassFact,
    Facts,
    Form,
    FunctionFact,
    Mention,
    Ref,
    ScopeFact,
    packed,
)
from codemods.toolkit.python.mentions.identifiers import Mentions
from codemods.toolkit.python.mentions.receivers import class_facts, forks, function_facts, return_facts, taking_more
from codemods.toolkit.python.mentions.strings import name_beginnings, word_in_string
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.scopes import Scope
from codemods.toolkit.python.words import as_identifiers

_IDENTIFIER = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*")


def pattern_of(*names: str) -> re.Pattern[bytes]:
    """Matches these names as identifiers of their own, and as what Python makes of private names of classes."""
    if not any(map(is_private, names)):
        return as_identifiers(names)
    words = b"|".join(
        (rb"(?:_\w+)?" if is_private(name) else b"") + re.escape(name.encode()) for name in names
    )  # fmt: skip
    return re.compile(rb"(?<![\w\x80-\xff])(?:" + words + rb")(?![\w\x80-\xff])")


def is_private(name: str) -> bool:
    """Whether a name means `_Class__name` within a class (language reference, "private name mangling")."""
    return name.startswith("__") and not name.endswith("__")


def facts_of(module: Module, names: ModuleNames, target: tuple[str, ...], new: str = "") -> Facts:
    """What is to be known of one module for the definition `target` (its path in its own module).

    The word that is looked for is the last name of it; `new` is a name that may come in its place.  Of a module that
    doesn't mention the word the text and the classes are known.
    """
    body = module.source.body
    words = (target[-1], new) if new else (target[-1],)
    classes: tuple[ClassFact, ...] = ()
    if b"class" in body:
        classes = class_facts(module, words)
    returns = return_facts(module) if len(target) > 1 else ()
    forked = forks(module) if len(target) > 1 else ()
    more = taking_more(module, words[0]) if len(target) > 1 else ()
    functions: tuple[FunctionFact, ...] = ()
    wanted = frozenset(target[-2:])
    if any(name.encode() in body for name in wanted):
        functions = function_facts(module, wanted, words)
    mentions, scopes = mentions_of(module, names, words, target[-2] if len(target) > 1 else "")
    news = _news(module, names, (new, words[0]), target) if mentions and new and new.encode() in body else ()
    beginnings = name_beginnings(module) if len(target) > 1 else ()
    source = module.source
    return Facts(
        packed(body), mentions, scopes, classes, functions, returns, forked, more, news, beginnings, source.encoding,
        source.bom,
    )  # fmt: skip


def _news(module: Module, names: ModuleNames, words: tuple[str, ...], target: tuple[str, ...]) -> tuple[Mention, ...]:
    """Where the first of these words is an attribute or a keyword."""
    found = mentions_of(module, names, words, target[-2] if len(target) > 1 else "")[0]
    return tuple(mention for mention in found if mention.form in {"attribute", "keyword", "target"})


def mentions_of(
    module: Module, names: ModuleNames, words: tuple[str, ...], function: str = ""
) -> tuple[tuple[Mention, ...], tuple[ScopeFact, ...]]:
    """Every mention of the first of these words, and the scopes of the module, none where it isn't mentioned.

    The second word is a name that may come in its place, `function` that of the function whose parameter it may be.
    """
    old, new = words[0], words[-1] if len(words) > 1 else ""
    body = module.source.body
    offsets = [match.start() for match in pattern_of(old).finditer(body)] if old.encode() in body else []
    if not offsets:
        return (), ()
    walk = Mentions(module, old, _names_beside(module, words), lines_of(module, pattern_of(*words)), function)
    found = walk.found()
    walk.note_new_reads(new)
    for export in names.exports or ():
        if export.name == old:
            at = body.find(old.encode(), export.start, export.end)
            found[at] = walk.mention(at, "export", Ref("here", (old,)), variable=0)
    mentions = (found.get(offset) or _elsewhere(walk, module, offset, old) for offset in offsets)
    return tuple(mentions), tuple(_scope_facts(walk.scopes, new, walk.new_reads))


def _names_beside(module: Module, words: tuple[str, ...]) -> frozenset[str]:
    """All identifiers in lines with the word, which is the first of these: what it hangs on."""
    body, starts = module.source.body, module.line_starts
    found = set(words)
    for line in lines_of(module, pattern_of(words[0])):
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
    if b"#" in before:
        return walk.mention(offset, "comment", Ref("unknown", reason="a comment"))
    private = is_private(old) and not module.source.body.startswith(old.encode(), offset)
    reason = "the private name as it is from outside of its class" if private else "an unknown form"
    return walk.mention(offset, "other", Ref("unknown", reason=reason))


def _variable(form: Form, ref: Ref) -> int:
    return 0 if form == "annotation" and ref.how == "here" and len(ref.names) == 1 else -1


def _scope_facts(scopes: list[Scope], new: str, reads: dict[int, int]) -> Iterator[ScopeFact]:
    for scope in scopes:
        bindings = scope.bindings.get(new, ())
        line = max((getattr(binding.node, "lineno", 1) for binding in bindings), default=0)
        yield ScopeFact(scope.parent.index if scope.parent else -1, scope.kind, line, reads.get(scope.index, 0))
