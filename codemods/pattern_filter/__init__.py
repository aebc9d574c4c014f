"""Make test runners select what their users ask for: `pytest -k` built from a glob, options that pytest forgets.

Before::

    clean = args.pattern.strip("*")                      # "*golden*path*" becomes "golden*path": a usage error
    command = ["pytest", *CATEGORIES[category]]          # ["tests", "-k", "websocket or ws"]
    command.extend(["-k", clean])                        # and this `-k` makes pytest forget the category's own

After::

    command = ["pytest", *CATEGORIES[category]]
    apply_pattern(command, args.pattern, category)       # -k "(websocket or ws) and (golden and path)"

Patterns are followed from where they enter a runner (argparse, click, the environment, a parameter) to pytest.  Which
categories they are applied to is one table; the code that reads it is generated into the runner, or into a module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.pattern_filter.codes import CODES
from codemods.pattern_filter.collect import collect, relevant
from codemods.pattern_filter.config import Config
from codemods.pattern_filter.decide import decide
from codemods.pattern_filter.facts import KINDS, Facts
from codemods.pattern_filter.part import Part
from codemods.toolkit.codemod import Codemod, Edit, Source, View

if TYPE_CHECKING:
    from codemods.toolkit.python.project import Project


def rewrite(source: Source, part: Part) -> tuple[Edit, ...]:
    """The edits of one file (LibCST is loaded only where something changes)."""
    from codemods.pattern_filter.rewrite import rewrite as edits

    return edits(source, part)


def selection_module(project: Project[Facts], config: Config) -> str:
    """The module that runners import from with `placement = "module"`."""
    from codemods.pattern_filter.generated import whole

    return whole(config.policy, config.test_files, config.module.count("."))


def demand(project: Project[Facts], config: Config) -> frozenset[str]:
    """No other module has to be read."""
    return frozenset()


def widen(project: Project[Facts], config: Config) -> frozenset[str]:
    """No further names are looked for."""
    return frozenset()


codemod: Codemod[Config, Facts, Part] = Codemod(
    name="pattern_filter",
    summary="make test runners hand patterns to pytest in a form that it understands",
    config=Config,
    facts=Facts,
    part=Part,
    codes=CODES,
    relevant=relevant,
    collect=collect,
    widen=widen,
    demand=demand,
    decide=decide,
    rewrite=rewrite,
    views=(
        View("--selection", 'print the module that runners import from with placement = "module"', selection_module),
    ),
    kinds=KINDS,
)
