"""Gates are sentences: each is read as it says, or refused with the nearest valid words."""

from contextlib import suppress
from dataclasses import replace
from math import inf

import pytest
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.analysis.buckets import Bucket, Every
from pytest_mathbench.analysis.decisions import Gate
from pytest_mathbench.analysis.durations import Stage
from pytest_mathbench.analysis.gates import EXAMPLES, measures, read, read_all
from pytest_mathbench.analysis.gates.comparisons import NoWorse, ProvenNoWorse
from pytest_mathbench.analysis.gates.grammar import Threshold
from pytest_mathbench.analysis.gates.measures import Duration, Ratio, Statistic, TokensPerProblem, Value
from pytest_mathbench.analysis.gates.rates import CutOffRate, EqualLevelRate, Rate, UnsafeRate
from pytest_mathbench.analysis.gates.reading import FORMS, contradiction
from pytest_mathbench.domains import Domain

DOMAINS = list(map(str, Domain))
CELLS = [("algebra", 1), ("geometry", 2)]
TOKENS = TokensPerProblem()
MONEY = {money.name: money for money in measures._MONEY}


def gate(text: str) -> Gate:
    """Read a gate on MATH's domains."""
    return read(text, DOMAINS)


def at_least(bound: float) -> Threshold:
    """Make a floor."""
    return Threshold(at_least=True, bound=bound)


def at_most(bound: float) -> Threshold:
    """Make a ceiling."""
    return Threshold(at_least=False, bound=bound)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("overall >= 60%", Rate(text="", subject=Bucket(), threshold=at_least(0.6))),
        ("number_theory >= 50 %", Rate(text="", subject=Bucket("number_theory"), threshold=at_least(0.5))),
        (
            "level5  >=30% with 95% confidence",
            Rate(text="", subject=Bucket(level=5), threshold=at_least(0.3), confidence=0.95),
        ),
        ("algebra/level3 >= 70%", Rate(text="", subject=Bucket("algebra", 3), threshold=at_least(0.7))),
        ("algebra / level3 <= 75%", Rate(text="", subject=Bucket("algebra", 3), threshold=at_most(0.75))),
        ("every bucket >= 5%", Rate(text="", subject=Every.CELL, threshold=at_least(0.05))),
        ("equal-level >= 40%", EqualLevelRate(text="", threshold=at_least(0.4))),
        ("equal-level >= 40% with 90% confidence", EqualLevelRate(text="", threshold=at_least(0.4), confidence=0.9)),
        ("cost <= 2.50", Value(text="", measure=MONEY["cost"], threshold=at_most(2.5))),
        ("cost per right answer <= 1", Value(text="", measure=MONEY["cost per right answer"], threshold=at_most(1.0))),
        ("cost no more than 1.2 x baseline", Ratio(text="", measure=MONEY["cost"], factor=1.2)),
        ("unsafe <= 1%", UnsafeRate(text="", threshold=at_most(0.01))),
        ("cut off <= 1%", CutOffRate(text="", subject=Bucket(), threshold=at_most(0.01))),
        ("cut off in algebra <= 1%", CutOffRate(text="", subject=Bucket("algebra"), threshold=at_most(0.01))),
        ("cut off in every level <= 5%", CutOffRate(text="", subject=Every.LEVEL, threshold=at_most(0.05))),
        (
            "overall >= 60% with 95% confidence on this set",
            Rate(text="", subject=Bucket(), threshold=at_least(0.6), confidence=0.95, on_this_set=True),
        ),
        (
            "equal-level >= 40% with 90% confidence on this set",
            EqualLevelRate(text="", threshold=at_least(0.4), confidence=0.9, on_this_set=True),
        ),
        ("unsafe <= 1% with 90% confidence", UnsafeRate(text="", threshold=at_most(0.01), confidence=0.9)),
        ("overall no worse than baseline by more than 2 points", NoWorse(text="", subject=Bucket(), margin=0.02)),
        ("overall no worse than baseline by mid-p", NoWorse(text="", subject=Bucket(), margin=0.0, mid_p=True)),
        (
            "overall no worse than baseline by more than 2 points, by mid-p",
            NoWorse(text="", subject=Bucket(), margin=0.02, mid_p=True),
        ),
        ("every domain no worse than baseline", NoWorse(text="", subject=Every.DOMAIN, margin=0.0)),
        (
            "overall no worse than baseline by more than 1 point with 90% confidence",
            ProvenNoWorse(text="", subject=Bucket(), margin=0.01, confidence=0.9),
        ),
        (
            "level2 no worse than baseline with 90% confidence",
            ProvenNoWorse(text="", subject=Bucket(level=2), margin=0.0, confidence=0.9),
        ),
        (
            "execution p95 <= 2 s",
            Value(text="", measure=Duration(Stage.EXECUTION, Statistic.P95), threshold=at_most(2.0)),
        ),
        ("program CPU <= 0.5 s", Value(text="", measure=Duration(Stage.PROGRAM_CPU), threshold=at_most(0.5))),
        (
            "generation median >= 1 s",
            Value(text="", measure=Duration(Stage.GENERATION, Statistic.MEDIAN), threshold=at_least(1.0)),
        ),
        ("tokens per problem <= 500 tokens", Value(text="", measure=TOKENS, threshold=at_most(500.0))),
        ("tokens per problem <= 500", Value(text="", measure=TOKENS, threshold=at_most(500.0))),
        ("tokens per problem no more than 1.2 x baseline", Ratio(text="", measure=TOKENS, factor=1.2)),
        (
            "generation median no more than 2x baseline",
            Ratio(text="", measure=Duration(Stage.GENERATION, Statistic.MEDIAN), factor=2.0),
        ),
    ],
)
def test_a_gate_is_read_as_it_says(text: str, expected: Gate) -> None:
    """Every form, with its subject, bound, direction and confidence."""
    assert expected == replace(gate(text), text="")


