"""The imports of one file: what each is pointed at, under which local name, and what it takes for every use of it.

Imports are edited where they stand.  A name keeps its old import as long as something still uses it, so a use that is
kept or refused never loses what it reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from codemods.toolkit.python.names import ModuleNames
from codemods.websocket_ssot.facts import BindingFact, UseFact
from codemods.websocket_ssot.file_imports import FileImports
from codemods.websocket_ssot.outcomes import Outcome, Target
from codemods.websocket_ssot.part import NameChange
from codemods.websocket_ssot.targets import Targets
from codemods.websocket_ssot.unused_imports import UnusedImports

_SIDES = {
    "class": "class", "class-shim": "class", "missing-class": "class",
    "factory": "function", "shim": "function", "missing-function": "function",
}  # fmt: skip


def planned_imports(targets: Targets, path: str, names: ModuleNames, outcomes: Sequence[Outcome]) -> FileImports:
    """The plan for one file, given what was decided for its uses."""
    return _Planning(targets, path, names, outcomes).planned()


class _Planning(UnusedImports):
    """Plans one local name after the other, with all its uses."""

    def planned(self) -> FileImports:
        keys: dict[tuple[int, str], list[Outcome]] = {}
        for outcome in self.result.outcomes.values():
            keys.setdefault((outcome.use.bound, outcome.use.names[0]), []).append(outcome)
        for (scope, name), outcomes in keys.items():
            self.name(scope, name, outcomes)
        self.reuse()
        self.unused()
        return self.result

    def name(self, scope: int, name: str, outcomes: Sequence[Outcome]) -> None:
        bindings = self.scopes[scope].bindings.get(name, ()) if scope in self.scopes else ()
        imports = [binding for binding in bindings if binding.kind == "import"]
        strange = [binding for binding in bindings if binding.kind not in {"import", "none"}]
        if imports and (strange or (scope == 0 and name in self.names.global_names) or self.differ(imports)):
            self.refuse(outcomes, "WS128", f"{name} is bound in other ways too")
            self.import_sites(scope, name, imports, "kept", "its name is bound in other ways too")
            return
        if not imports:
            self.without_import(scope, name, outcomes)
            return
        if any(outcome.prefix > 1 for outcome in outcomes):
            self.through_module(scope, name, imports, outcomes)
            return
        self.imported(scope, name, imports, [b for b in bindings if b.kind == "none"], outcomes)

    def differ(self, imports: Sequence[BindingFact]) -> bool:
        """Whether imports of the same name, in branches, give different things.

        One that leads nowhere agrees with any other that its spelling allows.
        """
        meanings = [
            self.meanings.meaning(self.meanings.of_binding(self.path, b, b.member), b.member)
            for b in imports
            if b.is_from
        ]
        if len({_SIDES.get(meaning.kind, meaning.kind) for meaning in meanings}) > 1:
            return True
        found = [meaning for meaning in meanings if not meaning.origin.nowhere]
        signatures = {meaning.function.parameters if meaning.function else () for meaning in found}
        return len(signatures) > 1

    def imported(
        self, scope: int, name: str, imports: Sequence[BindingFact], fallbacks: Sequence[BindingFact],
        outcomes: Sequence[Outcome],
    ) -> None:  # fmt: skip
        targets = self.wanted(outcomes)
        if all(self.targets.is_canonical(self.path, b, t) for b in imports for t in targets) and len(targets) == 1:
            self.import_sites(scope, name, imports, "right", "the canonical import")
            for outcome in outcomes:
                if outcome.target:
                    self.settle(outcome, name, name)
            return
        chosen: dict[Target, str] = {}
        for target in targets:
            local = self.local_name(scope, name, target, imports, targets, outcomes)
            problem = self.problem(scope, name, target, local, imports, outcomes)
            if problem:
                self.refuse([o for o in outcomes if o.target == target], *problem)
            else:
                chosen[target] = local
        if fallbacks and len(chosen) > 1:
            self.refuse([o for o in outcomes if o.target], "WS128", f"{name} may be None and is used in two ways")
            chosen = {}
        if "class" not in chosen and self.dangling_class(scope, name, imports, outcomes, chosen):
            chosen["class"] = name
        self.finish(scope, name, imports, fallbacks, outcomes, chosen)

    def wanted(self, outcomes: Sequence[Outcome]) -> list[Target]:
        found = {o.target for o in outcomes if o.target and o.decision in {"rewritten", "right"}}
        return [target for target in ("class", "factory") if target in found]

    def finish(
        self, scope: int, name: str, imports: Sequence[BindingFact], fallbacks: Sequence[BindingFact],
        outcomes: Sequence[Outcome], chosen: Mapping[Target, str],
    ) -> None:  # fmt: skip
        if not chosen:
            self.import_sites(scope, name, imports, "kept", "something that is kept or refused uses it")
            return
        left = [use for use in self.uses.get((scope, name), ()) if not self.moves(use, chosen)]
        taken = name in chosen.values()
        same = all(
            self.targets.leads_to(self.path, b, t) or self.meanings.of_binding(self.path, b, name).nowhere
            for b in imports
            for t, local in chosen.items()
            if local == name
        )
        if left and taken and not same:
            self.refuse([o for o in outcomes if o.target], "WS128", f"other uses of {name} need what it means now")
            self.import_sites(scope, name, imports, "kept", "something that is kept or refused uses it")
            return
        needed = scope == 0 and name in self.targets.needed(self.path)
        stays = (bool(left) or needed) and not taken
        follow = next(iter(chosen.values()))
        for outcome in outcomes:
            local = chosen.get(outcome.target, follow if outcome.follows and not stays else None)
            if local is not None:
                self.settle(outcome, name, local)
        for fallback in fallbacks:
            if follow != name and not stays:
                self.result.names.append(NameChange(fallback.start, fallback.start + len(name.encode()), follow))
        for binding in imports:
            self.repoint(scope, name, binding, chosen, stays=stays)
        reason = "points at the canonical names" + ("; the old name is still used" if stays else "")
        self.import_sites(scope, name, imports, "rewritten", reason)
        if scope == 0:
            self.result.locals[name] = dict(chosen)
            if not stays and not taken:
                self.result.unbound.add(name)

    def dangling_class(
        self, scope: int, name: str, imports: Sequence[BindingFact], outcomes: Sequence[Outcome],
        chosen: Mapping[Target, str],
    ) -> bool:  # fmt: skip
        """Whether an import that leads nowhere is repaired for uses that stay as they are."""
        left = [use for use in self.uses.get((scope, name), ()) if not self.moves(use, chosen)]
        asked = not left and not chosen  # it is only asked whether there is one
        if not (left or asked) or name in chosen.values() or any(o.meaning.kind != "missing-class" for o in outcomes):
            return False
        if any("raises" in binding.context for binding in imports) or any(o.code == "WS120" for o in outcomes):
            return False  # with the class behind it, a positional argument would mean something
        nowhere = all(self.meanings.of_binding(self.path, b, name).nowhere for b in imports)
        return nowhere and not self.problem(scope, name, "class", name, imports, outcomes)

    def moves(self, use: UseFact, chosen: Mapping[Target, str]) -> bool:
        outcome = self.result.outcomes.get(id(use))
        if outcome is None:
            return False
        if outcome.follows:
            return True
        return outcome.decision in {"rewritten", "right"} and outcome.target in chosen

    def settle(self, outcome: Outcome, old: str, new: str) -> None:
        """Give a use its new local name (calls that change carry it themselves)."""
        if outcome.changes:
            self.result.functions[id(outcome.use)] = new
        elif old != new:
            end = outcome.use.ends[outcome.prefix - 1]
            self.result.names.append(NameChange(outcome.use.start, end, new))
            if outcome.decision == "right":
                moved = replace(outcome, decision="rewritten", reason="was imported under another name")
                self.result.outcomes[id(outcome.use)] = moved

    def through_module(
        self, scope: int, name: str, imports: Sequence[BindingFact], outcomes: Sequence[Outcome]
    ) -> None:
        """`module.Manager(...)`: the attribute changes, or a plain name takes its place."""
        changed = 0
        for outcome in outcomes:
            if not outcome.target or outcome.decision != "rewritten":
                continue
            target = outcome.target
            _module, canonical, file = self.targets.target(target)
            holder, rest = self.meanings.of_use(self.path, outcome.holder)
            if not rest and holder.path == file:
                text = ".".join((*outcome.use.names[: outcome.prefix - 1], canonical))
            else:
                problem = self.problem(scope, name, target, canonical, imports, outcomes)
                if problem or len(imports) > 1:
                    self.refuse([outcome], *(problem or ("WS128", f"{name} is imported more than once")))
                    continue
                text = canonical
                changed += 1
                if not self.there_already(scope, name, canonical, target, imports[0]):
                    new = self.new_import(self.statements[imports[0].start], target, canonical)
                    self.result.added.setdefault(imports[0].start, []).append(new)
                    self.result.planned.setdefault((scope, canonical), []).append(
                        (imports[0].start, imports[0].context)
                    )
            self.settle(outcome, ".".join(outcome.use.names[: outcome.prefix]), text)
        if changed and changed == len(self.uses.get((scope, name), ())) and name not in self.targets.needed(self.path):
            self.module_gone(scope, name, imports[0])

    def without_import(self, scope: int, name: str, outcomes: Sequence[Outcome]) -> None:
        """A name from a star import, or one that this module assigns: the new name is imported beside it."""
        moving = [o for o in outcomes if o.target and o.decision == "rewritten"]
        anchor = self.anchor(name)
        for target in self.wanted(moving):
            mine = [o for o in moving if o.target == target]
            canonical = self.targets.target(target)[1]
            if anchor is None or scope > 0:
                self.refuse(mine, "WS135", f"no import stands where {canonical} could be imported")
                continue
            binding = BindingFact("import", anchor.start, anchor.line, anchor.context)
            problem = self.problem(0, name, target, canonical, [binding], mine)
            if problem:
                self.refuse(mine, *problem)
                continue
            if not self.there_already(0, name, canonical, target, binding):
                new = self.new_import(anchor, target, canonical)
                self.result.added.setdefault(anchor.start, []).append(new)
                self.result.planned.setdefault((0, canonical), []).append((anchor.start, anchor.context))
            for outcome in mine:
                self.settle(outcome, name, canonical)
