"""What this machine offers a model that is served on its processor: number formats, cores, memory."""

import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")
_CORES = Path("/sys/devices/system/cpu")
_CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_MEMORY_LIMIT = Path("/sys/fs/cgroup/memory.max")

_BFLOAT16_FLAGS = {"avx512_bf16", "amx_bf16", "bf16"}
"""As Linux names the instructions that multiply bfloat16 matrices: two on x86-64, one on Arm."""

# Variables that keep PyTorch and oneDNN from using all that the processor has, and their values without bfloat16.
_CAPS = {
    "ATEN_CPU_CAPABILITY": {"default", "avx2"},
    "ONEDNN_MAX_CPU_ISA": {"sse41", "avx", "avx2", "avx2_vnni", "avx2_vnni_2", "avx512_core", "avx512_core_vnni"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Processor:
    """`cores` is how many physical cores we may keep busy, `memory` how many bytes we may use.

    With a quota we may run on more cores than we may keep busy: binding threads to some of them serves nobody.
    """

    has_bfloat16: bool
    cores: int
    has_quota: bool
    memory: int


def this_machine(environment: Mapping[str, str] = os.environ) -> Processor:
    """Look at the machine that we are on; a container's limits count."""
    cores, allowed = _physical_cores(), quota(_text(_CPU_QUOTA))
    return Processor(
        has_bfloat16=has_bfloat16(_text(_CPUINFO), environment),
        cores=int(min(cores, allowed)),
        has_quota=allowed < cores,
        memory=int(min(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"), limit(_text(_MEMORY_LIMIT)))),
    )


def has_bfloat16(cpuinfo: str, environment: Mapping[str, str] = {}) -> bool:
    """Whether every core that /proc/cpuinfo describes multiplies bfloat16 matrices natively, and may.

    Without, PyTorch emulates bfloat16: measured 4 to 100 times as slow as float32 (docs/measured.md).
    """
    if any(environment.get(name, "").lower() in without for name, without in _CAPS.items()):
        return False
    flags = [set(line.split()) for line in re.findall(r"^(?:flags|Features)\s*:(.*)", cpuinfo, re.MULTILINE)]
    return bool(flags) and all(_BFLOAT16_FLAGS & of_a_core for of_a_core in flags)


def quota(cpu_max: str) -> float:
    """Return how many cores a cgroup's cpu.max allows (a quota and a period in microseconds): infinity without one."""
    match cpu_max.split():
        case [allowed, period] if allowed.isdigit() and period.isdigit() and int(period):
            return max(1, int(allowed) // int(period))
    return math.inf


def limit(memory_max: str) -> float:
    """Return how many bytes a cgroup's memory.max allows: infinity without one."""
    return int(memory_max) if memory_max.strip().isdigit() else math.inf


def _physical_cores() -> int:
    """Return how many physical cores this process may use; threads that share one count once."""
    siblings = {
        _text(_CORES / f"cpu{number}" / "topology" / "thread_siblings_list") or str(number) for number in _usable()
    }
    return len(siblings)


def _usable() -> set[int]:
    """Return the numbers of the logical processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))  # macOS


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
