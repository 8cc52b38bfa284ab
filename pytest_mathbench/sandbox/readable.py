"""What programs may read: a closed list of folders and files, and what lies in these but is hidden.

    readable([problems])  →  Readable(roots=(…/lib/python3.11, …/site-packages, …), hidden=(…/pytest_mathbench, …))

The list: the interpreter's standard library and shared libraries, the environment's installed packages, the system's
shared libraries, locales and time zones, four devices. Hidden in these are every copy of this package, packages of
environments other than this one, and whatever the caller keeps secret, by each of its names: through a symbolic link,
as a hard link, under another mount.
"""

import os
import re
import site
import stat
import sys
import sysconfig
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path
from typing import NamedTuple

from pytest_mathbench.errors import SandboxError

PACKAGE = Path(__file__).parent.parent

ANSWERS = ("bundled", "families", "demonstration")
"""What knows answers in this package: the bundled problems, what they are drawn by, what a model wrote for them."""

DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")

_LINKER_CACHE = Path("/etc/ld.so.cache")
_SYSTEM_LIBRARIES = ("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64")
_SYSTEM = (
    "/lib64",
    "/usr/lib64",
    "/usr/lib/locale",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/usr/share/zoneinfo",
)
_PACKAGES = ("site-packages", "dist-packages")
_OURS = re.compile(r"pytest[-_.]mathbench(?!.*\.(?:dist|egg)-info$)", re.IGNORECASE)
"""A folder or an archive of this package; what a package manager notes of it holds no problem."""


@dataclass(frozen=True, slots=True)
class Readable:
    """`roots` may be read with all that is in them, save what is `hidden`: files and folders, each by every name."""

    roots: tuple[Path, ...]
    hidden: tuple[Path, ...]


def readable(secrets: Sequence[Path] = ()) -> Readable:
    """Return what programs may read, where this package is hidden from them and all that is among the `secrets`.

    Raises `SandboxError` if one of these is a folder that programs cannot do without.
    """
    roots = {root: _real(root) for root in _roots()}
    for path in secrets:
        if _is_needed(path):
            raise SandboxError(
                f"{path} cannot be hidden from programs: it holds the libraries that they import. "
                "Keep problems and results in a folder of their own"
            )
    copies = {PACKAGE, *_copies()}
    hidden = {*copies, *_foreign(), *secrets, *(code for path in secrets for code in _bytecode(path))}
    answers = [*secrets, *(copy / name for copy in copies for name in ANSWERS)]
    members = {member for path in answers for member in _members(path, {*roots.values()})}
    hidden |= {_real(member) for member in members if os.path.islink(member) and not _is_needed(member)}
    mounts = [mount for mount in _mounts() if any(root in mount.parents for root in roots.values())]
    if files := frozenset(file for file in filter(None, map(_file, members)) if file.names > 1 or mounts):
        hidden |= _names_of(files, frozenset(roots.values()), (*mounts,), frozenset(map(str, hidden)))
    names = {name for path in hidden for name in _names(path, roots)}
    return Readable(tuple(roots), tuple(sorted(name for name in names if names.isdisjoint(name.parents))))


def _is_needed(path: Path) -> bool:
    """Whether a path lies within the roots, and holds one of the folders that are to be readable as a whole."""
    real = _real(path)
    is_inside = any(real.is_relative_to(_real(root)) for root in _roots())
    return is_inside and any(_real(kept).is_relative_to(real) for kept in _granted())


@cache
def _roots() -> tuple[Path, ...]:
    there = {path for path in (*_granted(), *_interpreters_libraries()) if os.path.exists(path)}
    return tuple(sorted(path for path in there if not any(other in there for other in path.parents)))


@cache
def _granted() -> set[Path]:
    """Return what may be read as a whole."""
    return {*_standard_library(), *site_packages(), *_system_libraries(), *map(Path, (*_SYSTEM, *DEVICES))}


def _standard_library() -> set[Path]:
    base = {"installed_base": sys.base_prefix, "platbase": sys.base_exec_prefix}  # of an environment, its base's
    return {Path(sysconfig.get_path(name, vars=base)) for name in ("stdlib", "platstdlib")}


def site_packages() -> set[Path]:
    """Return where the environment's packages are installed."""
    paths = {*map(Path, site.getsitepackages()), *(Path(sysconfig.get_path(name)) for name in ("purelib", "platlib"))}
    return paths | ({Path(site.getusersitepackages())} if site.ENABLE_USER_SITE else set())


def _interpreters_libraries() -> set[Path]:
    """Return where the interpreter's own shared libraries lie, beside what is none of theirs."""
    return {Path(sys.base_prefix, name) for name in ("lib", "lib64")} - {*map(Path, _SYSTEM_LIBRARIES)}


