"""How the old module's names are looked up while the program runs: what decides where a mock has to be put."""

from __future__ import annotations

from codemods.rope_move.facts import Chain, Quoted
from codemods.rope_move.places import Places
from codemods.toolkit.python.layout import INIT
from codemods.toolkit.python.names import Import
from codemods.toolkit.python.origin import Origin
from codemods.toolkit.python.origins import Origins


class Lookups:
    """Answers what chains and strings lead to.  `name` is what moves out of the old module."""

    def __init__(self, origins: Origins, places: Places, name: str) -> None:
        self._origins = origins
        self.places = places
        self.name = name
        self.definition = origins.bound(places.source, name)

    def through(self, path: str, chain: Chain, imported: Import | None) -> int:
        """How many names of a chain lead to the old module; 0 where it doesn't lead there.

        `imported` is what the import within a function binds (level, module, member) that the first name comes from.
        """
        for count in range(1, len(chain.names) + 1):
            if self.is_source(self.reached(path, chain, imported, count)):
                return count
        return 0

    def is_source(self, origin: Origin | None) -> bool:
        """Whether something is the old module."""
        return origin is not None and origin.status == "module" and origin.path == self.places.source

    def reached(self, path: str, chain: Chain, imported: Import | None, count: int) -> Origin | None:
        """What the first names of a chain lead to, None where that can't be told."""
        if chain.bound == "local" or (chain.bound == "several" and imported is None):
            return None
        if imported is not None:
            first = self._origins.brought(path, imported)
        else:
            first = self._origins.bound(path, chain.names[0])
        origin, left = self._origins.follow(first, chain.names[1:count])
        return None if left else origin

    def is_module(self, path: str, imported: Import) -> bool:
        """Whether an import in a file binds the old module."""
        return self.is_source(self._origins.brought(path, imported))

    def may_be_source(self, path: str, dotted: str) -> bool:
        """Whether a name that isn't known to lead to the old module would, were a folder above the file on the path.

        Python puts the folder of a script there, and test runners the folders of tests.
        """
        origin = self._origins.module(path, 0, dotted)
        if self.is_source(origin):
            return False
        above = [path.rpartition("/")[0]]
        while above[-1]:
            above.append(above[-1].rpartition("/")[0])
        if origin.status == "module" and any(origin.path in _files(folder, dotted) for folder in above):
            # It is found on the path of the file: only a script has another one.
            above = [] if _files(above[0], "__init__")[0] in self.places.layout.paths else above[:1]
        return any(self.places.source in _files(folder, dotted) for folder in above)

    def spelled_module(self, path: str, dotted: str) -> int:
        """How many parts of a dotted string are the name of the old module; 0: none, -1: it leads there otherwise."""
        parts = dotted.split(".")
        for count in range(1, len(parts) + 1):
            if self.is_source(self._origins.module(path, 0, ".".join(parts[:count]))):
                return count
            origin, left = self._origins.follow(self._origins.module(path, 0, parts[0]), parts[1:count])
            if not left and self.is_source(origin):
                return -1
        return 0


def _files(folder: str, name: str) -> tuple[str, str]:
    """The two files that a dotted name can be in a folder."""
    start = "/".join([*([folder] if folder else []), *name.split(".")])
    return f"{start}.py", f"{start}{INIT}"


def dotted(quoted: Quoted) -> str:
    """The dotted name in a string (`package.module:name` is one too)."""
    return quoted.value.replace(":", ".", 1)
