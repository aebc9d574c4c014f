"""Doubles of the wrong kind (AM2xx), and awaits that production code forgot (AM4xx).

What single modules say:

- `facts`: the records that all else speaks in.  `codes`: what may be said of a double.
- `collect`: where doubles are created; the functions and classes that they may stand for.
- `attributes`, `results`: what instances of a class may hold besides its methods; whether a result can be awaited.
- `stands_for`: what a patch stands for, by the source alone.

What a run showed:

- `recorded`: the evidence that a run was given.  `reach`: which modules it takes to read it.
- `uses`: what it says of one double.  `consumers`, `taken`, `awaits_read`: who wants a coroutine all the same.
- `expected`: tests that expect what the use of a lost coroutine raises.
- `annotations`, `spec`: the real class of a double, where the source names it and the evidence agrees with it.

What is to be done:

- `seen`: each double whose coroutines were dropped.  `mistaken`: members that only tests await.
- `handed`, `raising`: patched functions that drop what they are given.
- `verdict`, `styles`, `mend`, `impossible`: how the expression that creates a double changes, or why it can't.
- `account`, `decide`: each place once, with its changes, and a decision with a reason.
"""
