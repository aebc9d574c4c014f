"""Modules that are named from folders which nothing says to be on the import path, as scripts name their neighbours."""

from __future__ import annotations

import pytest

from codemods.rope_move import codemod
from codemods.rope_move.config import Config
from codemods.testing import check_noop, check_transformed
from codemods.toolkit.config import Configuration, ToolkitConfig

CONFIG = Config(target="a.models:Order", destination="a.orders")
MODELS = "class Customer: ...\n\n\nclass Order: ...\n"
OTHERS = {"b/models.py": "class Other: ...\n", "b/run.py": "from models import Other\n\nOther()\n"}
USES = [
    pytest.param("a/run.py", "from models import *\n\nOrder()\n", id="star"),
    pytest.param("a/run.py", "import models\n\nmodels.Order(models.Customer)\n", id="module"),
    pytest.param("a/run.py", "import models as m\n\nm.Order(m.Customer)\n", id="module by another name"),
    pytest.param("a/run.py", "from unittest.mock import patch\n\npatch('models.Order')\n", id="mock"),
    pytest.param("a/sub/run.py", "import models\n\nmodels.Order(models.Customer)\n", id="from a folder below"),
]


@pytest.mark.parametrize(("path", "use"), USES)
def test_a_module_that_may_be_the_old_one_keeps_all_in_its_place(path: str, use: str) -> None:
    result = check_noop(codemod, {"a/models.py": MODELS, **OTHERS, path: use}, config=CONFIG)
    reasons = {site.reason for site in result.sites if (site.code, site.path) == ("RM107", path)}
    assert reasons == {"`models` may be a/models.py here: name its source root (`roots` in [tool.codemods])"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "from models import *\n\nOrder()\n",
            "from models import *\nfrom orders import Order\n\nOrder()\n",
            id="star",
        ),
        pytest.param(
            "import models\n\nmodels.Order(models.Customer)\n",
            "import models\nimport orders\n\norders.Order(models.Customer)\n",
            id="module",
        ),
        pytest.param(
            "from unittest.mock import patch\n\npatch('models.Order')\n",
            "from unittest.mock import patch\n\npatch('orders.Order')\n",
            id="mock",
        ),
    ],
)
def test_a_source_root_tells_which_one_it_is(before: str, after: str) -> None:
    settings = Configuration(ToolkitConfig(roots=("a", "b")), CONFIG)
    files = {"a/models.py": MODELS, **OTHERS, "a/run.py": before}
    expected = {"a/models.py": "class Customer: ...\n", "a/orders.py": "class Order: ...\n", "a/run.py": after}
    check_transformed(codemod, files, expected, config=settings)


def test_the_neighbour_of_another_script_is_another_module() -> None:
    use = "from models import *\n\nOther()\n"
    files = {"a/models.py": MODELS, "b/models.py": "class Other: ...\n", "b/run.py": use}
    after = {"a/models.py": "class Customer: ...\n", "a/orders.py": "class Order: ...\n"}
    check_transformed(codemod, files, after, config=CONFIG)
