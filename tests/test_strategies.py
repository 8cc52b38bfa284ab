"""Strategies on a scripted endpoint that speaks tokens: what they ask for, what they make, when they end."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from token_server import TokenServer

from conftest import ScriptedServer
from pytest_mathbench.errors import GenerationError
from pytest_mathbench.generation.client import IsLost
from pytest_mathbench.generation.service import GenerationService
from pytest_mathbench.generation.strategies.agree import Agree
from pytest_mathbench.generation.strategies.catalog import choose, describe
from pytest_mathbench.generation.strategies.draws import draw
from pytest_mathbench.generation.strategies.lookahead import Lookahead
from pytest_mathbench.generation.strategies.penalty import Penalty
from pytest_mathbench.generation.strategies.regenerate import Random, Regenerate
from pytest_mathbench.generation.strategies.repair import Repair
from pytest_mathbench.generation.strategies.resample import Resample
from pytest_mathbench.generation.strategies.search import Search
from pytest_mathbench.generation.strategies.single import Single
from pytest_mathbench.generation.strategies.stepwise import Stepwise
from pytest_mathbench.generation.strategies.strategy import Attempt, Strategy
from pytest_mathbench.recording.completions import CompletionStore
from pytest_mathbench.records import Completion, Finding, Prompt, Request, Sampling
from pytest_mathbench.serving.endpoint import Endpoint
from pytest_mathbench.settings import STRATEGIES, Settings

REQUEST = Request(prompt=Prompt(user="6 * 7?"), sampling=Sampling(max_tokens=20))


@dataclass
class Rule:
    """An inspector that blames the tokens of one text wherever they stand, and keeps what it was shown."""

    blamed: str = "nothing"
    trigger: str = "verdict"
    seen: list[tuple[str, int]] = field(default_factory=list)

    def inspect(self, completion: Completion, settled: int) -> Finding | None:
        """Find the blamed tokens."""
        self.seen.append((completion.text, settled))
        texts = completion.tokens.texts if completion.tokens else ()
        found = tuple(number for number, text in enumerate(texts) if text == self.blamed)
        if not completion.tokens and self.blamed in completion.text:
            found = (0,)
        return Finding(trigger=self.trigger, detail=f"{self.blamed!r}", positions=found) if found else None

    def traceback(self, completion: Completion) -> str:
        """Quote the blamed text as the interpreter would."""
        return f"Traceback: {self.blamed}\n" if "1" in completion.text else ""

    def answer(self, completion: Completion) -> str | None:
        """Return what stands in a print; nothing is printed where that is blamed."""
        printed = completion.text.removeprefix("print(").removesuffix(")")
        return None if printed == self.blamed else printed

    def same(self, answer: str, other: str) -> bool:
        """By their first digits."""
        return answer.partition(".")[0] == other.partition(".")[0]


@dataclass
class Names(Rule):
    """An inspector that blames a text, and knows the names that would be valid there."""

    lead: str = ""
    allowed: tuple[str, ...] = ()

    def inspect(self, completion: Completion, settled: int) -> Finding | None:
        """Find the blamed token."""
        found = super().inspect(completion, settled)
        return replace(found, lead=self.lead, allowed=self.allowed) if found else None


@dataclass
class Anywhere(Names):
    """An inspector that blames the same place of every version."""

    lead: str = " "
    allowed: tuple[str, ...] = ("sqrt", "sum")

    def inspect(self, completion: Completion, settled: int) -> Finding | None:  # noqa: ARG002 - as the protocol
        """Blame it."""
        return Finding(trigger="names", detail="", positions=(2,), lead=self.lead, allowed=self.allowed)


@dataclass
class Always(Rule):
    """An inspector that blames these tokens of every version, or all of them; of one text only, if one is given."""

    positions: tuple[int, ...] = ()
    of: str | None = None

    def inspect(self, completion: Completion, settled: int) -> Finding | None:
        """Blame them."""
        super().inspect(completion, settled)
        if self.of not in {None, completion.text} or completion.tokens is None:
            return None
        positions = self.positions or tuple(range(len(completion.tokens.ids)))
        return Finding(trigger=self.trigger, detail="always", positions=positions)


class Blames(Rule):
    """An inspector that blames the last token of every version that holds one of these texts."""

    def __init__(self, *texts: str) -> None:
        super().__init__()
        self.texts = texts

    def inspect(self, completion: Completion, settled: int) -> Finding | None:
        """Blame it."""
        super().inspect(completion, settled)
        if not any(text in completion.text for text in self.texts):
            return None
        last = max(len(completion.tokens.ids) - 2, 0) if completion.tokens else 0
        return Finding(trigger=self.trigger, detail="", positions=(last,))


Run = Callable[..., tuple[Attempt, TokenServer]]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Run a strategy on a server that knows some texts."""
    servers = []

    def start(  # noqa: PLR0913 - what a strategy may meet
        strategy: Strategy,
        *texts: Sequence[str | bytes],
        rule: Rule | None = None,
        request: Request = REQUEST,
        doubtful: Sequence[str] = (),
        without: Mapping[str, set[str]] = {},
        stream: bool = False,
        is_lost: IsLost | None = None,
    ) -> tuple[Attempt, TokenServer]:
        server = TokenServer(*texts)
        server.doubtful = set(doubtful)
        server.lacks, server.refuses = without.get("lacks", set()), without.get("refuses", set())
        servers.append(server)
        store = CompletionStore(tmp_path)
        service = GenerationService(
            Endpoint(base_url=server.url, model="m"), store, concurrency=4, stream=stream, is_lost=is_lost
        )
        try:
            return strategy.attempt(request, service, rule or Rule()), server
        finally:
            service.close()
            store.close()

    yield start
    for server in servers:
        server.close()


