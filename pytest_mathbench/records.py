"""The records that a run is made of, in the order in which they come to be.

    Problem → Prompt → Completion → program → Execution → Grade → ItemResult

All are frozen and go to JSON and back. Durations are seconds, sizes are bytes or tokens.
"""

import hashlib
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Self

from pytest_mathbench.answers import AnswerType
from pytest_mathbench.decides import Decides
from pytest_mathbench.execution import Execution, Limits
from pytest_mathbench.record import Record
from pytest_mathbench.tokens import Tokens
from pytest_mathbench.verdicts import Verdict


class Outcome(StrEnum):
    """What became of one attempt. Everything but `CORRECT` is the model's fault."""

    CORRECT = "correct"
    WRONG = "wrong"
    NO_ANSWER = "no_answer"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"
    NO_PROGRAM = "no_program"
    CUT_OFF = "cut_off"


AttemptId = tuple[str, int]
"""A problem's id and the number of the sample, from 0."""

CORRECT_RATING = 4
"""The judge's rating from which an answer counts as correct (Evstafev 2025)."""

UNDECIDED = "undecided"
"""The rule by which an answer is wrong that could not be compared within the limits."""

UNREAD = "unread"
"""The rule by which an answer is wrong that is in no notation that the grader reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem(Record):
    """One problem; `statement` and `answer` are LaTeX, the answer without dollar signs.

    One that a family has drawn names it, and the variant: 0 for the bundled set, else the seed of a fresh draw.
    `answer_type` says how the answer is compared; None, in records of earlier versions, leaves it to be inferred.
    """

    id: str
    domain: str
    level: int
    statement: str
    answer: str
    family: str = ""
    variant: int | None = None
    answer_type: AnswerType | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt(Record):
    """What the model is asked: one user message, after a system message where that is not empty.

    `turns` is what was said after it: the model's answer, the user's next message, and so on.
    """

    user: str
    system: str = ""
    turns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling(Record):
    """Sampling parameters, named as the OpenAI API names them; no `seed` leaves the choice to the server."""

    temperature: float = field(metadata=Decides.COMPLETION.metadata, default=0.0)
    top_p: float = field(metadata=Decides.COMPLETION.metadata, default=1.0)
    max_tokens: int = field(metadata=(Decides.COMPLETION | Decides.COMPARISON).metadata, default=1024)
    seed: int | None = field(metadata=Decides.COMPLETION.metadata, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefix(Record):
    """What a completion goes on from, as token ids: the prompt as the server's chat template has it, and the answer.

    `text` is the answer's, where what comes after it may be cut.
    """

    prompt_ids: tuple[int, ...]
    ids: tuple[int, ...]
    text: str = ""


@dataclass(frozen=True, kw_only=True)  # no slots: the key is kept beside the fields
class Request(Record):
    """One completion to be made. Equal requests are one request: `key` names it.

    `json_schema`, as JSON, is what the answer is held to, where that is not empty; with `json_object` it is held to any
    JSON object. With `tokens` the answer brings its tokens. With a `prefix` the answer is what comes after it, without
    the tokens in `forbidden`; with `penalties` each of them loses so much in logits instead. Where names are `allowed`,
    the answer begins with the `lead` and one of these. `patch`, as JSON, is a merge patch (RFC 7396) on the body that
    is sent. A `raw` prompt is a text that the model goes on with, and no message. An answer to `cut` is streamed, and
    ends at the first fault of its program that no continuation mends.
    """

    prompt: Prompt
    sampling: Sampling
    json_schema: str = ""
    tokens: bool = False
    prefix: Prefix | None = None
    forbidden: tuple[int, ...] = ()
    lead: str = ""
    allowed: tuple[str, ...] = ()
    json_object: bool = False
    patch: str = ""
    raw: bool = False
    penalties: tuple[float, ...] = ()
    cut: bool = False

    @cached_property
    def key(self) -> str:
        """The SHA-256, in hexadecimal, of all that decides the completion.

        Recorded completions are found by it: a new field changes no key while it is at its default; a new default
        changes what every key without that field means, and needs a new format (docs/runs.md).
        """
        return hashlib.sha256(self.to_canonical_json().encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion(Record):
    """What the model answered.

    `text` is the answer, `reasoning` the thoughts that the endpoint tells apart from it. `completion_tokens` counts
    both; `reasoning_tokens` is None where the endpoint does not tell. `cost` is the endpoint's own figure, in dollars.
    `queued_seconds` is the wait for a free place, and between tries; `seconds` is the last try's. Where the answer
    was streamed, `first_token_seconds` is the part of it before the first text or thought. `tokens` and `prompt_ids`
    are there if they were asked for.
    """

    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    queued_seconds: float
    seconds: float
    first_token_seconds: float | None = None
    tokens: Tokens | None = None
    prompt_ids: tuple[int, ...] = ()
    reasoning: str = ""
    reasoning_tokens: int | None = None
    cost: float | None = None

    @property
    def truncated(self) -> bool:
        """Whether the token limit cut the completion off."""
        return self.finish_reason == "length"

    @property
    def thinking_tokens(self) -> int:
        """How many tokens went into thinking: as the endpoint tells, or else by the thoughts' share of the characters.

        That is exact where there is nothing but thoughts.
        """
        if self.reasoning_tokens is not None:
            return min(self.reasoning_tokens, self.completion_tokens)
        answer = len(self.text) if self.text.strip() else 0
        return round(self.completion_tokens * len(self.reasoning) / max(len(self.reasoning) + answer, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement(Record):
    """What a judge says of an answer: a rating from 1 to 5 with its reason, or the fault for which there is none.

    The costs are those of all tries; `cost` is the endpoint's own figure, in dollars.
    """

    rating: int | None = None
    reason: str = ""
    fault: str | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    thinking_tokens: int = 0
    cost: float | None = None

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
class Finding(Record):
    """Where a completion seems to go wrong: what says so, and the positions of the tokens to blame, likeliest first.

    `allowed` are names that would be valid at the first of these tokens, the most similar first, after the `lead` with
    which the token begins (often a space); none where that is not known.
    """

    trigger: str
    detail: str
    positions: tuple[int, ...]
    lead: str = ""
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Regeneration(Record):
    """A completion was cut before its token `position`, and went on with `after` instead of `before`.

    `tokens_before` and `tokens_after` are the lengths of the two completions. `repeat` tells that the new one had been
    made before already. `outcome` is the new one's: graded for the record, and never shown to the strategy; None
    where it was no whole completion.
    """

    trigger: str
    detail: str
    position: int
    before: str
    after: str
    tokens_before: int
    tokens_after: int
    repeat: bool = False
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing(Record):
    """What an attempt's answer would have been, had it ended when it had cost so much; all counts are sums so far.

    Seconds are of generation. `outcome` is graded for the record, and never shown to the strategy.
    """

    requests: int
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort(Record):
    """What a strategy did for one attempt, and what that cost: all requests and tokens, generation in seconds.

    `first` is the outcome of the first completion, graded for the record; `ended` says why there was no further
    regeneration. `executions` are the programs that were run to find faults. `cost` is the endpoint's own figure.
    `standings` has an entry for the first completion and for each that came after it, in the order of what they cost;
    the last is the attempt's own answer. No judge is asked about the others. Empty in runs recorded before they were
    kept.
    """

    requests: int
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    executions: int
    ended: str
    first: Outcome | None = None
    regenerations: tuple[Regeneration, ...] = ()
    cost: float | None = None
    standings: tuple[Standing, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling(Record):
    """A person's verdict on one attempt, which overrules every other. `when` is in ISO 8601."""

    problem: str
    sample: int
    correct: bool
    who: str
    when: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemResult(Record):
    """All of one attempt at one problem, `sample` counting the attempts from 0.

    Exactly one of `outcome` (measured) and `fault` (not measured, and why) is set. A stage that was not
    reached is None, and so is `effort` where a completion is made in one request. `reruns` is how many earlier results
    of the attempt this one replaces. What a person ruled is in `ruling` and in the outcome; `overruled` is then the
    outcome as it was measured, if that was another.
    """

    problem: Problem
    sample: int = 0
    limits: Limits | None = None
    request: Request | None = None
    completion: Completion | None = None
    program: str | None = None
    execution: Execution | None = None
    grade: Grade | None = None
    effort: Effort | None = None
    outcome: Outcome | None = None
    fault: str | None = None
    reruns: int = 0
    ruling: Ruling | None = None
    overruled: Outcome | None = None

    def __post_init__(self) -> None:
        if (self.outcome is None) == (self.fault is None):
            raise ValueError("an ItemResult has either an outcome or a fault")

    @property
    def attempt(self) -> AttemptId:
        """Which attempt this is the result of."""
        return self.problem.id, self.sample

    def ruled(self, ruling: Ruling) -> Self:
        """Return the result as a person has it. What was not measured has no outcome to overrule, and stays."""
        if self.outcome is None:
            return self
        if ruling.correct == (self.outcome == Outcome.CORRECT):
            return replace(self, ruling=ruling)
        outcome = Outcome.CORRECT if ruling.correct else Outcome.WRONG
        return replace(self, ruling=ruling, outcome=outcome, overruled=self.outcome)
