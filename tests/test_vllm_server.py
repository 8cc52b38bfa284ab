"""A real vLLM server on CPU with the small model: started, watched, used, ended."""

import json
import os
import re
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

import psutil
import pytest
from factories import results_of
from sessions import Session, reaping, survivors

from conftest import row
from pytest_mathbench.errors import ServerError
from pytest_mathbench.execution import Limits
from pytest_mathbench.generation.service import GenerationService
from pytest_mathbench.generation.strategies.single import Single
from pytest_mathbench.generation.strategies.stepwise import Stepwise
from pytest_mathbench.inspection.inspector import Inspector, Triggers
from pytest_mathbench.recording.completions import CompletionStore
from pytest_mathbench.recording.recorded import read_info
from pytest_mathbench.records import ItemResult, Prompt, Request, Sampling
from pytest_mathbench.sandbox import Sandbox
from pytest_mathbench.serving import demo
from pytest_mathbench.serving.adapters import check_adapter
from pytest_mathbench.serving.endpoint import Endpoint
from pytest_mathbench.serving.probe import probe
from pytest_mathbench.serving.server import Server
from pytest_mathbench.serving.vllm import Vllm

pytestmark = pytest.mark.vllm

MODEL = "smollm2"
ROUNDING = 0.125
"""The margin of two tokens whose logits are neighbours in bfloat16, at most: tanh(0.25 / 2), between 32 and 64."""

QUICK = ["--mathbench-max-tokens=200", "--mathbench-level=1", "--mathbench-per-cell=2"]


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """One server for all tests that only use one."""
    folder = tmp_path_factory.mktemp("server")
    said: list[str] = []
    with Server(Vllm(), MODEL, log=folder / "server.log", progress=said.append) as endpoint:
        (folder / "said").write_text("\n".join(said))
        yield endpoint


def test_ready_means_that_it_completes(endpoint: Endpoint) -> None:
    """When the context is entered a completion has come back, and the next one does too."""
    probe(endpoint)
    assert MODEL == endpoint.model


def test_a_processor_with_avx2_alone_is_served_in_float32(tmp_path: Path) -> None:
    """With what is newer hidden from it the server still answers, and multiplies by oneDNN rather than by emulation."""
    hidden = os.environ | {
        "PYTHONPATH": str(Path(__file__).parent.parent / "benchmarks" / "avx2"),
        "ATEN_CPU_CAPABILITY": "avx2",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
    }
    with Server(Vllm(environment=hidden), MODEL, log=tmp_path / "server.log") as endpoint:
        probe(endpoint)
    log = (tmp_path / "server.log").read_text()
    assert "dtype=torch.float32" in log
    assert "Failed to create oneDNN linear" not in log


def test_nobody_else_can_use_it(endpoint: Endpoint) -> None:
    """The server has a key of its own, so neither a neighbour nor a program can ask it."""
    with pytest.raises(ServerError, match="refuses the API key"):
        probe(Endpoint(base_url=endpoint.base_url, model=endpoint.model, api_key="guess"))


def test_its_metrics_say_how_many_tokens_it_has_made(endpoint: Endpoint) -> None:
    """Progress is told by them before any completion is done."""
    probe(endpoint)
    address = f"{endpoint.base_url.removesuffix('/v1')}/metrics"
    with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310 - our own
        text = answer.read().decode()
    assert sum(map(float, re.findall(Vllm.counter, text, re.MULTILINE))) > 0


def test_the_model_is_made_once(endpoint: Endpoint) -> None:
    """The converted model is complete, found again at once, and nothing half-made lies beside it."""
    said: list[str] = []
    folder = demo.ensure(said.append)
    assert [] == said
    assert (folder / "config.json").is_file()
    assert [] == list(folder.parent.glob(".making-*"))


def recorded(output: Path) -> list[ItemResult]:
    """Read the one run that was recorded in a folder."""
    (run,) = output.iterdir()
    return results_of(run)


