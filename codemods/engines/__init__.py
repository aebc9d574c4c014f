"""Refactoring engines of others, run in memory: they say what changes, the toolkit proves and writes it.

An engine is given texts and gives texts back.  It never sees the disk, and nothing of the project is executed.
"""
