"""Baselines: what a comparison needs of a run, in one small file that can be committed."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pytest_mathbench.analysis.comparison import Measured, measured
from pytest_mathbench.analysis.noise import Noise
from pytest_mathbench.decides import Decides
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.record import Record
from pytest_mathbench.recording.recorded import RecordedRun
from pytest_mathbench.recording.recorded import find as find_run
from pytest_mathbench.recording.run_info import (
    FieldDifference,
    RunInfo,
    differences,
    from_document,
    sentence,
    to_document,
)
from pytest_mathbench.records import AttemptId

_ALLOWED = {"samples", "sampling.seed", "order_seed", "engine", "vllm_args", "sglang_args"}
"""What a baseline may have been made with otherwise, and is said: batch invariance is one of the arguments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(Record):
    """What runs of one set-up against each other showed: how much it moves when nothing changes, bucket by bucket.

    `problems_sha256` is of the problem set, `runs` how many runs there were; `endpoint` and `machine` say what made
    them.
    """

    model: str
    problems_sha256: str
    runs: int
    endpoint: str
    machine: dict[str, str]
    noise: tuple[Noise, ...]

    def discordant(self, bucket: str) -> float | None:
        """Return the share of a bucket's problems on which two runs disagree; None of a bucket that it does not have.

        A cell has its domain's.
        """
        found = {each.bucket: each.discordant for each in self.noise}
        return found.get(bucket, found.get(bucket.partition("/")[0]))


FOLDER = "mathbench-baselines"
"""Where baselines lie that are known by name, below pytest's root or the working directory."""


def save(
    path: Path, info: RunInfo, attempts: Mapping[AttemptId, Measured], certificate: Certificate | None = None
) -> None:
    """Write a baseline, one attempt a line, so that changes to it can be reviewed."""
    rows = [[problem, sample, asdict(each)] for (problem, sample), each in sorted(attempts.items())]
    info = replace(info, order=())  # a baseline is a whole run
    lines = ",\n".join(map(json.dumps, rows))
    path.parent.mkdir(parents=True, exist_ok=True)
    certified = f'"certificate": {certificate.to_json()}, ' if certificate else ""
    text = f'{{"info": {json.dumps(to_document(info))}, {certified}"attempts": [\n{lines}\n]}}\n'
    path.write_text(text, encoding="ascii")


def certify(path: Path, certificate: Certificate) -> None:
    """Store a certificate with a baseline. Raises `ConfigurationError` if it is of another problem set."""
    info, attempts = load(path)
    _check_certificate(path, certificate, info)
    save(path, info, attempts, certificate)


def certificate_of(place: str) -> Certificate | None:
    """Return the certificate that is stored with a baseline; None if there is none, or it is a run's folder.

    Raises `ConfigurationError` for one of another problem set.
    """
    path = Path(place)
    if not path.is_file():
        return None
    info, _ = load(path)
    try:
        found = json.loads(path.read_bytes()).get("certificate")
        certificate = None if found is None else Certificate.from_data(found)
    except ValueError as error:
        raise ConfigurationError(
            f"{path}: its certificate cannot be read: {error}; run mathbench noise again"
        ) from None
    if certificate:
        _check_certificate(path, certificate, info)
    return certificate


def _check_certificate(path: Path, certificate: Certificate, info: RunInfo) -> None:
    if certificate.problems_sha256 != info.problems_sha256:
        raise ConfigurationError(
            f"{path}: the certificate is of another problem set (sha256 {certificate.problems_sha256[:12]}, the "
            f"baseline's is {info.problems_sha256[:12]}): measure the noise on the baseline's"
        )


def load(path: Path) -> tuple[RunInfo, dict[AttemptId, Measured]]:
    """Read a baseline. Raises `ConfigurationError` for a file that is not one, is cut off, or of a later version."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise _no_baseline(path, error) from None
    return read(text, path)


def read(text: bytes, place: object) -> tuple[RunInfo, dict[AttemptId, Measured]]:
    """Read what a baseline's file holds, or held; raises as `load` does, and names the `place`."""
    try:
        data = json.loads(text)
        info = from_document(data["info"], f"the baseline {place}")
        attempts = {(str(problem), int(sample)): Measured.from_data(each) for problem, sample, each in data["attempts"]}
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise _no_baseline(place, error) from None
    return info, attempts


def _no_baseline(place: object, error: Exception) -> ConfigurationError:
    return ConfigurationError(f"{place} is not a baseline, or only part of one: {error}")


def find(
    name: str, output: Path, root: Path, warn: Callable[[str], None]
) -> tuple[str, RunInfo, dict[AttemptId, Measured]]:
    """Return where a baseline was found and what it holds; `name` is a run, a file, or a name below `root`.

    Raises `ConfigurationError` if there is none of any kind.
    """
    for path in (Path(name).expanduser(), root / FOLDER / f"{name}.json"):
        if path.is_file():
            return str(path), *load(path)
    try:
        folder = find_run(name, output)
    except ConfigurationError:
        known = sorted(path.stem for path in (root / FOLDER).glob("*.json"))
        raise ConfigurationError(
            f"no baseline {name!r}: it is not a run's folder, not a file, and not in {FOLDER}/ "
            f"({', '.join(known) or 'which is empty'}); save one with: mathbench baseline save"
        ) from None
    run = RecordedRun.open(folder, warn)
    return str(folder), run.info, measured(run.results(), run.info.price)


def check(place: str, baseline: RunInfo, attempts: Collection[AttemptId], run: RunInfo) -> None:
    """Raise `ConfigurationError` if the baseline differs from the run in what a gate needs to be equal.

    Another seed, machine or engine is none of that, nor is another number of samples. A baseline that was itself
    stopped early is: when it stopped depended on its own answers, which are therefore no fair sample of the model's.
    """
    whole = baseline.problem_count * baseline.samples
    if baseline.order_seed is not None and len(attempts) < whole:
        raise ConfigurationError(
            f"the baseline {place} was decided early, after {len(attempts)} of {whole} attempts: make one of a whole "
            "run, without --mathbench-decide=early"
        )
    if found := differences(baseline, run, Decides.COMPARISON):
        raise ConfigurationError(
            f"the baseline {place} cannot be compared with: its settings differ: {sentence(found)}"
        )


def made_otherwise(baseline: RunInfo, run: RunInfo) -> str:
    """Say in what a baseline was made otherwise and is allowed: samples, seed, order, engine, machine."""
    found = [each for each in differences(baseline, run) if each.name in _ALLOWED]
    found += [
        FieldDifference(f"machine.{name}", baseline.machine.get(name), run.machine.get(name))
        for name in ("platform", "cpus")
        if baseline.machine.get(name) != run.machine.get(name)
    ]
    return sentence(found)
