"""What the machine offers: read from what the kernel says of real processors."""

import os
from pathlib import Path

import pytest

from pytest_mathbench.serving.processor import has_bfloat16, limit, quota, this_machine

GIB = 1 << 30

# The lines of /proc/cpuinfo that count, shortened to the flags that differ.
HASWELL = "processor\t: 0\nmodel name\t: Intel(R) Core(TM) i5-4590\nflags\t\t: fpu sse2 avx f16c avx2 fma bmi2\n"
ICE_LAKE = "processor\t: 0\nflags\t\t: fpu avx2 avx512f avx512bw avx512vl avx512_vnni\n"
GENOA = "processor\t: 0\nflags\t\t: fpu avx2 avx512f avx512bw avx512vl avx512_bf16 avx512_vnni\n"
SAPPHIRE_RAPIDS = "processor\t: 0\nflags\t\t: fpu avx2 avx512f avx512_bf16 avx512_fp16 amx_bf16 amx_tile amx_int8\n"
GRAVITON_2 = "processor\t: 0\nBogoMIPS\t: 243.75\nFeatures\t: fp asimd fphp asimdhp asimddp\nCPU part\t: 0xd0c\n"
GRAVITON_3 = "processor\t: 0\nFeatures\t: fp asimd asimdhp asimddp sve svebf16 i8mm bf16 dgh\nCPU part\t: 0xd40\n"


@pytest.mark.parametrize(
    ("cpuinfo", "native"),
    [
        (HASWELL, False),
        (ICE_LAKE, False),
        (GENOA, True),
        (SAPPHIRE_RAPIDS, True),
        (GRAVITON_2, False),
        (GRAVITON_3, True),
        (GENOA + GENOA, True),
        (GRAVITON_3 + GRAVITON_2, False),
        ("", False),
        ("processor : 0\nisa : rv64imafdcv\n", False),
    ],
    ids=[
        "Haswell",
        "Ice Lake",
        "Genoa",
        "Sapphire Rapids",
        "Graviton 2",
        "Graviton 3",
        "two",
        "mixed",
        "none",
        "RISC-V",
    ],
)
def test_bfloat16_is_native_where_every_core_says_so(cpuinfo: str, *, native: bool) -> None:
    """x86-64 names two extensions, Arm one; a core without it decides for all, and so does silence."""
    assert native == has_bfloat16(cpuinfo, {})


@pytest.mark.parametrize(
    ("environment", "native"),
    [
        ({"ATEN_CPU_CAPABILITY": "avx2"}, False),
        ({"ATEN_CPU_CAPABILITY": "default"}, False),
        ({"ATEN_CPU_CAPABILITY": "avx512"}, True),
        ({"ONEDNN_MAX_CPU_ISA": "AVX2"}, False),
        ({"ONEDNN_MAX_CPU_ISA": "avx512_core"}, False),
        ({"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_BF16"}, True),
        ({"ONEDNN_MAX_CPU_ISA": "ALL"}, True),
        ({"ONEDNN_MAX_CPU_ISA": ""}, True),
    ],
)
def test_hidden_instructions_are_not_there(environment: dict[str, str], *, native: bool) -> None:
    """The libraries' own variables take instructions away, from our choice as well."""
    assert native == has_bfloat16(GENOA, environment)


@pytest.mark.parametrize(
    ("cpu_max", "cores"),
    [
        ("max 100000\n", float("inf")),
        ("200000 100000\n", 2),
        ("150000 100000\n", 1),
        ("50000 100000\n", 1),
        ("", float("inf")),
        ("nonsense", float("inf")),
    ],
)
def test_a_quota_is_in_whole_cores(cpu_max: str, cores: float) -> None:
    """Half a core more is no further thread; less than one is one."""
    assert cores == quota(cpu_max)


@pytest.mark.parametrize(
    ("memory_max", "allowed"), [("max\n", float("inf")), ("8589934592\n", 8 * GIB), ("", float("inf"))]
)
def test_a_containers_memory_is_its_limit(memory_max: str, allowed: float) -> None:
    """No limit is no limit."""
    assert allowed == limit(memory_max)


def test_this_machine_is_what_the_kernel_says() -> None:
    """Cores are no more than the logical processors that we may use, memory no more than there is."""
    machine = this_machine({})
    assert 1 <= machine.cores <= len(os.sched_getaffinity(0))
    assert 0 < machine.memory <= os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert machine.has_bfloat16 == has_bfloat16(Path("/proc/cpuinfo").read_text(), {})
