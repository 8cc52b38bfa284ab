"""A vLLM server as a context manager: started, watched, and ended with its owner."""

import os
import re
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

from pytest_mathbench.errors import NotAnsweringError, ServerError
from pytest_mathbench.serving import demo, guard
from pytest_mathbench.serving.endpoint import Endpoint, probe
from pytest_mathbench.serving.models import DEMO_MODEL, resolve

_HOST = "127.0.0.1"
_PROGRESS_SECONDS = 5.0
_POLL_SECONDS = 0.25
_STOP_SECONDS = 15.0
_LOG_LINES = 15
_CPU_CONTEXT = 4096

_INSTALL = (
    "install vLLM beside pytest: pip install 'pytest-mathbench[vllm]' on Linux with a GPU, "
    "'pytest-mathbench[cpu]' without one; or name a running endpoint with --mathbench-base-url"
)
_HINTS = (
    (r"No module named '?vllm", _INSTALL),
    (
        r"out of memory|No available memory for the cache|Cannot allocate memory|larger than the available KV cache|"
        r"Available memory on node|Free memory on device",
        "not enough memory: name a smaller model, or lower --max-model-len, --gpu-memory-utilization or (on CPU) "
        "the environment variable VLLM_CPU_KVCACHE_SPACE through --mathbench-vllm-args and the environment",
    ),
    (r"address already in use", "another process took the port meanwhile: start again"),
    (
        r"torchvision::nms",
        "torchvision does not fit this PyTorch: pip uninstall -y torchvision torchaudio torchcodec",
    ),
    (r"unrecognized arguments|invalid (?:choice|\w+ value)", "check the arguments given in --mathbench-vllm-args"),
    (
        r"CPU Generator does not use offset",
        "vLLM on CPU dies of a seeded request whose prefill is split: leave chunked prefill off",
    ),
    (r"gated repo|401 Client Error", "the model is gated: accept its terms on the hub and set HF_TOKEN"),
    (
        r"not a valid model identifier|Repository Not Found|couldn't connect to|LocalEntryNotFound|"
        r"OfflineModeIsEnabled|HFValidationError|Invalid repository ID|Max retries exceeded",
        "the model was not found: check the hub id (mathbench models lists the aliases), that the hub can be reached, "
        "or name a local folder",
    ),
)
_CAUSE = re.compile(r"\b[A-Z]\w*(?:Error|Exception): .{1,300}")
"""The first is the cause of those that follow."""

# What the server is doing, by the newest of these words in its log (vLLM 0.32).
_PHASES = (
    (r"Application startup complete|Uvicorn running", "waiting for its first completion"),
    (r"Supported tasks:|Starting vLLM (?:API )?server|Available routes", "opening its port"),
    (r"init engine \(|KV cache size:|Graph capturing|Capturing CUDA graphs", "warming up"),
    (r"Compiling a graph|Dynamo bytecode transform|torch\.compile takes", "compiling"),
    (r"Starting to load model|Loading safetensors|Loading weights took", "loading the weights"),
    (r"Downloading|Fetching \d+ files", "downloading the model"),
    (r"Initializing a V\d LLM engine", "starting its engine"),
    (r"non-default args:|Resolved architecture:", "reading the model's configuration"),
)


def runs_on_cpu() -> bool:
    """Whether the installed vLLM is a build for CPUs."""
    for name in ("vllm-cpu", "vllm"):
        try:
            return name == "vllm-cpu" or version(name).endswith("+cpu")
        except PackageNotFoundError:
            continue
    return False


def command_line(model: str, name: str, port: int, arguments: Sequence[str], *, cpu: bool) -> list[str]:
    """Return the server's command. The user's arguments come last, so they win."""
    # -P: a folder called datasets or utils where pytest was started must not stand in for a library.
    common = ["--served-model-name", name, "--host", _HOST, "--port", str(port)]
    if not cpu:
        return [sys.executable, "-P", "-m", "vllm.entrypoints.cli.main", "serve", model, *common, *arguments]
    length = _value_of("--max-model-len", arguments) or str(_CPU_CONTEXT)
    # The CLI of the CPU build looks up a distribution named vllm and fails, hence the module. Chunked prefill is off,
    # and the batch as long as the context: a seeded request whose prefill is split kills the CPU engine (0.32).
    return [
        *(sys.executable, "-P", "-m", "vllm.entrypoints.openai.api_server", "--model", model, *common),
        *("--dtype", "bfloat16", "--enforce-eager", "--max-num-seqs", "64"),
        *("--max-model-len", length, "--no-enable-chunked-prefill", "--max-num-batched-tokens", length),
        *arguments,
    ]


def _value_of(option: str, arguments: Sequence[str]) -> str | None:
    """Return the value of a command-line option, written with a space or an equals sign."""
    for position, argument in enumerate(arguments):
        if argument == option and position + 1 < len(arguments):
            return arguments[position + 1]
        if argument.startswith(f"{option}="):
            return argument.removeprefix(f"{option}=")
    return None


