"""What a program finds in place of what would need files or processes, where nothing that it prints depends on these.

Semaphores of `multiprocessing` are made of files; a pool of threads takes some, though no process will ever share
them. matplotlib wants a folder for its settings and caches, and asks other programs for fonts; here it starts without,
and draws into memory.
"""

import errno
import importlib
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn, cast

if TYPE_CHECKING:
    from importlib.abc import Loader

_RECURSIVE_MUTEX = 0  # of the two kinds of semaphore that multiprocessing has


class ThreadSemaphore:
    """Stands for `_multiprocessing.SemLock`, with the same methods, between the threads of one process."""

    SEM_VALUE_MAX = 0x7FFFFFFF

    def __init__(self, kind: int, value: int, maxvalue: int, *_: object) -> None:
        """Take what it takes; name, and whether that is to go, are a file's."""
        self.kind, self.maxvalue, self.name, self.handle = kind, maxvalue, None, 0
        self._value, self._held, self._owner = value, 0, 0
        self._changed = threading.Condition()

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:  # noqa: FBT001, FBT002 - as there
        """Take one of what there is, or wait for it."""
        with self._changed:
            if self.kind == _RECURSIVE_MUTEX and self._is_mine():
                self._held += 1
                return True
            if not self._changed.wait_for(lambda: self._value > 0, timeout if block else 0):
                return False
            self._value, self._held, self._owner = self._value - 1, self._held + 1, threading.get_ident()
            return True

    def release(self) -> None:
        """Give back what was taken; of a semaphore, what anybody took."""
        with self._changed:
            if self.kind == _RECURSIVE_MUTEX:
                if not self._is_mine():
                    raise AssertionError("attempt to release recursive lock not owned by thread")
                self._held -= 1
                if self._held:
                    return
            elif self._value >= self.maxvalue:
                raise ValueError("semaphore or lock released too many times")
            else:
                self._held -= 1
            self._value += 1
            self._changed.notify()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def _count(self) -> int:
        return self._held

    def _is_mine(self) -> bool:
        return self._held > 0 and self._owner == threading.get_ident()

    def _get_value(self) -> int:
        return self._value

    def _is_zero(self) -> bool:
        return self._value == 0

    def _after_fork(self) -> None:
        """Do nothing: there is no fork."""


def install() -> None:
    """Put both in their places: the semaphores at once, matplotlib's surroundings for when it is imported."""
    with suppress(ImportError):  # an interpreter may have been built without
        importlib.import_module("_multiprocessing").__dict__["SemLock"] = ThreadSemaphore
    sys.meta_path.insert(0, _Drawing)


class _Drawing:
    """Finds matplotlib as ever, to be loaded where there is nothing to write and nobody to ask."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        surroundings = {"matplotlib": _without_a_folder, "matplotlib.font_manager": _with_its_own_fonts}.get(name)
        found = PathFinder.find_spec(name, path, target) if surroundings else None
        if found and found.loader and surroundings:
            found.loader = cast("Loader", _Within(found.loader, surroundings))
        return found


class _Within:
    """Loads a module in surroundings that last as long as that takes."""

    def __init__(self, loader: "Loader", surroundings: Callable[[ModuleType], AbstractContextManager[None]]) -> None:
        self._loader, self._surroundings = loader, surroundings

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__:
            module.__spec__.loader = self._loader
        with self._surroundings(module):
            self._loader.exec_module(module)


@contextmanager
def _without_a_folder(matplotlib: ModuleType) -> Iterator[None]:
    """Let it take the working folder for one that it may write in; it never does, but for its list of fonts."""
    settings = {"MPLBACKEND": "Agg", "MPLCONFIGDIR": str(Path.cwd())}
    before = os.environ.copy()
    os.environ.update(settings)
    try:
        with _replaced((Path, "mkdir", lambda *_, **__: None), (os, "access", lambda *_, **__: True)):
            yield
            for folder in (matplotlib.get_configdir, matplotlib.get_cachedir):
                folder()  # each remembers what it found
    finally:
        for name in settings.keys() - before.keys():
            del os.environ[name]


@contextmanager
def _with_its_own_fonts(_: ModuleType) -> Iterator[None]:
    """Let it find the fonts that it brings along, and keep no list of them."""
    matplotlib, cbook, subprocess, logging = map(
        importlib.import_module, ("matplotlib", "matplotlib.cbook", "subprocess", "logging")
    )
    own, walk = matplotlib.get_data_path(), os.walk
    logging.disable(logging.WARNING)
    try:
        with _replaced(
            (os, "walk", lambda top, *more: walk(top, *more) if str(top).startswith(own) else iter(())),
            (subprocess, "check_output", _is_not_there),
            (cbook, "_lock_path", _is_not_there),
        ):
            yield
    finally:
        logging.disable(logging.NOTSET)


def _is_not_there(*_: object, **__: object) -> NoReturn:
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))


@contextmanager
def _replaced(*replacements: tuple[Any, str, object]) -> Iterator[None]:
    kept = [(place, name, getattr(place, name)) for place, name, _ in replacements]
    for place, name, other in replacements:
        setattr(place, name, other)
    try:
        yield
    finally:
        for place, name, own in kept:
            setattr(place, name, own)