def at(endpoint: Endpoint) -> list[str]:
    """Ask the endpoint that is served here, whose key is in the environment."""
    return [
        f"--mathbench-model={MODEL}",
        f"--mathbench-base-url={endpoint.base_url}",
        "--mathbench-api-key-env=VLLM_KEY",
    ]


def test_one_process_and_two_workers_agree(
    pytester: pytest.Pytester, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same greedy requests to one real server give every item the same program, however they are run.

    One request at a time: in bfloat16 the other members of a batch may change a token (docs/measured.md).
    """
    monkeypatch.setenv("VLLM_KEY", endpoint.api_key)
    given = [*at(endpoint), *QUICK, "--mathbench-concurrency=1", "--mathbench-limit=6"]
    pytester.runpytest(*given, "--mathbench-output=alone")
    pytester.runpytest(*given, "--mathbench-output=shared", "-n2")
    told = [
        {result.problem.id: (result.outcome, result.program) for result in recorded(Path(name))}
        for name in ("alone", "shared")
    ]
    assert 6 == len(told[0])
    assert told[0] == told[1]


def test_one_token_a_request_is_greedy_decoding(endpoint: Endpoint, tmp_path: Path) -> None:
    """The null control on a real server: `stepwise` makes the very tokens of `single`.

    They may part where two tokens are as good as equal: a prefix that is read at once and one that was made token by
    token differ in the last bits of bfloat16.
    """
    idle = Inspector(  # without triggers it looks at nothing, and its sandbox never starts
        Sandbox(), Limits(cpu_seconds=1.0, wall_seconds=1.0, memory_bytes=1 << 30), Triggers((), 0.0, 0.0)
    )
    store = CompletionStore(tmp_path)
    service = GenerationService(endpoint, store, concurrency=1)
    parted = []
    for number in range(4):
        prompt = Prompt(user=f"Write a Python program that prints {number} + 17 · {number + 3} and the words é → 😀.")
        request = Request(prompt=prompt, sampling=Sampling(max_tokens=40), tokens=True)
        whole, steps = (
            strategy.attempt(request, service, idle).completion.tokens for strategy in (Single(), Stepwise())
        )
        assert whole is not None
        assert steps is not None
        pairs = zip_longest(whole.ids, steps.ids)
        place = next((number for number, (one, other) in enumerate(pairs) if one != other), None)
        parted += [] if place is None else [whole.margins[place]]
    service.close()
    store.close()
    assert [] == [margin for margin in parted if margin > ROUNDING]


def test_regeneration_goes_on_from_the_very_tokens(
    pytester: pytest.Pytester, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a real server the kept part of a completion is kept to the token, and another token stands at the place."""
    monkeypatch.setenv("VLLM_KEY", endpoint.api_key)
    given = [*at(endpoint), *QUICK, "--mathbench-limit=6"]
    result = pytester.runpytest(*given, "--mathbench-strategy=regenerate", "--mathbench-regenerations=2")
    result.stdout.fnmatch_lines(
        ["mathbench: strategy regenerate on *", "outcomes: *; 0 not measured", "regenerations *"]
    )
    efforts = [each.effort for each in recorded(Path(".mathbench")) if each.effort]
    steps = [step for effort in efforts for step in effort.regenerations]
    assert 6 == len(efforts)
    assert [] != steps
    assert [] == [step for step in steps if step.before == step.after]


def test_the_whole_chain_under_xdist(pytester: pytest.Pytester) -> None:
    """The plugin's own server: one for two workers, logged in the run's folder, every item measured."""
    result = pytester.runpytest_subprocess(f"--mathbench-model={MODEL}", *QUICK, "-n2", timeout=600)
    result.stdout.fnmatch_lines(
        [
            "mathbench: model smollm2 on a vLLM server of this run (CPU: *float*, * threads*); *",
            "mathbench: vLLM server: ready after * s",
            "*= mathbench: smollm2 =*",
            "all *",
            "outcomes: *; 0 not measured",
            "*= *in *",
        ]
    )
    (folder,) = Path(".mathbench").iterdir()
    log = (folder / "server.log").read_text()
    assert 14 == len(results_of(folder))
    assert 1 == log.count("Application startup complete")  # once for each server
    assert MODEL == read_info(folder).model


def test_a_server_that_is_killed_is_started_again(tmp_path: Path) -> None:
    """A server killed while items run comes back at its address and is asked again: every item is measured."""
    session = Session(tmp_path, [f"--mathbench-model={MODEL}", "--mathbench-max-tokens=150", *QUICK[1:]])
    session.wait_until(lambda: "ready after" in session.log.read_text(), 400)
    for process in psutil.Process(session.process.pid).children(recursive=True):
        if "vllm.entrypoints" in " ".join(process.cmdline()) and "guard.py" not in " ".join(process.cmdline()):
            process.kill()
    session.process.wait(600)
    log = session.log.read_text()
    assert "0 not measured" in log
    assert 1 == log.count("died; starting it again")
    assert 2 == log.count("ready after")


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    """A folder that looks like a model and is none."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "llama", "architectures": ["LlamaForCausalLM"]}')
    return folder


@pytest.mark.parametrize(
    ("arguments", "environment", "hint"),
    [
        (["--no-such-option"], {}, "check the arguments given in --mathbench-vllm-args"),
        ([], {"VLLM_CPU_KVCACHE_SPACE": "100000"}, "not enough memory"),
    ],
)
def test_an_early_death_is_explained(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    environment: dict[str, str],
    hint: str,
) -> None:
    """A server that dies while it starts is noticed at once, with its last words and what to do."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    server = Server(Vllm(arguments), MODEL, log=tmp_path / "server.log")
    with pytest.raises(ServerError, match=r"the vLLM server ended with status \d+") as caught, server:
        pass
    assert f"→ {hint}" in str(caught.value)


def test_an_unknown_model_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that no hub knows, or a hub that cannot be reached: what to check."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    server = Server(Vllm(), "nobody/no-such-model", log=tmp_path / "server.log")
    with pytest.raises(ServerError, match="the model was not found: check the hub id"), server:
        pass


def test_a_folder_without_weights_is_no_model(tmp_path: Path, model_folder: Path) -> None:
    """The server's own words are in the error where no hint fits."""
    with (
        pytest.raises(ServerError, match="the end of its log"),
        Server(Vllm(), str(model_folder), log=tmp_path / "server.log"),
    ):
        pass


def test_a_start_has_an_end(tmp_path: Path) -> None:
    """A server that takes too long is ended, and the option that allows more is named."""
    with reaping() as descendants:
        server = Server(Vllm(), MODEL, log=tmp_path / "server.log", timeout=3)
        with (
            pytest.raises(
                ServerError, match=r"did not answer within 3 s .* allow more with --mathbench-server-timeout"
            ),
            server,
        ):
            pass
        assert [] == survivors(descendants)


def test_leaving_the_context_ends_it(tmp_path: Path) -> None:
    """Process, engine and workers are gone, and the port is free."""
    with reaping() as descendants:
        with Server(Vllm(), MODEL, log=tmp_path / "server.log") as endpoint:
            assert [] != descendants()
        assert [] == survivors(descendants)
    assert not listens(port_of(endpoint.base_url))


def test_a_server_that_dies_makes_items_unmeasured(tmp_path: Path, problem_file: Callable[..., Path]) -> None:
    """When the engine is killed under a run, for good, what it had not answered becomes no outcome, but a fault."""
    problems = problem_file(*(row(f"a-{number}") for number in range(6)))
    arguments = [f"--mathbench-model={MODEL}", f"--mathbench-problems={problems}", "--mathbench-concurrency=1"]
    arguments += ["--mathbench-server-restarts=0"]
    with reaping() as descendants:
        session = Session(tmp_path, [*arguments, "--mathbench-max-tokens=900"])
        session.wait_until(lambda: "ready after" in session.log.read_text(), 300)
        time.sleep(1)  # the first request is in flight
        pytest_itself = session.process.pid  # which pytest-rerunfailures makes listen, too
        api_server = next(each for each in descendants() if listening_ports(each) and each.pid != pytest_itself)
        api_server.kill()
        session.process.wait(300)
        assert [] == survivors(descendants)
    results = recorded(tmp_path / ".mathbench")
    answered = [result for result in results if result.completion]  # before the end: a whole completion is measured
    assert {result.problem.id for result in answered} == {result.problem.id for result in results if result.outcome}
    assert any("the vLLM server ended with status 137" in (result.fault or "") for result in results)


@pytest.mark.parametrize("workers", [[], ["-n2"]], ids=["alone", "xdist"])
def test_nothing_is_left_after_a_crash_in_a_fixture(tmp_path: Path, workers: list[str]) -> None:
    """A fixture of the suite's own that breaks ends the server as any end does, and no item is wrong."""
    (tmp_path / "conftest.py").write_text(
        "import pytest\n\n@pytest.fixture(autouse=True)\ndef broken(mathbench_server):\n    raise OSError('broken')\n"
    )
    (tmp_path / "test_suite.py").write_text("def test_problem(problem, mathbench): mathbench(problem)\n")
    arguments = ["test_suite.py", f"--mathbench-model={MODEL}", "--mathbench-limit=2", *workers]
    with reaping() as descendants:
        session = Session(tmp_path, arguments)
        session.process.wait(300)
        assert [] == survivors(descendants)
    faults = {result.fault for result in recorded(tmp_path / ".mathbench")}
    assert {"OSError: broken"} == faults


@pytest.mark.parametrize("workers", [[], ["-n2"]], ids=["alone", "xdist"])
@pytest.mark.parametrize("phase", ["start", "items"])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda how: how.name)
def test_nothing_is_left_of_a_killed_run(tmp_path: Path, how: signal.Signals, phase: str, workers: list[str]) -> None:
    """Killed while the server starts or while items run: no process is left, no port is held."""
    with reaping() as descendants:
        session = Session(tmp_path, [f"--mathbench-model={MODEL}", "--mathbench-max-tokens=900", *workers])
        if phase == "start":
            session.wait_until(lambda: any("api_server" in " ".join(cmdline(one)) for one in descendants()), 120)
            time.sleep(5)  # its engine process is on the way
            ports: set[int] = set()
        else:
            session.wait_until(lambda: "ready after" in session.log.read_text(), 300)
            time.sleep(2)  # requests are in flight
            ports = {port for process in descendants() for port in listening_ports(process)}
            assert ports
        session.end(how)
        assert [] == survivors(descendants)
    assert set() == {port for port in ports if listens(port)}