ANSWER = ["print", "(", "42", ")"]


def test_single_is_one_request(run: Run) -> None:
    """The request goes out as it is: no tokens are asked for."""
    attempt, server = run(Single(), ANSWER)
    assert attempt.completion.text == "print(42)"
    assert attempt.cost.requests == 1
    assert len(server.requests) == 1
    assert {"logprobs", "return_token_ids"}.isdisjoint(server.requests[0])


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("limit", [3, 4, 5, 20])
@pytest.mark.parametrize(
    "answer",
    [
        ANSWER,
        ["x", " = ", "'", "é→", "'"],
        ["'", *(bytes([byte]) for byte in "é→😀".encode()), "'"],
        ["a", b"\xe2\x86", b"\x92b", "c"],
        [],
    ],
)
def test_stepwise_makes_what_single_makes(run: Run, answer: Sequence[str | bytes], limit: int, *, stream: bool) -> None:
    """One token a request gives the same text, tokens and end as one request, characters split among tokens included.

    Where the token limit falls into a character, what is left of it has no text, in either.
    """
    request = replace(REQUEST, tokens=True, sampling=Sampling(max_tokens=limit))
    whole, _ = run(Single(), answer, request=request)
    steps, server = run(Stepwise(), answer, request=request, stream=stream)
    assert whole.completion.text == steps.completion.text
    assert whole.completion.tokens == steps.completion.tokens
    assert whole.completion.finish_reason == steps.completion.finish_reason
    assert steps.cost.requests == len(server.requests)


def test_stepwise_asks_for_one_token_at_a_time(run: Run) -> None:
    """Each request goes on from the ids of the prompt and of all tokens before it."""
    attempt, server = run(Stepwise(), ANSWER)
    prompts = [request["prompt"] for request in server.requests[1:]]
    ids = attempt.completion.tokens.ids if attempt.completion.tokens else ()
    assert [[10_000, 10_001, 10_002, *ids[:length]] for length in range(1, 5)] == prompts
    assert {1} == {request["max_tokens"] for request in server.requests}
    assert attempt.cost.requests == 5
    assert attempt.cost.completion_tokens == 5


def test_stepwise_moves_the_seed_on(run: Run) -> None:
    """With one seed for all requests every token would be drawn by the same lot."""
    drawn = replace(REQUEST, sampling=Sampling(temperature=0.7, seed=100, max_tokens=3))
    _, server = run(Stepwise(), ["a", "b", "c", "d"], request=drawn)
    seeds = [request["seed"] for request in server.requests]
    assert list(range(100, 100 + len(seeds))) == seeds


WRONG = ["print", "(", "41", ")"]


