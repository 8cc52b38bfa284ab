"""What programs may read: a closed list, and what is hidden in it, by every name."""

import os
import py_compile
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.errors import SandboxError
from pytest_mathbench.execution import Ending, Limits
from pytest_mathbench.sandbox import Sandbox, readable
from pytest_mathbench.sandbox.layers import Layers, probe

LIMITS = Limits(cpu_seconds=5.0, wall_seconds=60.0, memory_bytes=512 << 20)
LAYERS: dict[str, dict[str, Any]] = {
    "full": {},
    "without bubblewrap": {"bubblewrap": ""},
    "without Landlock": {"landlock": 0},
}
PURELIB = Path(sysconfig.get_path("purelib"))
STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))
PACKAGE = Path(readable.__file__).parent.parent

needs_to_write = pytest.mark.skipif(not os.access(PURELIB, os.W_OK), reason="puts files beside the libraries")


@pytest.fixture(scope="module", params=LAYERS)
def layers(request: pytest.FixtureRequest) -> Layers:
    """Return a set of layers that hides files."""
    found = replace(probe(), **LAYERS[request.param])
    if not found.sufficient:
        pytest.skip(f"too little to confine programs with: {found}")
    return found


def is_within(path: Path, roots: tuple[Path, ...]) -> bool:
    """Whether a path is one of the roots, or beneath one."""
    return any(path.is_relative_to(root) for root in roots)


@pytest.mark.parametrize(
    "path",
    [STANDARD_LIBRARY, PURELIB, Path("/dev/null"), Path("/dev/urandom"), Path(os.__file__)],
    ids=str,
)
def test_libraries_are_readable(path: Path) -> None:
    """The standard library, the installed packages and a few devices are what programs need."""
    assert is_within(path, readable.readable().roots)


@pytest.mark.parametrize(
    "path",
    [
        Path("/"),
        Path("/etc/passwd"),
        Path("/proc"),
        Path("/tmp"),  # noqa: S108
        Path("/usr"),
        Path("/usr/lib"),
        Path("/usr/local/lib"),
        Path("/usr/share"),
        Path.home(),
        Path.cwd(),
        PACKAGE,
        PACKAGE.parent / "problems",
    ],
    ids=str,
)
def test_nothing_else_is_readable(path: Path) -> None:
    """Home, project, temporary files, settings and other programs' files are on no list."""
    found = readable.readable()
    assert not is_within(path, found.roots) or is_within(path, found.hidden)


def test_packages_of_other_environments_are_hidden() -> None:
    """Of a base interpreter only the standard library is readable: what is installed beside it is another's."""
    other = STANDARD_LIBRARY / "site-packages"
    if other in readable.site_packages():
        pytest.skip("this environment is the base interpreter's own")
    assert other in readable.readable().hidden


def test_the_package_is_hidden_wherever_it_could_be_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies and archives of this package, by any spelling, lie in none of the folders; what is noted of them may."""
    names = ("pytest_mathbench", "pytest-mathbench-0.1.0.whl", "Pytest_Mathbench-0.1.0-py3.11.egg")
    for name in (*names, "pytest_mathbench-0.1.0.dist-info", "numpy"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(readable, "site_packages", lambda: {tmp_path})
    monkeypatch.setattr(readable, "_roots", lambda: (tmp_path,))
    assert {tmp_path / name for name in names} == set(readable.readable().hidden)


def test_a_link_to_a_root_hides_both_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is reached through a linked folder is hidden under the link and under the folder."""
    library, link = tmp_path / "library", tmp_path / "link"
    library.mkdir()
    (library / "problems.jsonl").touch()
    link.symlink_to(library)
    monkeypatch.setattr(readable, "_roots", lambda: (link,))
    found = readable.readable([library / "problems.jsonl"])
    assert {library / "problems.jsonl", link / "problems.jsonl"} == set(found.hidden)


