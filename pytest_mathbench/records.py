"""The records that a run is made of, in the order in which they come to be.

    Problem → Prompt → Completion → program → Execution → Grade → ItemResult

All are frozen and go to JSON and back. Durations are seconds, sizes are bytes or tokens.
"""

import hashlib
import json
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Self

from pytest_mathbench.verdicts import Verdict


class Outcome(StrEnum):
    """What became of one attempt. Everything but `CORRECT` is the model's fault."""

    CORRECT = "correct"
    WRONG = "wrong"
    NO_ANSWER = "no_answer"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"
    NO_PROGRAM = "no_program"


class Ending(StrEnum):
    """How a program ended, as the sandbox saw it from outside."""

    FINISHED = "finished"
    EXCEPTION = "exception"
    EXIT_STATUS = "exit_status"
    SIGNAL = "signal"
    MEMORY = "memory"
    OUTPUT = "output"
    FORBIDDEN = "forbidden"
    CPU_TIME = "cpu_time"
    WALL_TIME = "wall_time"


CORRECT_RATING = 4
"""The judge's rating from which an answer counts as correct (Evstafev 2025)."""

UNDECIDED = "undecided"
"""The rule by which an answer is wrong that could not be compared within the limits."""


class Record:
    """A frozen dataclass that goes to JSON and back."""

    __slots__ = ()

    def to_json(self) -> str:
        """Return one line of ASCII JSON: it survives every channel, lone surrogates included."""
        return json.dumps(asdict(self))  # type: ignore[call-overload]  # every subclass is a dataclass

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read what `to_json` wrote.

        Raises `ValueError` for anything else: not JSON, a missing or unknown field, a value of another type.
        """
        try:
            data = json.loads(text)
        except RecursionError:
            raise ValueError("JSON nested too deeply") from None
        return typing.cast("Self", _decode(cls, data, cls.__name__))


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem(Record):
    """One problem; `statement` and `answer` are LaTeX, the answer without dollar signs.

    One that a family has drawn names it, and the variant: 0 for the bundled set, else the seed of a fresh draw.
    """

    id: str
    domain: str
    level: int
    statement: str
    answer: str
    family: str = ""
    variant: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt(Record):
    """What the model is asked, in one user message."""

    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling(Record):
    """Sampling parameters, named as the OpenAI API names them; no `seed` leaves the choice to the server."""

    temperature: float = 0.0
    top_p: float = 1.0
    max_tokens: int = 1024
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Record):
    """One completion to be made. Equal requests are one request: `key` names it.

    `json_schema`, as JSON, is what the answer is held to, where that is not empty.
    """

    prompt: Prompt
    sampling: Sampling
    json_schema: str = ""

    @property
    def key(self) -> str:
        """The SHA-256 of all that decides the completion, in hexadecimal."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion(Record):
    """What the model answered.

    `queued_seconds` is the wait for a free place, and between tries; `seconds` is the last try's. Where the answer
    was streamed, `first_token_seconds` is the part of it before the first text.
    """

    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    queued_seconds: float
    seconds: float
    first_token_seconds: float | None = None

    @property
    def truncated(self) -> bool:
        """Whether the token limit cut the completion off."""
        return self.finish_reason == "length"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits(Record):
    """What a program may use; None lifts a time limit."""

    cpu_seconds: float | None
    wall_seconds: float | None
    memory_bytes: int
    output_bytes: int = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution(Record):
    """How a program ran: `detail` says more of its `ending` (the exception, the signal, the limit).

    `unsafe` names what it tried that the sandbox refuses: kind → the first operation of that kind, as in
    {"network": "socket"}. `echoed` tells whether its last line was printed for it.
    """

    ending: Ending
    detail: str
    stdout: str
    stderr: str
    cpu_seconds: float
    wall_seconds: float
    unsafe: dict[str, str] = field(default_factory=dict)
    echoed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement(Record):
    """What a judge says of an answer: a rating from 1 to 5 with its reason, or the fault for which there is none.

    The costs are those of all tries.
    """

    rating: int | None = None
    reason: str = ""
    fault: str | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if (self.rating is None) == (self.fault is None):
            raise ValueError("a Judgement has either a rating or a fault")

    @property
    def correct(self) -> bool | None:
        """Whether the rating counts as correct, as the paper's weighted accuracy counts it; None without one."""
        return None if self.rating is None else self.rating >= CORRECT_RATING


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade(Record):
    """The verdicts on a printed answer, with the rules that decided; docs/grading.md.

    `lenient_rule` is empty where the strict verdict was right already. `judgement` is None where no judge was asked.
    """

    strict: bool
    rule: str
    lenient: bool
    lenient_rule: str = ""
    answer: str
    seconds: float
    judgement: Judgement | None = None

    def correct(self, verdict: Verdict) -> bool | None:
        """Return whether the answer is right by this verdict; None where the judge was to say so and did not.

        By the judge's verdict, what no judge was asked about is as the strict one has it.
        """
        if verdict == Verdict.STRICT:
            return self.strict
        if verdict == Verdict.LENIENT:
            return self.lenient
        return self.judgement.correct if self.judgement else self.strict


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemResult(Record):
    """All of one attempt at one problem, `sample` counting the attempts from 0.

    Exactly one of `outcome` (measured) and `fault` (not measured, and why) is set. A stage that was not
    reached is None.
    """

    problem: Problem
    sample: int = 0
    limits: Limits | None = None
    request: Request | None = None
    completion: Completion | None = None
    program: str | None = None
    execution: Execution | None = None
    grade: Grade | None = None
    outcome: Outcome | None = None
    fault: str | None = None

    def __post_init__(self) -> None:
        if (self.outcome is None) == (self.fault is None):
            raise ValueError("an ItemResult has either an outcome or a fault")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling(Record):
    """A person's verdict on one attempt: it overrules every other. `when` is in ISO 8601."""

    problem: str
    sample: int
    correct: bool
    who: str
    when: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo(Record):
    """What was measured, with what, where: all that must be equal for two runs to be comparable, and more."""

    model: str
    resolved_model: str
    endpoint: str
    vllm_args: str
    problem_set: str
    problem_count: int
    problems_sha256: str
    prompt: str
    prompt_sha256: str
    sampling: Sampling
    samples: int
    sandbox: str
    cpu_seconds: float | None
    memory_bytes: int
    scratch_bytes: int
    preload: str
    echo: bool
    verdict: Verdict
    judge: str
    judge_model: str
    judge_sha256: str
    started: str
    machine: dict[str, str]
    versions: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumption(Record):
    """A run went on at this time, in ISO 8601; what it could not measure before is measured again."""

    resumed: str


