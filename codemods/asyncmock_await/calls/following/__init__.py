"""One function, followed statement by statement: what names hold on every path, and what becomes of each coroutine.

- `values`: what names and attributes hold: doubles, with their members.
- `mock_attributes`: attributes that each mock has by itself, which are no members.
- `creations`: which expressions make a double.  `containers`: dicts, lists and tuples of them.
- `meeting`: what is certain where two paths meet.
- `evaluation`: what the parts of an evaluation share.
- `configuring`, `making`: calls that configure doubles, that make them, or hand them on.
- `patching`, `patched_dicts`: patches of several things, and of dicts.
- `expressions`: what any expression gives, and does to the coroutines in it.
- `walk`: the statements, and with them the function.
- `fates`: what is told of a call once its function was followed.  `asserted`: what is told of an assertion.
- `shapes`: a double as a record, which outlives the function.
"""