@pytest.mark.parametrize("form", FORMS)
def test_every_form_has_examples_of_its_own(form: type[Gate]) -> None:
    """What an error shows as an example can be read, and is of the form that shows it."""
    assert form.examples
    for example in form.examples:
        assert form is type(gate(example))


@pytest.mark.parametrize("text", EXAMPLES)
def test_a_sentence_is_of_one_form(text: str) -> None:
    """The order in which forms are tried decides nothing."""
    assert 1 == sum(form.read(text, DOMAINS) is not None for form in FORMS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("overal >= 60%", "unknown bucket 'overal': did you mean overall"),
        ("number theory >= 60%", "did you mean number_theory"),
        ("cost <= 2 s", "is not a gate"),
        ("cost <= 2 tokens", "is not a gate"),
        ("unsaf <= 1%", "did you mean unsafe"),
        ("cut of <= 1%", "did you mean cut off"),
        ("cut off in algebrq <= 1%", "did you mean algebra"),
        ("overal no worse than baseline", "unknown bucket 'overal': did you mean overall"),
        ("overall >= 160%", "160% is more than all"),
        ("overall no worse than baseline by more than 101 points", "101% is more than all"),
        ("overall no worse than baseline with 95% confidence by mid-p", "a bound decides, and no p-value"),
        ("overall >= 60% by mid-p", "is not a gate"),
        ("overall >= 60% with 30% confidence", "a confidence of 30% decides nothing"),
        ("overall >= 60% with 50% confidence", "a confidence of 50% decides nothing"),
        ("overall >= 60% with 100% confidence", "a confidence of 100% decides nothing"),
        ("overall no wrse than baseline", "'wrse' may be 'worse'"),
        ("overall better than baseline", "is not a gate"),
        ("execution p95 <= 2", "is not a gate"),
        ("execution p95 <= 2 tokens", "is not a gate"),
        ("tokens per problem <= 2 s", "is not a gate"),
        ("execution p94 <= 2 s", "'p94' may be 'p95'"),
        ("executon p95 <= 2 s", "'executon' may be 'execution'"),
        ("tokens per problem no more than 0 x baseline", "nothing is no more than 0 x baseline"),
        ("unsafe no worse than baseline", "unknown bucket 'unsafe'"),
        ("overall", "gates read like: overall >= 60%"),
        ("", "is not a gate"),
    ],
)
def test_what_is_not_a_gate_is_refused_with_the_nearest_words(text: str, said: str) -> None:
    """A slip of the pen costs one sentence, and no run."""
    with pytest.raises(ValueError, match=r".") as caught:
        gate(text)
    assert said in str(caught.value)


@PROPERTY
@given(st.text("overall >=%0123456789.sx/level \t", max_size=40) | st.text(max_size=40))
def test_any_text_is_a_gate_or_a_value_error(text: str) -> None:
    """Nothing else comes of reading."""
    with suppress(ValueError):
        assert " ".join(text.split()) == gate(text).text


