"""Folders of runs, baselines, and what git has kept of these → the runs of a history."""

import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from operator import itemgetter
from pathlib import Path

from pytest_mathbench.analysis.comparison import measured
from pytest_mathbench.analysis.decisions import Decision, overall
from pytest_mathbench.analysis.history import Apart, Past, past
from pytest_mathbench.decides import Decides
from pytest_mathbench.errors import ConfigurationError, RecordingError
from pytest_mathbench.recording.recorded import RUN, RecordedRun, find, read_info
from pytest_mathbench.recording.run_info import RunInfo, differences
from pytest_mathbench.reporting import baselines
from pytest_mathbench.reporting.export import read_decisions

_EARLIER = 11
"""So many runs, and the one that they came before, make a trend."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The runs that were found, and what of a folder could not be read, with the reason."""

    runs: list[Past] = field(default_factory=list)
    unread: list[Apart] = field(default_factory=list)


@dataclass(frozen=True)
class Gatherer:
    """Reads runs wherever they are. `parent` is where runs are that are known by name, `warn` is told of broken lines.

    Only runs whose `wanted` is true are read. With `committed`, each version of a baseline that git has is a run.
    """

    parent: Path
    warn: Callable[[str], None]
    wanted: Callable[[RunInfo], bool] = lambda _: True
    committed: bool = False

    def gather(self, places: Sequence[Path]) -> Gathered:
        """Read the runs of these places: a run's folder or name, a baseline, or a folder of such.

        Raises `ConfigurationError` for a place that is none. What cannot be read within a folder is told apart.
        """
        found = Gathered()
        for place in places:
            if place.is_dir() and not (place / RUN).is_file():
                for inner in sorted([*(run.parent for run in place.glob(f"*/{RUN}")), *place.glob("*.json")]):
                    try:
                        found.runs.extend(self._read(inner))
                    except (ConfigurationError, RecordingError) as error:
                        found.unread.append(Apart(str(inner), str(error)))
            else:
                found.runs.extend(self._read(place))
        return found

    def _read(self, place: Path) -> Iterator[Past]:
        if place.is_file():
            yield from self._baselines(place)
            return
        run = RecordedRun.open(find(str(place), self.parent), self.warn)
        if self.wanted(run.info):
            decisions, _ = read_decisions(run.folder, self.warn)
            status = overall(decisions) if decisions else None
            attempts = measured(run.results(), run.info.price)
            yield past(str(run.folder), run.info, attempts, status, run.wall_seconds)

    def _baselines(self, path: Path) -> Iterator[Past]:
        kept = list(_committed(path)) if self.committed else []
        texts = {text: commit for commit, text in reversed(kept)}  # of versions that are equal the first counts
        texts.setdefault(path.read_bytes(), "")
        for text, commit in texts.items():
            place = f"{path}@{commit[:10]}" if commit else str(path)
            info, attempts = baselines.read(text, place)
            if self.wanted(info):
                yield past(place, replace(info, commit=info.commit or commit), attempts)


def earlier_decisions(run: RecordedRun) -> list[list[Decision]]:
    """Return what was decided in the last runs before one, beside it, of the same model, that it can be compared with.

    The oldest comes first. One that cannot be read is left out: this is not its report.
    """
    comparable: list[tuple[str, Path]] = []
    for path in run.folder.parent.glob(f"*/{RUN}"):
        try:
            info = read_info(path.parent)
        except ConfigurationError:
            continue
        is_earlier = info.started < run.info.started and info.model == run.info.model and not info.shard
        if is_earlier and not differences(info, run.info, Decides.COMPARISON):
            comparable.append((info.started, path.parent))
    newest_first = (folder for _, folder in sorted(comparable, key=itemgetter(0), reverse=True))
    # Only as many reports are read as are shown, however long a folder has grown.
    decided = (decisions for folder in newest_first if (decisions := read_decisions(folder, lambda _: None)[0]))
    return list(islice(decided, _EARLIER))[::-1]


def _committed(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield commits with what a file was in them, the newest first. Raises `ConfigurationError` if git cannot say."""
    for commit in _git(path, "log", "--format=%H", "--diff-filter=AM", "--", path.name).decode().split():
        yield commit, _git(path, "show", f"{commit}:./{path.name}")


def _git(path: Path, *words: str) -> bytes:
    command = ["git", "-C", str(path.parent), *words]
    try:
        return subprocess.run(command, capture_output=True, check=True).stdout
    except OSError as error:
        raise ConfigurationError(f"git cannot be asked for the history of {path}: {error}") from None
    except subprocess.CalledProcessError as error:
        raise ConfigurationError(
            f"git does not know the history of {path}: {error.stderr.decode(errors='replace').strip()}"
        ) from None