def test_libraries_beside_the_problems_stay_readable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of problems may hold the environment: its libraries, though linked with others', are no problems."""
    library, other = tmp_path / "environment/lib/site-packages", tmp_path / "other"
    for folder in (library, other):
        folder.mkdir(parents=True)
    (tmp_path / "environment/pyvenv.cfg").touch()
    (library / "module.py").touch()
    os.link(library / "module.py", other / "module.py")
    monkeypatch.setattr(readable, "_roots", lambda: (library, other))
    assert () == readable.readable([tmp_path]).hidden


def test_a_link_to_the_standard_library_hides_nothing_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interpreter's folder may have more than one name; beside it lies what is none of its libraries."""
    library = tmp_path / "lib"
    for name in ("python3.11", "python3.11/site-packages", "other"):
        (library / name).mkdir(parents=True)
    (library / "python3.1").symlink_to("python3.11")
    monkeypatch.setattr(readable, "_interpreters_libraries", lambda: {library})
    monkeypatch.setattr(readable, "_system_libraries", set)
    monkeypatch.setattr(readable, "_standard_library", lambda: {library / "python3.11"})
    monkeypatch.setattr(readable, "_granted", lambda: {library / "python3.1"})
    monkeypatch.setattr(readable, "_roots", lambda: (library,))
    assert {library / "other", library / "python3.11/site-packages"} == set(readable._foreign())


def test_an_environment_in_its_base_keeps_its_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the environment is the base interpreter's own, by whatever name, its packages stay readable."""
    library, link = tmp_path / "lib", tmp_path / "link"
    (library / "python3.11/site-packages").mkdir(parents=True)
    link.symlink_to(library)
    monkeypatch.setattr(readable, "_interpreters_libraries", lambda: {library})
    monkeypatch.setattr(readable, "_system_libraries", set)
    monkeypatch.setattr(readable, "_standard_library", lambda: {library / "python3.11"})
    monkeypatch.setattr(readable, "_granted", lambda: {link / "python3.11/site-packages"})
    monkeypatch.setattr(readable, "_roots", lambda: (library,))
    assert () == tuple(readable._foreign())


@pytest.mark.parametrize("path", [PURELIB, STANDARD_LIBRARY, STANDARD_LIBRARY.parent], ids=str)
def test_a_secret_that_holds_libraries_is_refused(path: Path) -> None:
    """Hiding it would leave programs without what they import."""
    with pytest.raises(SandboxError, match="cannot be hidden from programs: it holds the libraries"):
        readable.readable([path])


def test_a_ring_of_links_leads_nowhere(tmp_path: Path) -> None:
    """Links that lead to each other, in a folder of problems, stop nothing."""
    (tmp_path / "one").symlink_to("other")
    (tmp_path / "other").symlink_to("one")
    assert readable.readable() == readable.readable([tmp_path])


NAMES = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4).map("/".join)


@PROPERTY
@given(secrets=st.lists(NAMES, max_size=4), files=st.lists(NAMES, max_size=6))
def test_no_name_of_a_secret_is_left(secrets: list[str], files: list[str]) -> None:
    """Whatever is secret in a library, each of its names is hidden or lies beneath what is."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        library, links = Path(os.path.realpath(folder), "library"), Path(os.path.realpath(folder), "links")
        links.mkdir()
        for number, name in enumerate(files):
            path = library / f"{name}.jsonl"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            os.link(path, links / str(number))
        patch.setattr(readable, "_roots", lambda: (library, links))
        patch.setattr(readable, "_foreign", lambda: ())
        hidden = readable.readable([library / name for name in secrets]).hidden
        for number, name in enumerate(files):
            is_secret = any((library / f"{name}.jsonl").is_relative_to(library / secret) for secret in secrets)
            assert is_secret == is_within(library / f"{name}.jsonl", hidden)
            assert is_secret == is_within(links / str(number), hidden)


SESAME = "sesame-7a1f93"
WAYS = f"""
import ctypes, mmap, os
libc = ctypes.CDLL(None, use_errno=True)

