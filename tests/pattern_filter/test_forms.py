"""Forms in which runners build commands: what is decided about each, and what it becomes.

They stand in forms/*.txt, each as `=== name`, its code, a line `--- CODE decision` for each place that isn't right, and
below `+++` the code after a run where it changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from codemods.pattern_filter import codemod
from codemods.pattern_filter.config import Config
from codemods.toolkit.config import Configuration, ToolkitConfig
from codemods.toolkit.promises import Subject, after, written

FOLDER = Path(__file__).parent / "forms"
IMPORTS = "import os\nimport subprocess\nimport sys\n\n\n"
GENERATED = re.compile(r"\n\n\n# -- selection of tests.*# -- end of generated code", re.DOTALL)


class Form(NamedTuple):
    """One form: its code, what is decided, and the code after."""

    name: str
    before: str
    decisions: tuple[str, ...]
    after: str


def forms() -> Iterator[Form]:
    """All forms."""
    for file in sorted(FOLDER.glob("*.txt")):
        for section in re.split(r"^=== ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            name, _, text = section.partition("\n")
            old, _, new = text.partition("+++\n")
            decisions = tuple(re.findall(r"^--- (.*)$", old, re.MULTILINE))
            before = re.sub(r"^--- .*\n", "", old, flags=re.MULTILINE)
            yield Form(f"{file.stem}: {name}", before, decisions, new or before)


@pytest.mark.parametrize("form", list(forms()), ids=lambda form: form.name)
def test_a_form_is_decided_and_rewritten(form: Form) -> None:
    files = {"run.py": (IMPORTS + form.before).encode()}
    with written(files) as root:
        result = Subject(codemod, Configuration(ToolkitConfig(), Config()), {}).run(root)
    text = GENERATED.sub("", after(files, result)["run.py"].decode()).removeprefix(IMPORTS)
    decisions = tuple(f"{site.code} {site.decision}" for site in result.sites if site.decision != "right")
    assert (decisions, text) == (form.decisions, form.after)
    assert not result.withheld


def test_there_are_many_forms() -> None:
    assert len(list(forms())) > 80
