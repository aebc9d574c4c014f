"""rope, run on texts in memory: it says what a refactoring changes; the toolkit proves and writes it.

`planning.planned` runs any refactoring of rope, `occurrences.Occurrences` answers what single names lead to.  Both are
functions of the texts that they are given: nothing is read from the disk, nothing of the project's configuration is
taken in, and nothing of it is executed.  This package doesn't import rope by itself; its modules do.
"""