def by_python(path):
    return open(path, "rb").read()

def by_c(path):
    descriptor = libc.open(path.encode(), os.O_RDONLY)
    return os.read(descriptor, 1 << 20) if descriptor >= 0 else b""

def by_folder(path):
    folder = libc.open(os.path.dirname(path).encode(), os.O_PATH)
    descriptor = libc.openat(folder, os.path.basename(path).encode(), os.O_RDONLY)
    return os.read(descriptor, 1 << 20) if descriptor >= 0 else b""

def by_mapping(path):
    descriptor = libc.open(path.encode(), os.O_RDONLY)
    return mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)[:] if descriptor >= 0 else b""

def by_detour(path):
    folder, name = os.path.split(path)
    descriptor = libc.open(f"{{folder}}/./../{{os.path.basename(folder)}}/{{name}}".encode(), os.O_RDONLY)
    return os.read(descriptor, 1 << 20) if descriptor >= 0 else b""

for way in (by_python, by_c, by_folder, by_mapping, by_detour):
    try:
        content = way(PATH)
    except (OSError, ValueError):
        content = b""
    print(way.__name__, {SESAME.encode()!r} in content)
"""


@pytest.fixture(scope="module")
def library() -> Iterator[Path]:
    """Make a folder of problems beside the libraries, where each problem can be reached by more than one name."""
    with (
        tempfile.TemporaryDirectory(dir=PURELIB, prefix="mathbench_test_") as name,
        tempfile.TemporaryDirectory() as far,
    ):
        library, outside = Path(name), Path(far)
        (library / "module.py").write_text("value = 42\n", encoding="ascii")
        for path in ("plain.jsonl", "linked.jsonl", "target.jsonl", "folder/one.jsonl", "deep/target.jsonl"):
            (library / path).parent.mkdir(exist_ok=True)
            (library / path).write_text(f"{SESAME}\n", encoding="ascii")
        (library / "family.py").write_text(f"answer = {SESAME!r}\n", encoding="ascii")
        py_compile.compile(str(library / "family.py"))
        py_compile.compile(str(library / "family.py"), cfile=str(library / "family.pyc"))
        py_compile.compile(str(library / "family.py"), optimize=2)
        (library / "elsewhere").mkdir()
        os.link(library / "linked.jsonl", library / "elsewhere/hard.jsonl")
        os.link(library / "folder/one.jsonl", library / "elsewhere/one.jsonl")
        (outside / "problems.jsonl").symlink_to(library / "target.jsonl")
        (outside / "set").mkdir()
        (outside / "set/algebra.jsonl").symlink_to(library / "deep/target.jsonl")
        try:
            os.link(library / "elsewhere/hard.jsonl", outside / "hard.jsonl")
        except OSError:  # another file system: then there is no such name
            (outside / "hard.jsonl").touch()
        (library / "outside").symlink_to(outside)
        yield library


@pytest.fixture(scope="module")
def hiding(library: Path, layers: Layers) -> Iterator[Sandbox]:
    """Make a sandbox that the problems are hidden from, each by one of its names."""
    outside = (library / "outside").resolve()
    secrets = [
        library / "plain.jsonl",
        library / "linked.jsonl",
        library / "folder",
        library / "family.py",
        outside / "problems.jsonl",
        outside / "set",
    ]
    with Sandbox(preload=(), layers=layers, hidden=secrets) as sandbox:
        yield sandbox


@needs_to_write
@pytest.mark.parametrize(
    "name",
    [
        "plain.jsonl",
        "linked.jsonl",
        "elsewhere/hard.jsonl",
        "folder/one.jsonl",
        "elsewhere/one.jsonl",
        "target.jsonl",
        "deep/target.jsonl",
        "outside/problems.jsonl",
        "outside/set/algebra.jsonl",
        "outside/hard.jsonl",
        "family.py",
        "family.pyc",
        f"__pycache__/family.{sys.implementation.cache_tag}.pyc",
        f"__pycache__/family.{sys.implementation.cache_tag}.opt-2.pyc",
    ],
)
def test_a_problem_source_among_the_libraries_is_out_of_reach(hiding: Sandbox, library: Path, name: str) -> None:
    """By its own name, through a link, as a hard link, or as bytecode: no layer missing opens it by any way."""
    execution = hiding.run(f"PATH = {str(library / name)!r}\n{WAYS}", LIMITS)
    assert Ending.FINISHED == execution.ending
    assert "by_python False\nby_c False\nby_folder False\nby_mapping False\nby_detour False\n" == execution.stdout


@needs_to_write
def test_what_lies_beside_a_problem_source_stays_readable(hiding: Sandbox, library: Path) -> None:
    """Only what is secret is hidden: a neighbour is imported as ever."""
    execution = hiding.run(f"from {library.name} import module\nprint(module.value)", LIMITS)
    assert "42\n" == execution.stdout


@needs_to_write
def test_a_family_is_not_imported_from_among_the_libraries(hiding: Sandbox, library: Path) -> None:
    """Neither its source nor what the interpreter made of it can be imported."""
    execution = hiding.run(f"from {library.name} import family\nprint(family.answer)", LIMITS)
    assert SESAME not in execution.stdout + execution.stderr


@needs_to_write
def test_what_is_hidden_later_is_hidden_from_later_programs(library: Path, layers: Layers) -> None:
    """A sandbox that a suite made itself learns where the problems are; its warm process starts anew for that."""
    program = f"print(open({str(library / 'plain.jsonl')!r}).read())"
    with Sandbox(preload=(), layers=layers) as sandbox:
        assert SESAME in sandbox.run(program, LIMITS).stdout
        sandbox.hide([library / "plain.jsonl"])
        assert "" == sandbox.run(program, LIMITS).stdout


@needs_to_write
def test_hiding_what_cannot_be_read_restarts_nothing(layers: Layers, tmp_path: Path) -> None:
    """A problem file outside of the libraries is out of reach already."""
    with Sandbox(preload=(), layers=layers) as sandbox:
        sandbox.run("", LIMITS)
        before = sandbox.light.pid
        sandbox.hide([tmp_path / "problems.jsonl"])
        sandbox.run("", LIMITS)
        assert before == sandbox.light.pid


FOREIGN = f"""
import os, sys
for name in ("site-packages", "dist-packages"):
    folder = os.path.join({str(STANDARD_LIBRARY)!r}, name)
    if folder in {[*map(str, readable.site_packages())]!r}:
        continue
    sys.path.append(folder)
    for entry in {sorted({path.name for path in (STANDARD_LIBRARY / "site-packages").glob("*")})!r}:
        for name in (entry, f"{{entry}}/__init__.py", f"{{entry}}/METADATA"):
            try:
                print(open(f"{{folder}}/{{name}}").read())
            except OSError:
                pass
