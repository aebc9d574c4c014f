"""Attributes that every mock has by itself: setting one, or calling it, is something else than with a member.

The names are those of `NonCallableMock`, `CallableMixin` and `AsyncMockMixin` in CPython's `unittest/mock.py`.
"""

from __future__ import annotations

_OWN = frozenset(
    {
        "await_args", "await_args_list", "await_count", "call_args", "call_args_list", "call_count", "called",
        "configure_mock", "reset_mock", "attach_mock", "mock_add_spec", "mock_calls", "method_calls", "side_effect",
        "return_value", "_call_matcher", "_calls_repr", "_execute_mock_call", "_extract_mock_name",
        "_format_mock_call_signature", "_format_mock_failure_message", "_get_call_signature_from_name",
        "_get_child_mock", "_increment_mock_call", "_is_coroutine", "_lock", "_spec_asyncs", "_spec_class", "_spec_set",
        "_spec_signature",
    }
)  # fmt: skip


def is_own(name: str) -> bool:
    """Whether an attribute is part of what every mock has, or can't be one of its members (`NonCallableMock`).

    >>> is_own("call_count"), is_own("assert_called"), is_own("call_tool")
    (True, True, False)
    """
    return name in _OWN or name.startswith(("assert", "_mock"))


def is_special(name: str) -> bool:
    """Whether an attribute is a special method: `__aenter__` and the like change nothing else of a double."""
    return name.startswith("__") and name.endswith("__") and name not in {"__class__", "__dict__"}
