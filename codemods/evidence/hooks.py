"""Where the recorder listens: `unittest.mock`, the interpreter's warning of a dropped coroutine, new threads.

The hooks were read against `unittest/mock.py` of CPython 3.11, 3.12 and 3.13, and are put on the classes, so that it
doesn't matter who imported what before.  None of them is on the stack while code of the user's runs, but one: the
coroutine of an AsyncMock runs inside one of ours, which has the same name.  Its file is named so that `warnings` counts
its frame as the import system's, that is, not at all: `stacklevel` means the same as before.

The PyPI backport `mock` is another module; mocks of it are not recorded.
"""

from __future__ import annotations

import asyncio
import functools
import linecache
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import CodeType, CoroutineType, FrameType, FunctionType
from typing import Any
from unittest import mock

from codemods.evidence.describe import kind_of, spec_of, target_of
from codemods.evidence.recorder import DEPTH, Patcher, Recorder
from codemods.evidence.records import Token

Function = Callable[..., Any]
_Origin = tuple[tuple[str, int, str], ...] | None

_UNSEEN = "<codemods.evidence, for warnings like importlib._bootstrap>"
_MOCK = mock.NonCallableMock.__init__.__code__.co_filename
_HERE = (lambda: None).__code__.co_filename
_SKIPPED = frozenset({_MOCK, _HERE, _UNSEEN})
_ENTER = mock._patch.__enter__.__code__
_RECORDERS, _BOTTOM = "_codemods_recorders", "_codemods_original"
"""On a hook: the recorders that it and those beneath it tell (a run of pytest within a test has one of its own), and
what stands beneath all of them."""
_PATCHES = {"patch": "patch", "_patch_object": "patch.object", "_patch_multiple": "patch.multiple"}


@contextmanager
def recording(root: Path) -> Iterator[Recorder]:
    """Record while the body runs; `root` is the folder that paths are relative to."""
    recorder = recorder_of(root)
    with installed(recorder):
        yield recorder


def recorder_of(root: Path) -> Recorder:
    """A recorder that isn't listening yet."""
    return Recorder(root, _SKIPPED.__contains__)


@contextmanager
def installed(recorder: Recorder) -> Iterator[None]:
    """Put the hooks in place, and take them away again."""
    with ExitStack() as stack:
        for owner, name, hook in _hooks(recorder):
            stack.enter_context(replaced(owner, name, hook))
        stack.enter_context(_origins())
        recorder.on = True
        try:
            yield
        finally:
            recorder.on = False


def _hooks(recorder: Recorder) -> Iterator[tuple[Any, str, Callable[[Function], Any]]]:
    """Owner, name, and what makes the replacement of the function that is there."""
    yield mock.NonCallableMock, "__new__", lambda original: staticmethod(_new(recorder, original))
    yield mock.CallableMixin, "_increment_mock_call", lambda original: _increment(recorder, original)
    yield mock.AsyncMockMixin, "_execute_mock_call", lambda original: _execute(recorder, original)
    yield mock._patch, "__init__", lambda original: _patch_init(recorder, original)
    yield mock._patch, "copy", lambda original: _patch_copy(recorder, original)
    yield mock._patch, "get_original", lambda original: _get_original(recorder, original)
    yield mock, "_check_and_set_parent", lambda original: _set_parent(recorder, original)
    yield warnings, "_warn_unawaited_coroutine", lambda original: _warn(recorder, original)
    yield threading.Thread, "_bootstrap_inner", lambda original: _bootstrap(recorder, original)


@contextmanager
def replaced(owner: Any, name: str, hook: Callable[[Function], Any]) -> Iterator[None]:
    """Put what `hook` makes of an attribute of a class or module in its place, while the body runs."""
    there = owner.__dict__[name]
    setattr(owner, name, hook(getattr(owner, name)))
    try:
        yield
    finally:
        setattr(owner, name, there)


@contextmanager
def _origins() -> Iterator[None]:
    """Have this thread note where coroutines are made."""
    before = sys.get_coroutine_origin_tracking_depth()
    sys.set_coroutine_origin_tracking_depth(max(before, DEPTH))
    try:
        yield
    finally:
        if sys.get_coroutine_origin_tracking_depth() == max(before, DEPTH):
            sys.set_coroutine_origin_tracking_depth(before)


def _new(recorder: Recorder, original: Function) -> Function:
    def __new__(cls: Any, /, *arguments: Any, **keywords: Any) -> Any:  # noqa: N807 - it takes this one's place
        made = original(cls, *arguments, **keywords)
        if recorder.on:
            try:
                _created(recorder, made, cls, arguments, keywords)
            except Exception as error:  # noqa: BLE001 - no test may fail because it is watched
                recorder.failed(error)
        return made

    return __new__


