"""A model's files on this machine: where they are, and whether all of them are there and whole."""

import json
import os
import struct
from collections.abc import Iterator
from pathlib import Path

from pytest_mathbench.errors import ConfigurationError

_INDEX = "model.safetensors.index.json"
_LONGEST_HEADER = 100_000_000
"""As the format has it."""


def hub_cache() -> Path:
    """Return where models of the hub are kept, as the hub's own library has it."""
    home = Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    return Path(os.environ.get("HF_HUB_CACHE") or home / "hub")


def folder_of(model: str) -> Path | None:
    """Return where a model's files are on this machine: a local folder, or the newest snapshot in the hub's cache."""
    if (path := Path(model)).is_absolute():
        return path
    snapshots = _repository(model).glob("snapshots/*/config.json")
    newest = max(snapshots, key=lambda path: path.stat().st_mtime, default=None)
    return newest.parent if newest else None


def size_of(folder: Path) -> int:
    """Return how many bytes of weights a folder holds."""
    return sum(path.stat().st_size for path in folder.glob("*.safetensors"))


def partial_bytes(model: str) -> int:
    """Return how much of a model of the hub lies in files whose download was interrupted."""
    return sum(path.stat().st_size for path in _repository(model).glob("blobs/*.incomplete"))


def check_local(model: str) -> None:
    """See that no weights in a local folder are missing or cut short, as an interrupted download leaves them.

    What the hub's cache lacks the engine fetches. Only safetensors tell their size. Raises `ConfigurationError`.
    """
    folder = Path(model)
    if folder.is_absolute() and (damaged := lacking(folder)):
        more = f" and {len(damaged) - 1} more" if len(damaged) > 1 else ""
        raise ConfigurationError(
            f"model folder {folder}: {damaged[0]}{more}, as after an interrupted download or copy, or without git lfs"
            "\n→ fetch or copy it again: what is whole is kept (hf download, rsync, git lfs pull)"
        )


def lacking(folder: Path) -> list[str]:
    """Return a word on each file of weights that is not whole."""
    return list(_damaged(folder))


def _repository(model: str) -> Path:
    return hub_cache() / f"models--{model.replace('/', '--')}"


def _damaged(folder: Path) -> Iterator[str]:
    try:
        named = set(json.loads((folder / _INDEX).read_bytes())["weight_map"].values())
    except FileNotFoundError:
        named = set()
    except (OSError, ValueError, LookupError, AttributeError, RecursionError):
        named = set()
        yield f"{_INDEX} cannot be read"
    for name in sorted(named | {path.name for path in folder.glob("*.safetensors")}):
        path = folder / str(name)
        if not path.exists():
            yield f"{name} is missing"
        elif why := _cut_short(path):
            yield f"{name} {why}"


def _cut_short(path: Path) -> str:
    """Say what is wrong with a file of weights; empty if it is as long as its header says."""
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(min(length, _LONGEST_HEADER)))
        ends = [tensor["data_offsets"][1] for name, tensor in header.items() if name != "__metadata__"]
        expected, found = 8 + length + max(ends, default=0), path.stat().st_size
    except (OSError, ValueError, LookupError, TypeError, AttributeError, struct.error, RecursionError):
        return "is no file of weights, or cut short"
    return "" if found == expected else f"has {found:,} of {expected:,} bytes"
