"""Files that aren't Python, but may name what a codemod changes: documentation, configuration, scripts."""

from __future__ import annotations

TEXTS = frozenset(
    f"*{ending}"
    for ending in (
        ".md", ".rst", ".txt", ".adoc", ".toml", ".cfg", ".ini", ".yaml", ".yml", ".json", ".html", ".jinja", ".j2",
        ".sh", ".env", "Dockerfile", "Makefile", "Procfile", "justfile",
    )
)  # fmt: skip
"""Patterns of their names."""
