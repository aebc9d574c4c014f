from __future__ import annotations

import pytest

from codemods.toolkit.python.layout import is_test, layout_of

SHOP = layout_of(["shop/__init__.py", "shop/ws.py", "shop/parts/cart.py", "main.py"])
SERVICES = layout_of(
    ["auth/app/__init__.py", "auth/app/ws.py", "auth/main.py", "chat/app/__init__.py", "chat/app/ws.py", "lib/kit.py"],
    ["auth", "chat", "lib"],
)


@pytest.mark.parametrize(
    ("module", "file", "folder"),
    [
        pytest.param("main", "main.py", None, id="module"),
        pytest.param("shop", "shop/__init__.py", "shop", id="package"),
        pytest.param("shop.ws", "shop/ws.py", None, id="module of a package"),
        pytest.param("shop.parts", None, "shop/parts", id="folder without __init__ (PEP 420)"),
        pytest.param("shop.parts.cart", "shop/parts/cart.py", None, id="module of such a folder"),
        pytest.param("shop.nothing", None, None, id="no module"),
        pytest.param("shop.ws.nothing", None, None, id="below a module"),
        pytest.param("fastapi", None, None, id="somebody else's"),
    ],
)
def test_a_dotted_name_leads_to_a_file_or_a_folder(module: str, file: str | None, folder: str | None) -> None:
    assert SHOP.find(module, "main.py") == file
    assert SHOP.folder(module, "main.py") == folder
    assert SHOP.exists(module, "main.py") is (file is not None or folder is not None)


@pytest.mark.parametrize(
    ("module", "internal"),
    [("shop", True), ("shop.nothing", True), ("main.x", True), ("shopping", False), ("fastapi.x", False)],
)
def test_a_name_is_internal_by_its_first_part(module: str, *, internal: bool) -> None:
    assert SHOP.internal(module, "main.py") is internal


def test_a_package_hides_a_module_of_the_same_name() -> None:
    layout = layout_of(["a.py", "a/__init__.py", "a/b.py"])
    assert layout.find("a", "a.py") == "a/__init__.py"
    assert layout.find("a.b", "a.py") == "a/b.py"


@pytest.mark.parametrize("prefix", ["", "src/"])
def test_a_module_hides_a_folder_that_is_no_package(prefix: str) -> None:
    layout = layout_of([f"{prefix}a.py", f"{prefix}a/b.py", f"{prefix}a/c/d.py"], ["src"])
    importer = f"{prefix}a.py"
    assert (layout.find("a", importer), layout.folder("a", importer)) == (importer, None)
    assert layout.find("a.b", importer) is None
    assert layout.find("a.c.d", importer) is None
    assert layout.find_relative(f"{prefix}x.py", 1, "a.b") == (None, None)


@pytest.mark.parametrize(
    ("importer", "level", "module", "expected"),
    [
        pytest.param("shop/ws.py", 1, "", ("shop/__init__.py", "shop"), id="own package"),
        pytest.param("shop/__init__.py", 1, "ws", ("shop/ws.py", None), id="from __init__"),
        pytest.param("shop/parts/cart.py", 1, "", (None, "shop/parts"), id="own folder"),
        pytest.param("shop/parts/cart.py", 2, "", ("shop/__init__.py", "shop"), id="package above"),
        pytest.param("shop/parts/cart.py", 2, "ws", ("shop/ws.py", None), id="module above"),
        pytest.param("shop/parts/cart.py", 2, "parts.cart", ("shop/parts/cart.py", None), id="down again"),
        pytest.param("shop/parts/cart.py", 3, "main", ("main.py", None), id="top"),
        pytest.param("shop/parts/cart.py", 3, "", (None, ""), id="the top itself"),
        pytest.param("shop/parts/cart.py", 4, "main", (None, None), id="beyond the top"),
        pytest.param("main.py", 2, "", (None, None), id="beyond the top from the top"),
        pytest.param("shop/ws.py", 1, "gone", (None, None), id="missing"),
    ],
)
def test_relative_imports_go_by_the_folder(
    importer: str, level: int, module: str, expected: tuple[str | None, str | None]
) -> None:
    assert SHOP.find_relative(importer, level, module) == expected


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        pytest.param("shop.ws", "shop/ws.py", id="a full name"),
        pytest.param("..ws", "shop/ws.py", id="of the package above"),
        pytest.param(".", None, id="a folder that is no package"),
        pytest.param("..gone", None, id="missing"),
    ],
)
def test_a_module_is_found_as_an_import_writes_it(module: str, expected: str | None) -> None:
    assert SHOP.find_written(module, "shop/parts/cart.py") == expected


def test_the_root_can_be_a_package() -> None:
    layout = layout_of(["__init__.py", "nodes.py"])
    assert layout.find_relative("nodes.py", 1, "") == ("__init__.py", "")
    assert layout.is_package("__init__.py")
    assert not layout.is_package("nodes.py")


