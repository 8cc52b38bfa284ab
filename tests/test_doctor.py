"""Can a run start here? Failures provoked for real: what the doctor says of each, and what the run says, with its cure.

Not here: the run without user namespaces or Landlock, which test_layers holds. docs/doctor.md has all ten in a table.
"""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from documented import ROOT
from test_layers import NO_READING, denying, needs_all
from test_vllm import install
from test_weights import weights

from conftest import ScriptedServer, row
from pytest_mathbench.cli import main
from pytest_mathbench.doctor import Finding, State, confinement, endpoints, machine
from pytest_mathbench.doctor import server as engines
from pytest_mathbench.sandbox.layers import Layers, probe
from pytest_mathbench.serving.processor import Processor
from pytest_mathbench.settings import Settings

DOCTOR = "import sys; from pytest_mathbench.cli import main; sys.exit(main(sys.argv[1:]))"

OUT_OF_MEMORY = (
    "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 3.50 GiB. GPU 0 has a total capacity of 7.78 GiB of "
    "which 1.02 GiB is free."
)
ENGINE = '''
"""Stands in for a vLLM that was built for GPUs, and dies as it does."""

import os
import socket
import sys

if words := os.environ.get("LAST_WORDS"):
    sys.exit(words)
port = int(sys.argv[sys.argv.index("--port") + 1])
taken = socket.create_server(("127.0.0.1", port))
socket.create_server(("127.0.0.1", port))
'''


def told(findings: Iterator[Finding]) -> dict[str, Finding]:
    """Findings by name."""
    return {finding.name: finding for finding in findings}


