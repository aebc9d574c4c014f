"""What happens to each mention of the function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from codemods.rope_signature.calls import Change, Impossible, Taken, rewritten
from codemods.rope_signature.change import hands_on, is_extension, on_instance
from codemods.rope_signature.config import Config
from codemods.rope_signature.draft import Draft
from codemods.rope_signature.facts import Argument, CallPart, Facts, Occurrence, Use
from codemods.rope_signature.target import Place, Target
from codemods.rope_signature.verdicts import Verdict, Verdicts
from codemods.toolkit.codemod import Site
from codemods.toolkit.python.mentions.doubles import is_double
from codemods.toolkit.python.mentions.facts import Form

KINDS = ("definition", "call", "reference", "import", "string", "mention", "file")

_KINDS: Mapping[Form, str] = {
    "definition": "definition", "parameter": "reference", "name": "reference", "attribute": "reference",
    "global": "reference", "other": "reference", "import": "import", "as": "import", "module part": "import",
    "keyword": "reference", "export": "string", "annotation": "string", "target": "string", "string": "string",
    "key": "string", "word": "mention", "comment": "mention",
}  # fmt: skip
_LOOKED_UP = frozenset({"target", "string", "key"})
_TEXTS = frozenset({"word", "comment"})


class Sites:
    """Decides about the mentions in one file after the other, and puts what it decides into the draft.

    `on_any_object` says that what it is called on may be any object: it is a method, or its module is handed on.
    """

    def __init__(
        self, config: Config, target: Target, change: Change, draft: Draft, verdicts: Verdicts, *, on_any_object: bool
    ) -> None:
        self._config = config
        self._target = target
        self._function = draft.function
        self._full = change
        self._bound = on_instance(change) if draft.function.binding in {"instance", "class"} else change
        self._extension = is_extension(change)
        self._draft = draft
        self._verdicts = verdicts
        self._on_any_object = on_any_object and not config.leave_unknown

    def of_file(self, path: str, facts: Facts, *, left_out: bool) -> None:
        """Decide about all mentions in a file; in one that is `left_out` only what would have to change matters."""
        verdicts = [
            (occurrence, self._verdicts.of(path, occurrence, self._function)) for occurrence in facts.occurrences
        ]
        concerned = any(verdict.is_it == "same" for _occurrence, verdict in verdicts)
        before = len(self._draft.sites)
        own = {function.line for function in facts.functions if Place(path, function.names) in self._draft.changes}
        for occurrence, verdict in verdicts:
            other_name = occurrence.word != self._config.name and verdict.is_it == "other"
            if not other_name and not (occurrence.mention.form == "definition" and occurrence.mention.line in own):
                self._one(path, facts, occurrence, verdict, concerned=concerned)
        if left_out:
            self._draft.sites[before:] = [site for site in self._draft.sites[before:] if site.decision == "rewritten"]

    def _one(self, path: str, facts: Facts, occurrence: Occurrence, verdict: Verdict, *, concerned: bool) -> None:
        mention, use = occurrence.mention, occurrence.use
        kind = "call" if use is not None and use.action == "call" else _KINDS[mention.form]
        name = use.spelled if use is not None else occurrence.word
        site = Site(kind, path, mention.line, mention.column, name, "kept", verdict.reason)
        if use is not None and use.action == "unclear" and concerned:
            self._draft.block(site, "RS102", "it stands in an f-string, where its place isn't known before Python 3.12")
        elif mention.form in _LOOKED_UP and use is not None and use.action == "told":
            self._draft.sites.append(site)
        elif mention.form in _LOOKED_UP and verdict.is_it != "other" and use is not None:
            self._reference(site, use, verdict._replace(of_object=verdict.is_it == "unknown"))
        elif mention.form in {"string", "key"} and verdict.is_it == "unknown" and not concerned:
            self._draft.sites.append(msgspec.structs.replace(site, reason="a string of a file that has no use of it"))
        elif mention.form in _LOOKED_UP and verdict.is_it != "other":
            self._tell(site, "RS109", "it may be replaced or looked up by this string: look at the calls that follow")
        elif mention.form in _TEXTS:
            # Code in a string (`exec`, `python -c`) imports what it calls.
            self._text(site, occurrence, concerned=concerned or (mention.form == "word" and facts.names_module))
        elif mention.form == "definition" and self._stands_for_it(path, facts, occurrence):
            self._tell(site, "RS109", "it may stand for it in tests, and be called in the new form")
        elif mention.form in {"global", "other"} and verdict.is_it != "other":
            self._draft.block(site, "RS102", "it may be bound to something else there")
        elif use is not None and _is_expected(use):
            asked = msgspec.structs.replace(use, action="asserted")
            self._call(path, site, asked, Verdict("unknown", "", bound=self._bound != self._full, of_object=True))
        elif verdict.is_it == "other" or use is None or use.action == "told" or self._is_followed(occurrence, use):
            self._draft.sites.append(site)
        elif use.action in {"call", "asserted"}:
            self._call(path, site, use, verdict)
        else:
            self._reference(site, use, verdict)

    def _is_followed(self, occurrence: Occurrence, use: Use) -> bool:
        """Whether a use gives it another name that is looked for as well: not that of a method."""
        return use.action == "alias" and (not self._target.family or occurrence.word != self._config.name)

    def _tell(self, site: Site, code: str, reason: str) -> None:
        self._draft.sites.append(msgspec.structs.replace(site, decision="refused", reason=reason, code=code))

    def _text(self, site: Site, occurrence: Occurrence, *, concerned: bool) -> None:
        if concerned and occurrence.calling and not self._extension:
            self._tell(site, "RS112", "it may show a call in the old form")
        else:
            self._draft.sites.append(msgspec.structs.replace(site, reason="a word in a text"))

    def _stands_for_it(self, path: str, facts: Facts, occurrence: Occurrence) -> bool:
        """Whether a method is one of a class that stands for a class of the family, by its name."""
        return (
            bool(self._target.family)
            and not self._target.made
            and any(
                function.line == occurrence.mention.line and is_double(function.names[-2])
                for function in facts.functions
                if len(function.names) > 1 and Place(path, function.names) not in self._draft.open
            )
        )

    def _reference(self, site: Site, use: Use, verdict: Verdict) -> None:
        """A use that is no call."""
        if use.action == "doubled":
            self._tell(site, "RS109", "a double is made after it: look at how it is called")
        elif use.action == "stored" and use.double:
            self._tell(site, "RS109", "a double takes its place: look at how it is called")
        elif self._extension and use.action != "stored":
            self._draft.sites.append(msgspec.structs.replace(site, reason="what is called there stays right"))
        elif verdict.of_object and verdict.is_it == "unknown":
            self._unknown(site, verdict)
        elif use.action == "stored":
            self._draft.block(site, "RS102", "something else takes its place there")
        elif use.action == "applied":
            self._draft.block(site, "RS102", "it is called as a decorator")
        else:
            self._draft.block(site, "RS102", "it is handed on: who calls it, and with what, can't be told")

    def _unknown(self, site: Site, verdict: Verdict) -> None:
        """A use on an object of which nothing is known."""
        if self._on_any_object:
            reason = f"{verdict.reason}: it may be this one (annotate it, or --leave-unknown)"
            self._draft.block(site, "RS111", reason)
        else:
            self._tell(site, "RS111", f"{verdict.reason}: it was not changed")

    def _call(self, path: str, site: Site, use: Use, verdict: Verdict) -> None:
        change = self._bound if verdict.bound else self._full
        taking = self._draft.open.get(Place(path, use.inside))
        if taking is not None and hands_on(taking, use.given):
            self._draft.sites.append(msgspec.structs.replace(site, reason="it hands on what it gets"))
            return
        try:
            new = rewritten(change, use.given)
            part = _part(use, new)
        except Impossible as problem:
            self._impossible(site, use, verdict, problem)
            return
        if part is None:
            self._draft.sites.append(msgspec.structs.replace(site, reason="it fits as it is"))
        elif verdict.is_it == "unknown" and verdict.of_object:
            if use.action == "asserted":
                self._tell(site, "RS109", "a double is asked for a call in the old form")
            else:
                self._unknown(site, verdict)
        elif verdict.is_it == "unknown":
            self._draft.block(site, "RS102", f"whether it is this function can't be told: {verdict.reason}")
        else:
            self._draft.calls.setdefault(path, []).append(part)
            self._draft.sites.append(
                msgspec.structs.replace(site, decision="rewritten", reason="it fits the new signature")
            )

    def _impossible(self, site: Site, use: Use, verdict: Verdict, problem: Impossible) -> None:
        if self._extension and not problem.misfit:
            self._draft.sites.append(msgspec.structs.replace(site, reason="what it passes stays right"))
        elif use.action == "asserted":
            self._tell(site, "RS109", f"a double is asked for a call in the old form: {problem.reason}")
        elif verdict.is_it == "unknown" and problem.misfit:
            reason = f"{verdict.reason}, and {problem.reason}: it is another one"
            self._draft.sites.append(msgspec.structs.replace(site, reason=reason))
        elif verdict.is_it == "unknown" and verdict.of_object:
            self._unknown(site, verdict)
        elif problem.misfit and self._config.leave_unknown:
            self._tell(site, problem.code, f"{problem.reason}: it was not changed")
        else:
            self._draft.block(site, problem.code, problem.reason)


def _is_expected(use: Use) -> bool:
    """Whether a call stands for one that a double has got: `call.fetch(1)` (unittest.mock)."""
    return use.action == "call" and "call" in use.spelled.split(".")[:-1][-2:]


def _part(use: Use, new: Sequence[Taken]) -> CallPart | None:
    """The part for a call, None where it stays as it is.  Raises `Impossible`."""
    old = [(each.name, each.value) for each in use.given]
    if [(each.name, each.code) for each in new] == old:
        return None
    if use.shown:
        raise Impossible("RS105", "an f-string shows its code")
    added = [each.code for each in new if each.old is None]
    if use.quoted and any(set(code) & set("\"'\\\n") for code in added):
        raise Impossible("RS103", f"`{added[0]}` can't stand in the f-string on every Python")
    arguments = tuple(
        Argument(each.name, -1, each.code) if each.old is None else Argument(each.name, each.old) for each in new
    )
    return CallPart(use.end, use.spans, use.values, arguments)
