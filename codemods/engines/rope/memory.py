"""A project of rope whose files are texts in memory.

rope's own `Project` lists folders, reads the target's `pyproject.toml` and `.ropeproject/config.py` (which it
executes), and imports the modules that the configuration names.  This one has fixed preferences, finds modules by the
toolkit's layout, and knows the files that it was given and no others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NoReturn

from rope.base import exceptions, project, resources
from rope.base.prefs import ImportPrefs, Prefs

from codemods.toolkit.python.layout import Layout

_ADDRESS = "/project-in-memory"
"""rope joins paths to an address; nothing is looked up there."""
_COOKIE = re.compile(rb"\A(?:[^\n]*\n)?[ \t\f]*#[^\n]*?coding(?=[:=])")
"""A comment in the first two lines that declares an encoding (PEP 263)."""


def plain(body: bytes) -> str:
    r"""The text of `Source.body` as rope gets it: line feeds only, no declaration of an encoding.

    Offsets stay, apart from the carriage returns that go (`engines.edits.Text` maps them): the text is UTF-8 whatever
    the file declares, and rope would decode it by the declaration, so that word is made unreadable.

    >>> plain(b"# coding: latin-1\r\nx = 1\r\n")
    '# c_ding: latin-1\nx = 1\n'
    """
    text = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    found = _COOKIE.match(text)
    if found is not None:
        at = found.end() - len(b"oding")
        text = text[:at] + b"_" + text[at + 1 :]
    return text.decode()


class MemoryFile(resources.File):  # type: ignore[misc]  # rope has no types
    """A file whose text is in memory."""

    def exists(self) -> bool:
        """Whether the project knows it."""
        return self.path in self.project.texts

    def read(self) -> str:
        """The text."""
        self.newlines = "\n"
        text: str = self.project.texts[self.path]
        return text

    def read_bytes(self) -> bytes:
        """The text as UTF-8."""
        return self.read().encode()


class MemoryFolder(resources.Folder):  # type: ignore[misc]  # rope has no types
    """A folder that is known by the files below it."""

    def exists(self) -> bool:
        """Whether there is a file below it."""
        return self.path in self.project.children

    def get_children(self) -> list[Any]:
        """Files and folders in it."""
        return [self.get_child(name) for name in self.project.children.get(self.path, ())]


class _ReadOnly:
    """What rope would write and read with."""

    def read(self, path: str) -> NoReturn:
        raise OSError(f"{path}: there are no files")

    def write(self, path: str, data: bytes) -> NoReturn:
        raise OSError(f"{path}: rope must not write")

    create_file = create_folder = remove = read

    def move(self, path: str, new_location: str) -> NoReturn:
        raise OSError(f"{path}: rope must not move {new_location}")


class _Still:
    """The files never change, so rope need not look when they did."""

    def get_indicator(self, resource: object) -> int:
        return 0


def preferences() -> Prefs:
    """What rope may do: nothing is analysed or stored ahead, nothing imported; broken files were taken out before."""
    return Prefs(
        ignored_resources=[],
        save_history=False,
        save_objectdb=False,
        automatic_soa=False,
        perform_doa=False,
        import_dynload_stdmods=False,
        ignore_syntax_errors=False,
        ignore_bad_imports=False,
        imports=ImportPrefs(preferred_import_style="from-global"),
    )


class MemoryProject(project.Project):  # type: ignore[misc]  # rope has no types
    """Texts by path, resolved as `layout` does; `layout` may know more files than there are texts."""

    def __init__(self, texts: Mapping[str, str], layout: Layout) -> None:
        self.texts = texts
        self.layout = layout
        self.children = _children(texts)
        self._files: dict[str, Any] = {}
        # Not `Project.__init__`: it makes the folder, and reads the configuration.
        super(project.Project, self).__init__(_ReadOnly())
        self._address = _ADDRESS
        self._ropefolder_name = None
        self.prefs = preferences()
        self.pycore.observer.timekeeper = _Still()

    def get_resource(self, resource_name: str) -> Any:
        """The file or folder at a path.  Raises rope's `ResourceNotFoundError`."""
        found = self._files.get(resource_name)
        if found is None:
            if resource_name in self.texts:
                found = MemoryFile(self, resource_name)
            elif resource_name in self.children or not resource_name:
                found = MemoryFolder(self, resource_name)
            else:
                raise exceptions.ResourceNotFoundError(f"there is no {resource_name}")
            self._files[resource_name] = found
        return found

    def get_file(self, path: str) -> Any:
        """The file at a path; it need not exist."""
        return MemoryFile(self, path)

    def get_folder(self, path: str) -> Any:
        """The folder at a path; it need not exist."""
        return MemoryFolder(self, path)

    def get_files(self) -> list[Any]:
        """All files."""
        return [self.get_resource(path) for path in self.texts]

    def get_python_path_folders(self) -> list[Any]:
        """Nothing outside of the project is looked at."""
        return []

    def get_source_folders(self) -> list[Any]:
        """The source roots, the deepest first."""
        return [self.get_resource(root) for root in reversed(self.layout.roots) if root in self.children or not root]

    def find_module(self, modname: str, folder: Any = None) -> Any:
        """The file or folder that an absolute import reaches from a file in `folder`, None when it isn't known."""
        importer = f"{folder.path}/?.py" if folder is not None and folder.path else "?.py"
        below = self.layout.folder(modname, importer)
        path = self.layout.find(modname, importer)
        for each in (below, path):
            if each is not None and (each in self.texts or each in self.children):
                return self.get_resource(each)
        return None

    def is_ignored(self, resource: object) -> bool:
        """No file is: they were chosen before."""
        return False

    def close(self) -> None:
        """There is nothing to write."""


def _children(paths: Mapping[str, str]) -> dict[str, list[str]]:
    """The names in each folder, sorted."""
    found: dict[str, set[str]] = {}
    for path in paths:
        below = path
        while below:
            folder, _, name = below.rpartition("/")
            found.setdefault(folder, set()).add(name)
            below = folder
    return {folder: sorted(names) for folder, names in found.items()}