@cache
def _field_types(cls: type) -> dict[str, tuple[Any, bool]]:
    hints = typing.get_type_hints(cls)
    return {
        member.name: (hints[member.name], (member.default, member.default_factory) != (MISSING, MISSING))
        for member in fields(cls)
    }


def _decode(kind: Any, data: object, where: str) -> Any:  # noqa: ANN401 - the type is the argument
    """Build a value of type `kind` out of parsed JSON, a tuple out of an array; `where` names the field in errors."""
    if isinstance(kind, types.UnionType):  # of None and one other
        (kind,) = (member for member in kind.__args__ if (member is types.NoneType) == (data is None))
    if is_dataclass(kind):
        return _decode_fields(typing.cast("type", kind), data, where)
    if isinstance(kind, type) and issubclass(kind, StrEnum) and isinstance(data, str):
        return kind(data)
    if kind is float and type(data) is int:
        return _float(data, where)
    if typing.get_origin(kind) is dict:
        return _decode_mapping(kind, data, where)
    if typing.get_origin(kind) is tuple and isinstance(data, list):
        member = typing.get_args(kind)[0]  # a tuple of any length, of one type
        return tuple(_decode(member, value, f"{where}[{index}]") for index, value in enumerate(data))
    if type(data) is not kind:
        raise ValueError(f"{where}: expected {kind.__name__}, found {type(data).__name__}")
    return data


def _float(number: int, where: str) -> float:
    try:
        return float(number)
    except OverflowError:
        raise ValueError(f"{where}: the number is too large") from None


def _decode_mapping(kind: Any, data: object, where: str) -> dict[str, Any]:  # noqa: ANN401 - the type is the argument
    if not isinstance(data, dict):
        raise ValueError(f"{where}: expected an object, found {type(data).__name__}")  # noqa: TRY004 - bad data
    value_kind = typing.get_args(kind)[1]
    return {name: _decode(value_kind, value, f"{where}.{name}") for name, value in data.items()}


def _decode_fields(cls: type, data: object, where: str) -> Any:  # noqa: ANN401 - the type is the argument
    if not isinstance(data, Mapping):
        raise ValueError(f"{where}: expected an object, found {type(data).__name__}")  # noqa: TRY004 - bad data
    known = _field_types(cls)
    if unknown := data.keys() - known.keys():
        raise ValueError(f"{where}: unknown field {min(unknown)!r}")
    if missing := [name for name, (_, has_default) in known.items() if name not in data and not has_default]:
        raise ValueError(f"{where}: lacks the field {missing[0]!r}")
    return cls(**{name: _decode(known[name][0], value, f"{where}.{name}") for name, value in data.items()})