def cmdline(process: psutil.Process) -> list[str]:
    """Return a process's command line, empty once it is gone."""
    try:
        return list(process.cmdline())
    except psutil.NoSuchProcess:
        return []


def listening_ports(process: psutil.Process) -> set[int]:
    """The TCP ports on which a process listens."""
    try:
        connections = process.net_connections(kind="tcp")
    except psutil.NoSuchProcess:
        return set()
    return {connection.laddr.port for connection in connections if connection.status == psutil.CONN_LISTEN}


def port_of(url: str) -> int:
    """Return the port in an endpoint's URL."""
    return int(url.rpartition(":")[2].partition("/")[0])


def listens(port: int) -> bool:
    """Whether somebody accepts connections on a port of this machine."""
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


def test_the_python_that_runs_pytest_serves(endpoint: Endpoint) -> None:
    """The server runs in the environment of the session, so one virtual environment is enough."""
    children = psutil.Process().children(recursive=True)
    assert any(cmdline(child)[:1] == [sys.executable] for child in children)


# Adapters


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A LoRA adapter of the small model with random weights, written by hand as PEFT lays one out."""
    numpy = pytest.importorskip("numpy")
    safetensors = pytest.importorskip("safetensors.numpy")
    config = json.loads((demo.ensure(lambda _: None) / "config.json").read_text())
    hidden, heads, rank = config["hidden_size"], config["num_attention_heads"], 8
    width = config.get("head_dim") or hidden // heads
    outputs = {"q_proj": heads * width, "v_proj": config["num_key_value_heads"] * width}
    random = numpy.random.default_rng(7)
    weights = {}
    for layer in range(config["num_hidden_layers"]):
        for name, output in outputs.items():
            place = f"base_model.model.model.layers.{layer}.self_attn.{name}"
            weights[f"{place}.lora_A.weight"] = random.normal(0, 0.1, (rank, hidden)).astype("float32")
            weights[f"{place}.lora_B.weight"] = random.normal(0, 0.1, (output, rank)).astype("float32")
    folder = tmp_path_factory.mktemp("adapter")
    safetensors.save_file(weights, folder / "adapter_model.safetensors")
    described = {
        "peft_type": "LORA", "task_type": "CAUSAL_LM", "r": rank, "lora_alpha": 2 * rank, "lora_dropout": 0.0,
        "bias": "none", "target_modules": [*outputs], "base_model_name_or_path": MODEL, "inference_mode": True,
    }  # fmt: skip
    (folder / "adapter_config.json").write_text(json.dumps(described))
    return folder


def test_an_adapter_is_asked_and_differs_from_its_base(pytester: pytest.Pytester, adapter: Path) -> None:
    """On the real server: it is listed, it changes the probabilities, and its answers are others than the base's."""
    given = [f"--mathbench-model={MODEL}", "--mathbench-max-tokens=40", "--mathbench-level=1", "--mathbench-per-cell=1"]
    lora = f"--mathbench-vllm-args=--enable-lora --max-lora-rank 8 --lora-modules tuned={adapter}"
    tuned = pytester.runpytest(*given, lora, "--mathbench-adapter=tuned", "--mathbench-output=tuned")
    base = pytester.runpytest(*given, lora, "--mathbench-output=base")
    assert pytest.ExitCode.USAGE_ERROR not in {tuned.ret, base.ret}
    found = []
    for output in ("tuned", "base"):
        (folder,) = Path(output).iterdir()
        found.append([result.completion.text for result in results_of(folder) if result.completion])
    assert len(found[0]) == len(found[1]) > 0
    assert found[0] != found[1]