"""


def test_packages_of_the_base_interpreter_are_out_of_reach(layers: Layers) -> None:
    """An environment's base may have packages of its own, this one among them: no program reads any."""
    with Sandbox(preload=(), layers=layers) as sandbox:
        assert "" == sandbox.run(FOREIGN, LIMITS).stdout


OURS = f"""
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for folder, _, names in {[(str(place), [], names) for place, _, names in os.walk(PACKAGE)]!r}:
    for name in names:
        descriptor = libc.open(os.path.join(folder, name).encode(), os.O_RDONLY)
        if descriptor >= 0:
            print(name)
"""


def test_no_file_of_this_package_is_readable(layers: Layers) -> None:
    """Once the warm process is ready, the package is out of reach: problems, families, and the rest of it."""
    with Sandbox(preload=(), layers=layers) as sandbox:
        assert "" == sandbox.run(OURS, LIMITS).stdout


@pytest.mark.parametrize(
    "name", ["pytest_mathbench.families.catalog", "pytest_mathbench.problems", "pytest_mathbench.cli"]
)
def test_this_package_cannot_be_imported(layers: Layers, name: str) -> None:
    """No room of this package but those that the warm process holds anyway can be had."""
    program = f"import importlib\ntry: importlib.import_module({name!r})\nexcept (ImportError, OSError): print('no')"
    with Sandbox(preload=(), layers=layers) as sandbox:
        assert "no\n" == sandbox.run(program, LIMITS).stdout


