"""Evidence made by hand: places are told by the text of the expression that stands there."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from codemods.evidence.schema import (
    VERSION,
    Call,
    Coroutine,
    Double,
    Evidence,
    Fate,
    Form,
    Frame,
    FunctionKind,
    Place,
    Test,
    written,
)

PRODUCTION = "app/orders.py"
TESTS = "tests/test_orders.py"


@dataclass
class Run:
    """A run of some files, of which doubles and calls are told."""

    files: Mapping[str, str]
    doubles: list[Double] = field(default_factory=list)
    coroutines: list[Coroutine] = field(default_factory=list)
    encoding: str = "utf-8"
    tests: tuple[Test, ...] = (Test("test_one", "passed"), Test("test_two", "passed"))

    def place(self, text: str, path: str) -> Place:
        """Where the (first) expression with that text stands."""
        source = self.files[path]
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.expr) and ast.get_source_segment(source, node) == text:
                return Place(path, node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0)
        raise AssertionError(f"{text!r} isn't in {path}")

    def call(
        self,
        member: str,
        text: str,
        path: str = PRODUCTION,
        *,
        dropped: int = 0,
        awaited: int = 0,
        form: Form = "statement",
        around: FunctionKind = "async",
        real: str = "",
        handed_to: tuple[int, ...] = (),
        function: str = "save",
        test: int = 0,
    ) -> Call:
        """Calls of a member ("execute.().scalars", "" for the double itself) from the expression `text`."""
        place = self.place(text, path)
        fate = Fate(awaited=awaited, dropped=dropped)
        chain = tuple(member.split(".")) if member else ()
        known: Mapping[str, str] = {"real": real}
        return Call(
            chain, True, place, "", form, around, awaited + dropped, fate, known["real"], handed_to, (test,),  # type: ignore[arg-type]  # one of the four
            (Frame(place, function),) if dropped else (), 1 if dropped else 0,
        )  # fmt: skip

    def double(self, text: str, *calls: Call, path: str = TESTS, **more: object) -> int:
        """A double that the expression `text` creates; its number."""
        told = {"made_by": "AsyncMock", "type": "AsyncMock", "spec": "", "target": "", "original": "", "parents": ()}
        place = self.place(text, path)
        record = {"attributes": (), "count": 1, "tests": (0,), "calls": calls, **told, **more}
        self.doubles.append(Double(place=place, **record))  # type: ignore[arg-type]  # the fields of the record
        return len(self.doubles) - 1

    @property
    def evidence(self) -> Evidence:
        """All that was told."""
        digests = {
            path: hashlib.blake2b(text.encode(self.encoding), digest_size=16).hexdigest()
            for path, text in self.files.items()
        }
        return Evidence(VERSION, "3.12.1", digests, self.tests, tuple(self.doubles), tuple(self.coroutines))

    @property
    def inputs(self) -> dict[str, tuple[bytes, ...]]:
        """The evidence as the codemod is given it."""
        return {"evidence": (written(self.evidence),)}
