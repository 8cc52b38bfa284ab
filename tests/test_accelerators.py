"""The accelerators of a machine; a script stands in for the program of NVIDIA's driver."""

from pathlib import Path

import pytest

from pytest_mathbench.serving.accelerators import Gpu, gpus, may_have_some


def driver(folder: Path, *lines: str, status: int = 0) -> dict[str, str]:
    """Make an nvidia-smi that says this; return an environment whose programs find it."""
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{chr(10).join(lines)}\nEND\nexit {status}\n")
    program.chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin"}


def test_gpus_are_told_with_their_memory(tmp_path: Path) -> None:
    """In bytes; a name may have a comma in it."""
    environment = driver(tmp_path, "NVIDIA A10G, 23028, 22500", "Tesla, T4, 15360, 100")
    assert [Gpu("NVIDIA A10G", 23028 << 20, 22500 << 20), Gpu("Tesla, T4", 15360 << 20, 100 << 20)] == gpus(environment)


@pytest.mark.parametrize(("line", "status"), [("No devices were found", 6), ("GH200, [N/A], [N/A]", 0), ("", 0)])
def test_a_driver_that_does_not_tell_is_no_error(tmp_path: Path, line: str, status: int) -> None:
    """What it does not know is left to the engine."""
    assert [] == gpus(driver(tmp_path, line, status=status))


def test_no_driver_no_gpus(tmp_path: Path) -> None:
    """The usual case on a CPU."""
    assert [] == gpus({"PATH": str(tmp_path)})


@pytest.mark.parametrize("device", ["nvidia0", "kfd", "dxg", "accel0", "dri/renderD128"])
def test_a_device_may_be_an_accelerator(tmp_path: Path, device: str) -> None:
    """Of any maker."""
    assert not may_have_some(tmp_path, {})
    (tmp_path / device).parent.mkdir(exist_ok=True)
    (tmp_path / device).touch()
    assert may_have_some(tmp_path, {})


@pytest.mark.parametrize("visible", ["", "-1"])
def test_a_device_that_is_hidden_is_none(tmp_path: Path, visible: str) -> None:
    """By CUDA's own variable."""
    (tmp_path / "nvidia0").touch()
    assert not may_have_some(tmp_path, {"CUDA_VISIBLE_DEVICES": visible})
