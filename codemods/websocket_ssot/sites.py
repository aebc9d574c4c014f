"""The decision for each use of a manager's name: rewritten, already right, kept on purpose, or refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from codemods.toolkit.codemod import Finding
from codemods.websocket_ssot.arguments import Mapped, Refusal, mapped, without_self
from codemods.websocket_ssot.config import Config
from codemods.websocket_ssot.facts import Call, ClassFact, FunctionFact, Member, Parameter, UseFact
from codemods.websocket_ssot.family import family_named, plainly_named, role
from codemods.websocket_ssot.forms import CLASS_FORMS, PURPOSE_FORMS
from codemods.websocket_ssot.meanings import FAMILY_KINDS, Meaning, Meanings
from codemods.websocket_ssot.outcomes import Change, Outcome
from codemods.websocket_ssot.receivers import misfits
from codemods.websocket_ssot.shims import Translation

CALL, REFERENCE = "call site", "reference"
_CLASS_KINDS = frozenset({"class", "class-shim", "missing-class"})
_BEYOND = "factory object used beyond create_manager"


class Sites:
    """Decides the uses of one file at a time."""

    def __init__(self, meanings: Meanings, config: Config) -> None:
        self._meanings = meanings
        self._canonical = meanings.canonical
        self._config = config
        self.findings: list[Finding] = []

    def outcomes(self, path: str) -> Iterator[Outcome]:
        """The outcomes of a file, in the order of the source; names that are no managers have none."""
        facts = self._meanings.facts(path)
        for use in facts.uses if facts else ():
            outcome = self._outcome(path, use)
            if outcome is not None:
                yield outcome

    def _outcome(self, path: str, use: UseFact) -> Outcome | None:
        origin, rest = self._meanings.of_use(path, use)
        prefix = len(use.names) - len(rest)
        name = use.names[prefix - 1]
        spelled = self._imported_name(path, use) if prefix == 1 else name
        meaning = self._meanings.meaning(origin, spelled)
        if use.bound == -1 and origin.nowhere:
            self._unbound(path, use)
            return None
        if meaning.kind == "stranger" and use.form == "call" and not rest and self._lies(path, use):
            return Outcome(use, meaning, prefix, CALL, "kept", "makes no manager", code="WS143")
        if meaning.kind == "missing" and use.form == "call" and self._was_manager(path, use, spelled):
            reason = "leads nowhere, and has no canonical meaning"
            return Outcome(use, meaning, prefix, CALL, "refused", reason, code="WS131")
        if meaning.kind in {"stranger", "missing"} or (meaning.kind == "unknown" and role(spelled) == "other"):
            return None
        if meaning.kind == "unknown" and not self._bound_by_import(path, use):
            return None
        form = "attribute" if rest else use.form
        if form == "call" and use.call is not None:
            return self._call(path, use, use.call, meaning, prefix)
        return self._reference(path, use, meaning, prefix, form, rest)

    def _was_manager(self, path: str, use: UseFact, spelled: str) -> bool:
        """Whether an imported name that leads nowhere was a manager by its spelling, if not the canonical one."""
        named = family_named(spelled) and plainly_named(spelled) and role(spelled) != "other"
        return named and self._bound_by_import(path, use)

    def _lies(self, path: str, use: UseFact) -> bool:
        """Whether something else was imported under the name of a maker of managers."""
        name = use.names[0]
        return (
            role(name) == "make" and plainly_named(name) and any(b.asname for b in self._meanings.bindings(path, use))
        )

    def _imported_name(self, path: str, use: UseFact) -> str:
        """The name under which something was imported: what it is called where it comes from says more."""
        for binding in self._meanings.bindings(path, use):
            if binding.kind == "import" and binding.is_from:
                return binding.member
        return use.names[0]

    def _bound_by_import(self, path: str, use: UseFact) -> bool:
        return any(binding.kind == "import" for binding in self._meanings.bindings(path, use))

    def _unbound(self, path: str, use: UseFact) -> None:
        if use.form == "call" and role(use.names[0]) in {"manager", "make", "factory", "make-factory"}:
            message = f"{use.names[0]} is used but bound nowhere"
            self.findings.append(Finding("WS140", path, use.line, use.column, message))

    # -- calls

    def _call(self, path: str, use: UseFact, call: Call, meaning: Meaning, prefix: int) -> Outcome:
        base = Outcome(use, meaning, prefix, CALL, "kept", "")
        if use.raises:
            return replace(base, reason="its block expects an exception")
        if self._defining(path, use, meaning):
            return replace(base, reason="on the defining side")
        match meaning.kind:
            case "factory":
                return self._canonical_call(base, call)
            case "class" | "class-shim" | "shim" | "missing-class" | "missing-function":
                return self._maker_call(path, base, call)
            case "object" | "object-maker":
                return self._object_call(path, base, call)
            case "other-class":
                return replace(base, reason="another implementation")
            case "not-a-maker":
                return replace(base, reason="makes no manager", code="WS143")
            case "maker" if meaning.origin.path == path:
                return replace(base, reason="a maker of its own module")
            case "maker":
                return replace(base, decision="refused", code="WS127", reason="does more than hand on to the factory")
        return replace(base, decision="refused", code="WS128", reason="what it leads to can't be told")

    def _defining(self, path: str, use: UseFact, meaning: Meaning) -> bool:
        """Whether a use is part of what defines managers: the canonical modules themselves, or a shim's own body.

        What leads nowhere defines nothing.
        """
        if meaning.origin.nowhere:
            return False
        if path in {self._canonical.factory.path, self._canonical.cls.path}:
            return True
        scope = self._meanings.scopes(path).get(use.scope)
        while scope is not None and scope.parent > 0:
            scope = self._meanings.scopes(path).get(scope.parent)
        if scope is None or scope.index == 0:
            return False
        name = scope.name.partition(".")[0]
        if scope.kind == "class":
            return family_named(name) and role(name) in {"manager", "factory", "adapter"}
        around = self._meanings.meaning(self._meanings.origins.bound(path, name), name)
        return around.kind in {"shim", "maker", "object-maker"} and role(name) in {"make", "make-factory"}

    def _canonical_call(self, base: Outcome, call: Call) -> Outcome:
        if call.consumer and not self._canonical.factory_fact.is_async:
            reason = f"{call.consumer} expects a coroutine and the factory returns a manager"
            return replace(base, decision="refused", code="WS129", reason=reason)
        if call.awaited != (0, 0) and not self._canonical.factory_fact.is_async:
            keep = tuple((index, "") for index in range(len(call.arguments)))
            return self._rewritten(base, call, Mapped(keep), "await of the factory, which is no coroutine")
        return replace(base, decision="right", target="factory", reason="the canonical factory")

    def _rewritten(self, base: Outcome, call: Call, new: Mapped, reason: str) -> Outcome:
        change = Change(self._span(call), (call.start, call.end), new)
        return replace(base, decision="rewritten", target="factory", reason=reason, changes=(change,))

    def _span(self, call: Call) -> tuple[int, int]:
        """The expression that changes: with its `await` where that has to go."""
        goes = call.awaited != (0, 0) and not self._canonical.factory_fact.is_async
        return call.awaited if goes else (call.start, call.end)

    def _maker_call(self, path: str, base: Outcome, call: Call) -> Outcome:
        meaning = base.meaning
        problem = self._coroutine_problem(meaning, call)
        if problem:
            return replace(base, decision="refused", code="WS129", reason=problem)
        never_made = meaning.cls is not None and meaning.cls.raises
        if self._canonical.shared and not self._config.shared and meaning.kind in _CLASS_KINDS and not never_made:
            reason = "the canonical factory gives the one shared object, and this call makes a new one"
            return replace(base, decision="refused", code="WS139", reason=reason)
        if any(member.fails for member in call.receiver.members):
            return replace(base, reason="what is done with it is expected to fail")
        if self._identity_matters(path, use=base.use, call=call):
            return replace(base, reason="its identity is compared")
        no_context = self._no_context(base, call)
        if no_context:
            return replace(base, decision="refused", code="WS126", reason=no_context)
        old = self._old_parameters(path, base)
        new = mapped(call, old, self._canonical.parameters, self._config.drop, meaning.translation)
        if isinstance(new, Refusal):
            return replace(base, decision="refused", code=new.code, reason=new.reason)
        return self._checked(path, self._rewritten(base, call, new, self._why(meaning)), call)

    def _coroutine_problem(self, meaning: Meaning, call: Call) -> str:
        """Why the value of a call would become a coroutine where none was, or the other way round."""
        awaited = call.awaited != (0, 0)
        if self._canonical.factory_fact.is_async:
            if awaited or (call.consumer and meaning.function is not None and meaning.function.is_async):
                return ""
            return "the canonical factory is a coroutine function, and this call isn't awaited"
        if call.consumer and (meaning.function is None or meaning.function.is_async):
            return f"{call.consumer} expects a coroutine and the factory returns a manager"
        if meaning.function is not None and meaning.function.is_async and not awaited:
            return "the old call is a coroutine that something else awaits"
        return ""

    def _identity_matters(self, path: str, use: UseFact, call: Call) -> bool:
        """Whether a test compares this manager with another one that the same function makes (see trap: a constructor
        gives a new object each time, a factory may give a shared one).
        """
        compared = set(call.receiver.compared)
        if not compared:
            return False
        facts = self._meanings.facts(path)
        others = {
            ("self." if other.call.receiver.kind == "self" else "") + other.call.receiver.name
            for other in (facts.uses if facts else ())
            if other.call is not None and other is not use and other.scope == use.scope
        }
        return "id()" in compared or bool(compared & others)

    def _no_context(self, base: Outcome, call: Call) -> str:
        """A maker that refuses to work without its context isn't replaced by one that makes one up."""
        if call.arguments or not self._canonical.parameters:
            return ""
        if base.meaning.kind == "missing-function":
            return "called with nothing, and what it needs can't be known any more"
        function = base.meaning.function
        if base.meaning.kind == "shim" and function and function.guards:
            return f"{function.name} refuses to work without {function.guards[0]}"
        return ""

    def _why(self, meaning: Meaning) -> str:
        match meaning.kind:
            case "class":
                return "constructor of the canonical class"
            case "class-shim":
                return "a class that stands for the canonical one"
            case "shim":
                return "a function that hands on to the canonical factory"
        return "leads nowhere; the canonical factory is its one meaning"

    def _old_parameters(self, path: str, base: Outcome) -> tuple[Parameter, ...] | None:
        """The signature that the arguments were written for, None where it can't be known."""
        match base.meaning.kind:
            case "shim":
                return base.meaning.function.parameters if base.meaning.function else None
            case "missing-function":
                return self._canonical.parameters
            case "class-shim" if base.meaning.cls is not None:
                own = _constructor(base.meaning.cls)
                if any(p.kind in {"pos", "any"} for p in own or ()):
                    return own
                return None if base.meaning.cls.raises else self._canonical.constructor
            case "missing-class" if self._imported_name(path, base.use) != self._canonical.class_name:
                return None
        return self._canonical.constructor

    def _checked(self, path: str, base: Outcome, call: Call) -> Outcome:
        old = self._old_members(base.meaning)
        worst = None
        for misfit in misfits(call.receiver, self._canonical.members, old, is_open=self._canonical.open):
            if misfit.new:
                worst = worst or misfit
            else:
                message = f"the canonical class {misfit.reason} (nor had the old one)"
                self.findings.append(Finding("WS141", path, misfit.line, 0, message))
        if worst is not None:
            reason = f"line {worst.line}: the canonical class {worst.reason}"
            return replace(base, decision="refused", code="WS130", reason=reason, target="", changes=())
        return base

    def _old_members(self, meaning: Meaning) -> Mapping[str, FunctionFact | None] | None:
        if meaning.kind != "class-shim" or meaning.cls is None or meaning.cls.raises or meaning.cls.passes:
            return None
        found: dict[str, FunctionFact | None] = dict.fromkeys(meaning.cls.attributes)
        found.update({method.name: method for method in meaning.cls.methods})
        return found

    # -- factory objects

    def _object_call(self, path: str, base: Outcome, call: Call) -> Outcome:
        """`Factory().create_manager(ctx)`: rewritten where the object serves nothing else."""
        refused = replace(base, decision="refused", code="WS122", reason=_BEYOND)
        receiver = call.receiver
        if receiver.kind not in {"chain", "name"} or not receiver.once or receiver.others or not receiver.members:
            return refused
        if call.awaited != (0, 0) or call.arguments:
            return refused
        changes = []
        for member in receiver.members:
            if member.call is None or not _creates(member.attribute):
                return refused
            new = self._created(base.meaning, member)
            if isinstance(new, Refusal):
                return replace(base, decision="refused", code=new.code, reason=new.reason)
            changes.append(Change(self._span(member.call), (member.call.start, member.call.end), new))
        removal = (*receiver.statement, receiver.alone) if receiver.kind == "name" else None
        reason = "a factory object that serves nothing else"
        return replace(
            base, decision="rewritten", target="factory", reason=reason, changes=tuple(changes), removal=removal
        )

    def _created(self, meaning: Meaning, member: Member) -> Mapped | Refusal:
        call = member.call
        method = self._method(meaning, member.attribute)
        if call is None or isinstance(method, Refusal):
            return method if isinstance(method, Refusal) else Refusal("WS122", _BEYOND)
        if not call.arguments and self._canonical.parameters:
            return Refusal("WS126", "a manager for nobody")
        if self._canonical.factory_fact.is_async and call.awaited == (0, 0):
            return Refusal("WS129", "the canonical factory is a coroutine function, and this call isn't awaited")
        if call.consumer:
            return Refusal("WS129", f"{call.consumer} expects a coroutine and the factory returns a manager")
        parameters, translation = method
        return mapped(call, parameters, self._canonical.parameters, self._config.drop, translation)

    def _method(self, meaning: Meaning, name: str) -> tuple[Sequence[Parameter], Translation | None] | Refusal:
        """The signature of a method of a factory object, and how it hands its arguments on.

        Of an object that leads nowhere only the first argument can be told: whom the manager is for.
        """
        if meaning.origin.nowhere:
            return self._canonical.parameters[:1], None
        cls = meaning.cls
        if meaning.kind == "object-maker" and meaning.function is not None:
            made = self._meanings.made_by(meaning.origin.path, meaning.function)
            cls = made.cls if made else None
            meaning = made or meaning
        method = next((m for m in cls.methods if m.name == name), None) if cls else None
        translation = self._meanings.translation(meaning.origin.path, method) if method else None
        if method is None or translation is None or not method.delegates:
            return Refusal("WS122", f"what {name} of this factory object makes can't be proved")
        return without_self(method.parameters), translation

    # -- references

    def _reference(
        self, path: str, use: UseFact, meaning: Meaning, prefix: int, form: str, rest: tuple[str, ...]
    ) -> Outcome | None:
        base = Outcome(use, meaning, prefix, REFERENCE, "kept", "")
        if meaning.kind not in FAMILY_KINDS:
            return None
        if form == "truth" or (form == "introspection" and meaning.origin.nowhere):
            return replace(base, reason="only asks whether there is one", follows=True)
        if self._defining(path, use, meaning):
            return replace(base, reason="on the defining side")
        if meaning.kind == "factory" or meaning.kind == "class":
            return replace(base, decision="right", target=meaning.kind, reason="leads to the canonical definition")
        if use.raises:
            return replace(base, reason="its block expects an exception")
        if meaning.kind in _CLASS_KINDS:
            return self._class_reference(base, form, rest)
        if meaning.kind == "missing-function" and form != "attribute":
            return replace(base, decision="rewritten", target="factory", reason="leads nowhere; its one meaning")
        if meaning.kind in {"object", "object-maker"} and meaning.origin.nowhere:
            return replace(base, decision="refused", code="WS131", reason="no canonical meaning")
        if meaning.kind == "shim" and form in {"passed", "generic", "collection", "returned", "alias"}:
            if self._same_signature(meaning):
                return replace(base, decision="rewritten", target="factory", reason="takes and gives the same")
            return replace(base, reason="handed on as a value; the function still works, and takes other arguments")
        return replace(base, reason=f"no call ({form})")

    def _same_signature(self, meaning: Meaning) -> bool:
        """Whether a shim can be exchanged for the factory without a look at its callers."""
        function, translation = meaning.function, meaning.translation
        if function is None or translation is None or translation.fixed or translation.defaults:
            return False
        canonical = self._canonical.factory_fact
        same = [(p.name, p.kind) for p in function.parameters] == [(p.name, p.kind) for p in canonical.parameters]
        return same and function.is_async == canonical.is_async and not function.guards

    def _class_reference(self, base: Outcome, form: str, rest: tuple[str, ...]) -> Outcome:
        moved = replace(base, decision="rewritten", target="class", reason="points at the real class")
        missing = base.meaning.origin.nowhere
        if form == "attribute" and rest[0].startswith("__"):
            return moved if missing else replace(base, reason="asks about the old object on purpose")
        if form == "attribute":
            if self._canonical.open or rest[0] in self._canonical.members or rest[0] in dir(type):
                return moved
            if missing:
                return replace(base, decision="refused", code="WS130", reason=f"the canonical class has no {rest[0]}")
            return replace(base, reason=f"the canonical class has no {rest[0]}")
        if form in CLASS_FORMS or form == "patch-object" or missing:
            return moved
        if form in PURPOSE_FORMS:
            return replace(base, reason="asks about the old object on purpose")
        return replace(base, reason=f"handed on as a value ({form})")


def _creates(attribute: str) -> bool:
    return role(f"{attribute}_ws_manager") == "make" and "by" not in attribute.split("_")


def _constructor(cls: ClassFact) -> tuple[Parameter, ...] | None:
    method = next((m for name in ("__init__", "__new__") for m in cls.methods if m.name == name), None)
    return without_self(method.parameters) if method else None
