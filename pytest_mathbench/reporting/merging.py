"""The runs of all shards → one run, as if it had never been divided."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.journal import COMPLETIONS
from pytest_mathbench.reporting import files
from pytest_mathbench.reporting.files import RULINGS, RunFolder
from pytest_mathbench.reporting.recorded import Recorded


def merge(shards: Sequence[Recorded], output: Path) -> Path:
    """Make one run of its shards; return its folder.

    Raises `ConfigurationError` if a shard is missing, is there twice, or was made otherwise than the first.
    """
    _check(shards)
    infos = [shard.info for shard in shards]
    machines = {key: " + ".join(dict.fromkeys(info.machine.get(key, "") for info in infos)) for key in infos[0].machine}
    merged = replace(infos[0], shard="", started=min(info.started for info in infos), machine=machines)
    with RunFolder.create(output, merged) as made:
        for shard in shards:
            for result in shard.results():
                made.append(result)
            for name in (COMPLETIONS, RULINGS):
                _append(shard.folder / name, made.path / name)
        walls = [wall for shard in shards if (wall := shard.wall_seconds) is not None]
        if len(walls) == len(shards):
            made.took(max(walls))  # they run side by side
    return made.path


def _check(shards: Sequence[Recorded]) -> None:
    for shard in shards:
        if not shard.info.shard:
            raise ConfigurationError(f"{shard.folder} is no shard: it was not run with --mathbench-shard")
    names = [shard.info.shard for shard in shards]
    parts = {name.partition("/")[2] for name in names}
    if len(parts) > 1:
        raise ConfigurationError(f"shards of {' and of '.join(sorted(parts))} parts are not of one run")
    count = int(parts.pop())
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ConfigurationError(f"shard {twice[0]} is there more than once")
    if missing := [f"{number}/{count}" for number in range(1, count + 1) if f"{number}/{count}" not in names]:
        raise ConfigurationError(f"the shard {missing[0]} is missing; all {count} of them make the run")
    first = shards[0]
    for shard in shards:
        if different := files.differences(replace(first.info, shard=""), replace(shard.info, shard="")):
            raise ConfigurationError(f"{shard.folder} is no shard of the run of {first.folder}: {'; '.join(different)}")
    _check_overlap(shards)


def _check_overlap(shards: Sequence[Recorded]) -> None:
    seen: dict[tuple[str, int], Path] = {}
    for shard in shards:
        for result in shard.results():
            other = seen.setdefault((result.problem.id, result.sample), shard.folder)
            if other != shard.folder:
                raise ConfigurationError(
                    f"{result.problem.id} is in {other} and in {shard.folder}: shards do not overlap"
                )


def _append(source: Path, target: Path) -> None:
    if source.is_file():
        with target.open("ab") as file:
            file.write(source.read_bytes())
