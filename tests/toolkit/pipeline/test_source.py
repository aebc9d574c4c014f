from __future__ import annotations

import codecs
import sys
import warnings

import pytest

from codemods.toolkit.codemod import Edit, Source
from codemods.toolkit.pipeline.source import (
    Unreadable,
    declares_encoding,
    decoded,
    encoded,
    line_starts,
    newer_syntax,
    parsed,
    spliced,
)

BOM = codecs.BOM_UTF8


@pytest.mark.parametrize(
    ("raw", "encoding", "bom"),
    [
        pytest.param(b"x = 1\n", "utf-8", False, id="plain"),
        pytest.param(b"", "utf-8", False, id="empty"),
        pytest.param("x = 'é'\n".encode(), "utf-8", False, id="utf-8"),
        pytest.param(BOM + b"x = 1\n", "utf-8", True, id="byte order mark"),
        pytest.param(BOM + b"# coding: utf-8\nx = 1\n", "utf-8", True, id="byte order mark and cookie"),
        pytest.param(b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "iso-8859-1", False, id="latin-1"),
        pytest.param(
            b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n", "cp1252", False, id="line 2"
        ),
        pytest.param(b"# coding: latin-1\r\nx = '\xe9'\r\n", "iso-8859-1", False, id="CRLF"),
        pytest.param(b"# coding: latin-1\rx = '\xe9'\r", "iso-8859-1", False, id="CR only"),
        pytest.param(b"a\r\nb\nc\rd\x0c\te", "utf-8", False, id="mixed line ends, form feed, no end of line"),
        pytest.param("# coding: shift_jis\nx = 'テスト'\n".encode("shift_jis"), "shift_jis", False, id="shift_jis"),
        pytest.param(b"x = 1\ny = 2\n# coding: latin-1\n", "utf-8", False, id="a cookie in line 3 is none"),
        pytest.param(b"# a\r# b\r# coding: latin-1\r", "utf-8", False, id="a cookie in line 3, CR only, is none"),
    ],
)
def test_a_file_comes_back_byte_by_byte(raw: bytes, encoding: str, bom: bool) -> None:
    source = decoded("a.py", raw)
    assert (source.encoding, source.bom) == (encoding, bom)
    assert encoded(source, source.body) == raw


def test_the_body_is_utf_8_without_byte_order_mark() -> None:
    assert decoded("a.py", BOM + b"x = 1").body == b"x = 1"
    assert decoded("a.py", b"# coding: latin-1\n'\xe9'").body == "# coding: latin-1\n'é'".encode()


@pytest.mark.parametrize(
    ("raw", "line", "message"),
    [
        pytest.param(b"a = 1\nb = '\xff'\n", 2, "utf-8: byte 0xff", id="no utf-8"),
        pytest.param(b"# \xff\n", 1, "utf-8: byte 0xff", id="no utf-8 in line 1"),
        pytest.param(b"\xff", 1, "byte 0xff", id="nothing but a bad byte"),
        pytest.param(b"# coding: ascii\nx = '\xc3\xa9'\n", 2, "ascii: byte 0xc3", id="no ascii"),
        pytest.param(b"# coding: klingon\n", 1, "unknown encoding: klingon", id="unknown encoding"),
        pytest.param(BOM + b"# coding: latin-1\n", 1, "encoding problem: utf-8", id="mark against cookie"),
        pytest.param(b"# coding: rot13\n", 1, "not a text encoding", id="a codec that is no text encoding"),
        pytest.param(b"# coding: utf-7\nx = '+AGE-'\n", 1, "byte by byte", id="several spellings of one text"),
        pytest.param(b"# coding: idna\nx = '" + b"a" * 80 + b"'\n", 1, "idna", id="a codec with rules of its own"),
    ],
)
def test_bytes_that_are_no_text_are_unreadable(raw: bytes, line: int, message: str) -> None:
    with pytest.raises(Unreadable) as caught:
        decoded("a.py", raw)
    assert (caught.value.code, caught.value.line) == ("TK103", line)
    assert message in caught.value.message


def test_new_text_that_the_encoding_lacks_is_refused_with_its_line() -> None:
    source = Source("a.py", b"", "iso-8859-1")
    with pytest.raises(Unreadable, match="iso-8859-1 has no character '€'") as caught:
        encoded(source, "a\nb = '€'".encode())
    assert (caught.value.code, caught.value.line) == ("TK103", 2)


def test_new_text_that_a_codec_refuses_altogether_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="can't be written as undefined") as caught:
        encoded(Source("a.py", b"", "undefined"), b"a")
    assert caught.value.code == "TK103"


def test_a_cookie_is_looked_for_in_two_lines_only() -> None:
    assert declares_encoding(b"#!x\n# coding: latin-1\n")
    assert not declares_encoding(b"\n\n# coding: latin-1\n")


def test_edits_are_made_in_order_of_their_place() -> None:
    assert spliced(b"abcdef", [Edit(4, 6, b"Z"), Edit(0, 1, b"X"), Edit(2, 2, b"-")]) == b"Xb-cdZ"


def test_insertions_at_one_place_keep_their_order() -> None:
    assert spliced(b"ab", [Edit(1, 1, b"z"), Edit(1, 1, b"y"), Edit(1, 2, b"B")]) == b"azyB"