def test_regenerate_keeps_the_prefix_and_forbids_the_token(run: Run) -> None:
    """The blamed token is forbidden at its place only; what comes before is kept, what comes after is made anew."""
    _, server = run(Regenerate(8, 100), WRONG, [*ANSWER, "\n", "41"], rule=Rule("41"))
    _, first, rest, *_ = server.requests
    kept = [10_000, 10_001, 10_002, server.id_of("print"), server.id_of("(")]
    assert kept == first["prompt"]
    assert {str(server.id_of("41")): -100} == first["logit_bias"]
    assert first["max_tokens"] == 1
    assert [*kept, server.id_of("42")] == rest["prompt"]
    assert rest.get("logit_bias") is None


def test_regenerate_records_what_it_did(run: Run) -> None:
    """Position, trigger, tokens before and after; the answer is the mended version, at the cost of all requests."""
    attempt, server = run(Regenerate(8, 100), WRONG, ANSWER, rule=Rule("41"))
    (step,) = attempt.regenerations
    assert step.trigger == "verdict"
    assert step.detail == "'41'"
    assert step.position == 2
    assert step.before == "41"
    assert step.after == "42"
    assert step.tokens_before == 5
    assert step.tokens_after == 5
    assert step.repeat is False
    assert attempt.completion.text == "print(42)"
    assert attempt.ended == "nothing found"
    assert attempt.chosen == 1
    assert ["print(41)", "print(42)"] == [version.text for version in attempt.versions]
    assert attempt.cost.requests == 3
    assert attempt.cost.completion_tokens == 8
    assert attempt.completion.completion_tokens == 5
    assert len(server.requests) == attempt.cost.requests


def test_what_was_tried_at_a_place_is_forbidden_there(run: Run) -> None:
    """A second regeneration after the same prefix forbids both tokens; with three tried the place is given up."""
    texts = [["a", digit] for digit in "1234"]
    rule = Always(positions=(1,))
    attempt, server = run(Regenerate(8, 100), *texts, rule=rule)
    forbidden = [sorted(request["logit_bias"]) for request in server.requests if "logit_bias" in request]
    one, two = (str(server.id_of(digit)) for digit in "12")
    assert [[one], sorted([one, two])] == forbidden
    assert attempt.ended == "no place left"
    assert attempt.completion.text == "a1"


def test_a_place_in_mid_character_is_never_cut(run: Run) -> None:
    """The first token that can be cut is taken instead: a prefix is whole text."""
    rule = Always(positions=(1, 2, 3), of="aéb")
    attempt, _ = run(Regenerate(8, 100), ["a", b"\xc3", b"\xa9", "b"], ["a", b"\xc3", b"\xa9", "c"], rule=rule)
    assert attempt.completion.text == "aéc"
    assert attempt.regenerations[0].position == 3


def test_a_part_of_a_character_is_no_choice(run: Run) -> None:
    """Where the next best token is half a character, the one after it is taken."""
    attempt, _ = run(Regenerate(8, 100), ["a", "b"], ["a", b"\xc3", b"\xa9"], ["a", "c"], rule=Rule("b"))
    assert attempt.completion.text == "ac"
    assert attempt.regenerations[0].after == "c"


def test_the_end_may_be_what_comes_instead(run: Run) -> None:
    """If nothing else is left the completion ends before the forbidden token."""
    attempt, _ = run(Regenerate(8, 100), ["a", "b"], rule=Rule("b"))
    assert attempt.completion.text == "a"
    assert attempt.completion.finish_reason == "stop"
    assert attempt.regenerations[0].after == ""


@pytest.mark.parametrize("most", [1, 2, 3])
def test_regenerations_are_bounded(run: Run, most: int) -> None:
    """So many and no more; where every version is at fault the answer is the first."""
    texts = [["a", "x", digit] for digit in "1234"] + [["b", "x"], ["c", "x"]]
    attempt, _ = run(Regenerate(most, 100), *texts, rule=Always())
    assert most == len(attempt.regenerations)
    assert attempt.ended == "regenerations"
    assert attempt.completion.text == "ax1"
    assert attempt.chosen == 0