def _system_libraries() -> set[Path]:
    """Return the folders in which the dynamic linker finds the system's libraries, as its cache has them."""
    try:
        found = re.findall(rb"(/[^\0]+)/[^/\0]+\0", _LINKER_CACHE.read_bytes())
    except OSError:  # musl has no cache: its libraries lie in the folders themselves
        return {*map(Path, _SYSTEM_LIBRARIES)}
    folders = {Path(os.fsdecode(name)) for name in found}
    folders = {path for path in folders if any(path.is_relative_to(system) for system in _SYSTEM_LIBRARIES)}
    return folders | {*map(_real, folders)}  # libraries look for more of themselves by either name


def _foreign() -> Iterator[Path]:
    """Yield what lies beside the libraries: packages of other environments, other interpreters, files of any tool."""
    beside = [
        *(entry for folder in _interpreters_libraries() for entry in _entries(folder)),
        *(entry for folder in _system_libraries() for entry in _entries(folder) if entry.name.startswith("python")),
        *(folder / name for folder in _standard_library() for name in _PACKAGES),
    ]
    # What a link leads to has its own place, within the roots or not.
    yield from (path for path in beside if os.path.isdir(path) and not os.path.islink(path) and not _is_needed(path))


def _copies() -> Iterator[Path]:
    """Yield every copy of this package that could be imported: an editable installation leaves one, or an archive."""
    for folder in {*_roots(), *_standard_library(), *site_packages()}:
        yield from (entry for entry in _entries(folder) if _OURS.match(entry.name))


def _entries(folder: Path) -> list[Path]:
    """Return what is in a folder; nothing if there is none, or we cannot read it, and so no program."""
    try:
        return [*folder.iterdir()]
    except OSError:
        return []


def _bytecode(path: Path) -> Iterator[Path]:
    """Yield where the interpreter keeps what it made of a Python file, which says as much as the file."""
    if path.suffix != ".py":
        return
    for source in {path.absolute(), _real(path)}:
        yield from (Path(cache_from_source(str(source))), source.with_suffix(".pyc"))
        yield from source.parent.glob(f"__pycache__/{source.stem}.*.pyc")


def _mounts() -> list[Path]:
    """Return where file systems, folders and files are mounted (proc(5), mountinfo)."""
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    return [Path(re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), line.split()[4])) for line in lines]


def _members(path: Path, libraries: Collection[Path]) -> Iterator[Path]:
    """Yield the files and links at or beneath a path; no libraries, nor environments, that may lie there as well."""
    real = _real(path)
    if not os.path.isdir(real):
        yield real
    for place, folders, names in os.walk(real):
        inner = [Path(place, name) for name in folders]
        yield from (Path(place, name) for name in names)
        yield from filter(os.path.islink, inner)
        folders[:] = [
            folder.name for folder in inner if folder not in libraries and not os.path.exists(folder / "pyvenv.cfg")
        ]


class _File(NamedTuple):
    """A file, by what all its names have in common; `names` is how many there are."""

    device: int
    number: int
    names: int


def _file(path: str | Path) -> _File | None:
    """Return the regular file that a path names; None for anything else."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return _File(found.st_dev, found.st_ino, found.st_nlink) if stat.S_ISREG(found.st_mode) else None


@cache
def _names_of(
    files: frozenset[_File], roots: frozenset[Path], mounts: tuple[Path, ...], hidden: frozenset[str]
) -> frozenset[Path]:
    """Return every name that some files have beneath the roots, beyond what is hidden there anyway."""
    numbers = {file.number for file in files}
    found = [str(mount) for mount in mounts if _file(mount) in files]  # a folder's entries do not tell what covers them
    folders = [*map(str, roots)]
    while folders:
        with suppress(OSError), os.scandir(folders.pop()) as entries:  # what we cannot read, no program can
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.path not in hidden:
                        folders.append(entry.path)
                elif not entry.is_symlink() and entry.inode() in numbers and _file(entry.path) in files:
                    found.append(entry.path)
    return frozenset(map(Path, found))


def _names(path: Path, roots: Mapping[Path, Path]) -> Iterator[Path]:
    """Yield the names by which a path is found within the roots: its own, and one through each root that holds it."""
    if any(path.absolute().is_relative_to(root) for root in roots):
        yield path.absolute()
    real = _real(path)
    for root, real_root in roots.items():
        if real.is_relative_to(real_root):
            yield real
            yield root / real.relative_to(real_root)


def _real(path: Path) -> Path:
    """Follow all links; a ring of them, which Path.resolve() raises at, leads nowhere."""
    return Path(os.path.realpath(path))