def in_a_shell(*wrapper: str, arguments: list[str], program: str = DOCTOR) -> subprocess.CompletedProcess[str]:
    """Run the doctor, or another program, behind a command that takes something away."""
    return subprocess.run(
        [*wrapper, sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@needs_all
def test_a_machine_with_everything_passes(
    server: ScriptedServer, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One screen of 80 columns, a line or two for each thing; the status says that a run can start."""
    monkeypatch.chdir(tmp_path)
    assert 0 == main(["doctor", "--model=m", f"--endpoint={server.url}"])
    lines = capsys.readouterr().out.splitlines()
    assert "A run can start." == lines[-1]
    assert [] == [line for line in lines if len(line) > 80 and str(tmp_path) not in line]
    assert len(lines) < 24
    assert ["python", "packages", "system", "memory", "open files", "disk", "temporary"] == [
        line[:11].rstrip() for line in lines if line[:11].strip()
    ][:7]


@needs_all
def test_what_is_worse_than_it_could_be_is_named_last(
    server: ScriptedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run without confinement can start; nobody overlooks it."""
    assert 0 == main(["doctor", "--model=m", f"--endpoint={server.url}", "--sandbox=off"])
    said = capsys.readouterr().out
    assert "\nsandbox     limited  off: a program can read every file that you can read," in said
    assert "\n                     → --mathbench-sandbox=strict\n" in said
    assert said.endswith("\n\nA run can start; limited: sandbox.\n")


@needs_all
def test_json_says_the_same(server: ScriptedServer, capsys: pytest.CaptureFixture[str]) -> None:
    """For a job that decides by it."""
    server.key = "right"
    assert 1 == main(["doctor", "--model=m", f"--endpoint={server.url}", "--json"])
    said = json.loads(capsys.readouterr().out)
    assert False is said["can_start"]
    assert ["endpoint"] == [each["name"] for each in said["findings"] if each["state"] == "missing"]
    assert {"name", "state", "found", "cure"} == set(said["findings"][0])


def test_a_bad_option_is_refused_as_the_run_refuses_it(capsys: pytest.CaptureFixture[str]) -> None:
    """By the same table of settings."""
    assert 4 == main(["doctor", "--sandbox=firm"])
    assert "mathbench: --sandbox: 'firm': expected one of strict, auto, off\n" == capsys.readouterr().err


def test_arguments_for_another_engine_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """As the run refuses them."""
    assert 4 == main(["doctor", "--model=m", "--sglang-args=--tp 2"])
    assert "--mathbench-sglang-args are for another engine" in capsys.readouterr().err


def test_every_package_that_is_declared_is_looked_at() -> None:
    """What pip was told is what is held against what is there."""
    found = told(machine.findings(Settings()))["packages"]
    assert State.OK == found.state
    assert f"pytest {pytest.__version__}, " in found.found


def test_a_package_of_a_wrong_version_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that brings the right one."""
    monkeypatch.setattr(machine, "requires", lambda _: ["pytest>=999", "no-such-thing>=1", "vllm>=1; extra == 'vllm'"])
    found = told(machine.findings(Settings()))["packages"]
    assert f"pytest {pytest.__version__}, no-such-thing not installed" == found.found
    assert "python -m pip install 'pytest>=999' 'no-such-thing>=1'" == found.cure


# 1. No kernel support.


@needs_all
def test_without_landlock_and_namespaces_a_run_is_refused(tmp_path: Path) -> None:
    """Each layer with its reason and its cure, in the words with which a run ends."""
    ended = denying("EPERM", NO_READING, "-c", DOCTOR, "doctor", "--json", f"--output={tmp_path}")
    found = {each["name"]: Finding.from_data(each) for each in json.loads(ended.stdout)["findings"]}
    assert 1 == ended.returncode
    assert (State.MISSING, "Operation not permitted") == (found["landlock"].state, found["landlock"].found)
    assert "landlock_* calls" in found["landlock"].cure
    assert State.MISSING == found["bubblewrap"].state
    assert State.LIMITED == found["namespaces"].state
    assert found["sandbox"].found.startswith("programs cannot be confined here (landlock: Operation not permitted")
    assert found["sandbox"].cure.startswith("either run the container with a seccomp profile that allows landlock_*")


# 2. No model.


def test_a_folder_that_is_not_there_is_told(with_engine: Path) -> None:
    """With what may be named instead."""
    found = told(engines.findings(Settings(model="./nowhere")))["model"]
    assert (
        Finding(
            "model",
            State.MISSING,
            "model folder nowhere: no such folder",
            "name one that is there, a hub id, or an alias (mathbench models)",
        )
        == found
    )


def test_the_run_tells_it_as_well(pytester: pytest.Pytester) -> None:
    """The same words, before anything starts."""
    result = pytester.runpytest("--mathbench-model=./nowhere")
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    result.stderr.fnmatch_lines(["*model folder nowhere: no such folder", "→ name one that is there, a hub id, *"])


def test_without_an_engine_a_model_is_missing_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless no model is named: then an endpoint may be."""
    monkeypatch.setattr("pytest_mathbench.serving.vllm.find_spec", lambda _: None)
    found = told(engines.findings(Settings(model="m")))["vllm"]
    assert State.MISSING == found.state
    assert found.cure.startswith("install vLLM beside pytest: pip install 'pytest-mathbench[vllm]'")
    assert State.LIMITED == told(engines.findings(Settings()))["vllm"].state


# 3. A wrong key; and what else an endpoint may lack.


def test_a_wrong_key_is_told(server: ScriptedServer) -> None:
    """By the run's own first request, with the option that names the right one."""
    server.key = "right"
    found = told(endpoints.findings(Settings(model="m", base_url=(server.url,))))
    assert ["endpoint"] == list(found)
    assert "refuses the API key (401): bad key" in found["endpoint"].found
    assert "--mathbench-api-key-env names the environment variable that holds it" == found["endpoint"].cure


def test_the_run_refuses_to_start_with_a_wrong_key(
    pytester: pytest.Pytester, server: ScriptedServer, problem_file: Callable[..., Path]
) -> None:
    """The same words, and who knows more."""
    server.key = "right"
    result = pytester.runpytest(
        "--mathbench-model=m", f"--mathbench-problems={problem_file(row('a-1'))}", f"--mathbench-base-url={server.url}"
    )
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    result.stderr.fnmatch_lines(
        [
            "*refuses the API key (401): bad key",
            "→ --mathbench-api-key-env names the environment variable that holds it",
            "(mathbench doctor looks at all that a run needs)",
        ]
    )


def test_a_key_that_is_not_set_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the line that sets it."""
    settings = Settings(model="m", base_url=("http://127.0.0.1:1/v1",), api_key_env="NO_SUCH_KEY")
    found = told(endpoints.findings(settings))["api key"]
    assert "the environment variable NO_SUCH_KEY should hold the API key, but is not set" == found.found
    assert found.cure.startswith("export NO_SUCH_KEY=…")


def test_the_endpoint_s_models_are_listed(server: ScriptedServer) -> None:
    """Where none is named, or a wrong one."""
    server.models = ["org/large", "org/small"]
    server.default = (404, json.dumps({"error": {"message": "no such model"}}))
    for model, said in (("org/smal", "org/smal is not listed"), ("", "no model is named")):
        found = told(endpoints.findings(Settings(model=model, base_url=(server.url,))))["model"]
        assert (State.MISSING, said) == (found.state, found.found)
        assert found.cure.startswith("--mathbench-model=NAME, of 2: ")
        assert "org/small" in found.cure


# 4. A full disk.


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    """By writing; nothing is left behind, and no folder is made."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))  # Python ignores the signal
    try:
        found = machine._output(tmp_path / "runs")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert f"the output folder {tmp_path} cannot be written to: File too large" == found.found
    assert "make room there, or name another with --mathbench-output" == found.cure
    assert [] == list(tmp_path.iterdir())


@needs_all
def test_the_run_refuses_to_start_on_a_full_disk(tmp_path: Path, problem_file: Callable[..., Path]) -> None:
    """A file system of one page, which is really full; replay and sandbox are out of the way."""
    program = "import pytest, sys; sys.exit(pytest.main(sys.argv[1:]))"
    options = [f"--mathbench-output={tmp_path / 'disk'}", f"--mathbench-problems={problem_file(row('a-1'))}"]
    (tmp_path / "disk").mkdir()
    ended = in_a_shell(
        *("bwrap", "--dev-bind", "/", "/", "--size", "4096", "--tmpfs", str(tmp_path / "disk"), "--"),
        program=program,
        arguments=["-p", "no:cacheprovider", "--mathbench-model=smollm2", "--mathbench-sandbox=off", *options],
    )
    assert pytest.ExitCode.USAGE_ERROR == ended.returncode
    assert (
        f"the output folder {tmp_path / 'disk'} cannot be written to: No space left on device\n"
        "→ make room there, or name another with --mathbench-output"
    ) in ended.stderr


def test_a_file_where_a_folder_should_be_is_told(tmp_path: Path) -> None:
    """No run could be recorded in it."""
    (tmp_path / "file").touch()
    found = machine._output(tmp_path / "file" / "runs")
    assert f"the output folder {tmp_path / 'file'} cannot be written to: Not a directory" == found.found
    assert "name another with --mathbench-output" == found.cure


def test_more_programs_than_memory_are_told() -> None:
    """With how much each may have."""
    small = Processor(has_bfloat16=True, cores=1, has_quota=True, memory=1 << 30)
    found = machine._memory(small, 2 << 30)
    assert State.LIMITED == found.state
    assert found.found.startswith("1.0 GiB; 1 core by quota; ")
    assert f"--mathbench-memory={512 // len(os.sched_getaffinity(0))}M" == found.cure


# 5. No network.


@needs_all
def test_without_a_network_an_endpoint_is_unreachable(problem_file: Callable[..., Path]) -> None:
    """The doctor and the run say the same, in a network namespace with nothing but loopback."""
    program = f"""
import subprocess, sys
from pytest_mathbench.doctor import endpoints
from pytest_mathbench.settings import Settings
for found in endpoints.findings(Settings(model="m", base_url=("http://192.0.2.1/v1",))):
    print(found.to_json())
options = ["--mathbench-base-url=http://192.0.2.1/v1", "--mathbench-problems={problem_file(row("a-1"))}"]
command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--mathbench-sandbox=off", "--mathbench-model=m"]
sys.exit(subprocess.run([*command, *options], check=False).returncode)
"""
    ended = in_a_shell("bwrap", "--dev-bind", "/", "/", "--unshare-net", "--", program=program, arguments=[])
    found = Finding.from_json(ended.stdout.splitlines()[0])
    assert "http://192.0.2.1/v1 (model 'm'): unreachable (the endpoint cannot be reached: " in found.found
    assert found.cure.startswith("see that the server runs and listens there, and that neither a firewall nor a proxy")
    assert pytest.ExitCode.USAGE_ERROR == ended.returncode
    assert f"\n→ {found.cure}" in ended.stderr


@needs_all
def test_without_loopback_no_server_can_be_started() -> None:
    """A new network namespace has it switched off."""
    program = """
from pytest_mathbench.sandbox.kernel import LIBC, checked
checked(LIBC.unshare(0x10000000 | 0x40000000), "unshare")
from pytest_mathbench.serving.server import free_port
free_port()
"""
    ended = in_a_shell(program=program, arguments=[])
    assert "no server can be reached on 127.0.0.1: Network is unreachable\n→ sudo ip link set lo up" in ended.stderr


# 6. No bubblewrap.


@needs_all
def test_without_bubblewrap_a_run_is_worse_than_it_could_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """It starts, since Landlock hides files; the doctor says what is lost, and the one command."""
    monkeypatch.setenv("PATH", "")
    found = told(confinement._layers(probe.__wrapped__(), "strict"))["bubblewrap"]
    assert (
        Finding(
            "bubblewrap",
            State.LIMITED,
            "not installed: programs can learn sizes and dates of files outside, and cannot have a scratch folder",
            "apt-get install bubblewrap (dnf, apk and pacman call the package so, too)",
        )
        == found
    )


@pytest.mark.parametrize(
    ("layers", "policy", "state"),
    [
        (Layers(landlock=7, seccomp=True), "strict", State.LIMITED),
        (Layers(seccomp=True), "strict", State.MISSING),
        (Layers(seccomp=True), "auto", State.LIMITED),
    ],
)
def test_a_layer_is_missing_if_a_run_needs_it(layers: Layers, policy: str, state: State) -> None:
    """What hides files is needed once, and by strict alone."""
    missing = {"bubblewrap": "not installed"} | ({} if layers.landlock else {"landlock": "Operation not permitted"})
    found = told(confinement._layers(replace(layers, missing=missing), policy))
    assert state == found["bubblewrap"].state


# 7. An old Python.


def test_an_old_python_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    """By make, which names what would do; pip is told the same bound, and refuses by itself."""
    old = tmp_path / "python3.9"
    old.write_text('#!/bin/sh\ntest "$1" != --version || exec echo "Python 3.9.18"\nexit 1\n')
    old.chmod(0o755)
    command = ["make", "-C", str(ROOT), f"PYTHON={old}", f"VENV={tmp_path / 'venv'}", "demo"]
    ended = subprocess.run(command, capture_output=True, check=False, text=True)
    assert "Python 3.9.18 is too old: name Python 3.11 or newer, as in make PYTHON=python3.12" in ended.stderr
    assert not (tmp_path / "venv").exists()
    assert ">=3.11" == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]


# 8. Wrong GPU memory, 9. a port that is taken, 10. an interrupted download: on a stand-in for vLLM.


@pytest.fixture
def with_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vLLM for GPUs, a GPU with a GiB free, and a model of two; all stand-ins but the server's life. The model."""
    main_module = tmp_path / "lib" / "vllm" / "entrypoints" / "cli" / "main.py"
    main_module.parent.mkdir(parents=True)
    main_module.write_text(ENGINE)
    (tmp_path / "lib" / "vllm" / "__init__.py").touch()
    install(tmp_path / "lib", "vllm", "0.33.0")
    monkeypatch.syspath_prepend(tmp_path / "lib")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "lib"))
    driver = tmp_path / "bin" / "nvidia-smi"
    driver.parent.mkdir()
    driver.write_text("#!/bin/sh\necho 'NVIDIA GeForce RTX 4060, 8188, 1024'\n")
    driver.chmod(0o755)
    monkeypatch.setenv("PATH", f"{driver.parent}{os.pathsep}{os.environ['PATH']}")
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text("{}")
    weights(model / "model.safetensors", 2 << 30)
    return model


