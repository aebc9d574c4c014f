from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping

import msgspec
import pytest

from codemods.toolkit.codemod import UsageError
from codemods.toolkit.python.origins import Origins
from codemods.toolkit.python.project import Project
from codemods.websocket_ssot.canonical import canonical
from codemods.websocket_ssot.census import in_tests
from codemods.websocket_ssot.config import Config
from codemods.websocket_ssot.facts import Facts
from codemods.websocket_ssot.ranking import Candidate, Ranking, chosen, ranked, settled

Collected = Callable[..., Project[Facts]]
Files = Mapping[str, str]

MANAGER = """
class WebSocketManager:
    def __init__(self, user=None): self.user = user
    async def connect(self, websocket): ...
    async def disconnect(self, websocket): ...
    async def send(self, message): ...
"""
FACTORY = """
from shop.manager import WebSocketManager

def get_websocket_manager(user=None):
    return WebSocketManager(user)
"""
SHOP = {"shop/__init__.py": "", "shop/manager.py": MANAGER, "shop/factory.py": FACTORY}


def _callers(count: int, module: str, name: str, folder: str = "shop") -> Files:
    text = f"from {module} import {name}\n\ndef work():\n    {name}().connect(None)\n"
    return {f"{folder}/caller_{module.replace('.', '_')}_{name}_{number}.py": text for number in range(count)}


def _ranking(project: Project[Facts]) -> Ranking:
    return ranked(project, Origins(project))


def _chosen(project: Project[Facts], **keys: str) -> tuple[str, str]:
    config = chosen(project, Origins(project), Config(**keys))  # type: ignore[arg-type]  # only strings are given
    return config.factory, config.class_


def _refusal(project: Project[Facts], config: Config | None = None) -> str:
    with pytest.raises(UsageError) as caught:
        chosen(project, Origins(project), config or Config())
    return str(caught.value)


def _references(candidates: tuple[Candidate, ...]) -> list[str]:
    return [candidate.reference for candidate in candidates]


# -- one candidate


def test_the_only_factory_and_class_are_taken(collected: Collected) -> None:
    assert _chosen(collected(SHOP)) == ("shop.factory:get_websocket_manager", "shop.manager:WebSocketManager")


def test_reasons_are_given_for_each_candidate(collected: Collected) -> None:
    files = {**SHOP, **_callers(2, "shop.factory", "get_websocket_manager")}
    ranking = _ranking(collected(files))
    assert ranking.factories[0].reasons == ("used by 2 production and 0 test files (2 calls)", "returns a call of it")
    assert ranking.classes[0].reasons == (
        "used by 1 production and 0 test files (1 call)",
        "4 methods",
        "get_websocket_manager makes it",
    )


@pytest.mark.parametrize(
    "body",
    [
        "    return WebSocketManager(user)\n",
        "    manager = WebSocketManager(user)\n    return manager\n",
        "    global _manager\n    if _manager is None:\n        _manager = WebSocketManager()\n    return _manager\n",
        "    return _SHARED\n\n_SHARED: WebSocketManager = WebSocketManager()\n",
    ],
    ids=["a call", "a variable", "a global made on demand", "an instance of the module"],
)
def test_a_function_that_returns_what_it_makes_is_a_factory(collected: Collected, body: str) -> None:
    text = (
        f"from shop.manager import WebSocketManager\n\n_manager = None\n\ndef get_websocket_manager(user=None):\n{body}"
    )
    ranking = _ranking(collected({**SHOP, "shop/factory.py": text}))
    assert _references(ranking.factories) == ["shop.factory:get_websocket_manager"]
    assert "returns a call of it" in ranking.factories[0].reasons


@pytest.mark.parametrize(
    "annotation",
    [
        "WebSocketManager",
        "'WebSocketManager'",
        "Optional[WebSocketManager]",
        "WebSocketManager | None",
        "manager.WebSocketManager",
    ],
)
def test_a_function_that_is_annotated_with_the_class_is_a_factory(collected: Collected, annotation: str) -> None:
    text = f"""
from typing import Optional
from shop import manager
from shop.manager import WebSocketManager

def get_websocket_manager() -> {annotation}:
    return _registry["default"]
"""
    ranking = _ranking(collected({**SHOP, "shop/factory.py": text}))
    assert [candidate.reasons[1] for candidate in ranking.factories] == ["is annotated to return it"]


