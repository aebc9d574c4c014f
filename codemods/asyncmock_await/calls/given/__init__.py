"""What functions get from what is around them, and what a module gives to others.

- `within`: what surrounds a function: its class, fixtures, parameters, what its set-up left.
- `doubles_made`: the doubles that a module makes at its top level.
- `parametrised`: those that `pytest.mark.parametrize` gives to a test.
- `patches`: what patches among its decorators hand over.
- `receiving`: helpers that get doubles as parameters: they are followed once for each call.
- `lending`: what functions within a function may read of its doubles.
- `given`: all of these together, for each function of a module.
- `factories`: fixtures and context managers that make a double anew for each call.
- `gifts`: what other modules may get from this one.
- `substitutes`: what else a name may stand for while a function runs.
- `suspects`, `referring`: calls of what only other modules tell, in functions that call no double.
"""
