"""What several modules say together of one call: asked by `decide` and `reach`, never while a module is collected.

- `conftests`: the conftest.py files whose fixtures a test may get.
- `alternatives`: names that a module binds in several ways.  `ways`: the names by which a module comes to something.
- `production`: what code that is no test sets on others.  `replaced`: what may stand in a function's place.
- `inheritance`: classes of other modules that may change what a class is given.
- `sources`: what fixtures, set-ups, helpers and names of other modules give.
- `outside`: what a double is, or a function, that comes from another module.
"""
