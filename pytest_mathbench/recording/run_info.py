"""What a run measures, with what: the contents of run.json, and of a baseline's head."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from pytest_mathbench.decides import Decides, decided_by
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.record import Record
from pytest_mathbench.recording.order import Place
from pytest_mathbench.records import Sampling
from pytest_mathbench.verdicts import Verdict

FORMAT = 2
"""The format of a run's folder and of a baseline; docs/runs.md lists what each changed."""

REGRADE, REPLAY = "regrade of ", "replay of "
"""How the endpoint of a run begins that took its completions from another, whose folder's name follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard(Record):
    """One part of a selection that was divided into `count` of them; `number` counts from 1."""

    number: int
    count: int

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo(Record):
    """What was measured, with what, where. Each field states what it decides.

    `problem_count` and `problems_sha256` are of the whole selection, of which a run with a `shard` makes a part.
    `deviations` says in what the run departs from the `protocol` that it follows: option → what it is instead of
    what; both are empty where it follows none. `request` is the merge patch on the body of every request, as JSON. Of
    headers there are the names only, and no secret is in a `query`; likewise for the judge. A
    `price` is of a million tokens of prompts, completions and thoughts. `started` is in ISO 8601, and stays when the
    run is resumed. A run that may be decided early makes its problems in the random `order` of the `order_seed`, drawn
    from the whole selection; others have none. `commit` is that of the suite's repository, if it is in one.
    `reused` names the runs from which it took the completions that they had asked for already.
    """

    model: str = field(metadata=Decides.COMPLETION.metadata)
    resolved_model: str = field(metadata=Decides.RESULT.metadata)  # a replay resolves none
    endpoint: str = field(metadata=Decides.NOTHING.metadata)
    vllm_args: str = field(metadata=Decides.RESULT.metadata)
    problem_set: str = field(metadata=Decides.RESULT.metadata)
    problem_count: int = field(metadata=Decides.RESULT.metadata)
    problems_sha256: str = field(metadata=Decides.COMPARISON.metadata)
    shard: Shard | None = field(metadata=Decides.RESULT.metadata)
    prompt: str = field(metadata=Decides.NOTHING.metadata)  # it is known by its hash
    prompt_sha256: str = field(metadata=(Decides.COMPLETION | Decides.COMPARISON).metadata)
    sampling: Sampling  # whose fields state what they decide
    samples: int = field(metadata=Decides.RESULT.metadata)
    strategy: str = field(metadata=Decides.COMPLETION.metadata)
    protocol: str = field(metadata=Decides.RESULT.metadata)
    deviations: dict[str, str] = field(metadata=Decides.RESULT.metadata)
    sandbox: str = field(metadata=Decides.RESULT.metadata)
    cpu_seconds: float | None = field(metadata=Decides.COMPARISON.metadata)
    memory_bytes: int = field(metadata=Decides.COMPARISON.metadata)
    scratch_bytes: int = field(metadata=Decides.RESULT.metadata)
    preload: tuple[str, ...] = field(metadata=Decides.COMPARISON.metadata)
    echo: bool = field(metadata=Decides.COMPARISON.metadata)
    verdict: Verdict = field(metadata=Decides.COMPARISON.metadata)
    judge: str = field(metadata=Decides.COMPARISON.metadata)
    judge_model: str = field(metadata=Decides.COMPARISON.metadata)
    judge_sha256: str = field(metadata=Decides.COMPARISON.metadata)
    started: str = field(metadata=Decides.NOTHING.metadata)
    machine: dict[str, str] = field(metadata=Decides.NOTHING.metadata)
    versions: dict[str, str] = field(metadata=Decides.RESULT.metadata)
    # Not in folders of earlier versions.
    system: str = field(default="", metadata=Decides.NOTHING.metadata)  # it is in the prompt's hash
    request: str = field(default="", metadata=Decides.COMPLETION.metadata)
    raw_prompt: bool = field(default=False, metadata=Decides.COMPLETION.metadata)
    query: dict[str, str] = field(default_factory=dict, metadata=Decides.RESULT.metadata)
    headers: tuple[str, ...] = field(default=(), metadata=Decides.NOTHING.metadata)
    judge_request: str = field(default="", metadata=Decides.COMPARISON.metadata)
    judge_query: dict[str, str] = field(default_factory=dict, metadata=Decides.RESULT.metadata)
    judge_headers: tuple[str, ...] = field(default=(), metadata=Decides.NOTHING.metadata)
    engine: str = field(default="vllm", metadata=Decides.RESULT.metadata)
    sglang_args: str = field(default="", metadata=Decides.RESULT.metadata)
    adapter: str = field(default="", metadata=Decides.COMPLETION.metadata)
    asked_model: str = field(default="", metadata=Decides.NOTHING.metadata)  # model and adapter say it
    price: tuple[float, ...] = field(default=(), metadata=Decides.NOTHING.metadata)
    judge_price: tuple[float, ...] = field(default=(), metadata=Decides.NOTHING.metadata)
    order_seed: int | None = field(default=None, metadata=Decides.RESULT.metadata)
    order: tuple[Place, ...] = field(default=(), metadata=Decides.NOTHING.metadata)  # its seed says it
    commit: str = field(default="", metadata=Decides.NOTHING.metadata)
    reused: tuple[str, ...] = field(default=(), metadata=Decides.NOTHING.metadata)  # a completion is of its request

    @property
    def source(self) -> str:
        """The name of the run whose completions it took; empty of a run that asked for its own."""
        how = next((each for each in (REGRADE, REPLAY) if self.endpoint.startswith(each)), None)
        return self.endpoint.removeprefix(how) if how else ""


# Two runs


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """A field that two runs differ in, by a name as in `sampling.seed`; None is the value of what one run lacks."""

    name: str
    before: object
    after: object

    def __str__(self) -> str:
        return f"{self.name} was {_shown(self.before)}, now {_shown(self.after)}"


def differences(before: RunInfo, after: RunInfo, *decides: Decides) -> list[FieldDifference]:
    """Return the fields that two runs differ in and that decide any of these; by default, a result."""
    wanted = decides or (Decides.RESULT,)
    own, others = dict(_deciding(before, wanted)), dict(_deciding(after, wanted))
    return [
        FieldDifference(name, own.get(name), others.get(name))
        for name in own | others
        if own.get(name) != others.get(name)
    ]


def settings_of(info: RunInfo) -> dict[str, object]:
    """Return what decides a run's results, by names as in `sampling.seed`."""
    return dict(_deciding(info, (Decides.RESULT,)))


