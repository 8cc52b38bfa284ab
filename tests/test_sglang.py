"""SGLang as an engine: its command, what its log says, and a run on what stands in for it.

SGLang itself needs a GPU, or a build of its own. The stand-in is a distribution of that name whose `launch_server`
takes the options that are documented, logs what SGLang 0.5 logs, and answers chat completions.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import WORKERS, row
from pytest_mathbench.errors import ServerError
from pytest_mathbench.recording.recorded import read_info
from pytest_mathbench.serving.endpoint import Endpoint
from pytest_mathbench.serving.probe import probe
from pytest_mathbench.serving.server import Server
from pytest_mathbench.serving.sglang import Sglang

ENDPOINT = Endpoint(base_url="http://127.0.0.1:8000/v1", model="alias", api_key="secret")

LAUNCH = """
import argparse, json, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

parser = argparse.ArgumentParser()
for option in ("--model-path", "--served-model-name", "--host", "--api-key", "--device", "--context-length"):
    parser.add_argument(option)
parser.add_argument("--port", type=int)
parser.add_argument("--enable-lora", action="store_true")
parser.add_argument("--lora-paths", nargs="*", default=[])
given = parser.parse_args()
print("[2026-11-29 05:00:00] server_args=ServerArgs(model_path=...)", flush=True)
if given.device == "none":
    raise RuntimeError("Not enough memory. Please try to increase --mem-fraction-static.")
print("[2026-11-29 05:00:01 TP0] Load weight begin. avail mem=44.00 GB", flush=True)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        names = [given.served_model_name, *(path.partition("=")[0] for path in given.lora_paths)]
        self.reply({"object": "list", "data": [{"id": name, "object": "model", "created": 0, "owned_by": "sglang"}
                                               for name in names]})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["Authorization"] != "Bearer " + given.api_key:
            return self.reply({"error": "Unauthorized"}, 401)
        base, _, adapter = asked["model"].partition(":")
        text = "```python\\nprint(42)\\n```" if adapter or not given.lora_paths else "no"
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        usage = {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30}
        self.reply({"id": "x", "object": "chat.completion", "created": 0, "model": asked["model"], "choices": [choice],
                    "usage": usage})

    def reply(self, body, status=200):
        payload = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer((given.host, given.port), Handler)
print("[2026-11-29 05:00:02] The server is fired up and ready to roll!", flush=True)
server.serve_forever()
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lay out a distribution that stands in for SGLang."""
    folder = tmp_path / "site"
    (folder / "sglang").mkdir(parents=True)
    (folder / "sglang" / "__init__.py").touch()
    (folder / "sglang" / "launch_server.py").write_text(LAUNCH)
    metadata = folder / "sglang-0.5.4.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.4\nName: sglang\nVersion: 0.5.4\n")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


def test_the_command_names_model_place_and_key() -> None:
    """By the names that SGLang documents; the user's arguments come last, so they win."""
    expected = (
        "-P -m sglang.launch_server --model-path org/model --served-model-name alias --host 127.0.0.1 --port 8000 "
        "--api-key secret --tp 2"
    )
    assert [sys.executable, *expected.split()] == Sglang(["--tp", "2"]).command("org/model", ENDPOINT)


