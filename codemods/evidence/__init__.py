"""What a run of the tests shows of mocks and coroutines: a recorder, and the schema that codemods read.

    pytest --codemods-evidence=evidence.json                     # record (a pytest plugin, xdist included)
    python -m codemods.evidence -m unittest discover tests       # the same for unittest

`schema` holds the records.  Codemods read those and nothing else of this package.
"""