@pytest.mark.parametrize("budget", [1, 3, 4, 5, 6, 9])
def test_the_token_budget_is_kept(run: Run, budget: int) -> None:
    """No more tokens are made than allowed, the first completion's included."""
    texts = [["a", "x", digit, "y", "z"] for digit in "123456"]
    attempt, server = run(Regenerate(50, budget), *texts, rule=Always())
    assert attempt.cost.completion_tokens <= budget
    assert server.requests[0]["max_tokens"] <= budget
    assert attempt.ended in {"tokens", "no place left", "loop"}


def test_a_text_that_was_there_before_is_counted_and_ends_it(run: Run) -> None:
    """Different tokens that make the same text are a loop: two in a row, and no more is tried."""
    texts = [["ab", "!"], ["a", "b", "!"], [b"a", "b!"], ["c", "!"]]
    rule = Always(positions=(0, 1))
    attempt, _ = run(Regenerate(50, 500), *texts, rule=rule)
    assert attempt.regenerations[0].repeat is True
    assert len(attempt.versions) < len(attempt.regenerations) + 1


def test_a_doubt_is_settled_by_regenerating_there(run: Run) -> None:
    """After a doubtful token was replaced, the search goes on behind it. A doubt is no fault: the last version wins."""
    rule = Rule("41", trigger="margin")
    attempt, _ = run(Regenerate(8, 100), WRONG, ANSWER, rule=rule)
    assert [("print(41)", 0), ("print(42)", 3)] == rule.seen
    rule = Rule("(", trigger="margin")
    attempt, _ = run(Regenerate(1, 100), WRONG, ["print", " ", "(", "42", ")"], rule=rule)
    assert attempt.completion.text == "print (42)"
    assert attempt.ended == "regenerations"


def test_random_cuts_anywhere_and_again_the_same(run: Run) -> None:
    """Its places depend on the request only, and not on what is blamed."""
    texts = [[*"abcdefgh"], *([*"abcdefgh"[:length], "!"] for length in range(8))]
    places = []
    for _ in range(2):
        attempt, _server = run(Random(4, 1000), *texts, rule=Rule("a"))
        places.append([step.position for step in attempt.regenerations])
    assert places[0] == places[1]
    assert {0} != set(places[0])


@pytest.mark.parametrize("number", range(8))
def test_resample_makes_all_of_it_anew(run: Run, number: int) -> None:
    """Whole completions, drawn at a temperature with a seed of their own, until one is not at fault.

    The seeds are made of the request's key: over eight requests some draw the right text at once, some never.
    """
    request = replace(REQUEST, prompt=Prompt(user=f"?{number}"))
    attempt, server = run(Resample(8, 1000), WRONG, ANSWER, rule=Rule("41"), request=request)
    retries = server.requests[1:]
    assert ["messages"] * len(server.requests) == [
        next(iter(asked.keys() & {"messages", "prompt"})) for asked in server.requests
    ]
    assert {"logprobs", "return_token_ids"}.isdisjoint(server.requests[-1])
    assert {0.8} == {retry["temperature"] for retry in retries}
    assert len(retries) == len({retry["seed"] for retry in retries})
    drawn = [(WRONG, ANSWER)[retry["seed"] % 2] for retry in retries]  # as the server chooses
    assert [WRONG] * (len(drawn) - 1) == drawn[:-1]
    assert "".join(drawn[-1]) == attempt.completion.text
    assert ("nothing found" if drawn[-1] == ANSWER else "loop") == attempt.ended


def test_without_tokens_a_strategy_says_so(run: Run) -> None:
    """A source of a suite's own that brings no tokens is a fault of the set-up, never the model's."""

    class Mute:
        def complete(self, _: Request) -> Completion:
            return Completion(
                text="1", finish_reason="stop", prompt_tokens=1, completion_tokens=1, queued_seconds=0, seconds=0
            )

    for strategy in (Stepwise(), Regenerate(1, 10)):
        with pytest.raises(GenerationError, match="token"):
            strategy.attempt(REQUEST, Mute(), Rule())


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_can_be_chosen(name: str) -> None:
    """Each name makes a strategy, described by all that decides what it does."""
    settings = Settings(strategy=name, triggers=("syntax", "verdict"))
    assert (name in {"stepwise", "regenerate", "random", "penalty", "lookahead"}) == choose(settings).needs_tokens
    assert describe(settings).startswith(name)
    if name in {"regenerate", "resample", "random"}:
        assert f"{name} on syntax, verdict; at most 8 regenerations, 4096 tokens" == describe(settings)