@pytest.mark.parametrize(
    "function",
    [
        "def get_websocket_manager():\n    return WebSocketManager().send('hello')\n",
        "def get_websocket_manager() -> dict[str, WebSocketManager]:\n    return _managers\n",
        "def get_websocket_manager():\n    return get_websocket_manager()\n",
        "@contextmanager\ndef get_websocket_manager():\n    return WebSocketManager()\n",
        "@pytest.fixture\ndef get_websocket_manager():\n    return WebSocketManager()\n",
        "def get_mock_websocket_manager():\n    return WebSocketManager()\n",
    ],
    ids=["what a method returns", "a collection", "itself", "a context manager", "a pytest fixture", "a test double"],
)
def test_a_function_that_gives_something_else_is_no_factory(collected: Collected, function: str) -> None:
    text = f"from shop.manager import WebSocketManager\n\n{function}"
    assert _ranking(collected({**SHOP, "shop/factory.py": text})).factories == ()


def test_a_private_class_goes_by_the_public_name_that_importers_use(collected: Collected) -> None:
    manager = MANAGER.replace("WebSocketManager", "_WebSocketManagerImplementation") + (
        "\nAWebSocketManager = _WebSocketManagerImplementation\nWebSocketManager = _WebSocketManagerImplementation\n"
    )
    ranking = _ranking(collected({**SHOP, "shop/manager.py": manager}))
    assert _references(ranking.classes) == ["shop.manager:WebSocketManager"]


def test_a_private_class_without_another_name_keeps_its_own(collected: Collected) -> None:
    files = {name: text.replace("WebSocketManager", "_WebSocketManager") for name, text in SHOP.items()}
    assert _references(_ranking(collected(files)).classes) == ["shop.manager:_WebSocketManager"]


# -- several candidates


def test_the_factory_that_production_uses_most_is_taken(collected: Collected) -> None:
    other = FACTORY.replace("get_websocket_manager", "create_websocket_manager")
    files = {
        **SHOP,
        "shop/other.py": other,
        **_callers(6, "shop.factory", "get_websocket_manager"),
        **_callers(1, "shop.other", "create_websocket_manager"),
    }
    project = collected(files)
    assert _references(_ranking(project).factories) == [
        "shop.factory:get_websocket_manager",
        "shop.other:create_websocket_manager",
    ]
    assert _chosen(project)[0] == "shop.factory:get_websocket_manager"


def test_nothing_is_taken_when_two_factories_are_used_alike(collected: Collected) -> None:
    other = FACTORY.replace("get_websocket_manager", "create_websocket_manager")
    files = {
        **SHOP,
        "shop/other.py": other,
        **_callers(3, "shop.factory", "get_websocket_manager"),
        **_callers(2, "shop.other", "create_websocket_manager"),
    }
    message = _refusal(collected(files))
    assert message.startswith("no factory and class are configured, and no candidate is clearly ahead")
    assert "shop.factory:get_websocket_manager" in message
    assert "shop.other:create_websocket_manager" in message
    assert 'factory = "shop.factory:get_websocket_manager"\nclass = "shop.manager:WebSocketManager"' in message


def test_users_in_tests_alone_decide_nothing(collected: Collected) -> None:
    other = FACTORY.replace("get_websocket_manager", "create_websocket_manager")
    callers = _callers(9, "shop.factory", "get_websocket_manager", folder="tests")
    project = collected({**SHOP, "shop/other.py": other, **callers})
    assert _ranking(project).factories[0].reasons[0] == "used by 0 production and 9 test files (9 calls)"
    assert "no candidate is clearly ahead" in _refusal(project)


def test_exact_copies_used_alike_are_for_the_user_to_choose(collected: Collected) -> None:
    files = {
        **SHOP,
        "shop/copy.py": MANAGER,
        "shop/copied.py": FACTORY.replace("shop.manager", "shop.copy"),
        **_callers(3, "shop.factory", "get_websocket_manager"),
        **_callers(2, "shop.copied", "get_websocket_manager"),
    }
    message = _refusal(collected(files))
    assert "shop.manager:WebSocketManager" in message
    assert "shop.copy:WebSocketManager" in message


