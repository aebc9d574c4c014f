"""The sites of a function: what is told of its calls, once it was followed, or by their names alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from codemods.asyncmock_await.calls.facts import CallSite, Fate, Outside, Place
from codemods.asyncmock_await.calls.following.containers import called_as
from codemods.asyncmock_await.calls.following.fates import fate_of, placed, wraps
from codemods.asyncmock_await.calls.following.walk import Walk
from codemods.asyncmock_await.calls.given.given import Givers
from codemods.asyncmock_await.calls.given.referring import referring_calls
from codemods.asyncmock_await.calls.given.substitutes import Substitutes
from codemods.asyncmock_await.calls.module.fixtures import fixture
from codemods.asyncmock_await.calls.module.scan import Function
from codemods.asyncmock_await.calls.text.lost import LostCalls
from codemods.toolkit.python.project import Module


class Sites:
    """Tells the sites of the functions of one module."""

    def __init__(self, module: Module, givers: Givers, lost: LostCalls) -> None:
        self._module = module
        self._givers = givers
        self._lost = lost
        self._substitutes = Substitutes(module, givers)

    def seen(self, function: Function, walk: Walk, given: tuple[str, ...]) -> Iterator[CallSite]:
        """The calls of doubles in a function that was followed; `given` are the fixtures that it rests on."""
        hidden = self._givers.inside(function).read
        for offset, seen in walk.calls.items():
            awaited = walk.awaits.get(offset)
            if seen.kinds == {"sync"} and seen.uses == {"await"} and seen.unset and not seen.guarded and awaited:
                site = self._site(seen.node, "awaited", function, closed=seen.closed, fixtures=given)
                yield placed(
                    replace(site, sync=True, awaiting=self._module.span(awaited)), seen, function, walk, self._module
                )
            elif "async" in seen.kinds and (seen.unset or not wraps(seen)):
                fate = fate_of(seen, walk.kept.get(offset, ""), walk, hidden)
                site = self._site(
                    seen.node, fate, function,
                    closed=seen.closed,
                    brackets="taken apart" in seen.uses,
                    certain=seen.kinds == {"async"},
                    of_result=seen.of_result,
                    origins=seen.outside,
                    fixtures=given,
                )  # fmt: skip
                site = placed(site, seen, function, walk, self._module)
                if awaited and site.outside and seen.uses == {"await"} and seen.unset and not seen.guarded:
                    site = replace(site, unset=True, awaiting=self._module.span(awaited))
                yield site
        for offset, seen in walk.named.items():
            fate = fate_of(seen, walk.kept.get(offset, ""), walk, hidden)
            name = called_as(seen.node.func)
            lost = fate in {"dropped", "value"} and seen.uses != {"statement"}
            if lost and not name.rpartition(".")[2][:1].isupper():
                apart = "taken apart" in seen.uses
                site = self._site(seen.node, fate, function, closed=seen.closed, brackets=apart, reference=True)
                yield from self._reference(site, walk.owner, function)

    def referred(self, functions: Sequence[Function], owner: str) -> Iterator[CallSite]:
        """The statements of a test or a helper that call a name of the module or class and drop what it gives.

        `functions` are that function, and before it those around it; `owner` is the class of the first.
        """
        function = functions[-1]
        for node, _name in referring_calls(functions, owner, self._givers, self._lost, self._module):
            yield from self._reference(self._site(node, "dropped", function, reference=True), owner, function)

    def _reference(self, site: CallSite, owner: str, function: Function) -> Iterator[CallSite]:
        """A call of a name that may mean a coroutine function, with what else may stand in its place."""
        if not site.name.startswith("self."):
            doubt = self._substitutes.doubt(site.name, function)
            yield replace(site, certain=not doubt, doubt=doubt)
            return
        name = site.name.removeprefix("self.")
        meant = self._givers.own.meant(owner, name)
        if meant:
            doubt = self._substitutes.doubt(f"{owner}.{name}", function)
            site = replace(site, certain=not doubt, doubt=doubt, reference=False, owner=owner, member=name)
            yield replace(site, outside=Outside("function", meant))

    def _site(
        self, node: ast.Call, fate: Fate, function: Function, *, closed: bool = False, brackets: bool = False,
        certain: bool = True, reference: bool = False, of_result: bool = False,
        origins: set[tuple[Outside, tuple[str, ...]] | None] | None = None, fixtures: tuple[str, ...] = (),
    ) -> CallSite:  # fmt: skip
        start, end = self._module.span(node)
        around: Place = "async" if isinstance(function, ast.AsyncFunctionDef) else "sync"
        known = [each for each in origins or () if each is not None]
        outside, chain = known[0] if known else (None, ())
        called = outside is not None and outside.form in {"call", "entered"} and fate in {"dropped", "value"}
        doubt = self._substitutes.doubt_of(outside, chain, function) if outside and called and certain else ""
        return CallSite(
            start, end, node.lineno, node.col_offset,
            name=called_as(node.func),
            fate=fate,
            around="closed" if closed else around,
            function=function.name,
            test=function.name.startswith("test") and fixture(function) is None,
            brackets=brackets,
            certain=certain and not doubt and len(origins or {None}) == 1,
            doubt=doubt,
            reference=reference,
            of_result=of_result,
            outside=outside,
            chain=chain,
            fixtures=fixtures,
        )  # fmt: skip