SCRIPTS: dict[str, list[Sequence[str | bytes]]] = {
    "right at once": [ANSWER],
    "mended": [WRONG, ANSWER],
    "never right": [["a", "x", digit] for digit in "123456"],
    "a loop": [["ab", "!"], ["a", "b", "!"]],
}


@pytest.mark.parametrize("texts", SCRIPTS.values(), ids=SCRIPTS)
@pytest.mark.parametrize("budget", [1, 7, 30])
@pytest.mark.parametrize("kind", [Regenerate, Resample, Random, Penalty])
def test_standings_lead_to_the_answer(
    run: Run, kind: type[Search], budget: int, texts: list[Sequence[str | bytes]]
) -> None:
    """They begin with the first completion, their costs only grow, and the last is the answer at the whole cost."""
    attempt, server = run(kind(4, budget), *texts, rule=Blames("41", "x", "!"))
    requests = [cost.requests for cost, _ in attempt.standings]
    tokens = [cost.completion_tokens for cost, _ in attempt.standings]
    assert (1, 0) == (requests[0], attempt.standings[0][1])
    assert sorted(set(requests)) == requests
    assert sorted(tokens) == tokens
    assert len(server.requests) == requests[-1]
    assert attempt.completion.text == attempt.versions[attempt.standings[-1][1]].text
    assert all(version < len(attempt.versions) for _, version in attempt.standings)


def test_a_standing_is_what_would_have_been_answered(run: Run) -> None:
    """After the first completion it is that, for want of a better; after the second the mended one."""
    attempt, _ = run(Regenerate(8, 100), WRONG, ANSWER, rule=Rule("41"))
    assert [(1, 0), (3, 1)] == [(cost.requests, version) for cost, version in attempt.standings]


def test_a_repeat_stands_at_a_higher_cost(run: Run) -> None:
    """What was made in vain is paid for."""
    attempt, _ = run(Resample(8, 1000), WRONG, rule=Rule("41"))
    assert attempt.ended == "loop"
    assert [(1, 0), (2, 0), (3, 0)] == [(cost.requests, version) for cost, version in attempt.standings]


class Draws(ScriptedServer):
    """A model that answers with one text after another; it knows no tokens."""

    def __init__(self, *texts: str) -> None:
        super().__init__()
        self.texts = iter(texts)
        self.default = lambda _: next(self.texts)


@pytest.fixture
def draw_from(tmp_path: Path) -> Callable[..., tuple[Attempt, list[dict[str, Any]]]]:
    """Run a strategy on an endpoint without tokens, whose answers come in this order."""

    def start(
        strategy: Strategy, *texts: str, rule: Rule | None = None, request: Request = REQUEST
    ) -> tuple[Attempt, list[dict[str, Any]]]:
        server, store = Draws(*texts), CompletionStore(tmp_path)
        service = GenerationService(Endpoint(base_url=server.url, model="m"), store, concurrency=4)
        try:
            return strategy.attempt(request, service, rule or Rule()), server.requests
        finally:
            service.close()
            store.close()
            server.close()

    return start


Drawn = Callable[..., tuple[Attempt, list[dict[str, Any]]]]


def test_repair_tells_the_model_what_is_wrong(draw_from: Drawn) -> None:
    """One more turn: the question, the answer, its traceback or else what was found; no reference, no grade."""
    attempt, asked = draw_from(Repair(8, 1000), "print(41)", "print(42)", rule=Rule("41"))
    assert attempt.completion.text == "print(42)"
    assert attempt.ended == "nothing found"
    assert [
        {"role": "user", "content": "6 * 7?"},
        {"role": "assistant", "content": "print(41)"},
        {
            "role": "user",
            "content": "That does not work: Traceback: 41\n\nMend it, and answer with the whole program.",
        },
    ] == asked[1]["messages"]
    assert asked[1]["temperature"] == 0