def test_a_function_that_only_hands_on_speaks_for_the_other_one(collected: Collected) -> None:
    shim = """
from shop.factory import get_websocket_manager

def create_websocket_manager(user=None):
    return get_websocket_manager(user)
"""
    ranking = _ranking(collected({**SHOP, "shop/old.py": shim, **_callers(9, "shop.old", "create_websocket_manager")}))
    assert _references(ranking.factories) == ["shop.factory:get_websocket_manager"]
    assert "1 function only hands on to it" in ranking.factories[0].reasons


def test_a_function_that_does_more_than_hand_on_comes_second(collected: Collected) -> None:
    wrapper = """
from shop.factory import get_websocket_manager

def create_websocket_manager(user=None):
    manager = get_websocket_manager(user)
    REGISTRY[user] = manager
    return manager
"""
    ranking = _ranking(collected({**SHOP, "shop/old.py": wrapper}))
    assert _references(ranking.factories) == [
        "shop.factory:get_websocket_manager",
        "shop.old:create_websocket_manager",
    ]
    assert "makes it through get_websocket_manager" in ranking.factories[1].reasons


def test_what_names_say_only_nudges(collected: Collected) -> None:
    legacy = FACTORY.replace("user=None):\n", 'user=None):\n    """Deprecated: the compat way."""\n')
    files = {**SHOP, "shop/legacy.py": legacy, **_callers(1, "shop.legacy", "get_websocket_manager")}
    first, second = _ranking(collected(files)).factories
    assert first.reference == "shop.legacy:get_websocket_manager"
    assert first.reasons[2:] == ("says compat", "says deprecated", "says legacy")
    assert (first.score, second.score) == (5.6, 2.0)


def test_a_subclass_ranks_behind_the_class_that_it_extends(collected: Collected) -> None:
    loud = """
from shop.manager import WebSocketManager

class LoudWebSocketManager(WebSocketManager):
    def shout(self): ...
    def whisper(self): ...
    def sing(self): ...
"""
    ranking = _ranking(collected({**SHOP, "shop/loud.py": loud}))
    assert _references(ranking.classes)[1:] == ["shop.loud:LoudWebSocketManager"]
    assert "extends another manager" in ranking.classes[1].reasons


@pytest.mark.parametrize(
    "definition",
    [
        "class WebSocketManager:\n    def __new__(cls):\n        raise RuntimeError('gone')\n",
        "class WebSocketManager(shop.manager.WebSocketManager):\n    pass\n",
        "class WebSocketManager(Protocol):\n    def send(self, message): ...\n",
        "class WebSocketManager(ABC):\n    def send(self, message): ...\n",
        "class WebSocketManager:\n    @abstractmethod\n    def send(self, message): ...\n",
        "class WebSocketManager(Enum):\n    ONE = 1\n",
        "class WebSocketManager(MagicMock):\n    def send(self, message): ...\n",
        "class FakeWebSocketManager:\n    def send(self, message): ...\n",
        "class RedisConnectionManager:\n    def query(self, text): ...\n",
        "class WebSocketManagerMode:\n    def send(self, message): ...\n",
        "WebSocketManager = type('WebSocketManager', (), {'send': lambda self: None})\n",
    ],
    ids=[
        "raises",
        "only passes on",
        "protocol",
        "ABC",
        "abstract method",
        "enum",
        "mock",
        "double by name",
        "of databases",
        "a mode",
        "made by type",
    ],
)
def test_what_is_no_implementation_is_no_candidate(collected: Collected, definition: str) -> None:
    text = (
        f"import shop.manager\nfrom abc import ABC\nfrom enum import Enum\nfrom typing import Protocol\n\n{definition}"
    )
    ranking = _ranking(collected({**SHOP, "shop/other.py": text}))
    assert _references(ranking.classes) == ["shop.manager:WebSocketManager"]