def test_an_adapter_that_the_server_does_not_know_ends_at_start(tmp_path: Path, adapter: Path) -> None:
    """It is looked for in the server's own list."""
    arguments = ["--enable-lora", "--max-lora-rank", "8", "--lora-modules", f"tuned={adapter}"]
    with Server(Vllm(arguments), MODEL, log=tmp_path / "server.log") as endpoint:
        check_adapter(replace(endpoint, model="tuned"), "tuned", MODEL)
        with pytest.raises(ServerError, match=r"knows no such adapter; it knows .*'tuned'"):
            check_adapter(replace(endpoint, model="other"), "other", MODEL)


def test_an_adapter_that_changes_nothing_is_refused(tmp_path: Path, adapter: Path) -> None:
    """Its second matrices are zero, as those of one that was never trained."""
    safetensors = pytest.importorskip("safetensors.numpy")
    weights = safetensors.load_file(adapter / "adapter_model.safetensors")
    untrained = {name: 0 * weight if "lora_B" in name else weight for name, weight in weights.items()}
    safetensors.save_file(untrained, tmp_path / "adapter_model.safetensors")
    (tmp_path / "adapter_config.json").write_text((adapter / "adapter_config.json").read_text())
    arguments = ["--enable-lora", "--max-lora-rank", "8", "--lora-modules", f"tuned={tmp_path}"]
    with (
        Server(Vllm(arguments), MODEL, log=tmp_path / "server.log") as endpoint,
        pytest.raises(ServerError, match="just as it does without it"),
    ):
        check_adapter(replace(endpoint, model="tuned"), "tuned", MODEL)