def test_repair_says_what_was_found_where_nothing_was_run(draw_from: Drawn) -> None:
    """A program that does not parse has no traceback."""
    _, asked = draw_from(Repair(8, 1000), "oops", "print(42)", rule=Rule("oops"))
    assert "That does not work: 'oops'\n" in asked[1]["messages"][-1]["content"]


def test_what_was_mended_in_vain_is_mended_with_other_chances(draw_from: Drawn) -> None:
    """The same turn at temperature 0 would give the same answer again."""
    attempt, asked = draw_from(Repair(8, 1000), "a 41", "a 41", "print(42)", rule=Blames("41"))
    assert asked[1]["messages"] == asked[2]["messages"]
    assert [0, 0, 0.8] == [each["temperature"] for each in asked]
    assert [True, False] == [each.repeat for each in attempt.regenerations]


def test_an_empty_answer_is_made_anew(draw_from: Drawn) -> None:
    """There is nothing to mend in it, and endpoints refuse an empty message."""
    _, asked = draw_from(Repair(8, 1000), " ", "print(42)", rule=Rule(" "))
    assert [1, 1] == [len(each["messages"]) for each in asked]


def test_two_that_agree_are_enough(draw_from: Drawn) -> None:
    """Equal as the grader has it, and not by their texts: nothing more is asked for, and the first is the answer."""
    attempt, asked = draw_from(Agree(8, 1000), "print(42)", "print(42.0)")
    assert len(asked) == 2
    assert attempt.ended == "agreed"
    assert attempt.completion.text == "print(42)"


@pytest.mark.parametrize(
    ("texts", "bound", "answer", "ended"),
    [
        (["1", "2", "2", "2"], 8, "2", "agreed"),
        (["1", "2", "1", "1"], 8, "1", "agreed"),
        (["1", "2", "3"], 2, "1", "regenerations"),
        (["1", "2", "2"], 2, "2", "regenerations"),
        (["no", "no", "2", "2"], 8, "2", "agreed"),
        (["no", "no"], 1, "no", "regenerations"),
    ],
)
def test_the_most_frequent_answer_wins(draw_from: Drawn, texts: list[str], bound: int, answer: str, ended: str) -> None:
    """Of several the earliest; a program that fails has no vote."""
    attempt, _ = draw_from(Agree(bound, 1000), *texts, rule=Rule("no"))
    assert answer == attempt.completion.text
    assert ended == attempt.ended
    assert len(texts) == len(attempt.versions)


def test_agree_stands_with_the_leader(draw_from: Drawn) -> None:
    """After each completion with the answer that leads by then."""
    attempt, _ = draw_from(Agree(8, 1000), "1", "2", "2", "2")
    assert [(1, 0), (2, 0), (3, 1), (4, 1)] == [(cost.requests, version) for cost, version in attempt.standings]


@pytest.mark.parametrize("kind", [Resample, Repair, Agree])
def test_the_first_request_is_that_of_single(kind: Callable[[int, int], Strategy]) -> None:
    """So that a completion that is recorded for one is found by the others."""
    assert Single().first(REQUEST).key == kind(8, 20).first(REQUEST).key


def test_resample_and_agree_draw_the_same_completions(draw_from: Drawn) -> None:
    """Their further requests are equal one by one, and so have the same keys."""
    texts = ["a 1", "b 1", "c 1", "d 1"]
    _, resampled = draw_from(Resample(3, 1000), *texts, rule=Blames("1"))
    _, polled = draw_from(Agree(3, 999), *texts, request=replace(REQUEST, prompt=Prompt(user="?")))
    assert len(resampled) == len(polled) == 4
    assert [draw(REQUEST, number).sampling.seed for number in range(4)] == [each.get("seed") for each in resampled]
    other = replace(REQUEST, prompt=Prompt(user="?"))
    assert [draw(other, number).sampling.seed for number in range(4)] == [each.get("seed") for each in polled]


SQR = ["x", "=", " sq", "r", "(", "4", ")"]
SQRT = ["x", "=", " sq", "rt", "(", "4", ")", "\n"]
SUM = ["x", "=", " sum", "(", "4", ")"]
NAMES = Names(" sq", lead=" ", allowed=("sqrt", "sum"))


