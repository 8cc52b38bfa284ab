"""Baselines: what a comparison needs of a run, in one small file that can be committed."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

from pytest_mathbench.analysis.comparison import Measured
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.records import Attempt, RunInfo
from pytest_mathbench.reporting import files
from pytest_mathbench.reporting.recorded import Recorded

SCHEMA = 1
FOLDER = "mathbench-baselines"
"""Where baselines lie that are known by name, below pytest's root or the working directory."""

_SAME = (
    "problems_sha256", "prompt_sha256", "samples", "sampling.max_tokens", "cpu_seconds", "memory_bytes", "preload",
    "echo", "verdict", "judge", "judge_model", "judge_sha256",
)  # fmt: skip
"""What must be equal for a gate to compare. The rest, such as model, strategy and temperature, may be what is tried."""


def save(path: Path, info: RunInfo, attempts: Mapping[Attempt, Measured]) -> None:
    """Write a baseline, one attempt a line, so that a change of it can be read."""
    rows = [[problem, sample, json.loads(each.to_json())] for (problem, sample), each in sorted(attempts.items())]
    lines = ",\n".join(json.dumps(row) for row in rows)
    head = json.dumps({"schema": SCHEMA, "info": asdict(info)})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'{head[:-1]}, "attempts": [\n{lines}\n]}}\n', encoding="ascii")


def load(path: Path) -> tuple[RunInfo, dict[Attempt, Measured]]:
    """Read a baseline. Raises `ConfigurationError` for a file that is none, is cut off, or of a later version."""
    try:
        data = json.loads(path.read_bytes())
        if data["schema"] != SCHEMA:
            raise ConfigurationError(
                f"the baseline {path} has schema {data['schema']!r}, and this version reads {SCHEMA}: "
                "save it again, or use the version that wrote it"
            )
        info = RunInfo.from_json(json.dumps(data["info"]))
        attempts = {
            (str(problem), int(sample)): Measured.from_json(json.dumps(each))
            for problem, sample, each in data["attempts"]
        }
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise ConfigurationError(f"{path} is no baseline, or a part of one: {error}") from None
    return info, attempts


def find(
    name: str, output: Path, root: Path, warn: Callable[[str], None]
) -> tuple[str, RunInfo, dict[Attempt, Measured]]:
    """Return where a baseline was found and what it holds; `name` is a run, a file, or a name below `root`.

    Raises `ConfigurationError` if there is none of any kind.
    """
    for path in (Path(name).expanduser(), root / FOLDER / f"{name}.json"):
        if path.is_file():
            return str(path), *load(path)
    try:
        folder = files.find(name, output)
    except ConfigurationError:
        known = sorted(path.stem for path in (root / FOLDER).glob("*.json"))
        raise ConfigurationError(
            f"no baseline {name!r}: it is no run's folder, no file, and none of {FOLDER}/ "
            f"({', '.join(known) or 'which holds none'}); mathbench baseline save makes one"
        ) from None
    run = Recorded(folder, files.read_info(folder), warn)
    return str(folder), run.info, run.attempts


def check(place: str, baseline: RunInfo, run: RunInfo) -> None:
    """Raise `ConfigurationError` if the baseline differs from the run in what a gate needs to be equal."""
    if different := [each for each in files.differences(baseline, run) if each.split(" was ")[0] in _SAME]:
        raise ConfigurationError(f"the baseline {place} was measured otherwise: {'; '.join(different)}")
