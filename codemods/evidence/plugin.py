"""The pytest plugin: `--codemods-evidence FILE` records what the run shows of mocks and coroutines.

pytest loads this module at every start where the package is installed, so it imports nothing until it is asked to.
"""

from __future__ import annotations

import pytest

SESSION = "codemods-evidence"
"""The name under which the part that records is registered."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("codemods", "evidence for codemods")
    group.addoption(
        "--codemods-evidence", metavar="FILE", default=None, help="record what mocks and coroutines do, into FILE"
    )
    group.addoption(
        "--codemods-evidence-root", metavar="DIR", default=None, help="paths are relative to DIR (pytest's rootdir)"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Record from before the first module of the user's is imported."""
    known = early_config.known_args_namespace
    _start(early_config, known.codemods_evidence, known.codemods_evidence_root)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Record from here where the plugin came too late for conftest files."""
    _start(config, config.getoption("codemods_evidence"), config.getoption("codemods_evidence_root"))


def _start(config: pytest.Config, file: str | None, root: str | None) -> None:
    if file is None or config.pluginmanager.has_plugin(SESSION):
        return
    from codemods.evidence.session import Session

    config.pluginmanager.register(Session(config, file, root), SESSION)
