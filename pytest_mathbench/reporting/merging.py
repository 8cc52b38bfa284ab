"""The runs of all shards → one run, as if it had never been divided."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.recording.completions import COMPLETIONS
from pytest_mathbench.recording.folder import RunFolder
from pytest_mathbench.recording.journal import whole_lines
from pytest_mathbench.recording.recorded import RecordedRun, check_keys
from pytest_mathbench.recording.rulings import RULINGS
from pytest_mathbench.recording.run_info import differences, sentence


def merge(shards: Sequence[RecordedRun], output: Path) -> Path:
    """Make one run of its shards; return its folder.

    Raises `ConfigurationError` if a shard is missing, is there twice, or has other settings than the first.
    """
    _check(shards)
    infos = [shard.info for shard in shards]
    machines = {key: " + ".join(dict.fromkeys(info.machine.get(key, "") for info in infos)) for key in infos[0].machine}
    merged = replace(infos[0], shard=None, started=min(info.started for info in infos), machine=machines)
    with RunFolder.create(output, merged) as made:
        for shard in shards:
            for result in shard.raw_results():
                made.append(result)
            for name in (COMPLETIONS, RULINGS):
                _append(shard.folder / name, made.path / name)
        walls = [wall for shard in shards if (wall := shard.wall_seconds) is not None]
        if len(walls) == len(shards):
            made.took(max(walls))  # they run side by side
    return made.path


def _check(shards: Sequence[RecordedRun]) -> None:
    _check_numbers(shards)
    first = shards[0]
    for shard in shards:
        check_keys(shard.folder)
        if found := differences(replace(first.info, shard=None), replace(shard.info, shard=None)):
            raise ConfigurationError(
                f"{shard.folder} is not a shard of the run of {first.folder}: its settings differ: {sentence(found)}"
            )
    _check_overlap(shards)


def _check_numbers(shards: Sequence[RecordedRun]) -> None:
    numbers: list[int] = []
    counts: set[int] = set()
    for shard in shards:
        if (part := shard.info.shard) is None:
            raise ConfigurationError(f"{shard.folder} is not a shard: it was not run with --mathbench-shard")
        numbers.append(part.number)
        counts.add(part.count)
    if len(counts) > 1:
        raise ConfigurationError(f"shards of {' and of '.join(map(str, sorted(counts)))} parts are not of one run")
    count = counts.pop()
    if repeated := sorted({number for number in numbers if numbers.count(number) > 1}):
        raise ConfigurationError(f"shard {repeated[0]}/{count} is there more than once")
    if missing := sorted({*range(1, count + 1)} - {*numbers}):
        raise ConfigurationError(f"shard {missing[0]}/{count} is missing; all {count} of them make up the run")


def _check_overlap(shards: Sequence[RecordedRun]) -> None:
    seen: dict[tuple[str, int], Path] = {}
    for shard in shards:
        for result in shard.raw_results():
            other = seen.setdefault(result.attempt, shard.folder)
            if other != shard.folder:
                raise ConfigurationError(
                    f"{result.problem.id} is in {other} and in {shard.folder}: shards do not overlap"
                )


def _append(source: Path, target: Path) -> None:
    """Append the whole lines of a file: what a kill cut off must not spoil the next shard's first line."""
    with target.open("ab") as file:
        file.writelines(line + b"\n" for _, _, line in whole_lines(source))
