"""The runs of all shards → one run, as if it had never been divided."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.reporting import files
from pytest_mathbench.reporting.files import RULINGS, RunFolder

COMPLETIONS = "completions.jsonl"


def merge(folders: Sequence[Path], output: Path, warn: Callable[[str], None]) -> Path:
    """Make one run of its shards; return its folder.

    Raises `ConfigurationError` if a shard is missing, is there twice, or was made otherwise than the first.
    """
    infos = [files.read_info(folder) for folder in folders]
    _check(folders, [info.shard for info in infos])
    for folder, info in zip(folders, infos, strict=True):
        if different := files.differences(replace(infos[0], shard=""), replace(info, shard="")):
            raise ConfigurationError(f"{folder} is no shard of the run of {folders[0]}: {'; '.join(different)}")
    seen: dict[files.Attempt, Path] = {}
    machines = {key: " + ".join(dict.fromkeys(info.machine.get(key, "") for info in infos)) for key in infos[0].machine}
    merged = replace(infos[0], shard="", started=min(info.started for info in infos), machine=machines)
    with RunFolder.create(output, merged) as made:
        for folder in folders:
            for result in files.read_results(folder, warn):
                attempt = (result.problem.id, result.sample)
                if seen.setdefault(attempt, folder) != folder:
                    raise ConfigurationError(
                        f"{attempt[0]} is in {seen[attempt]} and in {folder}: shards do not overlap"
                    )
                made.append(result)
            _append(folder / COMPLETIONS, made.path / COMPLETIONS)
            _append(folder / RULINGS, made.path / RULINGS)
        walls = [wall for folder in folders if (wall := files.wall_seconds(folder)) is not None]
        if len(walls) == len(folders):
            made.took(max(walls))  # they run side by side
    return made.path


def _check(folders: Sequence[Path], shards: Sequence[str]) -> None:
    for folder, shard in zip(folders, shards, strict=True):
        if not shard:
            raise ConfigurationError(f"{folder} is no shard: it was not run with --mathbench-shard")
    parts = {shard.partition("/")[2] for shard in shards}
    if len(parts) > 1:
        raise ConfigurationError(f"shards of {' and of '.join(sorted(parts))} parts are not of one run")
    count = int(parts.pop())
    if twice := sorted({shard for shard in shards if shards.count(shard) > 1}):
        raise ConfigurationError(f"shard {twice[0]} is there more than once")
    if missing := [f"{number}/{count}" for number in range(1, count + 1) if f"{number}/{count}" not in shards]:
        raise ConfigurationError(f"the shard {missing[0]} is missing; all {count} of them make the run")


def _append(source: Path, target: Path) -> None:
    if source.is_file():
        with target.open("ab") as file:
            file.write(source.read_bytes())
