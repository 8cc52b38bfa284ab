"""The judge held against strict symbols, shown and exported."""

import pytest
from factories import PROPERTY, make_fault, make_grade, make_problem, make_result
from hypothesis import given
from hypothesis import strategies as st
from reports import filled, json_of, lines_of

from pytest_mathbench.domains import Domain
from pytest_mathbench.records import ItemResult, Judgement
from pytest_mathbench.reporting.sections.judge import Judge


def judged(judgement: Judgement | None, domain: str = Domain.ALGEBRA, *, strict: bool = True) -> ItemResult:
    """Make a judged result."""
    return make_result(problem=make_problem(domain=domain), grade=make_grade(correct=strict, judgement=judgement))


RESULTS = [
    judged(Judgement(rating=5, prompt_tokens=1, completion_tokens=10, seconds=0.5), Domain.GEOMETRY),
    judged(Judgement(rating=4, prompt_tokens=2, completion_tokens=20, seconds=0.25)),
    judged(Judgement(rating=3)),
    judged(Judgement(rating=4), strict=False),
    judged(Judgement(rating=1), strict=False),
    judged(Judgement(rating=2), Domain.GEOMETRY, strict=False),
    judged(Judgement(rating=1), strict=False),
    judged(Judgement(fault="no rating", prompt_tokens=4, completion_tokens=40, seconds=1.0), strict=False),
    judged(None),
    make_fault(),
    make_fault(grade=make_grade(judgement=Judgement(rating=5, prompt_tokens=8))),
]


def test_judge_and_symbols_are_held_against_each_other() -> None:
    """The four kinds of agreement; agreement beyond chance; costs; ratings by domain. 4 and 5 are the judge's yes."""
    assert [
        "judge, 7 answers  strict: right  strict: wrong",
        "4 or 5                        2              1",
        "1 to 3                        1              3",
        "agreement: 71.4%, Cohen's kappa 0.42; 1 without a rating",
        "cost of judging: 7 prompt tokens, 70 completion tokens, 1.8 s",
        "ratings   1  2  3  4  5",
        "Algebra   2  0  1  2  0",
        "Geometry  0  1  0  0  1",
    ] == lines_of(filled(Judge(), RESULTS))


def test_machines_get_the_same() -> None:
    """Each of the four, and what follows of them."""
    found = json_of(filled(Judge(), RESULTS))
    assert 2 == found["both"]
    assert 1 == found["only_judge"]
    assert 1 == found["only_strict"]
    assert 3 == found["neither"]
    assert pytest.approx(5 / 12) == found["kappa"]
    assert {"1": 2, "2": 0, "3": 1, "4": 2, "5": 0} == found["ratings"]["algebra"]


@pytest.mark.parametrize(
    ("answers", "agreement", "kappa"),
    [
        ([], None, None),
        ([(5, True)] * 3, 1.0, None),
        ([(5, True), (5, True), (1, False)], 1.0, 1.0),
        ([(5, True), (5, True), (5, True), (5, False)], 0.75, 0.0),
        ([(5, False), (1, True)], 0.0, -1.0),
    ],
    ids=["nothing", "all right", "agreed", "flattered", "opposed"],
)
def test_agreement_is_of_what_was_rated(
    answers: list[tuple[int, bool]], agreement: float | None, kappa: float | None
) -> None:
    """What has no rating is no disagreement; a judge that flatters everything agrees no more than by chance."""
    results = [judged(Judgement(rating=rating), strict=strict) for rating, strict in answers]
    found = json_of(filled(Judge(), [*results, judged(Judgement(fault="no rating"))]))
    assert len(answers) == found["rated"]
    assert agreement == found["agreement"]
    assert kappa == found["kappa"]


def test_a_judge_that_fails_always_is_shown() -> None:
    """Nothing was rated, and that is said."""
    lines = lines_of(filled(Judge(), [judged(Judgement(fault="no rating"))]))
    assert "judge, 0 answers  strict: right  strict: wrong" == lines[0]
    assert "agreement: -, Cohen's kappa undefined; 1 without a rating" in lines


def test_without_a_judge_nothing_is_shown() -> None:
    """And machines get null."""
    section = filled(Judge(), [judged(None), make_fault()])
    assert [] == lines_of(section)
    assert json_of(section) is None


JUDGEMENTS = st.builds(
    Judgement, rating=st.integers(1, 5), prompt_tokens=st.integers(0, 9), completion_tokens=st.integers(0, 9)
) | st.builds(Judgement, fault=st.just("no rating"), prompt_tokens=st.integers(0, 9))


@PROPERTY
@given(st.lists(st.tuples(JUDGEMENTS, st.booleans(), st.sampled_from(Domain)), min_size=1, max_size=20))
def test_every_judgement_is_counted_once(answers: list[tuple[Judgement, bool, str]]) -> None:
    """Each is without a rating or in one field of the table, and the ratings are as many as the table holds."""
    found = json_of(filled(Judge(), [judged(each, domain, strict=strict) for each, strict, domain in answers]))
    assert len(answers) == found["rated"] + found["without_rating"]
    table = [found[name] for name in ("both", "only_judge", "only_strict", "neither")]
    assert sum(table) == found["rated"]
    counts = [(int(rating), count) for ratings in found["ratings"].values() for rating, count in ratings.items()]
    assert sum(count for _, count in counts) == found["rated"]
    assert sum(count for rating, count in counts if rating >= 4) == found["both"] + found["only_judge"]
    assert sum(each.prompt_tokens for each, _, _ in answers) == found["prompt_tokens"]
    assert sum(each.completion_tokens for each, _, _ in answers) == found["completion_tokens"]