def test_no_edits_change_nothing() -> None:
    assert spliced(b"abc", []) == b"abc"


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param([Edit(0, 2, b""), Edit(1, 3, b"")], id="overlap"),
        pytest.param([Edit(0, 2, b""), Edit(0, 2, b"")], id="twice the same"),
        pytest.param([Edit(2, 9, b"")], id="behind the end"),
        pytest.param([Edit(-1, 1, b"")], id="before the start"),
        pytest.param([Edit(2, 1, b"")], id="backwards"),
    ],
)
def test_edits_that_contradict_each_other_are_an_error(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="overlaps another one or lies outside"):
        spliced(b"abc", edits)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_spans_of_the_tree_are_offsets_in_the_body(end: str) -> None:
    body = end.join(["x = 'é'", "\x0c", "class A:", "    y = '''a", "b''' + z", ""]).encode()
    module = parsed(Source("a.py", body))
    value = module.tree.body[1].body[0].value  # type: ignore[attr-defined]
    start, stop = module.span(value.right)
    assert body[start:stop] == b"z"


def test_lines_end_as_in_cpython() -> None:
    assert line_starts(b"a\x0cb\x0b\x1c\xc2\x85c\n\r\n\rd") == (0, 9, 11, 12, 13)
    assert line_starts(b"") == (0,)


def test_the_cookie_means_nothing_to_the_parser() -> None:
    source = decoded("a.py", b"# coding: latin-1\nx = '\xe9'; y = 1\n")
    module = parsed(source)
    start, stop = module.span(module.tree.body[1])
    assert source.body[start:stop] == b"y = 1"


def test_warnings_about_the_target_stay_its_own() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        before = list(warnings.filters)
        parsed(Source("a.py", rb"x = '\d'"))
        assert warnings.filters == before
    assert caught == []


@pytest.mark.parametrize(
    ("body", "code", "line", "message"),
    [
        pytest.param(b"x = 1\ndef f(:\n", "TK101", 2, "can't be parsed: ", id="syntax error"),
        pytest.param(b"print 'a'\n", "TK101", 1, "looks like Python 2", id="print statement"),
        pytest.param(b"try:\n    pass\nexcept E, e:\n    pass\n", "TK101", 3, "looks like Python 2", id="except E, e"),
        pytest.param(b"x = 1\n\x00", "TK101", 0, "null bytes", id="null byte"),
        pytest.param(b"lazy import a\n", "TK102", 1, "may need Python 3.15 (a lazy import)", id="lazy import"),
        pytest.param(b"(" * 300, "TK105", 1, "too many nested parentheses", id="parentheses"),
        pytest.param(b"-" * 100_000 + b"1", "TK105", 0, "nested too deeply", id="operators"),
        pytest.param(
            b"".join(b" " * n + b"if x:\n" for n in range(102)), "TK105", 101, "levels of indentation", id="blocks"
        ),
    ],
)
def test_what_the_parser_refuses_is_unreadable(body: bytes, code: str, line: int, message: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parsed(Source("a.py", body))
    assert (caught.value.code, caught.value.line) == (code, line)
    assert message in caught.value.message


def test_a_large_file_is_not_parsed() -> None:
    assert parsed(Source("a.py", b"x" * 10), limit=10).tree.body
    with pytest.raises(Unreadable, match="is too large: 11 bytes, the limit is 10") as caught:
        parsed(Source("a.py", b"x" * 11), limit=10)
    assert caught.value.code == "TK104"


@pytest.mark.parametrize(
    ("line", "version"),
    [
        pytest.param("type Names = list[str]", (3, 12), id="type alias"),
        pytest.param("type Pair[T] = tuple[T, T]", (3, 12), id="generic type alias"),
        pytest.param("def first[T](items: list[T]) -> T:", (3, 12), id="generic function"),
        pytest.param("    async def first[T](items):", (3, 12), id="generic async function"),
        pytest.param("class Box[T]:", (3, 12), id="generic class"),
        pytest.param("class Box[T = int]:", (3, 13), id="default of a type parameter"),
        pytest.param("""x = f'{a['b']}'""", (3, 12), id="quotes in an f-string"),
        pytest.param("""x = t"{a}" """, (3, 14), id="template string"),
        pytest.param("except ValueError, TypeError:", (3, 14), id="except without parentheses"),
        pytest.param("lazy from a import b", (3, 15), id="lazy import"),
    ],
)
def test_newer_syntax_is_told_from_its_line(line: str, version: tuple[int, int]) -> None:
    found = newer_syntax(line, (3, 11))
    assert found is not None
    assert found[0] == version


@pytest.mark.parametrize(
    "line", ["x = = 1", "typed = ", "def f(x[0]):", "except (A, B) as e", "except A as e:", "lazy = import"]
)
def test_an_ordinary_syntax_error_is_no_newer_syntax(line: str) -> None:
    assert newer_syntax(line, (3, 11)) is None


def test_syntax_that_the_running_python_knows_is_not_newer() -> None:
    assert newer_syntax("type Names = list[str]", (3, 12)) is None


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="3.14 parses it")
def test_a_file_with_newer_syntax_says_which_python_may_parse_it() -> None:
    with pytest.raises(Unreadable, match=r"may need Python 3\.14") as caught:
        parsed(Source("a.py", b"try:\n    pass\nexcept ValueError, TypeError:\n    pass\n"))
    assert (caught.value.code, caught.value.line) == ("TK102", 3)