def test_where_names_are_known_the_model_goes_on_with_one_of_them(run: Run) -> None:
    """The request holds the answer to these, from the start of the blamed token; what follows the name is kept."""
    attempt, server = run(Regenerate(1, 100), SQR, SQRT, SUM, rule=replace(NAMES))
    assert attempt.versions[1].text == "".join(SQRT)
    named = server.requests[1]
    kept = [10_000, 10_001, 10_002, server.id_of("x"), server.id_of("=")]
    assert kept == named["prompt"]
    assert named["structured_outputs"] == {"regex": r" (sqrt|sum)([^A-Za-z0-9_][\s\S]*)?"}
    assert "logit_bias" not in named
    assert attempt.regenerations[0].position == 2


def test_a_name_that_was_tried_is_not_tried_again(run: Run) -> None:
    """After the same prefix the next name has its turn, and after two of them the tokens are forbidden as ever."""
    attempt, server = run(Regenerate(3, 200), SQR, SQRT, [*SQRT[:2], " sum", "("], rule=Anywhere(" sq"))
    assert [each.get("structured_outputs", {}).get("regex", "")[:12] for each in server.requests[1:]][:2] == [
        " (sqrt|sum)(",
        " (sum)([^A-Z",
    ]
    assert attempt.ended in {"regenerations", "no place left", "loop"}
    assert any("logit_bias" in each for each in server.requests)


@pytest.mark.parametrize("how", ["lacks", "refuses"])
def test_without_structured_outputs_the_token_is_forbidden(run: Run, how: str) -> None:
    """An endpoint that ignores the field, or refuses it, is used in the plain way."""
    attempt, server = run(Regenerate(1, 100), SQR, SUM, rule=replace(NAMES), without={how: {"structured_outputs"}})
    assert attempt.versions[1].text == "".join(SUM)
    assert "structured_outputs" in server.requests[1]
    assert {str(server.id_of(" sq")): -100} in [each.get("logit_bias") for each in server.requests]


LOST = ["x =", " 41", "\n", "and", " more", "\n", "of", " it"]
MENDED = ["x =", " 42", "\n", "done"]


def lost(text: str) -> bool:
    """Give a text up whose first line ends in 41."""
    return "41\n" in text


@pytest.mark.parametrize("kind", [Regenerate, Random, Penalty])
def test_a_lost_completion_is_cut_where_it_is_lost(run: Run, kind: type[Search]) -> None:
    """What comes after the line costs nothing, and what was made of it is no part of the record."""
    attempt, server = run(kind(1, 1000, True), LOST, MENDED, rule=Blames("41"), is_lost=lost)
    first = attempt.versions[0]
    assert first.text == "x = 41\n"
    assert first.finish_reason == "fault"
    assert not first.truncated
    assert first.tokens is not None
    assert first.completion_tokens == len(first.tokens.ids) == 3
    assert first.prompt_tokens == 3
    assert server.requests[0]["stream"] is True


def test_what_is_mended_is_looked_at_too(run: Run) -> None:
    """The lines before the cut are a part of what is looked at."""
    seen = []

    def look(text: str) -> bool:
        seen.append(text)
        return text.endswith("41\n")

    run(
        Regenerate(1, 1000, True),
        ["a\n", "x =", " 41", "\n"],
        ["a\n", "x =", " 42", "\n", "b"],
        rule=Rule(" 41"),
        is_lost=look,
    )
    assert ["a\n", "a\nx = 41\n", "a\nx = 42\n"] == seen


def test_a_plain_completion_is_cut_as_well(run: Run) -> None:
    """Without tokens the text ends with the line, and the endpoint's count so far is what it cost."""
    attempt, server = run(Resample(1, 1000, True), LOST, rule=Blames("41"), is_lost=lost)
    assert attempt.versions[0].text == "x = 41\n"
    assert attempt.versions[0].completion_tokens == 3
    assert server.requests[0]["stream_options"] == {"include_usage": True, "continuous_usage_stats": True}