def test_a_local_folder_needs_no_hub() -> None:
    """So none is asked; what the user has set wins."""
    assert "1" == Sglang(environment={}).environment("/models/x", ENDPOINT)["HF_HUB_OFFLINE"]
    assert "0" == Sglang(environment={"HF_HUB_OFFLINE": "0"}).environment("/models/x", ENDPOINT)["HF_HUB_OFFLINE"]
    assert "HF_HUB_OFFLINE" not in Sglang(environment={}).environment("org/model", ENDPOINT)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "[2026-04-05 20:02:51] Decode batch, #running-req: 32, #token: 11179, token usage: 0.08, cuda graph: True, "
            "gen throughput (token/s): 1635.11, #queue-req: 0",
            [("", "1635.11")],
        ),
        (
            "[2026-08-28 22:30:14 TP0] Decode batch. #running-req: 1, gen throughput (token/s): 12.54",
            [(" TP0", "12.54")],
        ),
        ("[2026-05-07 05:56:32 DP3 TP3 EP3] Decode batch. gen throughput (token/s): 7.5", [(" DP3 TP3 EP3", "7.5")]),
        ("[2026-04-05 20:02:51] Prefill batch, #new-seq: 1, input throughput (token/s): 559.53", []),
    ],
)
def test_its_speed_is_that_of_decoding(line: str, expected: list[tuple[str, str]]) -> None:
    """As public logs of several versions have it; ranks that schedule for themselves add up."""
    assert expected == re.findall(Sglang.speed, line)


@pytest.mark.parametrize(
    ("line", "phase"),
    [
        ("[2025-11-11 04:05:39] Load weight begin. avail mem=44.00 GB", "loading the weights"),
        ("[2025-11-11 04:05:43] KV Cache is allocated. #tokens: 183133, K size: 11.18 GB", "warming up"),
        (
            "[2025-11-11 04:05:43] Capture cuda graph begin. This can take up to several minutes.",
            "capturing CUDA graphs",
        ),
        ("[2025-11-30 11:18:05] INFO:     Started server process [177326]", "opening its port"),
        ("[2025-11-30 11:18:09] The server is fired up and ready to roll!", "waiting for its first completion"),
    ],
)
def test_its_log_tells_what_it_is_doing(line: str, phase: str) -> None:
    """As public logs have it."""
    assert phase == next(phase for pattern, phase in Sglang.phases if re.search(pattern, line))


def test_without_sglang_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what else there is."""
    monkeypatch.setattr("pytest_mathbench.serving.sglang.find_spec", lambda _: None)
    with pytest.raises(ServerError, match=r"SGLang is not installed in .*\n→ install SGLang .*--mathbench-engine=vllm"):
        Sglang().check()


@pytest.mark.usefixtures("installed")
def test_it_is_started_watched_and_ended(tmp_path: Path) -> None:
    """Ready means that it completes; nobody else has its key."""
    with Server(Sglang(), "org/model", log=tmp_path / "server.log") as endpoint:
        probe(endpoint)
        with pytest.raises(ServerError, match="refuses the API key"):
            probe(Endpoint(base_url=endpoint.base_url, model=endpoint.model, api_key="guess"))
    assert "fired up" in (tmp_path / "server.log").read_text()


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--device", "none"], "not enough memory: .* in --mathbench-sglang-args"),
        (["--no-such-option"], "check the arguments given in --mathbench-sglang-args"),
    ],
)
def test_an_early_death_is_explained(tmp_path: Path, arguments: list[str], hint: str) -> None:
    """By what its log says."""
    with (
        pytest.raises(ServerError, match=hint),
        Server(Sglang(arguments), "org/model", log=tmp_path / "server.log", timeout=60),
    ):
        pass


@pytest.mark.usefixtures("installed")
@WORKERS
def test_engine_serves_a_run(pytester: pytest.Pytester, problem_file: Callable[..., Path], workers: str) -> None:
    """The engine is named in the header and recorded; with an adapter that is what is asked."""
    source = problem_file(row("a-1"), row("a-2"))
    given = [
        "--mathbench-model=org/model",
        f"--mathbench-problems={source}",
        "--mathbench-engine=sglang",
        workers,
    ]
    lora = "--mathbench-sglang-args=--enable-lora --lora-paths tuned=/adapters/tuned"
    result = pytester.runpytest(*given, lora, "--mathbench-adapter=tuned")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["mathbench: model * with the adapter tuned on a SGLang server of this run; *"])
    (folder,) = Path(".mathbench").iterdir()
    assert "sglang" == read_info(folder).engine
    assert "--enable-lora --lora-paths tuned=/adapters/tuned" == read_info(folder).sglang_args