def _created(recorder: Recorder, made: Any, cls: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> None:
    frame: FrameType | None = sys._getframe(2)
    parent = keywords.get("_new_parent")
    if parent is None:
        _created_by(recorder, frame, made, cls, spec_of(arguments, keywords))
    elif frame is not None and frame.f_code.co_name != "create_autospec":
        recorder.member(parent, str(keywords.get("_new_name") or "()"))
    value = _mock_in(keywords.get("return_value"))
    if value is not None:
        recorder.attached(made, value)


def _mock_in(value: Any) -> Any:
    """The mock that a value is, or that a function stands for; None for anything else."""
    inner = value.mock if type(value) is FunctionType and hasattr(value, "mock") else value
    return inner if issubclass(type(inner), mock.NonCallableMock) else None


def _created_by(recorder: Recorder, frame: FrameType | None, made: Any, cls: Any, spec: object) -> None:
    """A mock that is nobody's member was created; `frame` is where its class was called."""
    made_by, patched = str(cls.__name__), None
    while frame is not None and frame.f_code.co_name == "__new__" and frame.f_code.co_filename != _MOCK:
        frame = frame.f_back  # a subclass with a `__new__` of its own
    while frame is not None and frame.f_code.co_filename == _MOCK:
        code = frame.f_code
        if code is _ENTER:
            inside = frame.f_locals
            patcher = inside["self"].__dict__.get(recorder.key)
            original = inside.get("original", mock.DEFAULT)
            patched = (target_of(inside["self"].target, inside["self"].attribute), original, mock.DEFAULT)
            if patcher is not None:
                recorder.double(made, patcher.site, patcher.made_by, spec, patched)
                return
        elif code.co_name in {"create_autospec", "mock_open"}:
            if frame.f_locals.get("mock") is not None:
                return  # a part of the one that was made before
            made_by = code.co_name
        elif code.co_name == "__init__":
            return  # the `__code__` of an AsyncMock
        frame = frame.f_back
    if frame is None or frame.f_code.co_filename.endswith("copyreg.py"):
        return  # a copy: it takes over the number with the rest
    site, _inner = recorder.project.inner(frame)
    recorder.double(made, site, _mocker(frame) or made_by, spec, patched)


def _mocker(frame: FrameType | None) -> str:
    """How pytest-mock's fixture was asked, if it was: `mocker.patch.object`."""
    name = ""
    while frame is not None and frame.f_code.co_filename.endswith(("pytest_mock/plugin.py", "pytest_mock\\plugin.py")):
        name = frame.f_code.co_qualname
        frame = frame.f_back
    name = name.replace("MockerFixture.", "mocker.", 1).replace("._Patcher", ".patch").replace(".__call__", "")
    return name if name.startswith("mocker.") else ""


def _increment(recorder: Recorder, original: Function) -> Function:
    def _increment_mock_call(self: Any, /, *arguments: Any, **keywords: Any) -> Any:
        if recorder.on:
            try:
                if arguments or keywords:
                    recorder.handed(self, arguments, keywords)
                if not issubclass(type(self), mock.AsyncMockMixin):
                    recorder.called(self, _caller(sys._getframe(1)), False)
            except Exception as error:  # noqa: BLE001 - no test may fail because it is watched
                recorder.failed(error)
        return original(self, *arguments, **keywords)

    return _increment_mock_call


def _caller(frame: FrameType | None) -> FrameType | None:
    """Out of the library of mocks, and of the function that stands for an autospecced one."""
    while frame is not None:
        name = frame.f_code.co_filename
        if name not in _SKIPPED and not (name == "<string>" and "_checksig_" in frame.f_globals):
            break
        frame = frame.f_back
    return frame


def _execute(recorder: Recorder, original: Function) -> Function:
    recorders: tuple[Recorder, ...] = (recorder, *getattr(original, _RECORDERS, ()))
    bottom: Function = getattr(original, _BOTTOM, original)

    def _execute_mock_call(self: Any, /, *arguments: Any, **keywords: Any) -> Any:
        tokens = tuple(_tokens(recorders, self, _caller(sys._getframe(1))))
        if not tokens:
            return bottom(self, *arguments, **keywords)
        depth = sys.get_coroutine_origin_tracking_depth()
        if depth in {0, DEPTH}:
            return run(tokens, bottom, self, arguments, keywords)
        for token in tokens:
            token.traced = True  # by somebody else: make room for the frame of this function
        sys.set_coroutine_origin_tracking_depth(depth + 1)
        try:
            return run(tokens, bottom, self, arguments, keywords)
        finally:
            sys.set_coroutine_origin_tracking_depth(depth)

    async def run(tokens: tuple[Token, ...], original: Function, mocked: Any, arguments: Any, keywords: Any) -> Any:
        __tracebackhide__ = True
        for token in tokens:
            token.recorder.began(token)
        try:
            return await original(mocked, *arguments, **keywords)
        except asyncio.CancelledError:
            for token in tokens:
                token.recorder.cancelled(token)
            raise

    run.__code__ = _renamed(run.__code__, original)
    run.__name__, run.__qualname__ = original.__name__, original.__qualname__
    _execute_mock_call.__qualname__ = original.__qualname__
    # What `asyncio.iscoroutinefunction` looks for: `dir()` of the class as a spec finds it a coroutine function.
    _execute_mock_call._is_coroutine = getattr(asyncio.coroutines, "_is_coroutine", None)  # type: ignore[attr-defined]
    setattr(_execute_mock_call, _RECORDERS, recorders)
    setattr(_execute_mock_call, _BOTTOM, bottom)
    return _execute_mock_call


def _tokens(recorders: tuple[Recorder, ...], called: Any, frame: FrameType | None) -> Iterator[Token]:
    """What the coroutine of an AsyncMock has to carry for each of the recorders that are on."""
    for recorder in recorders:
        if recorder.on:
            try:
                token = recorder.token(called, frame)
            except Exception as error:  # noqa: BLE001 - no test may fail because it is watched
                recorder.failed(error)
                continue
            if token is not None:
                yield token


def _renamed(code: CodeType, original: Function) -> CodeType:
    return code.replace(co_name=original.__name__, co_qualname=original.__qualname__, co_filename=_UNSEEN)


def _patch_init(recorder: Recorder, original: Function) -> Function:
    def __init__(self: Any, /, *arguments: Any, **keywords: Any) -> None:  # noqa: N807 - it takes this one's place
        original(self, *arguments, **keywords)
        if recorder.on:
            try:
                frame: FrameType | None = sys._getframe(1)
                made_by = ""
                while frame is not None and frame.f_code.co_filename == _MOCK:
                    made_by = frame.f_code.co_name
                    frame = frame.f_back
                site, _inner = recorder.project.inner(frame)
                self.__dict__[recorder.key] = Patcher(site, _mocker(frame) or _PATCHES.get(made_by, "patch"))
            except Exception as error:  # noqa: BLE001 - no test may fail because it is watched
                recorder.failed(error)

    return __init__


def _patch_copy(recorder: Recorder, original: Function) -> Function:
    def copy(self: Any) -> Any:
        copied = original(self)
        if recorder.on and recorder.key in self.__dict__:
            copied.__dict__[recorder.key] = self.__dict__[recorder.key]
        return copied

    return copy


def _get_original(recorder: Recorder, original: Function) -> Function:
    def get_original(self: Any) -> Any:
        found = original(self)
        if recorder.on and self.new is not mock.DEFAULT:
            try:
                recorder.put(self.new, target_of(self.target, self.attribute), kind_of(found[0], mock.DEFAULT))
            except Exception as error:  # noqa: BLE001 - no test may fail because it is watched
                recorder.failed(error)
        return found

    return get_original


def _set_parent(recorder: Recorder, original: Function) -> Function:
    def _check_and_set_parent(parent: Any, value: Any, name: Any, new_name: Any) -> Any:
        done = original(parent, value, name, new_name)
        if recorder.on:
            try:
                inner = _mock_in(value)
                if inner is not None:
                    recorder.attached(parent, inner)
            except Exception as error:  # noqa: BLE001 - no test may fail because it is watched
                recorder.failed(error)
        return done

    return _check_and_set_parent


def _warn(recorder: Recorder, original: Function) -> Function:
    replaced_before = getattr(getattr(original, "__code__", None), "co_filename", "") != warnings.__file__

    def _warn_unawaited_coroutine(coro: CoroutineType[Any, Any, Any]) -> None:
        origin = coro.cr_origin
        try:
            origin = _origin(recorder, coro)
            if recorder.on:
                recorder.dropped(coro)
        except Exception as error:  # noqa: BLE001 - no test may fail because it is watched
            recorder.failed(error)
        if replaced_before:  # by another recorder, or a plugin: it wants to know as well, and warns
            original(coro)
            return
        # What the original does, but for an origin that is there for the recorder only.
        warnings.warn(_message(coro, origin), category=RuntimeWarning, stacklevel=2, source=coro)

    if replaced_before:
        _warn_unawaited_coroutine.__code__ = _warn_unawaited_coroutine.__code__.replace(co_filename=_UNSEEN)
    return functools.update_wrapper(_warn_unawaited_coroutine, original)


def _origin(recorder: Recorder, coroutine: CoroutineType[Any, Any, Any]) -> _Origin:
    """The origin of a coroutine as it would be known without the recorder."""
    origin = coroutine.cr_origin
    if origin is None:
        return None
    token = recorder.token_of(coroutine)
    if token is not None:
        return origin[1:] if token.traced else None
    ours = len(origin) == DEPTH or (
        len(origin) not in {0, 10, DEPTH} and sys.get_coroutine_origin_tracking_depth() == DEPTH
    )
    return None if ours else origin


def _message(coroutine: CoroutineType[Any, Any, Any], origin: _Origin) -> str:
    """The text of `warnings._warn_unawaited_coroutine`."""
    lines = [f"coroutine '{coroutine.__qualname__}' was never awaited\n"]
    if origin is not None:
        lines.append("Coroutine created at (most recent call last)\n")
        lines += traceback.format_list(
            [(file, line, function, linecache.getline(file, line)) for file, line, function in reversed(origin)]
        )
    return "".join(lines).rstrip("\n")


def _bootstrap(recorder: Recorder, original: Function) -> Function:
    def _bootstrap_inner(self: Any) -> None:
        if recorder.on:
            sys.set_coroutine_origin_tracking_depth(DEPTH)
        original(self)

    return _bootstrap_inner