def test_an_endpoint_that_does_not_stream_gives_all_of_it(run: Run) -> None:
    """At full price; the strategy works as ever."""
    attempt, _ = run(
        Regenerate(1, 1000, True), LOST, MENDED, rule=Rule(" 41"), is_lost=lost, without={"lacks": {"streams"}}
    )
    assert attempt.versions[0].completion_tokens == len(LOST) + 1
    assert attempt.completion.text == "".join(MENDED)


def test_requests_to_cut_are_named_apart_but_draw_alike() -> None:
    """A completion that was cut is none for those who want the whole; the seeds are the same."""
    cut = replace(REQUEST, cut=True)
    assert cut.key != REQUEST.key
    assert draw(cut, 3).sampling == draw(REQUEST, 3).sampling


def test_a_penalty_makes_what_failed_less_likely(run: Run) -> None:
    """The nearest the most: the next tokens are made under it, the rest without."""
    attempt, server = run(Penalty(8, 1000), WRONG, ANSWER, rule=Rule("41"))
    first, *others = [request for request in server.requests if "prompt" in request]
    assert {str(server.id_of("41")): -6.0, str(server.id_of(")")): -3.0, "0": -1.5} == first["logit_bias"]
    assert first["max_tokens"] == 4
    assert not any("logit_bias" in each for each in others)
    assert attempt.completion.text == "print(42)"
    assert attempt.regenerations[0].after == "42"


def test_penalties_of_one_place_add_up(run: Run) -> None:
    """What failed twice loses twice; at the third failure the place is given up."""
    _, server = run(Penalty(8, 1000), ["a", "1"], ["b", "1"], ["c", "1"], rule=Always(positions=(0,)))
    one = str(server.id_of("1"))
    assert [-3.0, -6.0] == [request["logit_bias"][one] for request in server.requests if "logit_bias" in request]


def test_lookahead_takes_the_token_that_leads_on(run: Run) -> None:
    """The first is hardly likelier than the second, after which all is certain: that has the better mean."""
    doubtful, certain = ["x", "a", *"bcdefg"], ["x", "z", *"tuvwyz"]
    worse = [[*doubtful[:place], "!"] for place in range(2, 8)]
    attempt, _ = run(Lookahead(8, 1000, 0.5), doubtful, certain, *worse, doubtful=["a"])
    assert attempt.completion.text == "".join(certain)
    (step,) = attempt.regenerations
    assert ("entropy", 1, "a", "z") == (step.trigger, step.position, step.before, step.after)
    assert step.detail.startswith("entropy ")
    assert attempt.cost.completion_tokens > len(certain)


def test_lookahead_leaves_what_is_certain_alone(run: Run) -> None:
    """Below the threshold nothing is compared, and the answer is that of single."""
    attempt, server = run(Lookahead(8, 1000, 3.0), [*"abcdefgh"], ["a", "x"])
    assert attempt.completion.text == "abcdefgh"
    assert len(server.requests) == 1
    assert attempt.regenerations == ()


@pytest.mark.parametrize("answer", [[*"abcdefghij" * 8], ["a", *(bytes([byte]) for byte in "é→😀".encode() * 12), "b"]])
@pytest.mark.parametrize("limit", [1, 31, 33, 64, 200])
def test_lookahead_makes_the_answer_in_pieces(run: Run, answer: Sequence[str | bytes], limit: int) -> None:
    """However they part characters, the text is that of one request."""
    request = replace(REQUEST, tokens=True, sampling=Sampling(max_tokens=limit))
    whole, _ = run(Single(), answer, request=request)
    pieces, server = run(Lookahead(8, 1000, 3.0), answer, request=request)
    assert whole.completion.text == pieces.completion.text
    assert whole.completion.tokens == pieces.completion.tokens
    assert whole.completion.finish_reason == pieces.completion.finish_reason
    assert {"entropy"}.issuperset(step.trigger for step in pieces.regenerations)
    assert max((each["max_tokens"] for each in server.requests), default=0) <= 32  # a piece that single had made: none


def test_lookahead_keeps_back_what_the_answer_needs(run: Run) -> None:
    """With no more than that, nothing is compared."""
    doubtful, certain = ["x", "a", "b"], ["x", "z", "t"]
    attempt, server = run(Lookahead(8, 20, 0.0), doubtful, certain, doubtful=["a"])
    assert attempt.completion.text == "xab"
    assert len(server.requests) == 1