class VllmServer:
    """A vLLM process for one model; entering it returns the `Endpoint` once a completion has come back."""

    def __init__(  # noqa: PLR0913 - how the server is run
        self,
        model: str,
        *,
        log: Path,
        arguments: Sequence[str] = (),
        timeout: float = 600.0,
        restarts: int = 0,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`restarts` says how often `restart` may be called."""
        self._model = model
        self._log = log
        self._log_start = 0
        self._arguments = arguments
        self._timeout = timeout
        self._restarts_left = restarts
        self._progress = progress
        self._launch: Callable[[], None] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._closed = threading.Event()

    def __enter__(self) -> Endpoint:
        """Start the server and wait for it.

        Raises `ServerError` when it dies, with the end of its log and a hint, or when the time is up.
        """
        if find_spec("vllm") is None:
            raise ServerError(f"vLLM is not installed in {sys.prefix}: {_INSTALL}")
        folder = demo.ensure(self._progress) if self._model == DEMO_MODEL else resolve(self._model)
        with socket.create_server((_HOST, 0)) as listener:
            port = listener.getsockname()[1]
        endpoint = Endpoint(base_url=f"http://{_HOST}:{port}/v1", model=self._model, api_key=secrets.token_urlsafe(24))
        command = command_line(str(folder), self._model, port, self._arguments, cpu=runs_on_cpu())
        environment = self._environment(endpoint, Path(folder))
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._launch = partial(self._start, command, environment, endpoint, port)
        self._launch()
        return endpoint

    def restart(self) -> None:
        """Start a server that died again, at the same address and with the same key, its log continued.

        Raises `ServerError` as entering does, and when it was restarted as often as allowed.
        """
        died = self.died()
        if self._launch is None or not self._restarts_left:
            raise ServerError(f"{died or 'the vLLM server is not running'}{self._hint()}")
        self._end()
        self._restarts_left -= 1
        self._progress(f"vLLM server: died; starting it again ({self._restarts_left} more times allowed)")
        self._launch()

    def _start(self, command: list[str], environment: Mapping[str, str], endpoint: Endpoint, port: int) -> None:
        if self._closed.is_set():
            raise ServerError("the run ended before the server was started")
        with self._log.open("ab") as log:  # a file, since a pipe that nobody reads would block the server
            self._log_start = log.tell()
            self._guard = guard.start(command, log, environment)
        try:
            self._wait_until_ready(endpoint, port)
        except BaseException:
            self._end()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the server and all its processes, for good."""
        self._closed.set()
        self._end()

    def _end(self) -> None:
        process, self._guard = self._guard, None
        if process is None:
            return
        if process.stdin:
            process.stdin.close()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()  # the server dies with its guard
            process.wait()

    def died(self) -> str | None:
        """Return what became of a server that died by itself, with the end of its log; None while it runs."""
        process = self._guard
        if process is None or (status := process.poll()) is None:
            return None
        text = self._log_text()
        cause = _CAUSE.search(text)
        tail = "\n".join(text.splitlines()[-_LOG_LINES:])
        return (
            f"the vLLM server ended with status {status}{f' ({cause[0]})' if cause else ''}; "
            f"the end of its log ({self._log}):\n{tail}"
        )

    def _environment(self, endpoint: Endpoint, model: Path) -> dict[str, str]:
        defaults = {"VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1", "PYTHONUNBUFFERED": "1"}
        if runs_on_cpu():
            defaults["VLLM_CPU_KVCACHE_SPACE"] = "2"
        if model.is_absolute():  # a local folder: no hub is needed, so none is asked
            defaults |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
        return defaults | os.environ | {"VLLM_API_KEY": endpoint.api_key}

    def _wait_until_ready(self, endpoint: Endpoint, port: int) -> None:
        start = time.monotonic()
        said = start
        while True:
            if died := self.died():
                raise ServerError(f"{died}{self._hint()}")
            if self._closed.is_set():
                raise ServerError("the run ended while the server was starting")
            waited = time.monotonic() - start
            if waited > self._timeout:
                raise ServerError(
                    f"the vLLM server did not answer within {self._timeout:g} s (it was {self._phase()}); allow more "
                    f"with --mathbench-server-timeout, or see its log: {self._log}"
                )
            if time.monotonic() - said >= _PROGRESS_SECONDS:
                said = time.monotonic()
                self._progress(f"vLLM server: {self._phase()} ({waited:.0f} s)")
            if _listens(port) and self._answers(endpoint):
                self._progress(f"vLLM server: ready after {time.monotonic() - start:.0f} s")
                return
            self._closed.wait(_POLL_SECONDS)

    def _answers(self, endpoint: Endpoint) -> bool:
        try:
            probe(endpoint)
        except NotAnsweringError:
            return False  # died() and the deadline tell when to give up
        return True

    def _phase(self) -> str:
        lines = self._log_text().splitlines()
        for line in reversed(lines):
            for pattern, phase in _PHASES:
                if " WARNING " not in line and re.search(pattern, line):
                    return phase
        return "starting"

    def _hint(self) -> str:
        text = self._log_text()
        hint = next((hint for pattern, hint in _HINTS if re.search(pattern, text, re.IGNORECASE)), None)
        return f"\n→ {hint}" if hint else ""

    def _log_text(self) -> str:
        try:
            with self._log.open("rb") as log:
                log.seek(max(self._log_start, self._log.stat().st_size - (1 << 16)))
                return log.read().decode("utf-8", "replace")
        except OSError:
            return ""


def _listens(port: int) -> bool:
    with socket.socket() as attempt:
        attempt.settimeout(1.0)
        return attempt.connect_ex((_HOST, port)) == 0
