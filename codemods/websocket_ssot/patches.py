"""Targets of mock.patch and monkeypatch: they follow the name that they patch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from codemods.toolkit.codemod import Decision, Site
from codemods.toolkit.python.origins import Origin
from codemods.websocket_ssot.facts import PatchFact, UseFact
from codemods.websocket_ssot.family import role
from codemods.websocket_ssot.file_imports import FileImports
from codemods.websocket_ssot.lookups import Lookups
from codemods.websocket_ssot.meanings import FAMILY_KINDS, Meanings
from codemods.websocket_ssot.outcomes import Target
from codemods.websocket_ssot.part import NameChange

PATCH = "patch target"


@dataclass(frozen=True, slots=True)
class Patched:
    """What happens to one patch target: its account, and the change of the string."""

    site: Site
    change: NameChange | None = None


class Patches:
    """Decides patch targets once the imports of every file are planned.

    `plans` are the plans by file; `lookups` say whether a name that functions import when they run was pointed
    elsewhere: then what a test replaces is looked up in the new place.
    """

    def __init__(self, meanings: Meanings, plans: Mapping[str, FileImports], lookups: Lookups) -> None:
        self._meanings = meanings
        self._plans = plans
        self._lookups = lookups

    def decide(self, path: str, patch: PatchFact) -> Patched | None:
        """The account of one patch target, None when it isn't about managers."""
        if patch.form == "target":
            return self._target(path, patch)
        if patch.form == "module":
            return self._module(path, patch)
        holder = self._meanings.origins.module(path, 0, patch.module) if patch.module else self._holder(path, patch)
        if holder.status != "module" or not holder.path.endswith(".py"):
            return None
        return self._member(path, patch, holder.path, (patch.value,), "")

    def _module(self, path: str, patch: PatchFact) -> Patched | None:
        """A module that a test puts in the place of another one."""
        file = self._meanings.origins.module(path, 0, patch.value).path
        targets, left = self._lookups.of_module(path, file)
        if not targets:
            return None
        canonical = self._meanings.canonical
        module = canonical.factory_module if targets == {"factory"} else canonical.class_module
        if patch.value == module:
            return None
        if left or len(targets) > 1 or not patch.create:
            return self._site(path, patch, "refused", "what is looked up in this module moved", "WS137")
        return self._moved(path, patch, "", tuple(module.split(".")), "follows the calls to the canonical factory")

    def _holder(self, path: str, patch: PatchFact) -> Origin:
        use = UseFact(patch.holder, 0, (), patch.line, patch.column, patch.bound, patch.scope, "other", False, False)
        origin, rest = self._meanings.of_use(path, use)
        return Origin("value", path) if rest else origin

    def _target(self, path: str, patch: PatchFact) -> Patched | None:
        parts = patch.value.split(".")
        for count in range(len(parts), 0, -1):
            module = self._meanings.origins.module(path, 0, ".".join(parts[:count]))
            if module.status == "external":
                return None
            if module.status == "module":
                if count == len(parts):
                    return None
                if not module.path.endswith(".py"):
                    break
                file = module.path
                while count < len(parts) - 1:  # `pkg.consumer.ws.Manager`, where `ws` is a module that consumer imports
                    inner = self._meanings.origins.bound(file, parts[count])
                    if inner.status != "module" or not inner.path.endswith(".py"):
                        break
                    file, count = inner.path, count + 1
                return self._member(path, patch, file, tuple(parts[count:]), ".".join(parts[:count]))
        return self._site(path, patch, "refused", "leads to no module", "WS136") if _about(parts) else None

    def _member(self, path: str, patch: PatchFact, module: str, names: tuple[str, ...], prefix: str) -> Patched | None:
        name, *rest = names
        origin = self._meanings.origins.bound(module, name)
        meaning = self._meanings.meaning(origin, name)
        if meaning.kind not in FAMILY_KINDS:
            lost = bool(prefix) and origin.nowhere and _about(list(names))
            return self._site(path, patch, "refused", "leads nowhere", "WS136") if lost else None
        plan = self._plans.get(module)
        moved = plan.locals.get(name) if plan else None
        if moved is not None and plan is not None:
            unbound = name in plan.unbound
            target: Target = "class" if "class" in moved and (rest or "factory" not in moved) else "factory"
            if target in moved and (unbound or moved[target] != name) and not (rest and target == "factory"):
                return self._moved(path, patch, prefix, (moved[target], *rest), "follows the name in its module")
            if not unbound:
                return self._site(path, patch, "right", "its module still has this name")
        if origin.nowhere:
            if patch.create:
                return self._site(path, patch, "kept", "creates the name")
            return self._site(path, patch, "refused", "leads nowhere", "WS136")
        return self._defined(path, patch, module, names, prefix)

    def _defined(self, path: str, patch: PatchFact, module: str, names: tuple[str, ...], prefix: str) -> Patched:
        """A target in a module that defines the manager or only hands it on."""
        canonical = self._meanings.canonical
        name, *rest = names
        served = self._lookups.served(path, module, name)
        if not served:
            return self._site(path, patch, "kept", "nothing that looks it up there was changed")
        if self._lookups.mixed(path, module, name):
            return self._site(path, patch, "refused", "some that look it up there were changed, some not", "WS137")
        if rest and (served == "factory" or (rest[0] not in canonical.members and not canonical.open)):
            return self._site(path, patch, "refused", f"{'.'.join(rest)} is not on the canonical side", "WS137")
        file, new = (
            (canonical.factory_path, canonical.factory_name)
            if served == "factory"
            else (canonical.class_path, canonical.class_name)
        )
        if file == module and new == name:
            return self._site(path, patch, "right", "the canonical name")
        if prefix:
            spelled = canonical.factory_module if served == "factory" else canonical.class_module
            return self._moved(path, patch, spelled, (new, *rest), "follows the calls to the canonical factory")
        if file != module:
            return self._site(path, patch, "refused", f"what it patches moved to {file}", "WS137")
        return self._moved(path, patch, "", (new,), "follows the calls to the canonical factory")

    def _moved(self, path: str, patch: PatchFact, prefix: str, names: tuple[str, ...], reason: str) -> Patched:
        text = ".".join((prefix, *names) if prefix else names)
        site = self._site(path, patch, "rewritten", reason).site
        return Patched(site, NameChange(patch.start, patch.end, text))

    def _site(self, path: str, patch: PatchFact, decision: Decision, reason: str, code: str = "") -> Patched:
        return Patched(Site(PATCH, path, patch.line, patch.column, patch.value, decision, reason, code))


def _about(parts: list[str]) -> bool:
    return any(role(part) in {"manager", "make", "factory", "make-factory"} for part in parts)