def test_a_model_that_is_larger_than_the_gpu_is_told(with_engine: Path) -> None:
    """Before it is loaded; the engine has the last word."""
    found = told(engines.findings(Settings(model=str(with_engine))))
    assert "vllm 0.33.0" == found["vllm"].found
    assert "NVIDIA GeForce RTX 4060, 1.0 GiB of 8.0 GiB free" == found["gpu"].found
    assert "its weights are 2.0 GiB, and 1.0 GiB of memory are free for them" == found["model"].found
    assert State.LIMITED == found["model"].state
    assert "name a smaller or a quantised model, or use more GPUs" == found["model"].cure


@pytest.mark.parametrize(
    ("words", "cause", "cure"),
    [
        (OUT_OF_MEMORY, "(OutOfMemoryError: CUDA out of memory", "not enough memory: name a smaller model, lower"),
        (
            "",
            "(OSError: [Errno 98] Address already in use",
            "another process has taken the port in the meantime: start",
        ),
    ],
    ids=["memory", "port"],
)
def test_the_run_says_why_its_server_died(  # noqa: PLR0913, PLR0917 - a parameter, and what it is made of
    pytester: pytest.Pytester,
    with_engine: Path,
    monkeypatch: pytest.MonkeyPatch,
    problem_file: Callable[..., Path],
    words: str,
    cause: str,
    cure: str,
) -> None:
    """The cause, the engine's last words, what to do, and who knows more."""
    monkeypatch.setenv("LAST_WORDS", words)
    result = pytester.runpytest(
        f"--mathbench-model={with_engine}", f"--mathbench-problems={problem_file(row('a-1'))}", "-s"
    )
    assert pytest.ExitCode.INTERRUPTED == result.ret
    said = result.stdout.str()
    assert f"the vLLM server ended with status 1 {cause}" in said
    assert f"\n→ {cure}" in said
    assert "there is no model to measure; mathbench doctor says what a run lacks" in said


