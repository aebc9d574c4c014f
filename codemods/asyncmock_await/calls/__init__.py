"""Calls that lose a coroutine (AM1xx): of an AsyncMock, of one of its members, of an `async def` of the project.

In the order in which one may read it; each room imports only from those above it:

- `facts`: the records that all else speaks in.  `codes`: what may be said of a call.
- `module`: what the syntax of one module shows by itself.
- `text`: what its bytes show.  Following a function costs a hundred times as much, so most are ruled out here.
- `following`: one function, statement by statement: what each name holds, and what becomes of each coroutine.
- `given`: what functions get from what is around them, and what a module gives to others.
- `sites`: what is told of the calls of one function.
- `collect`: all this put together, the facts of one module.
- `project`: what several modules say together: whose doubles these are, and what may stand in a function's place.
- `becoming_async`: sync functions that lose a coroutine, and everyone who calls them (AM103).
- `assertions`: assertions on doubles that are awaited (AM106).
- `decide`: one decision with a reason for each site.  `reach`: which further modules that takes.
"""
