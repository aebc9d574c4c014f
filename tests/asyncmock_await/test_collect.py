"""What the words mean that a module is collected with."""

from __future__ import annotations

from codemods.asyncmock_await.calls.facts import CallFacts
from codemods.asyncmock_await.collect import FOLLOWED, collect
from codemods.asyncmock_await.config import Config
from codemods.toolkit.pipeline.source import decoded, outlined
from codemods.toolkit.python.collect_names import module_names

TEXT = """from tests.doubles import make_db

def prepare():
    db = make_db()
    db.commit()

def test_a():
    prepare()
"""


def calls_of(text: str, *words: str) -> CallFacts:
    module = outlined(decoded("tests/test_a.py", text.encode()))
    return collect(module, module_names(module), Config(), frozenset(words)).calls


def test_a_function_is_followed_that_is_worth_a_closer_look() -> None:
    assert calls_of(TEXT).sites == ()
    assert [site.name for site in calls_of(TEXT, f"{FOLLOWED}prepare").sites] == ["make_db", "db.commit"]


def test_what_names_such_a_function_is_not_written_down() -> None:
    assert calls_of(TEXT, f"{FOLLOWED}prepare").mentions == ()


def test_a_function_that_others_have_to_be_known_of_is_followed_too_and_what_names_it_is_written_down() -> None:
    found = calls_of(TEXT, "prepare")
    assert [site.name for site in found.sites] == ["make_db", "db.commit"]
    assert [(mention.how, mention.function) for mention in found.mentions] == [("definition", ""), ("call", "test_a")]
