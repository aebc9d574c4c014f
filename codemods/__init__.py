"""Codemods for migration sprints that prove their result before they write it."""

__version__ = "0.1.0"
