"""The evidence file: what is written is read again, and nothing else is."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from codemods.evidence.schema import (
    VERSION,
    Call,
    Coroutine,
    Double,
    Evidence,
    Fate,
    Frame,
    Place,
    Test,
    UnreadableEvidence,
    json_schema,
    read,
    written,
)

PLACE = Place("tests/test_a.py", 3, 4, 3, 20)
CALL = Call(
    chain=("execute", "()", "scalars"),
    asynchronous=True,
    place=PLACE,
    caller="",
    form="statement",
    around="async",
    count=3,
    fate=Fate(awaited=1, dropped=2),
    real="sync",
    handed_to=(0,),
    tests=(0,),
    stack=(Frame(PLACE, "test"),),
    dropping=1,
)
DOUBLE = Double(
    place=PLACE,
    made_by="AsyncMock",
    type="AsyncMock",
    spec="",
    target="",
    original="",
    parents=(0,),
    attributes=("execute",),
    count=1,
    tests=(0,),
    calls=(CALL, msgspec.structs.replace(CALL, chain=())),
)
COROUTINE = Coroutine(
    function="serve",
    module="server",
    defined=Place("server.py", 1, 0, 2, 3),
    place=PLACE,
    form="statement",
    around="sync",
    is_test=False,
    count=1,
    handed_to=(),
    tests=(0,),
)
EVIDENCE = Evidence(
    version=VERSION,
    python="3.12.1",
    files={"tests/test_a.py": "00" * 16, "server.py": "ff" * 16},
    tests=(Test("tests/test_a.py::test", "passed"),),
    doubles=(DOUBLE, msgspec.structs.replace(DOUBLE, calls=())),
    coroutines=(COROUTINE, COROUTINE),
    left_out=2,
)
EMPTY = Evidence(VERSION, "3.12.1", {}, (), (), ())


@pytest.mark.parametrize("evidence", [EVIDENCE, EMPTY], ids=["full", "empty"])
def test_what_is_written_is_read_again(evidence: Evidence) -> None:
    assert read(written(evidence)) == evidence


def test_it_is_json_with_a_record_on_each_line() -> None:
    content = written(EVIDENCE)
    lines = content.splitlines()
    assert json.loads(content)["doubles"][0]["calls"][1]["chain"] == []
    assert sum(b'"chain"' in line for line in lines) == 2
    assert all(json.loads(line.strip().rstrip(b",")) for line in lines if line.startswith(b"  {"))


def test_the_same_evidence_gives_the_same_bytes() -> None:
    turned = msgspec.structs.replace(EVIDENCE, files=dict(reversed(EVIDENCE.files.items())))
    assert written(turned) == written(EVIDENCE)


def test_the_file_is_as_its_schema_says() -> None:
    """By hand, as no validator is installed: every field of the schema is there, and no other."""
    schema = json.loads(json_schema())["$defs"]
    held = json.loads(written(EVIDENCE))
    assert set(held) == set(schema["Evidence"]["properties"])
    assert set(held["doubles"][0]) == set(schema["Double"]["properties"])
    assert set(held["doubles"][0]["calls"][0]) == set(schema["Call"]["properties"])
    assert set(held["coroutines"][0]) >= set(schema["Coroutine"]["required"])


def test_the_documented_schema_is_this_one() -> None:
    documented = Path(__file__).parents[2] / "docs" / "evidence.schema.json"
    assert documented.read_bytes() == json_schema(), "python -m codemods.evidence --schema > docs/evidence.schema.json"


UNREADABLE: list[tuple[str, bytes, str]] = [
    ("empty", b"", "not an evidence file: "),
    ("no-json", b"version = 1", "not an evidence file: "),
    ("no-text", b"\xff\xfe", "not an evidence file: "),
    ("other-json", b"[]", "not an evidence file: "),
    ("other-object", b'{"name": "x"}', "not an evidence file: "),
    ("newer", b'{"version": 99}', f"evidence of version 99, but this is read: {VERSION}"),
    ("cut", written(EVIDENCE)[:-20], "not an evidence file: "),
    ("missing-field", written(EVIDENCE).replace(b'"files"', b'"flies"'), "not an evidence file: "),
    ("wrong-type", written(EVIDENCE).replace(b'"count":3', b'"count":"3"'), "not an evidence file: "),
    ("unknown-form", written(EVIDENCE).replace(b'"statement"', b'"shouted"'), "not an evidence file: "),
    ("no-such-test", written(EVIDENCE).replace(b'"tests":[0]', b'"tests":[1]'), "refers to a double or a test"),
    (
        "no-such-double",
        written(EVIDENCE).replace(b'"parents":[0]', b'"parents":[9]'),
        "refers to a double or a test",
    ),
    ("negative", written(EVIDENCE).replace(b'"handed_to":[0]', b'"handed_to":[-1]'), "refers to a double or a test"),
]


@pytest.mark.parametrize(("content", "told"), [case[1:] for case in UNREADABLE], ids=[case[0] for case in UNREADABLE])
def test_anything_else_is_refused_in_one_line(content: bytes, told: str) -> None:
    with pytest.raises(UnreadableEvidence) as refused:
        read(content)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_field_that_a_later_release_adds_is_no_obstacle() -> None:
    assert read(written(EVIDENCE).replace(b'"count":3', b'"more":1,"count":3')) == EVIDENCE
