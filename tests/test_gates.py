"""Gates are sentences: each is read as it says, or refused with the nearest valid words."""

from contextlib import suppress
from dataclasses import replace

import pytest
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.analysis.gates import (
    EXAMPLES,
    Decision,
    Form,
    Gate,
    Status,
    buckets,
    cell_of,
    contradiction,
    overall,
    read,
)
from pytest_mathbench.domains import Domain

DOMAINS = list(map(str, Domain))


def gate(text: str) -> Gate:
    """Read a gate on MATH's domains."""
    return read(text, DOMAINS)


def rate(subject: str, bound: float, *, at_least: bool = True, confidence: float | None = None) -> Gate:
    """Make a threshold of a rate."""
    return Gate(text="", form=Form.RATE, subject=subject, bound=bound, at_least=at_least, confidence=confidence)


def other(form: Form, subject: str, bound: float, confidence: float | None = None) -> Gate:
    """Make a gate of another form."""
    return Gate(text="", form=form, subject=subject, bound=bound, confidence=confidence)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("overall >= 60%", rate("overall", 0.6)),
        ("number_theory >= 50 %", rate("number_theory", 0.5)),
        ("level5  >=30% with 95% confidence", rate("level5", 0.3, confidence=0.95)),
        ("algebra/level3 >= 70%", rate("algebra/level3", 0.7)),
        ("algebra / level3 <= 70.5%", rate("algebra/level3", 0.705, at_least=False)),
        ("equal-level >= 40%", rate("equal-level", 0.4)),
        ("unsafe <= 1%", rate("unsafe", 0.01, at_least=False)),
        ("every bucket >= 5%", rate("every bucket", 0.05)),
        ("overall no worse than baseline by more than 2 points", other(Form.NO_WORSE, "overall", 0.02)),
        ("every domain no worse than baseline", other(Form.NO_WORSE, "every domain", 0.0)),
        (
            "overall no worse than baseline by more than 1 point with 90% confidence",
            other(Form.NO_WORSE, "overall", 0.01, 0.9),
        ),
        ("execution p95 <= 2 s", other(Form.VALUE, "execution p95", 2.0)),
        ("program CPU <= 0.5 s", other(Form.VALUE, "program CPU mean", 0.5)),
        ("tokens per problem <= 500 tokens", other(Form.VALUE, "tokens per problem", 500.0)),
        ("tokens per problem <= 500", other(Form.VALUE, "tokens per problem", 500.0)),
        ("tokens per problem no more than 1.2 x baseline", other(Form.RATIO, "tokens per problem", 1.2)),
        ("generation median no more than 2x baseline", other(Form.RATIO, "generation median", 2.0)),
    ],
)
def test_a_gate_is_read_as_it_says(text: str, expected: Gate) -> None:
    """Every form, with its subject, bound, direction and confidence."""
    found = gate(text)
    assert expected == replace(found, text="", bound=round(found.bound, 9))


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_examples_are_gates(text: str) -> None:
    """What an error shows as an example can be read."""
    assert text == gate(text).text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("overal >= 60%", "unknown bucket 'overal': did you mean overall"),
        ("number theory >= 60%", "did you mean number_theory"),
        ("algebra/level6 >= 60%", "did you mean algebra/level"),
        ("level0 >= 1%", "unknown bucket 'level0'"),
        ("overall >= 160%", "160% is more than all"),
        ("overall >= 60% with 30% confidence", "a confidence of 30% decides nothing"),
        ("overall >= 60% with 100% confidence", "a confidence of 100% decides nothing"),
        ("overall no wrse than baseline", "'wrse' may be 'worse'"),
        ("overall better than baseline", "is no gate"),
        ("execution p95 <= 2", "is no gate"),
        ("executon p95 <= 2 s", "'executon' may be 'execution'"),
        ("tokens per problem no more than 0 x baseline", "nothing is no more than 0 x baseline"),
        ("overall", "gates read like: overall >= 60%"),
        ("", "is no gate"),
    ],
)
def test_what_is_no_gate_is_refused_with_the_nearest_words(text: str, said: str) -> None:
    """A slip of the pen costs one sentence, and no run."""
    with pytest.raises(ValueError, match=r".") as caught:
        gate(text)
    assert said in str(caught.value)


@PROPERTY
@given(st.text("overall >=%0123456789.sx/level \t", max_size=40) | st.text(max_size=40))
def test_any_text_is_a_gate_or_a_value_error(text: str) -> None:
    """Nothing else comes of reading."""
    with suppress(ValueError):
        assert gate(text).text == " ".join(text.split())


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        ("overall >= 60%", "overall <= 50%", True),
        ("execution p95 >= 3 s", "execution p95 <= 2 s", True),
        ("overall >= 60%", "overall <= 60%", False),
        ("overall >= 60%", "algebra <= 50%", False),
        ("overall >= 60%", "overall >= 50%", False),
    ],
)
def test_gates_that_contradict_each_other_are_found(first: str, second: str, *, clash: bool) -> None:
    """No run can be above 60 % and below 50 %."""
    assert clash == bool(contradiction([gate(first), gate(second)]))


def test_a_custom_domain_is_a_bucket() -> None:
    """A data set's own domains are the valid ones."""
    assert "grade school" == read("grade school >= 5%", ["grade school"]).subject
    with pytest.raises(ValueError, match="unknown bucket 'algebra'"):
        read("algebra >= 5%", ["grade school"])


def test_every_stands_for_the_buckets_that_there_are() -> None:
    """Domains, levels or cells that were measured, each once."""
    cells = [("algebra", 1), ("algebra", 2), ("geometry", 2)]
    assert ["algebra", "geometry"] == buckets("every domain", cells)
    assert ["level1", "level2"] == buckets("every level", cells)
    assert ["algebra/level1", "algebra/level2", "geometry/level2"] == buckets("every bucket", cells)
    assert ["overall"] == buckets("overall", cells)


@pytest.mark.parametrize(
    ("bucket", "cell"),
    [
        ("overall", (None, None)),
        ("algebra", ("algebra", None)),
        ("level3", (None, 3)),
        ("algebra/level3", ("algebra", 3)),
    ],
)
def test_a_bucket_names_a_part_of_the_cells(bucket: str, cell: tuple[str | None, int | None]) -> None:
    """A domain, a level, both, or neither."""
    assert cell == cell_of(bucket)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([Status.PASS, Status.PASS], Status.PASS),
        ([Status.PASS, Status.INCONCLUSIVE], Status.INCONCLUSIVE),
        ([Status.INCONCLUSIVE, Status.FAIL], Status.FAIL),
        ([], Status.PASS),
    ],
)
def test_one_gate_that_fails_fails_the_run(statuses: list[Status], expected: Status) -> None:
    """A failure is a failure, whatever else could not be decided."""
    assert expected == overall([Decision(status=status, gate="", sentence="") for status in statuses])
