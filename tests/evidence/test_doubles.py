"""Which mocks are doubles, what is said of them, and how their members are named."""

from __future__ import annotations

import sys

import pytest

from tests.evidence.conftest import Record

MADE: list[tuple[str, str, str, str, str]] = [
    ("async-mock", "result = AsyncMock()", "AsyncMock()", "AsyncMock", "AsyncMock"),
    ("by-module", "mock.MagicMock(\n    name='x')", "mock.MagicMock(\n    name='x')", "MagicMock", "MagicMock"),
    ("alias", "A = AsyncMock\nA()", "A()", "AsyncMock", "AsyncMock"),
    ("subclass", "class Fake(MagicMock):\n    def __init__(self, *a, **k):\n        super().__init__(*a, **k)\nFake()",
     "Fake()", "Fake", "Fake"),
    ("subclass-with-new",
     "class Fake(Mock):\n    def __new__(cls, *a, **k):\n        return super().__new__(cls, *a, **k)\nFake()",
     "Fake()", "Fake", "Fake"),
    ("by-a-library", "import collections\nmade = collections.defaultdict(AsyncMock)[1]",
     "collections.defaultdict(AsyncMock)[1]", "AsyncMock", "AsyncMock"),
    ("patch", "with patch('code.plain'): pass", "patch('code.plain')", "patch", "MagicMock"),
    ("patch-async", "with patch('code.serve'): pass", "patch('code.serve')", "patch", "AsyncMock"),
    ("patch-object", "with patch.object(Repository, 'load'): pass", "patch.object(Repository, 'load')",
     "patch.object", "AsyncMock"),
    ("patch-multiple", "with patch.multiple('code', plain=DEFAULT): pass", "patch.multiple('code', plain=DEFAULT)",
     "patch.multiple", "MagicMock"),
    ("new-callable", "with patch('code.plain', new_callable=AsyncMock): pass",
     "patch('code.plain', new_callable=AsyncMock)", "patch", "AsyncMock"),
    ("new-callable-of-ones-own", "with patch('code.plain', new_callable=lambda: AsyncMock()): pass", "AsyncMock()",
     "AsyncMock", "AsyncMock"),
    ("patch-autospec", "with patch('code.plain', autospec=True): pass", "patch('code.plain', autospec=True)", "patch",
     "MagicMock"),
    ("started", "p = patch('code.plain')\np.start()\np.stop()", "patch('code.plain')", "patch", "MagicMock"),
    ("decorator", "@patch('code.plain')\ndef test(made): made()\ntest()", "patch('code.plain')", "patch", "MagicMock"),
    ("async-decorator", "@patch('code.plain')\nasync def test(made): made()\nasyncio.run(test())",
     "patch('code.plain')", "patch", "MagicMock"),
    ("class-decorator", "@patch('code.plain')\nclass Test:\n    def test_it(self, made): made()\nTest().test_it()",
     "patch('code.plain')", "patch", "MagicMock"),
    ("new-in-dict", "with patch.dict({}, x=Mock()): pass", "Mock()", "Mock", "Mock"),
    ("create-autospec", "create_autospec(Repository)", "create_autospec(Repository)", "create_autospec", "MagicMock"),
    ("create-autospec-async", "create_autospec(serve)", "create_autospec(serve)", "create_autospec", "AsyncMock"),
    ("create-autospec-instance", "create_autospec(Repository, instance=True)",
     "create_autospec(Repository, instance=True)", "create_autospec", "NonCallableMagicMock"),
    ("mock-open", "with patch('builtins.open', mock.mock_open(read_data='x')):\n    open('y').read()",
     "mock.mock_open(read_data='x')", "mock_open", "MagicMock"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """`patch('code.plain')` imports a module of this name, and the code that is run stands for it."""
    monkeypatch.delitem(sys.modules, "code", raising=False)


@pytest.mark.parametrize(
    ("code", "text", "made_by", "type_name"), [case[1:] for case in MADE], ids=[c[0] for c in MADE]
)
def test_the_place_is_the_call_that_creates(record: Record, code: str, text: str, made_by: str, type_name: str) -> None:
    recorded = record("import sys, types\nsys.modules['code'] = types.SimpleNamespace(**globals())\n" + code)
    double = recorded.double()
    assert (recorded.text(double.place), double.made_by, double.type) == (text, made_by, type_name)


def test_pytest_mock_is_a_library(record: Record, mocker: object, monkeypatch: pytest.MonkeyPatch) -> None:
    code = """
    import sys
    mocker = sys.modules["the_mocker"]
    mocker.patch.object(Repository, "close")
    mocker.patch.object(Repository, "load", new_callable=AsyncMock)
    mocker.stub("x")
    mocker.async_stub("x")
    mocker.spy(Repository, "parse")
    mocker.create_autospec(Repository)
    mocker.AsyncMock()
    """
    monkeypatch.setitem(sys.modules, "the_mocker", mocker)
    recorded = record(code)
    assert [(recorded.text(double.place)[:20], double.made_by) for double in recorded.evidence.doubles] == [
        ("mocker.patch.object(", "mocker.patch.object"),
        ("mocker.patch.object(", "mocker.patch.object"),
        ('mocker.stub("x")', "mocker.stub"),
        ('mocker.async_stub("x', "mocker.async_stub"),
        ("mocker.spy(Repositor", "mocker.spy"),
        ("mocker.create_autosp", "mocker.create_autospec"),
        ("mocker.AsyncMock()", "AsyncMock"),
    ]


SPECS: list[tuple[str, str, str]] = [
    ("class", "AsyncMock(spec=Repository)", "code:Repository"),
    ("positional", "AsyncMock(Repository)", "code:Repository"),
    ("strict", "MagicMock(spec_set=Repository)", "code:Repository"),
    ("instance", "MagicMock(spec=Repository())", "code:Repository"),
    ("function", "MagicMock(spec=serve)", "code:serve"),
    ("method", "MagicMock(spec=Repository.load)", "code:Repository.load"),
    ("names", "MagicMock(spec=['one', 'two'])", ""),
    ("none", "MagicMock()", ""),
]


@pytest.mark.parametrize(("code", "spec"), [case[1:] for case in SPECS], ids=[case[0] for case in SPECS])
def test_specs(record: Record, code: str, spec: str) -> None:
    assert record(code).double().spec == spec


ORIGINALS: list[tuple[str, str, str, str]] = [
    ("function", "'plain'", "code.plain", "function"),
    ("async-function", "'serve'", "code.serve", "async function"),
    ("class", "'Repository'", "code.Repository", "class"),
    ("module", "'asyncio'", "code.asyncio", "other"),
    ("number", "'number'", "code.number", "other"),
    ("instance", "'instance'", "code.instance", "instance"),
    ("missing", "'nothing', create=True", "code.nothing", "missing"),
]


@pytest.mark.parametrize(
    ("arguments", "target", "original"), [case[1:] for case in ORIGINALS], ids=[case[0] for case in ORIGINALS]
)
def test_what_was_patched(record: Record, arguments: str, target: str, original: str) -> None:
    recorded = record(
        "import types\nmodule = types.ModuleType('code')\nnumber, instance = 1, Repository()\n"
        f"vars(module).update(globals())\nwith patch.object(module, {arguments}): pass"
    )
    assert (recorded.double().target, recorded.double().original) == (target, original)


METHODS: list[tuple[str, str, str]] = [
    ("method", "close", "function"),
    ("async-method", "load", "async function"),
    ("static-method", "parse", "function"),
    ("async-class-method", "make", "async function"),
    ("property", "size", "other"),
]


@pytest.mark.parametrize(("name", "original"), [case[1:] for case in METHODS], ids=[case[0] for case in METHODS])
def test_what_was_patched_in_a_class(record: Record, name: str, original: str) -> None:
    double = record(f"with patch.object(Repository, {name!r}): pass").double()
    assert (double.target, double.original) == (f"code.Repository.{name}", original)


def test_what_was_patched_in_an_instance(record: Record) -> None:
    double = record("with patch.object(Repository(), 'name'): pass").double()
    assert (double.target, double.original) == ("code.Repository.name", "other")


def test_a_double_that_is_given_to_a_patch_has_its_target(record: Record) -> None:
    recorded = record(
        "with patch.object(Repository, 'load', AsyncMock()): pass\n"
        "with patch.object(Repository, 'name', 1, create=True): pass"
    )
    double = recorded.double()
    assert (recorded.text(double.place), double.target) == ("AsyncMock()", "code.Repository.load")
    assert double.original == "async function"


def test_a_patch_of_many_makes_a_double_for_each(record: Record) -> None:
    recorded = record("with patch.multiple(Repository, load=DEFAULT, close=DEFAULT): pass")
    assert [(double.target, double.type) for double in recorded.evidence.doubles] == [
        ("code.Repository.load", "AsyncMock"),
        ("code.Repository.close", "MagicMock"),
    ]


def test_children_are_members_and_no_doubles(record: Record) -> None:
    recorded = record("double = MagicMock()\ndouble.a.b().c\ndouble.z\nlen(double)\ndouble.return_value.d()")
    double = recorded.double()
    assert double.attributes == ("__len__", "a", "z")
    assert [call.chain for call in double.calls] == [("()", "d"), ("__len__",), ("a", "b")]


def test_members_of_an_autospec_are_no_doubles(record: Record) -> None:
    recorded = record(
        "double = create_autospec(Repository)\nmade = double('x')\n"
        "made.close()\nmade.load(1).close()\ndouble.parse('x')"
    )
    assert [call.chain for call in recorded.double().calls] == [(), ("()", "close"), ("()", "load"), ("parse",)]


def test_the_value_of_a_patched_class_is_a_member(record: Record) -> None:
    recorded = record(
        "import sys\nwith patch.object(sys.modules['json'], 'JSONEncoder', spec=True) as made: made().encode(1)"
    )
    assert [call.chain for call in recorded.double().calls] == [(), ("()", "encode")]


def test_a_double_that_is_given_to_another_is_one_of_its_own(record: Record) -> None:
    recorded = record(
        """
        outer = AsyncMock(return_value=MagicMock(name="value"))
        outer.attribute = Mock()
        outer.deeper.return_value = AsyncMock(name="deeper")
        outer.attribute.x()
        """
    )
    assert recorded.call("x", of="Mock()").count == 1
    number = recorded.doubles().index('AsyncMock(return_value=MagicMock(name="value"))')
    assert {recorded.text(double.place): double.parents for double in recorded.evidence.doubles} == {
        'AsyncMock(return_value=MagicMock(name="value"))': (),
        'MagicMock(name="value")': (number,),
        "Mock()": (number,),
        'AsyncMock(name="deeper")': (number,),
    }


def test_an_autospecced_function_that_is_given_to_another(record: Record) -> None:
    recorded = record("outer = Mock()\nouter.f = create_autospec(plain)\nouter.f()")
    assert recorded.call(of="create_autospec(plain)").count == 1
    assert recorded.double("create_autospec(plain)").parents == (recorded.doubles().index("Mock()"),)


def test_a_mock_that_is_its_own_value(record: Record) -> None:
    recorded = record("double = MagicMock()\ndouble.x.return_value = double\ndouble.x().y()")
    assert [call.chain for call in recorded.double().calls] == [("x",), ("y",)]
    assert recorded.double().parents == ()


def test_mocks_of_one_expression_are_counted_together(record: Record) -> None:
    recorded = record("doubles = [AsyncMock() for _ in range(5)]\nfor double in doubles: double.x()")
    assert (recorded.double().count, recorded.call("x").count) == (5, 5)


def test_mocks_of_one_expression_that_differ_are_told_apart(record: Record) -> None:
    recorded = record("for kind in (AsyncMock, MagicMock): kind(spec=Repository)")
    assert [(double.type, double.count) for double in recorded.evidence.doubles] == [("AsyncMock", 1), ("MagicMock", 1)]


def test_a_copy_is_the_same_double(record: Record) -> None:
    recorded = record("import copy\ndouble = Mock()\ncopy.copy(double).x()\ncopy.deepcopy(double)")
    assert (recorded.double().count, recorded.call("x").count) == (1, 1)


REAL: list[tuple[str, str, str]] = [
    ("async-method", "AsyncMock(spec=Repository).load(1)", "async"),
    ("sync-method", "AsyncMock(spec=Repository).close()", "sync"),
    ("static-method", "AsyncMock(spec=Repository).parse('x')", "sync"),
    ("class-method", "AsyncMock(spec=Repository).make()", "async"),
    ("property", "AsyncMock(spec=Repository).size()", "other"),
    ("attribute", "AsyncMock(spec=Repository).limit()", "other"),
    ("attribute-of-an-instance", "x = Repository(); MagicMock(spec=x).name()", "other"),
    ("itself", "create_autospec(serve)(1)", "async"),
    ("class-itself", "create_autospec(Repository)('x')", "sync"),
    ("method-of-the-value", "create_autospec(Repository)('x').load(1)", "async"),
    ("value-of-a-function", "MagicMock(spec=plain)().x()", ""),
    ("no-spec", "AsyncMock().x()", ""),
    ("not-in-the-spec", "x = AsyncMock(spec=Repository); x.more = 1; x.mock_add_spec(['other']); x.other()", ""),
    ("gone", "MagicMock(spec=type('Gone', (), {'x': plain})).x()", "sync"),
]


@pytest.mark.parametrize(("code", "real"), [case[1:] for case in REAL], ids=[case[0] for case in REAL])
def test_what_a_member_really_is(record: Record, code: str, real: str) -> None:
    calls = record(code).double().calls
    assert calls[-1].real == real


def test_what_a_patched_name_really_is(record: Record) -> None:
    recorded = record(
        "with patch.object(asyncio, 'run') as run: run(1)\nwith patch.object(Repository, 'make'): Repository.make()"
    )
    assert {call.real for double in recorded.evidence.doubles for call in double.calls} == {"sync", "async"}


def test_the_spec_of_a_subclass_is_seen_at_its_calls(record: Record) -> None:
    recorded = record(
        "class Fake(AsyncMock):\n    def __init__(self, **k):\n        super().__init__(spec=Repository, **k)\n"
        "Fake().load(1)"
    )
    assert recorded.double().spec == "code:Repository"
    assert recorded.call("load").real == "async"


def test_nothing_of_the_users_is_run_to_describe_it(record: Record) -> None:
    recorded = record(
        """
        class Lazy:
            @property
            def __class__(self): raise RuntimeError("asked")
            def __getattr__(self, name): raise RuntimeError("asked")
        class Holder:
            lazy = Lazy()
        with patch.object(Holder, "lazy", AsyncMock()): pass
        """
    )
    assert (recorded.double().target, recorded.double().original) == ("code.Holder.lazy", "instance")