def test_definitions_in_test_code_are_no_candidates(collected: Collected) -> None:
    files = {
        **SHOP,
        "tests/manager.py": MANAGER,
        "tests/factory.py": FACTORY.replace("shop.manager", "tests.manager"),
        "test_framework/factory.py": FACTORY,
    }
    ranking = _ranking(collected(files))
    assert _references(ranking.factories) == ["shop.factory:get_websocket_manager"]
    assert _references(ranking.classes) == ["shop.manager:WebSocketManager"]


def test_names_of_the_configuration_are_candidates(collected: Collected) -> None:
    files = {"shop/hub.py": MANAGER.replace("WebSocketManager", "Hub") + "\ndef get_hub():\n    return Hub()\n"}
    config = Config(names=("Hub", "get_hub"))
    found = chosen(collected(files, config), Origins(collected(files, config)), config)
    assert (found.factory, found.class_) == ("shop.hub:get_hub", "shop.hub:Hub")


# -- one of the two is configured


def test_the_class_follows_from_the_factory(collected: Collected) -> None:
    factory = "shop.factory:get_websocket_manager"
    assert _chosen(collected(SHOP), factory=factory) == (factory, "shop.manager:WebSocketManager")


def test_the_factory_follows_from_the_class(collected: Collected) -> None:
    found = _chosen(collected(SHOP), class_="shop.manager:WebSocketManager")
    assert found == ("shop.factory:get_websocket_manager", "shop.manager:WebSocketManager")


def test_what_is_configured_is_left_as_it_is(collected: Collected) -> None:
    config = Config(factory="no.such:thing", class_="none.such:Thing")
    project = collected(SHOP)
    assert chosen(project, Origins(project), config) is config


def test_a_factory_whose_class_cannot_be_told_asks_for_it(collected: Collected) -> None:
    text = "def get_websocket_manager():\n    return _managers['default']\n"
    message = _refusal(
        collected({**SHOP, "shop/factory.py": text}), Config(factory="shop.factory:get_websocket_manager")
    )
    assert message == (
        "class: can't tell what shop.factory:get_websocket_manager makes; name the class:\n"
        "  --class shop.manager:WebSocketManager"
    )


def test_a_factory_that_is_a_class_asks_for_the_class(collected: Collected) -> None:
    message = _refusal(
        collected({"shop/a.py": "class Thing: ...\n"}, Config(names=("Thing",))), Config(factory="shop.a:Thing")
    )
    assert message == "class: can't tell what shop.a:Thing makes; name the class: --class MODULE:NAME"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            Config(factory="shop.factory:get_websocket_managr"),
            "factory: shop.factory has no get_websocket_managr; nearest: ",
        ),
        (Config(class_="shop.manger:WebSocketManager"), "class: there is no module shop.manger; nearest: "),
        (Config(class_="WebSocketManager"), "class: 'WebSocketManager' is not of the form package.module:name"),
    ],
    ids=["no such name", "no such module", "no reference"],
)
def test_a_mistake_in_the_one_that_is_configured_is_told(collected: Collected, config: Config, message: str) -> None:
    assert _refusal(collected(SHOP), config).startswith(message)


# -- nothing to choose from


def test_a_project_without_managers_says_so(collected: Collected) -> None:
    assert _refusal(collected({"app/main.py": "print('hello')\n"})).startswith(
        "no class that manages WebSockets was found"
    )


def test_without_a_factory_the_one_to_write_is_shown(collected: Collected) -> None:
    files = {
        "app/__init__.py": "",
        "app/ws.py": MANAGER.replace("WebSocketManager", "ConnectionManager") + "\nmanager = ConnectionManager()\n",
        "app/main.py": "from app.ws import manager\n\nasync def run(ws):\n    await manager.connect(ws)\n",
    }
    message = _refusal(collected(files))
    assert message.startswith("nothing but its constructor makes a ConnectionManager")
    assert (
        "\n    def get_connection_manager() -> ConnectionManager:\n        return manager    # the instance" in message
    )
    assert message.endswith('factory = "app.ws:get_connection_manager"\nclass = "app.ws:ConnectionManager"')


