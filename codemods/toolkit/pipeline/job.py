"""What a worker is given besides its files: the codemod and its configuration, and how a file is read."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec

from codemods.toolkit.codemod import AnyCodemod
from codemods.toolkit.pipeline.source import Unreadable

Stamp = tuple[int, int, int, int]
"""The size of a file in bytes, its times (modified, changed) in nanoseconds, and its inode."""

_ENCODER = msgspec.msgpack.Encoder(order="deterministic")


def reference(codemod: AnyCodemod) -> str | None:
    """`module:attribute` under which a worker finds the codemod: in the module of its functions, or a package above.

    The functions may be the toolkit's (`codemod_of_uses`); its configuration is its own in any case.
    """
    for module in (codemod.collect.__module__, codemod.config.__module__):
        while module:
            for name, value in vars(sys.modules.get(module, object)).items():
                if value is codemod:
                    return f"{module}:{name}"
            module = module.rpartition(".")[0]
    return None


@dataclass(frozen=True, slots=True)
class Job:
    """A codemod with its configuration.  Pickled as a reference and msgpack, so that no code travels."""

    codemod: AnyCodemod
    config: Any
    root: str
    limit: int

    @property
    def portable(self) -> bool:
        """Whether another process can find the codemod."""
        return reference(self.codemod) is not None

    def __reduce__(self) -> tuple[object, ...]:
        return job_from, (reference(self.codemod), encode(self.config), self.root, self.limit)


def job_from(name: str, config: bytes, root: str, limit: int) -> Job:
    """The job that was pickled as this reference and configuration."""
    module, _, attribute = name.partition(":")
    codemod: AnyCodemod = getattr(importlib.import_module(module), attribute)
    return Job(codemod, msgspec.msgpack.decode(config, type=codemod.config), root, limit)


def encode(value: object) -> bytes:
    """A record as msgpack, the same bytes for the same value."""
    return _ENCODER.encode(value)


def content_key(path: str, raw: bytes) -> bytes:
    """What a file is known by in the cache: 128 bits over its path and its bytes.

    The path belongs to it as facts may hold it, and as a relative import means something else in another folder.
    """
    # Processors of today have instructions for SHA-256, which make it twice as fast as BLAKE2.
    state = sha256(path.encode() + b"\0", usedforsecurity=False)
    state.update(raw)
    return state.digest()[:16]


def read(root: str, path: str) -> bytes:
    """All bytes of a file.

    Raises:
        Unreadable: TK106 when it is gone or can't be read.
    """
    return read_with_stamp(root, path)[0]


def read_with_stamp(root: str, path: str, size: int = 0) -> tuple[bytes, Stamp]:
    """The same, and the stamp of the file once they were read: while it has that one, these are its bytes.

    `size` is how many bytes are expected: where it is right, the file is read at once.
    """
    try:
        handle = os.open(f"{root}/{path}", os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            raw = os.read(handle, size + 1)
            status = os.fstat(handle)
            if len(raw) != status.st_size:
                pieces = [raw]
                while pieces[-1]:
                    pieces.append(os.read(handle, status.st_size + 1))
                raw = b"".join(pieces)
                status = os.fstat(handle)
        finally:
            os.close(handle)
    except OSError as problem:
        raise Unreadable("TK106", 0, f"can't be read: {problem.strerror}") from None
    return raw, (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


@contextmanager
def naming(path: str) -> Iterator[None]:
    """An error inside is a bug in the codemod: it goes on, with a note that names the file."""
    try:
        yield
    except Unreadable:
        raise
    except Exception as problem:
        problem.add_note(f"while working on {path}")
        raise
