"""What the syntax of one module shows by itself, before anything is followed.

- `scan`: what has to be known of any function: the names it binds and changes, the functions within it.
- `definitions`: the functions and methods of a module, and where they stand.
- `forms`: what the syntax around a call does with its result.
- `effects`: what a `side_effect` does.  `spellings`: how a module reaches what a string names.
- `handed`: what a call may do to what it is given.
- `fixtures`: which functions run before a test.
- `references`: the coroutine functions of a module, and the names that may mean something else.
- `own_coroutines`, `own_methods`: what a test may call on itself, and what such a call changes.
- `instances`, `made`: classes whose instances hold doubles, and what gives instances to tests.
- `replacing`: what a module of tests puts in the place of something else.
- `mentions`: where functions are named that may have to become async.
"""
