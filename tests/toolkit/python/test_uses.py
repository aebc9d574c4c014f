"""Uses of one definition in a module, and their arguments as they are written."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from codemods.toolkit.codemod import Source
from codemods.toolkit.pipeline.source import parsed
from codemods.toolkit.python import uses as uses_module
from codemods.toolkit.python.names import Import
from codemods.toolkit.python.uses import Use, mentions, uses_of


def uses(text: str, *words: str) -> tuple[Use, ...]:
    return uses_of(parsed(Source("a.py", text.encode())), "shop.mail.send", words)


def only(text: str, *words: str) -> Use:
    (use,) = uses(text, *words)
    return use


def test_a_text_that_lacks_the_name_can_not_use_it() -> None:
    assert mentions(b"x = mail.send", "shop.mail.send")
    assert not mentions(b"x = mail.post", "shop.mail.send")
    assert not mentions(b"x = mail.sender", "shop.mail.send")


@pytest.mark.parametrize(
    ("text", "kind", "names"),
    [
        pytest.param("send()", "call", ("send",), id="a call"),
        pytest.param("a.mail.send()", "call", ("a", "mail", "send"), id="a call of an attribute"),
        pytest.param("send().later()", "call", ("send",), id="a call whose result is used"),
        pytest.param("f(send)", "name", ("send",), id="handed on"),
        pytest.param("@send\ndef f(): ...", "name", ("send",), id="a decorator"),
        pytest.param("post = mail.send", "alias", ("mail", "send"), id="another name"),
        pytest.param("a = b = send", "alias", ("send",), id="two other names"),
        pytest.param("x.post = send", "name", ("send",), id="an attribute is no other name"),
        pytest.param("def f():\n    post = send", "name", ("send",), id="a local variable is no other name"),
        pytest.param("from mail import send", "import", ("send",), id="an import"),
        pytest.param("send.delay()", "name", ("send",), id="an attribute of it"),
    ],
)
def test_a_use_is_told_by_what_is_around_it(text: str, kind: str, names: tuple[str, ...]) -> None:
    use = only(text)
    assert (use.kind, use.names) == (kind, names)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("sender()", id="another name"),
        pytest.param("send = 1", id="it is bound"),
        pytest.param("del mail.send", id="it is deleted"),
        pytest.param("box().send()", id="an attribute of something that is no name"),
        pytest.param("'mail.send'", id="a string"),
        pytest.param("f(send=1)", id="a keyword"),
        pytest.param("import send", id="a module"),
    ],
)
def test_what_is_no_use(text: str) -> None:
    assert uses(text) == ()


def test_other_names_are_found_too() -> None:
    assert [use.spelled for use in uses("send(); m.post(); other()", "post")] == ["send", "m.post"]


def test_the_place_of_an_import_is_the_name_that_is_imported() -> None:
    text = "from . import (\n    other,\n    send as post,\n)\n"
    use = only(text)
    assert text[use.start : use.end] == "send"
    assert (use.line, use.column, use.asname) == (3, 4, "post")
    assert use.meaning.imports == (Import(1, "", "send"),)


def test_the_last_name_of_a_chain_has_a_place_of_its_own() -> None:
    text = "(mail\n  .send)(1)\n"
    use = only(text)
    assert text[use.start : use.end] == "mail\n  .send"
    assert text[use.last : use.end] == "send"


def test_places_are_counted_in_bytes() -> None:
    text = 'x = "é"; send("é", subject="é")\n'
    use = only(text)
    body = text.encode()
    assert body[use.start : use.end] == b"send"
    assert body[use.arguments[1].start : use.arguments[1].name_end] == b"subject"


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        pytest.param("send()", [], id="none"),
        pytest.param("send(a, b=1)", ["=a", "b=b=1"], id="positional and keyword"),
        pytest.param("send((a), b = (1),)", ["=(a)", "b=b = (1)"], id="parentheses belong to the argument"),
        pytest.param("send(((a)))", ["=((a))"], id="not those of the call"),
        pytest.param("(send)((a, b), c)", ["=(a, b)", "=c"], id="a function in parentheses"),
        pytest.param("send(*a, **b)", ["*=*a", "**=**b"], id="unpacked"),
        pytest.param("send(b=1, *c, **(a))", ["b=b=1", "*=*c", "**=**(a)"], id="in the order of the source"),
        pytest.param("send(x for x in y)", ["=x for x in y"], id="a generator without parentheses"),
        pytest.param("send((x for x in y))", ["=(x for x in y)"], id="a generator in parentheses"),
        pytest.param("send((x for x in y), 1)", ["=(x for x in y)", "=1"], id="a generator before another argument"),
        pytest.param("send(x := 1, (y := 2))", ["=x := 1", "=(y := 2)"], id="an assignment"),
        pytest.param("send(  # (,\n a  # ),\n , # (\n b)", ["=a", "=b"], id="comments that look like code"),
        pytest.param("send(\\\n a, \\\n b)", ["=a", "=b"], id="lines that go on"),
        pytest.param("send('(,)', f'{a(1, 2)}', b=')')", ["='(,)'", "=f'{a(1, 2)}'", "b=b=')'"], id="strings"),
        pytest.param("send(lambda a, b: (a, b), c[1, 2])", ["=lambda a, b: (a, b)", "=c[1, 2]"], id="commas within"),
        pytest.param("send(ｓubject=1)", ["subject=ｓubject=1"], id="a name that the parser spells otherwise"),
    ],
)
def test_arguments_are_as_they_are_written(call: str, arguments: list[str]) -> None:
    body = call.encode()
    found = [f"{each.name}={body[each.start : each.end].decode()}" for each in only(call).arguments]
    assert found == arguments


def test_each_argument_of_this_package_is_parsed_as_it_was_within_its_call() -> None:
    count = 0
    for file in sorted(Path(uses_module.__file__).parent.glob("*.py")):
        body = file.read_bytes()
        tree = ast.parse(body)
        names = {
            each.func.id for each in ast.walk(tree) if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)
        }
        found = {(use.line, use.column): use for use in uses_of(parsed(Source("a.py", body)), "a.b", names)}
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                arguments = found[call.func.lineno, call.func.col_offset].arguments
                written = ",".join(body[each.start : each.end].decode() for each in arguments)
                again = ast.parse(f"{call.func.id}({written})", mode="eval").body
                assert ast.dump(again) == ast.dump(call)
                count += len(arguments)
    assert count > 300


def test_the_name_of_a_keyword_ends_where_it_is_written_so() -> None:
    text = "send(1, ｓubject = 2)"
    positional, keyword = only(text).arguments
    assert text.encode()[keyword.start : keyword.name_end].decode() == "ｓubject"
    assert positional.name_end == positional.start


@pytest.mark.parametrize(
    ("text", "imports", "local"),
    [
        pytest.param("from mail import post\npost()", (), False, id="the module's own"),
        pytest.param("def f():\n    import mail\n    mail.post()", (Import(0, "mail", ""),), False, id="a module"),
        pytest.param("def f():\n    import a.mail\n    a.mail.post()", (Import(0, "a", ""),), False, id="a package"),
        pytest.param("def f():\n    import a.m as m\n    m.post()", (Import(0, "a.m", ""),), False, id="renamed"),
        pytest.param("def f():\n    from .m import p as post\n    post()", (Import(1, "m", "p"),), False, id="a name"),
        pytest.param("def f(post):\n    post()", (), True, id="a parameter"),
        pytest.param("def f():\n    post = None\n    post()", (), True, id="only None"),
        pytest.param(
            "def f():\n    try:\n        from m import post\n    except ImportError:\n        post = None\n    post()",
            (Import(0, "m", "post"),), False, id="None as a placeholder",
        ),
        pytest.param(
            "def f(post):\n    from m import post\n    post()", (Import(0, "m", "post"),), True, id="both",
        ),
    ],
)  # fmt: skip
def test_what_binds_the_first_name_within_a_function_is_told(
    text: str, imports: tuple[Import, ...], local: bool
) -> None:
    use = next(each for each in uses(text, "post") if each.kind == "call")
    assert (use.meaning.imports, use.meaning.local) == (imports, local)
