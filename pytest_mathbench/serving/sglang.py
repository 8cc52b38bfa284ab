"""SGLang as an engine: its command, and what its log says."""

import os
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from urllib.parse import urlsplit

from pytest_mathbench.errors import ServerError
from pytest_mathbench.serving.commands import GATED, NOT_FOUND, surroundings, value_of
from pytest_mathbench.serving.endpoint import Endpoint

_INSTALL = (
    "install SGLang beside pytest (pip install sglang, on Linux with a GPU), choose --mathbench-engine=vllm, or name a "
    "running endpoint with --mathbench-base-url"
)
_NO_GPU = "this SGLang finds no GPU: on a CPU it needs a build of its own and --mathbench-sglang-args='--device cpu'"
_HINTS = (
    (r"No module named '?sglang", _INSTALL),
    (
        r"out of memory|Not enough memory|Please try to increase --mem-fraction-static|Cannot allocate memory",
        "not enough memory: name a smaller model, or lower --context-length, --mem-fraction-static or "
        "--max-running-requests in --mathbench-sglang-args",
    ),
    (
        r"No accelerator .* available|Failed to infer device|No supported device|Torch not compiled with CUDA enabled",
        _NO_GPU,
    ),
    (r"address already in use|port \d+ is not available", "another process has taken the port: start again"),
    (r"unrecognized arguments|invalid (?:choice|\w+ value)", "check the arguments given in --mathbench-sglang-args"),
    GATED,
    (
        r"not a valid model identifier|Repository Not Found|couldn't connect to|LocalEntryNotFound|"
        r"OfflineModeIsEnabled|HFValidationError|Max retries exceeded",
        NOT_FOUND,
    ),
)

# What the server is doing, going by the newest of these in its log (SGLang 0.5).
_PHASES = (
    (r"fired up and ready to roll|Uvicorn running on", "waiting for its first completion"),
    (r"Application startup complete|Started server process", "opening its port"),
    (r"Capture cuda graph begin|Capturing batches", "capturing CUDA graphs"),
    (r"KV Cache is allocated|Memory pool end|max_total_num_tokens=", "warming up"),
    (r"Load weight begin|Loading safetensors", "loading the weights"),
    (r"Downloading|Fetching \d+ files", "downloading the model"),
    (r"Init torch distributed|server_args=ServerArgs", "starting its engine"),
)


class Sglang:
    """The installed SGLang. What the user gives in `arguments` and `environment` wins over what is chosen here."""

    name = "SGLang"
    phases = _PHASES
    hints = _HINTS
    speed = r"\[\d{4}-[\d-]+ [\d:.]+((?: [A-Z]+\d+)*)\] Decode batch\b.*?gen throughput \(token/s\): ([\d.]+)"
    """Stated every forty steps, by each rank that schedules."""

    counter = ""
    """Its metrics count a request's tokens when it ends: they say nothing of what is on its way."""

    without_gpu = _NO_GPU
    """What to do where it needs a GPU and there is none."""

    summary = ""
    """All is left to SGLang."""

    def __init__(self, arguments: Sequence[str] = (), *, environment: Mapping[str, str] = os.environ) -> None:
        self._arguments = arguments
        self._given = environment

    @property
    def build(self) -> str:
        """Say which build is installed."""
        try:
            return f"sglang {version('sglang')}"
        except PackageNotFoundError:
            return "SGLang of no known version"

    @property
    def needs_gpu(self) -> bool:
        """Whether it serves on nothing but an accelerator."""
        return value_of("--device", self._arguments) != "cpu"

    @property
    def context(self) -> str | None:
        """The length of the context that the server is given; None where that is the model's own."""
        return value_of("--context-length", self._arguments)

    def check(self) -> None:
        """Raise `ServerError` if it is not installed."""
        if find_spec("sglang") is None:
            raise ServerError(f"SGLang is not installed in {sys.prefix}\n→ {_INSTALL}")

    def command(self, model: str, endpoint: Endpoint) -> list[str]:
        """Return the server's command. The user's arguments come last, so they win."""
        address = urlsplit(endpoint.base_url)
        return [
            *(sys.executable, "-P", "-m", "sglang.launch_server", "--model-path", model),
            *("--served-model-name", endpoint.model, "--host", str(address.hostname), "--port", str(address.port)),
            *("--api-key", endpoint.api_key),  # it reads no environment for that
            *self._arguments,
        ]

    def environment(self, model: str, endpoint: Endpoint) -> dict[str, str]:  # noqa: ARG002 - as all engines have it
        """Return the server's whole environment: the user's, and what is chosen where that says nothing."""
        return surroundings(model) | dict(self._given)

    def name_of(self, adapter: str, model: str) -> str:
        """Return what requests call a model with an adapter."""
        return f"{model}:{adapter}"