def test_relative_imports_in_a_folder_do_not_reach_a_module_of_its_name() -> None:
    layout = layout_of(["a.py", "a/b.py", "a/c.py"])
    assert layout.find_relative("a/b.py", 1, "") == (None, "a")


@pytest.mark.parametrize(
    ("importer", "level", "module", "expected"),
    [
        ("shop/parts/cart.py", 0, "any.thing", "any.thing"),
        ("shop/parts/cart.py", 1, "", "shop.parts"),
        ("shop/parts/cart.py", 2, "ws", "shop.ws"),
        ("shop/ws.py", 2, "", ""),
        ("shop/ws.py", 3, "x", None),
    ],
)
def test_relative_names_have_an_absolute_form(importer: str, level: int, module: str, expected: str | None) -> None:
    assert SHOP.absolute(importer, level, module) == expected


def test_a_source_root_shortens_names() -> None:
    layout = layout_of(["src/shop/__init__.py", "src/shop/ws.py", "tests/test_ws.py"], ["src/"])
    assert layout.names("src/shop/ws.py") == ("shop.ws", "src.shop.ws")
    assert layout.names("src/shop/__init__.py") == ("shop", "src.shop")
    assert layout.find("shop.ws", "tests/test_ws.py") == "src/shop/ws.py"
    assert layout.find("src.shop.ws", "tests/test_ws.py") == "src/shop/ws.py"


def test_names_that_no_import_statement_can_spell_are_left_out() -> None:
    layout = layout_of(["my-service/app/ws.py"], ["my-service"])
    assert layout.names("my-service/app/ws.py") == ("app.ws",)
    assert layout_of(["my-service/ws.py"]).names("my-service/ws.py") == ()


def test_services_with_packages_of_one_name_see_their_own() -> None:
    assert SERVICES.find("app.ws", "auth/main.py") == "auth/app/ws.py"
    assert SERVICES.find("app.ws", "chat/app/__init__.py") == "chat/app/ws.py"


def test_a_package_of_two_services_is_nobodys_from_outside() -> None:
    assert SERVICES.find("app.ws", "lib/kit.py") is None
    assert not SERVICES.internal("app.ws", "lib/kit.py")


def test_a_library_of_one_root_is_found_from_every_service() -> None:
    assert SERVICES.find("kit", "auth/app/ws.py") == "lib/kit.py"
    assert SERVICES.internal("kit.nothing", "chat/app/ws.py")
    assert not SERVICES.exists("kit.nothing", "chat/app/ws.py")


def test_one_file_is_found_by_all_its_names() -> None:
    assert SERVICES.find("chat.app.ws", "chat/app/ws.py") == SERVICES.find("app.ws", "chat/app/ws.py")


def test_the_deepest_root_of_the_importer_comes_first() -> None:
    layout = layout_of(["app/ws.py", "svc/app/ws.py", "svc/main.py", "app/only_here.py"], ["svc"])
    assert layout.find("app.ws", "svc/main.py") == "svc/app/ws.py"
    assert layout.find("app.ws", "app/ws.py") == "app/ws.py"
    assert layout.find("app.only_here", "svc/main.py") == "app/only_here.py"


NEIGHBOURS = layout_of(
    ["app/__init__.py", "app/ws.py", "app/root.py", "svc/app/__init__.py", "svc/app/ws.py", "svc/app/api/__init__.py"]
)


def test_a_package_beside_others_of_its_name_sees_itself() -> None:
    importer = "svc/app/api/__init__.py"
    assert NEIGHBOURS.home(importer) == "svc"
    assert NEIGHBOURS.find("app.ws", importer) == "svc/app/ws.py"
    assert NEIGHBOURS.internal("app.gone", importer)
    assert not NEIGHBOURS.exists("app.root", importer)
    assert NEIGHBOURS.names("svc/app/ws.py") == ("app.ws", "svc.app.ws")


def test_other_packages_are_found_from_there_as_from_everywhere() -> None:
    assert NEIGHBOURS.find("svc.app.ws", "svc/app/ws.py") == "svc/app/ws.py"
    assert NEIGHBOURS.home("app/ws.py") is None
    assert NEIGHBOURS.find("app.ws", "app/root.py") == "app/ws.py"


def test_submodules_are_children_of_their_folder() -> None:
    assert SHOP.child("shop", "ws") == ("shop/ws.py", None)
    assert SHOP.child("shop", "parts") == (None, "shop/parts")
    assert SHOP.child("", "shop") == ("shop/__init__.py", "shop")
    assert SHOP.child("shop", "nothing") == (None, None)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/fakes.py", True), ("app/test/fakes.py", True), ("app/test_ws.py", True), ("app/ws_test.py", True),
        ("conftest.py", True), ("app/tests.py", True), ("app/testing.py", False), ("app/contest.py", False),
        ("latest/app.py", False),
    ],
)  # fmt: skip
def test_tests_are_known_by_the_names_of_files_and_folders(path: str, *, expected: bool) -> None:
    assert is_test(path) is expected
