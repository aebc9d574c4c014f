"""A definition that logs: the new module has a logger of its own, or gets one."""

from __future__ import annotations

import pytest

from codemods.rope_move import codemod
from codemods.testing import check_noop, check_transformed

CONFIG = {"target": "shop.models:order", "destination": "shop.orders"}
LOGGER = "import logging\n\nlogger = logging.getLogger(__name__)\n"
ORDER = "def order():\n    logger.info('order')\n"
REST = "def rest():\n    logger.info('rest')\n    order()\n"
MODELS = f"{LOGGER}\n\n{ORDER}\n\n{REST}"
LEFT = f"import logging\nfrom shop.orders import order\n\nlogger = logging.getLogger(__name__)\n\n\n{REST}"


@pytest.mark.parametrize(
    ("there", "after"),
    [
        pytest.param(None, f"{LOGGER}\n\n{ORDER}", id="new module"),
        pytest.param("", f"import logging\n\nlogger = logging.getLogger(__name__)\n\n\n{ORDER}", id="empty module"),
        pytest.param(LOGGER, f"{LOGGER}\n\n{ORDER}", id="module that has one"),
        pytest.param(
            "import os\n\nX = os.sep\n",
            f"import os\nimport logging\n\nlogger = logging.getLogger(__name__)\n\nX = os.sep\n\n\n{ORDER}",
            id="module that has none",
        ),
        pytest.param(
            "import logging\n\nlogging.info('x')\n",
            f"import logging\n\nlogger = logging.getLogger(__name__)\n\nlogging.info('x')\n\n\n{ORDER}",
            id="module that logs without",
        ),
        pytest.param(
            "X = 1\n",
            f"import logging\n\nlogger = logging.getLogger(__name__)\n\nX = 1\n\n\n{ORDER}",
            id="module without imports",
        ),
    ],
)
def test_the_new_module_logs_by_itself(there: str | None, after: str) -> None:
    files = {"shop/__init__.py": "", "shop/models.py": MODELS}
    files |= {} if there is None else {"shop/orders.py": there}
    result = check_transformed(codemod, files, {"shop/models.py": LEFT, "shop/orders.py": after}, config=CONFIG)
    assert [(site.code, site.line) for site in result.sites if site.decision == "refused"] == [("RM113", 7)]


def test_a_logger_without_the_name_of_its_module_makes_no_difference() -> None:
    source = "from shop.log import get_logger\n\nlog = get_logger()\n\n\ndef order():\n    log.info('order')\n"
    rest = "\n\ndef rest():\n    log.info('rest')\n    order()\n"
    head = "from shop.log import get_logger\nfrom shop.orders import order\n\nlog = get_logger()\n"
    files = {"shop/__init__.py": "", "shop/log.py": "def get_logger(): ...\n", "shop/models.py": source + rest}
    after = {"shop/models.py": head + rest, "shop/orders.py": source}
    result = check_transformed(codemod, files, after, config=CONFIG)
    assert [site for site in result.sites if site.decision == "refused"] == []


def test_a_logger_that_is_made_where_it_is_needed_has_the_name_of_the_new_module() -> None:
    order = "def order():\n    logging.getLogger(__name__).info('order')\n"
    files = {"shop/__init__.py": "", "shop/models.py": f"import logging\n\n\n{order}"}
    after = {"shop/models.py": "", "shop/orders.py": f"import logging\n\n\n{order}"}
    result = check_transformed(codemod, files, after, config=CONFIG)
    assert [(site.code, site.line) for site in result.sites if site.decision == "refused"] == [("RM113", 5)]


def test_a_name_of_the_module_that_is_used_otherwise_too_keeps_all_in_its_place() -> None:
    order = "def order():\n    logging.getLogger(__name__).info(__name__)\n"
    files = {"shop/__init__.py": "", "shop/models.py": f"import logging\n\n\n{order}"}
    result = check_noop(codemod, files, config=CONFIG)
    assert "RM106" in {site.code for site in result.sites}


def test_a_logger_moves_and_has_the_name_of_the_new_module() -> None:
    rest = "def rest():\n    logger.info('rest')\n"
    files = {"shop/__init__.py": "", "shop/models.py": f"{LOGGER}\n\n{rest}"}
    after = {
        "shop/models.py": f"from shop.log import logger\n\n\n{rest}",
        "shop/log.py": LOGGER,
    }
    result = check_transformed(
        codemod, files, after, config={"target": "shop.models:logger", "destination": "shop.log"}
    )
    assert [site.code for site in result.sites if site.decision == "refused"] == ["RM113"]


@pytest.mark.parametrize(
    "there",
    [
        pytest.param("import logging\n\nlogger = logging.getLogger('orders')\n", id="of another name"),
        pytest.param("import logs as logging\n\nlogger = logging.getLogger(__name__)\n", id="of another package"),
        pytest.param("logger = None\n", id="none"),
    ],
)
def test_a_module_with_another_logger_is_left_alone(there: str) -> None:
    files = {"shop/__init__.py": "", "shop/models.py": MODELS, "shop/orders.py": there}
    result = check_noop(codemod, files, config=CONFIG)
    assert "RM103" in {site.code for site in result.sites}


def test_a_mock_of_a_logger_that_both_modules_have_keeps_all_in_its_place() -> None:
    test = "from unittest.mock import patch\n\npatch('shop.models.logger')\n"
    result = check_noop(codemod, {"shop/__init__.py": "", "shop/models.py": MODELS, "use.py": test}, config=CONFIG)
    assert ("RM108", "use.py") in [(site.code, site.path) for site in result.sites]