def sentence(found: Iterable[FieldDifference]) -> str:
    """Say in what two runs differ."""
    return "; ".join(map(str, found))


def _deciding(record: Any, wanted: Sequence[Decides], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield name and value of what decides any of these in a RunInfo; a record and a mapping are taken apart."""
    for member in fields(record):
        name, value = f"{prefix}{member.name}", getattr(record, member.name)
        if isinstance(value, Sampling):
            yield from _deciding(value, wanted, f"{name}.")
        elif not any(each in decided_by(member) for each in wanted):
            continue
        elif isinstance(value, dict):
            yield from ((f"{name}.{key}", each) for key, each in value.items())
        else:
            yield name, value


def _shown(value: object) -> str:
    if value is None:
        return "unset"
    return repr(str(value)) if isinstance(value, str) else str(value)


# On disk


def to_document(info: RunInfo) -> dict[str, Any]:
    """Return what is written of a run: its fields, and the format's number."""
    return {"format": FORMAT, **asdict(info)}


def from_document(document: object, place: object) -> RunInfo:
    """Read what this version or an earlier one wrote in a `place`, which errors name.

    Raises `ConfigurationError` for a later version's, and `ValueError` for what describes no run.
    """
    number = format_of(document)
    if number > FORMAT:
        raise ConfigurationError(
            f"{place} was written by a later version of pytest-mathbench, in format {number}; this version reads "
            f"formats up to {FORMAT}: upgrade pytest-mathbench"
        )
    if isinstance(document, dict):
        document = {name: value for name, value in document.items() if name != "format"}
        if number == 1:
            document = _from_format_1(document)
    return RunInfo.from_data(document)


def format_of(document: object) -> int:
    """Return the number of a document's format; the first had none. Raises `ValueError` for what is no number."""
    number = document.get("format", 1) if isinstance(document, dict) else 1
    if type(number) is not int or number < 1:
        raise ValueError(f"{number!r} is not the number of a format")
    return number


def _from_format_1(document: dict[str, Any]) -> dict[str, Any]:
    """Take apart what format 1 had joined: modules, deviations from a protocol, a shard's numbers."""
    changed: dict[str, Any] = {}
    if isinstance(preload := document.get("preload"), str):
        changed["preload"] = [name for name in preload.split(",") if name]
    if isinstance(deviations := document.get("deviations"), str):
        parts = (each.partition(" ") for each in deviations.split("; ") if each)
        changed["deviations"] = {name: how for name, _, how in parts}
    if isinstance(shard := document.get("shard"), str):
        number, _, count = shard.partition("/")
        changed["shard"] = {"number": int(number), "count": int(count)} if shard else None
    return document | changed