@pytest.mark.parametrize(
    ("text", "allows"),
    [
        ("overall >= 60%", ("overall", 0.6, inf)),
        ("every domain <= 60%", ("every domain", -inf, 0.6)),
        ("unsafe <= 1%", ("unsafe", -inf, 0.01)),
        ("equal-level >= 1%", ("equal-level", 0.01, inf)),
        ("program CPU <= 2 s", ("program CPU mean", -inf, 2.0)),
        ("overall no worse than baseline", None),
        ("execution no more than 2 x baseline", None),
    ],
)
def test_a_gate_allows_a_range_of_values(text: str, allows: tuple[str, float, float] | None) -> None:
    """Of its subject; a comparison with a baseline allows none that is known beforehand."""
    assert allows == gate(text).allows


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        ("overall >= 60%", "overall <= 50%", True),
        ("overall <= 50%", "overall >= 60%", True),
        ("execution p95 >= 3 s", "execution p95 <= 2 s", True),
        ("program CPU >= 3 s", "program CPU mean <= 2 s", True),
        ("unsafe >= 3%", "unsafe <= 2%", True),
        ("cut off >= 3%", "cut off <= 2%", True),
        ("cut off >= 3%", "cut off in algebra <= 2%", False),
        ("cut off in algebra <= 3%", "algebra >= 80%", False),
        ("overall >= 60%", "overall <= 60%", False),
        ("overall >= 60%", "algebra <= 50%", False),
        ("overall >= 60%", "overall >= 50%", False),
        ("overall <= 60%", "overall <= 50%", False),
        ("overall >= 60%", "overall no worse than baseline", False),
    ],
)
def test_gates_that_contradict_each_other_are_found(first: str, second: str, *, clash: bool) -> None:
    """No run can be above 60 % and below 50 %."""
    found = contradiction([gate(first), gate(second)])
    assert (f"no run can meet both {first!r} and {second!r}" if clash else None) == found


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        ("overall >= 60%", "advisory: overall >= 60%", True),
        ("advisory:  overall>=60.0 %", "overall >= 60%", True),
        ("level5 no worse than baseline", "advisory: level5 no worse than baseline by more than 0 points", True),
        ("level5 no worse than baseline", "advisory: level5 no worse than baseline by mid-p", False),
        ("overall >= 60%", "advisory: overall >= 70%", False),
    ],
)
def test_a_gate_is_in_one_tier(first: str, second: str, *, clash: bool) -> None:
    """However it is written; an advisory one may ask for more."""
    said = f"{gate(first).text!r} and {gate(second).text!r}: one gate is either required or advisory"
    assert (said if clash else None) == contradiction([gate(first), gate(second)])


@pytest.mark.parametrize(
    ("sentences", "said"),
    [
        (["overall >= 1%", "level5 >= 5%"], "'level5 >= 5%': no problem of level5 is selected"),
        (["algebra/level2 >= 5%"], "no problem of algebra/level2 is selected"),
        (["algebra/level2 no worse than baseline"], "no problem of algebra/level2 is selected"),
        (["number_theory >= 5%"], "unknown bucket 'number_theory'"),
        (["overall >= 60%", "overall <= 50%"], "no run can meet both"),
    ],
)
def test_gates_that_cannot_be_decided_are_refused(sentences: list[str], said: str) -> None:
    """On no problem, of no domain of the set, against each other."""
    with pytest.raises(ValueError, match=r".") as caught:
        read_all(sentences, CELLS, baseline=True)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "overall no worse than baseline",
        "overall no worse than baseline with 95% confidence",
        "execution no more than 2 x baseline",
    ],
)
def test_a_comparison_needs_a_baseline(text: str) -> None:
    """Without one it is refused, by its name; with one it is not."""
    with pytest.raises(ValueError, match="there is no baseline; name one with --mathbench-baseline"):
        read_all([text], CELLS, baseline=False)
    assert [text] == [each.text for each in read_all([text], CELLS, baseline=True)]


def test_a_run_with_one_required_gate_may_be_decided_early() -> None:
    """Whatever else is shown beside it; a gate that only a whole run decides may be advisory."""
    texts = ["overall >= 1%", "advisory: overall >= 90%", "advisory: execution <= 2 s"]
    assert texts == [each.text for each in read_all(texts, CELLS, baseline=False, early=True)]


def test_a_gate_is_either_required_or_advisory() -> None:
    """Not both; but an advisory one may ask for more than a required one, or for what contradicts it."""
    with pytest.raises(ValueError, match="one gate is either required or advisory"):
        read_all(["overall >= 1%", "advisory: overall >= 1%"], CELLS, baseline=False)
    texts = ["overall <= 50%", "advisory: overall >= 90%"]
    assert texts == [each.text for each in read_all(texts, CELLS, baseline=False)]


@pytest.mark.parametrize("text", ["every bucket >= 1%", "equal-level >= 1%", "unsafe <= 1%", "execution <= 2 s"])
def test_other_gates_need_any_problem(text: str) -> None:
    """What is of all problems can be decided wherever there are some, and nowhere else."""
    assert [text] == [each.text for each in read_all([text], CELLS, baseline=False)]
    with pytest.raises(ValueError, match="no problem of overall is selected"):
        read_all([text], [], baseline=False)


@pytest.mark.parametrize("text", [*EXAMPLES, "every level >= 1%"])
def test_a_gate_settles_early_where_answers_alone_decide(text: str) -> None:
    """Not on durations, tokens and cost, which have no extremes."""
    assert any(measure in text for measure in ("execution", "tokens", "cost")) == bool(gate(text).late)


def test_a_point_is_on_this_set_anyway() -> None:
    """Words that change nothing are refused, with those that do."""
    with pytest.raises(ValueError, match="as in 'with 95% confidence on this set'"):
        gate("overall >= 60% on this set")


def test_noise_of_a_set_is_known_when_it_is_made() -> None:
    """A gate on this set is refused where gates decide early, and says why."""
    with pytest.raises(ValueError, match="known only when all of it is made: drop --mathbench-decide=early"):
        read_all(["overall >= 60% with 95% confidence on this set"], CELLS, baseline=False, early=True)