def test_without_a_factory_and_with_several_instances_none_is_preferred(collected: Collected) -> None:
    manager = MANAGER + "\nusers = WebSocketManager()\nadmins = WebSocketManager()\n"
    message = _refusal(collected({"app/ws.py": manager}))
    assert (
        "    def get_websocket_manager() -> WebSocketManager:\n        return WebSocketManager()    # or the" in message
    )


def test_without_a_factory_and_with_classes_used_alike_the_first_is_a_proposal(collected: Collected) -> None:
    message = _refusal(collected({"app/a.py": MANAGER, "app/b.py": MANAGER}))
    assert "\nno class is clearly ahead either: the first one is no more than a proposal\n" in message
    assert message.endswith('class = "app.a:WebSocketManager"')


def test_a_configured_class_without_a_factory_says_what_to_write(collected: Collected) -> None:
    message = _refusal(collected({"shop/manager.py": MANAGER}), Config(class_="shop.manager:WebSocketManager"))
    assert message.startswith("nothing but its constructor makes a WebSocketManager")
    assert 'factory = "shop.manager:get_websocket_manager"' in message


def test_nothing_is_settled_where_nothing_can_be_chosen(collected: Collected) -> None:
    project = collected({"shop/manager.py": MANAGER})
    assert settled(project, Origins(project), Config(drop=("x",))) == Config(drop=("x",))


@pytest.mark.parametrize(
    "function",
    [
        "def get_manager() -> 'WebSocketManager':\n    return _managers['default']\n",
        "def get_manager():\n    return WebSocketManager()\n",
    ],
    ids=["annotated", "called"],
)
def test_callers_of_a_factory_are_found_though_its_name_says_nothing_of_sockets(
    collected: Collected, function: str
) -> None:
    files = {"app/ws.py": f"{MANAGER}\n{function}", **_callers(2, "app.ws", "get_manager", folder="app")}
    assert _ranking(collected(files)).factories[0].reasons[0] == "used by 2 production and 0 test files (2 calls)"


# -- names of modules


@pytest.mark.parametrize(
    ("importer", "module"),
    [("backend/app/main.py", "app.ws"), ("tool.py", "backend.app.ws")],
    ids=["inside", "outside"],
)
def test_a_file_with_two_module_names_goes_by_the_one_that_importers_use(
    collected: Collected, importer: str, module: str
) -> None:
    files = {
        "backend/app/__init__.py": "",
        "backend/app/ws.py": MANAGER + "\ndef get_websocket_manager():\n    return WebSocketManager()\n",
        importer: f"from {module} import get_websocket_manager, WebSocketManager\n\nget_websocket_manager()\n",
    }
    project = collected(files, roots=("backend",))
    assert len(_ranking(project).classes) == 1
    assert _chosen(project) == (f"{module}:get_websocket_manager", f"{module}:WebSocketManager")


GET = "\ndef get_websocket_manager():\n    return WebSocketManager()\n"


def _pasted(message: str) -> tuple[tuple[str, ...], Config]:
    """The roots and the configuration that a refusal proposes."""
    tables = tomllib.loads(message[message.index("[tool.codemods") :])["tool"]["codemods"]
    return tuple(tables.get("roots", ())), msgspec.convert(tables["websocket_ssot"], Config)


def test_a_module_that_no_import_can_name_is_proposed_with_a_root_for_it(collected: Collected) -> None:
    files = {"my-service/manager.py": MANAGER + GET, "lib/src/other.py": ""}
    project = collected(files)
    assert _references(_ranking(project).classes) == ["my-service/manager.py:WebSocketManager"]
    message = _refusal(project)
    assert message.startswith(
        "get_websocket_manager, which makes WebSocketManager, would be taken, but my-service/manager.py is in no folder"
    )
    roots, config = _pasted(message)
    assert roots == ("my-service", "lib/src")
    pasted = collected({}, config, roots)
    assert canonical(pasted, Origins(pasted), config).factory.path == "my-service/manager.py"