MOUNTED = """
import os, subprocess, sys
from pathlib import Path
from pytest_mathbench.sandbox import readable
library, secret = Path(sys.argv[1]), Path(sys.argv[2])
subprocess.run(["mount", "--bind", str(secret), str(library / "mounted.jsonl")], check=True)
subprocess.run(["mount", "-t", "tmpfs", "none", str(library / "other")], check=True)
(library / "other/problems.jsonl").write_text("x")
readable._roots = lambda: (library,)
print(*(path.relative_to(library) for path in readable.readable([secret, library / "other/problems.jsonl"]).hidden))
"""


def test_a_problem_source_under_another_mount_is_hidden(tmp_path: Path) -> None:
    """A file that is mounted into a library, and one on a file system of its own there, are found."""
    library, secret = tmp_path / "library", tmp_path / "secret.jsonl"
    (library / "other").mkdir(parents=True)
    (library / "mounted.jsonl").touch()
    secret.touch()
    command = ["unshare", "--mount", "--map-root-user", sys.executable, "-c", MOUNTED, str(library), str(secret)]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    if "ermi" in shown.stderr or "unshare" in shown.stderr:
        pytest.skip(f"nothing can be mounted here: {shown.stderr.strip()}")
    assert "mounted.jsonl other/problems.jsonl\n" == shown.stdout, shown.stderr


WITH_A_COPY = """
import subprocess, sys
from dataclasses import replace
from pytest_mathbench.records import Limits
from pytest_mathbench.sandbox import Sandbox
from pytest_mathbench.sandbox.layers import Layers
place, copy, layers = sys.argv[1], sys.argv[2], Layers.from_json(sys.argv[3])
subprocess.run(["mount", "--bind", copy, place], check=True)
program = f'''
import sys
sys.path.insert(0, {place!r})
for name in ("bundled/algebra.jsonl", "families/catalog.py"):
    try:
        print(open({place!r} + "/pytest_mathbench/" + name).read())
    except OSError:
        print("no")
sys.modules.pop("pytest_mathbench", None)
try:
    from pytest_mathbench.families import catalog
    print(catalog.answer)
except (ImportError, OSError):
    print("no")
'''
with Sandbox(preload=(), layers=layers) as sandbox:
    print(sandbox.run(program, Limits(cpu_seconds=5.0, wall_seconds=60.0, memory_bytes=1 << 29)).stdout)
"""


def test_a_copy_of_the_package_in_the_base_interpreter_is_out_of_reach(layers: Layers, tmp_path: Path) -> None:
    """An interpreter may have this package installed besides the environment that is made of it."""
    place = STANDARD_LIBRARY / "site-packages"
    if place in readable.site_packages() or not place.is_dir():
        pytest.skip("this environment is the base interpreter's own")
    for name in ("__init__.py", "bundled/algebra.jsonl", "families/__init__.py", "families/catalog.py"):
        path = tmp_path / "pytest_mathbench" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"answer = {SESAME!r}\n", encoding="ascii")
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    command = ["unshare", "--mount", *as_root, sys.executable, "-c", WITH_A_COPY, place, tmp_path, layers.to_json()]
    shown = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    if "mount" in shown.stderr or "unshare" in shown.stderr:
        pytest.skip(f"nothing can be mounted here: {shown.stderr.strip()}")
    assert "no\nno\nno\n\n" == shown.stdout, shown.stderr
