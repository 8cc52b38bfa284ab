"""The accelerators of this machine, as far as its devices and NVIDIA's own program tell; nothing is loaded for it."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_DEVICES = ("nvidia[0-9]*", "dxg", "kfd", "accel*", "davinci[0-9]*", "dri/renderD*")
"""In /dev: NVIDIA's, WSL's, AMD's, TPUs and others, Ascend's, Intel's."""

_QUESTION = ("--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits")
_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU; its memory in bytes."""

    name: str
    memory: int
    free: int


def gpus(environment: Mapping[str, str] = os.environ) -> list[Gpu]:
    """Return NVIDIA's GPUs, of which programs here may use some; none where its driver does not answer."""
    program = shutil.which("nvidia-smi", path=environment.get("PATH"))
    if not program:
        return []
    try:
        told = subprocess.run(
            [program, *_QUESTION], capture_output=True, text=True, timeout=_SECONDS, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    rows = [[part.strip() for part in line.rsplit(",", 2)] for line in told.splitlines()]
    known = [row for row in rows if len(row) == len(Gpu.__match_args__) and all(map(str.isdecimal, row[1:]))]
    return [Gpu(name, int(memory) << 20, int(free) << 20) for name, memory, free in known]


def may_have_some(devices: Path = Path("/dev"), environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a device is there that may be an accelerator, and programs may see it."""
    if environment.get("CUDA_VISIBLE_DEVICES", "all").strip() in {"", "-1"}:
        return False
    return any(any(devices.glob(pattern)) for pattern in _DEVICES)