@pytest.mark.parametrize(
    ("config", "files"),
    [
        pytest.param(
            Config(class_="lib.base:WebSocketManager"),
            {"lib/base.py": MANAGER, "my-svc/f.py": "from lib.base import WebSocketManager\n" + GET},
            id="the factory of a class",
        ),
        pytest.param(Config(), {"my-svc/ws.py": MANAGER + GET}, id="neither"),
        pytest.param(Config(), {"my-svc/ws.py": MANAGER + "\nmanager = WebSocketManager()\n"}, id="a factory to write"),
        pytest.param(
            Config(),
            {"one/a.py": MANAGER + GET, "my-svc/b.py": MANAGER + GET.replace("_manager()", "_manager(x=1)")},
            id="several",
        ),
    ],
)
def test_what_is_proposed_works(collected: Collected, config: Config, files: Files) -> None:
    roots, pasted = _pasted(_refusal(collected(files, config), config))
    written = {path: files[path] + GET for path in files if "manager = " in files[path]}
    project = collected(written, pasted, roots)
    assert canonical(project, Origins(project), pasted).cls.name == "WebSocketManager"


def test_services_whose_modules_have_the_same_names_are_to_be_run_alone(collected: Collected) -> None:
    service = {"app/__init__.py": "", "app/ws.py": MANAGER + GET, "requirements.txt": ""}
    files = {f"{folder}/{path}": text for folder in ("my-a", "my-b") for path, text in service.items()}
    message = _refusal(collected({**files, **_callers(2, "app.ws", "get_websocket_manager", "my-a/app")}))
    assert message.endswith("other folders hold modules of the same names: run it in my-a alone")


def test_a_factory_whose_class_no_import_can_name_says_so(collected: Collected) -> None:
    files = {
        "my-a/app/ws.py": MANAGER,
        "my-a/make.py": "from app.ws import WebSocketManager\n" + GET,
        "my-b/app/ws.py": MANAGER,
        "my-b/main.py": "from app.ws import WebSocketManager\n",
    }
    config = Config(factory="make:get_websocket_manager")
    message = _refusal(collected(files, config), config)
    assert message.startswith("get_websocket_manager and WebSocketManager would be taken, but my-a/app/ws.py is in no")
    assert message.endswith("run it in my-a alone")


def test_a_file_that_no_import_can_name_is_to_be_renamed(collected: Collected) -> None:
    assert _refusal(collected({"app/my-ws.py": MANAGER + GET})).endswith(
        "rename the modules so that an import can name them"
    )


def test_users_of_an_instance_are_users_of_its_class(collected: Collected) -> None:
    use = "\nasync def run(ws):\n    await manager.connect(ws)\n"
    files = {
        "app/a/ws.py": MANAGER + "\nmanager = WebSocketManager()\n",
        "app/b/ws.py": MANAGER + "    def more(self): ...\n\nmanager = WebSocketManager()\n",
        **{f"app/r{number}.py": f"from app.b.ws import manager{use}" for number in range(3)},
        "app/both.py": f"from app.b.ws import WebSocketManager, manager{use}",
    }
    best, other = _ranking(collected(files)).classes
    assert (best.module, best.reasons[:1]) == ("app.b.ws", ("used by 4 production and 0 test files",))
    assert "users of its instance manager count" in best.reasons
    assert other.reasons[0] == "used by 0 production and 0 test files"


def test_the_factory_to_write_stands_beside_the_instance(collected: Collected) -> None:
    files = {
        "app/ws.py": MANAGER.replace("WebSocketManager", "IsolatedConnectionManager"),
        "app/state.py": "from app.ws import IsolatedConnectionManager\nmanager = IsolatedConnectionManager()\n",
        "app/main.py": "from app.state import manager\n\nmanager.connect(None)\n",
    }
    message = _refusal(collected(files))
    assert message.startswith("nothing but its constructor makes an IsolatedConnectionManager:")
    assert "\nwrite one in app/state.py, and name both:\n" in message
    assert 'factory = "app.state:get_isolated_connection_manager"' in message


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/ws.py", True),
        ("app/tests_e2e/ws.py", True),
        ("test_framework/ws.py", True),
        ("app/conftest.py", True),
        ("unit_tests/ws.py", True),
        ("app/latest/ws.py", False),
        ("app/contest.py", False),
    ],
)
def test_test_code_is_known_by_where_it_lies(path: str, expected: bool) -> None:
    assert in_tests(path) is expected
