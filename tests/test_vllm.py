"""The server's command line, and what is said without one."""

from pathlib import Path

import pytest

from pytest_mathbench.errors import ServerError
from pytest_mathbench.serving.vllm import VllmServer, command_line


def test_on_a_gpu_the_command_is_vllm_serve() -> None:
    """The user's arguments come last, unchanged, so that they win."""
    command = command_line("org/model", "alias", 8000, ["--tensor-parallel-size", "2"], cpu=False)
    assert ["-m", "vllm.entrypoints.cli.main", "serve", "org/model", "--served-model-name", "alias"] == command[2:8]
    assert ["--tensor-parallel-size", "2"] == command[-2:]


@pytest.mark.parametrize("arguments", [["--max-model-len", "512"], ["--max-model-len=512"], []])
def test_on_a_cpu_prefill_is_never_split(arguments: list[str]) -> None:
    """The batch is as long as the context: a seeded request whose prefill is split kills the CPU engine."""
    command = command_line("org/model", "alias", 8000, arguments, cpu=True)
    length = "512" if arguments else "4096"
    assert "--no-enable-chunked-prefill" in command
    assert [length, length] == [
        command[command.index(option) + 1] for option in ("--max-model-len", "--max-num-batched-tokens")
    ]


@pytest.mark.parametrize(
    ("line", "phase"),
    [
        ("", "starting"),
        ("INFO [model.py:733] Resolved architecture: LlamaForCausalLM", "reading the model's configuration"),
        ("INFO [core.py:133] Initializing a V1 LLM engine (v0.32.0) with config: warmup", "starting its engine"),
        ("Loading safetensors checkpoint shards:   0% Completed | 0/1", "loading the weights"),
        ("INFO [core.py:402] init engine (profile, create kv cache, warmup model) took 1.96 s", "warming up"),
        ("INFO:     Application startup complete.", "waiting for its first completion"),
    ],
)
def test_progress_tells_the_newest_phase(tmp_path: Path, line: str, phase: str) -> None:
    """What the log says last is what the server is doing; warnings and chatter after it say nothing."""
    log = tmp_path / "server.log"
    log.write_text(f"{line}\n(W) WARNING [vllm.py:1703] Enforce eager, disabling warmup: Compiling a graph\nchatter\n")
    assert phase == VllmServer("org/model", log=log)._phase()


def test_without_vllm_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The two extras and the way without them are named."""
    monkeypatch.setattr("pytest_mathbench.serving.vllm.find_spec", lambda _: None)
    with (
        pytest.raises(ServerError, match=r"pytest-mathbench\[vllm\].*pytest-mathbench\[cpu\].*--mathbench-base-url"),
        VllmServer("org/model", log=tmp_path / "server.log"),
    ):
        pass
