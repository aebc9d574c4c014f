"""`collect`: the mentions of the function in one module with what happens to them, and the function itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from codemods.rope_signature.actions import classes_of_self, looked_up, uses_at
from codemods.rope_signature.config import Config
from codemods.rope_signature.facts import Facts, Occurrence, Use
from codemods.rope_signature.functions import functions_in
from codemods.rope_signature.modules import handed_on
from codemods.toolkit.python.collect_names import lines_of
from codemods.toolkit.python.mentions.collect import facts_of, mentions_of, pattern_of
from codemods.toolkit.python.mentions.facts import Mention, Ref
from codemods.toolkit.python.names import ModuleNames
from codemods.toolkit.python.project import Module
from codemods.toolkit.python.spelled import Spelled, spelled_at

_CALLED = re.compile(rb"[ \t]*\(")
_LOOKING_UP = re.compile(rb"getattr|attrgetter|methodcaller")
_TEXTS = frozenset({"word", "comment", "string", "other"})


def relevant(body: bytes, config: Config, words: frozenset[str]) -> bool:
    """Whether a text holds the name of what is called."""
    return bool(config.target) and pattern_of(config.called).search(body) is not None


def collect(module: Module, names: ModuleNames, config: Config, words: frozenset[str]) -> Facts:
    """The facts of one module."""
    known = facts_of(module, names, config.names)
    occurrences = list(_occurrences(module, known.mentions, config.name, is_class=False))
    others = {*words, config.called} - {config.name}
    for word in sorted(others):
        mentions, _scopes = mentions_of(module, names, (word,))
        occurrences += _occurrences(module, mentions, word, is_class=config.is_constructor)
    if config.is_constructor:
        occurrences += _of_self(module)
    values = handed_on(module, names, config.module) if len(config.names) == 1 else ()
    names_module = pattern_of(config.module.rpartition(".")[2]).search(module.source.body) is not None
    return Facts(known, tuple(occurrences), functions_in(module, config.name), values, names_module)


def _of_self(module: Module) -> Iterator[Occurrence]:
    for offset, class_names, use in classes_of_self(module):
        line, column = module.place(offset)
        mention = Mention(offset, line, column, "name", Ref("exact", class_names))
        yield Occurrence(use.spelled, mention, Spelled(), use, of_self=True)


def _occurrences(module: Module, mentions: Sequence[Mention], word: str, *, is_class: bool) -> Iterator[Occurrence]:
    if not mentions:
        return
    offsets = {mention.offset for mention in mentions}
    lines = lines_of(module, pattern_of(word))
    uses = uses_at(module, offsets, lines, word, is_class=is_class)
    spelled = spelled_at(module, [mention.offset for mention in mentions if mention.form in {"name", "attribute"}])
    called_by_name = looked_up(module, lines) if _LOOKING_UP.search(module.source.body) else ()
    for mention in mentions:
        use: Use | None = uses.get(mention.offset)
        calling = False
        if use is None and mention.form in _TEXTS:
            use = uses.get(-mention.line)
            calling = _CALLED.match(module.source.body, mention.offset + len(word.encode())) is not None
        end = mention.offset + len(word.encode())
        if mention.form in {"target", "string"} and module.source.body[end : end + 1] == b".":
            use = Use("told", word, end)  # what the string names is something in it
        elif mention.form in {"target", "string"} and mention.line in called_by_name:
            use = Use("handed on", word, mention.offset)
        yield Occurrence(word, mention, spelled.get(mention.offset, Spelled()), use, calling)
