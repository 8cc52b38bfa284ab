"""Which layers there are, and what is done where some are missing."""

import platform
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import ScriptedServer, row
from pytest_mathbench.errors import SandboxError
from pytest_mathbench.pipeline import TRIAL
from pytest_mathbench.sandbox import layers
from pytest_mathbench.sandbox.layers import OFF, Layers, choose, probe
from pytest_mathbench.settings import POLICIES

FULL = Layers(landlock=7, seccomp=True, announced=True, bubblewrap="/usr/bin/bwrap", namespaces=True)
NONE = {"landlock": "Function not implemented", "seccomp": "Operation not permitted", "bubblewrap": "not installed"}
DENIED = Path(__file__).with_name("denied.py")


def denying(code: str, names: str, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a Python command where some system calls are refused."""
    return subprocess.run(
        [sys.executable, str(DENIED), code, names, sys.executable, *command],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def probed(code: str, names: str) -> Layers:
    """Probe where some system calls are refused."""
    program = "from pytest_mathbench.sandbox.layers import probe; print(probe().to_json())"
    return Layers.from_json(denying(code, names, "-c", program).stdout)


needs_all = pytest.mark.skipif(probe().missing != {}, reason=f"some layers are missing here: {probe()}")


@needs_all
def test_all_layers_are_found_where_they_work() -> None:
    """On a machine with everything nothing is missing, and the version is the kernel's."""
    found = probe()
    assert found.landlock > 0
    assert found.seccomp is True
    assert found.announced is True
    assert bool(found.bubblewrap)
    assert found.namespaces is True


@needs_all
@pytest.mark.parametrize(
    ("code", "names", "missing"),
    [
        ("ENOSYS", "landlock_create_ruleset", {"landlock": "Function not implemented"}),
        ("EOPNOTSUPP", "landlock_create_ruleset", {"landlock": "Operation not supported"}),
        ("EPERM", "landlock_restrict_self", {"landlock": "Operation not permitted"}),
        ("EPERM", "seccomp", {"seccomp": "Operation not permitted"}),
    ],
)
def test_a_layer_that_the_kernel_refuses_is_missing_with_the_reason(
    code: str, names: str, missing: dict[str, str]
) -> None:
    """A container's profile may forbid a layer; what it says is what the user reads."""
    assert missing == probed(code, names).missing


@needs_all
def test_without_user_namespaces_bubblewrap_is_missing() -> None:
    """Docker's default profile and some distributions forbid them; the other layers stay."""
    found = probed("EPERM", "unshare,clone,mount")
    assert found.landlock > 0
    assert found.seccomp is True
    assert found.bubblewrap == ""
    assert ["bubblewrap"] == list(found.missing)
    assert found.namespaces is False
    assert "ermi" in found.missing["bubblewrap"]


@needs_all
def test_a_missing_bubblewrap_says_so() -> None:
    """A program that is not installed is named as that."""
    program = "import os; os.environ['PATH'] = ''\nfrom pytest_mathbench.sandbox.layers import probe\nprint(probe())"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert f"landlock {probe().landlock}, seccomp, no bubblewrap (not installed)\n" == shown


@pytest.mark.parametrize(
    ("found", "sufficient"),
    [
        (FULL, True),
        (replace(FULL, bubblewrap=""), True),
        (replace(FULL, landlock=0), True),
        (replace(FULL, announced=False), True),
        (replace(FULL, landlock=0, bubblewrap=""), False),
        (replace(FULL, seccomp=False), False),
        (Layers(), False),
    ],
)
def test_strict_needs_seccomp_and_one_that_hides_files(
    monkeypatch: pytest.MonkeyPatch,
    found: Layers,
    sufficient: bool,  # noqa: FBT001 - a parameter
) -> None:
    """Below the minimum strict refuses, auto goes on and knows the dangers."""
    found = replace(found, missing=NONE)
    monkeypatch.setattr(layers, "probe", lambda: found)
    assert found == choose("auto")
    assert sufficient == (not found.dangers)
    if sufficient:
        assert found == choose("strict")
        return
    with pytest.raises(SandboxError, match="--mathbench-sandbox=auto runs them all the same: they could "):
        choose("strict")


def test_a_refusal_says_what_to_enable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user reads which layer is missing, why, and by which package or kernel it comes."""
    missing = {"landlock": "Function not implemented", "bubblewrap": "not installed"}
    found = Layers(seccomp=True, announced=True, namespaces=True, missing=missing)
    monkeypatch.setattr(layers, "probe", lambda: found)
    with pytest.raises(SandboxError) as caught:
        choose("strict")
    assert str(caught.value).startswith(
        "programs cannot be confined here (landlock: Function not implemented; bubblewrap: not installed)\n"
        "→ either use Linux 5.13 or newer; in Docker, version 23 or newer or apt-get install bubblewrap"
    )


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (FULL, "landlock 7, seccomp, bubblewrap"),
        (replace(FULL, announced=False), "landlock 7, seccomp (refusals are not named), bubblewrap"),
        (replace(FULL, bubblewrap="", missing={"bubblewrap": "not installed"}),
         "landlock 7, seccomp, no bubblewrap (not installed)"),
    ],
)  # fmt: skip
def test_the_header_names_what_there_is_and_what_not(found: Layers, said: str) -> None:
    """Each layer that works is named, each that is missing with its reason."""
    assert said == str(found)


def test_off_is_off() -> None:
    """Nothing is probed, nothing confines, and the header says it."""
    assert Layers() == choose("off")
    assert OFF == str(choose("off"))


@pytest.mark.parametrize("policy", POLICIES)
def test_other_systems_are_refused_with_a_way_out(monkeypatch: pytest.MonkeyPatch, policy: str) -> None:
    """Elsewhere than on Linux the user is told of containers."""
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SandboxError, match=r"on Linux only\n→ run pytest in a Linux container .* docker run"):
        choose(policy)


def test_a_scratch_folder_needs_two_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a file system of its own there is no quota, without Landlock no telling where."""
    monkeypatch.setattr(layers, "probe", lambda: replace(FULL, bubblewrap="", missing={"bubblewrap": "not installed"}))
    with pytest.raises(SandboxError, match=r"no bubblewrap \(not installed\)\n→ apt-get install bubblewrap"):
        choose("strict", scratch=True)


def session(code: str, names: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest where some system calls are refused."""
    return denying(code, names, "-m", "pytest", "-p", "no:cacheprovider", *arguments)


NO_READING = "landlock_create_ruleset,unshare,clone,mount"


@needs_all
def test_the_option_decides_what_happens_without_layers(
    pytester: pytest.Pytester, server: ScriptedServer, problem_file: Callable[..., Path]
) -> None:
    """Strict refuses before a problem is put to the model; auto warns; off says so; all in words."""
    options = [
        "--mathbench-model=m",
        f"--mathbench-problems={problem_file(row('a-1'))}",
        f"--mathbench-base-url={server.url}",
    ]
    strict = session("EPERM", NO_READING, *options)
    assert pytest.ExitCode.USAGE_ERROR == strict.returncode
    assert [TRIAL] == [request["messages"][-1]["content"] for request in server.requests]  # it goes at the same time
    assert (
        "mathbench: programs cannot be confined here (landlock: Operation not permitted; bubblewrap: " in strict.stderr
    )
    assert "\n→ either run the container with a seccomp profile that allows landlock_* calls" in strict.stderr
    assert "(mathbench doctor looks at all that a run needs)" in strict.stderr
    auto = session("EPERM", NO_READING, *options, "--mathbench-sandbox=auto")
    warning = "mathbench: WARNING: a program can read every file that you can read, the reference answers included\n"
    assert auto.returncode == 0
    assert auto.stdout.count(warning) == 2
    assert "mathbench: sandbox: seccomp, no landlock (Operation not permitted), no bubblewrap (" in auto.stdout
    assert "; mathbench doctor says what brings it; python " in auto.stdout
    off = session("EPERM", NO_READING, *options, "--mathbench-sandbox=off")
    assert 0 == off.returncode
    assert f"mathbench: sandbox: {OFF}; python {platform.python_version()}" in off.stdout
    assert "WARNING: a program can open sockets" in off.stdout


@needs_all
def test_workers_use_the_controllers_layers(
    pytester: pytest.Pytester, server: ScriptedServer, problem_file: Callable[..., Path]
) -> None:
    """Under xdist programs are confined as the header says, in a worker."""
    server.default = "```python\nimport socket\nsocket.socket()\n```"
    result = pytester.runpytest_subprocess(
        "-n1",
        "--mathbench-model=m",
        f"--mathbench-problems={problem_file(row('a-1'), row('a-2'))}",
        f"--mathbench-base-url={server.url}",
    )
    result.stdout.fnmatch_lines(
        [
            f"mathbench: sandbox: {probe()}; *",
            "outcomes: 2 crashed; 0 not measured",
            "unsafe: 2 of 2 programs (100.0%) tried: 2 network",
        ]
    )