def test_an_endpoint_s_port_may_be_another_service_s(server: ScriptedServer) -> None:
    """Something answers, and is no model."""
    server.default = (200, "<html>welcome</html>")
    found = told(endpoints.findings(Settings(model="m", base_url=(server.url,))))["endpoint"]
    assert State.MISSING == found.state
    assert found.found.endswith("'<html>welcome</html>'")
    assert found.cure.startswith("is this an OpenAI-compatible endpoint?")
    assert State.MISSING == told(endpoints.findings(Settings(base_url=(server.url,))))["model"].state


def test_no_gpu_for_a_build_that_needs_one_is_told(with_engine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to install instead."""
    (with_engine.parent / "bin" / "nvidia-smi").unlink()
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    if not shutil.which("nvidia-smi"):
        found = told(engines.findings(Settings()))["gpu"]
        assert (State.MISSING, "none is visible, and vllm 0.33.0 needs one") == (found.state, found.found)
        assert "pip install 'pytest-mathbench[cpu]'" in found.cure


def test_a_download_that_was_interrupted_is_told(with_engine: Path, pytester: pytest.Pytester) -> None:
    """By the doctor, and by the run before it starts a server."""
    weights(with_engine / "model.safetensors", 2 << 30, lost=1 << 30)
    found = told(engines.findings(Settings(model=str(with_engine))))["model"]
    assert State.MISSING == found.state
    assert f"model folder {with_engine}: model.safetensors has 1,073,741,930 of 2,147,483,754 bytes" in found.found
    assert found.cure.startswith("fetch or copy it again: what is whole is kept")
    result = pytester.runpytest(f"--mathbench-model={with_engine}")
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    result.stderr.fnmatch_lines(["*model.safetensors has 1,073,741,930 of 2,147,483,754 bytes*", f"→ {found.cure}"])


def test_the_page_says_what_is_said() -> None:
    """Each text that the table on docs/doctor.md quotes is one of ours, or stands in a test here; ten failures."""
    page = (ROOT / "docs" / "doctor.md").read_text().partition("## What it says")[2]
    rows = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith("| what is wrong")]
    sources = [Path(__file__), ROOT / "Makefile", *(ROOT / "pytest_mathbench").rglob("*.py")]
    texts = "\n".join(path.read_text() for path in sources)
    ours = re.sub(r'"\s*\n\s*f?"', "", texts)
    quoted = [each for line in rows for each in re.findall(r"`([^`]+)`", line) if "3.9.18" not in each]  # pip's own
    assert 10 == len(rows)
    assert [] == [each for each in quoted if each not in ours]


def test_few_descriptors_are_told() -> None:
    """With the command that allows more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))
    try:
        found = machine._open_files()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert (State.LIMITED, "ulimit -n 1024") == (found.state, found.cure)
