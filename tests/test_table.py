"""Blocks are laid out as lines for a terminal."""

import pytest
from factories import make_fault, make_problem, make_result
from reports import NOTHING

from pytest_mathbench.analysis.buckets import Bucket
from pytest_mathbench.analysis.scores import Score
from pytest_mathbench.domains import Domain
from pytest_mathbench.records import Outcome
from pytest_mathbench.reporting.blocks import Block, Chart, Fact, Headline, Item, Listing, Part, Table
from pytest_mathbench.reporting.report import report
from pytest_mathbench.reporting.table import lines, written

TABLE = Table(["name", "rate", "of a part"], [["a", Score(9, 11), Part(Score(), Bucket("a"))], ["long", "x", "-"]])


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("as it is", ["as it is"]),
        (Fact("outcomes", "1 correct"), ["outcomes: 1 correct"]),
        (TABLE, ["name         rate  of a part", "a     9/11  81.8%          -", "long            x          -"]),
        (Listing([]), []),
        (Listing([Item("one"), Item("two", details=["three"])]), ["  one", "  two", "    three"]),
        (
            Listing([Item("one", mark="PASS", details=["two"]), Item("three", mark="INCONCLUSIVE")]),
            ["  PASS          one", "                  two", "  INCONCLUSIVE  three"],
        ),
        (Headline("pass rate", "50%"), []),
        (Chart("bars", "Pass rates"), []),
    ],
)
def test_a_block_is_lines(block: Block, expected: list[str]) -> None:
    """Tables are aligned, listings indented; what is for the page is left to it."""
    assert expected == list(written([block]))


@pytest.mark.parametrize(("whole", "count"), [(True, 3), (False, 2)])
def test_a_long_listing_is_cut_in_a_live_session(*, whole: bool, count: int) -> None:
    """Which says where the rest is."""
    found = list(written([Listing(list(map(Item, "abc")), most=2)], whole=whole))
    assert ["  a", "  b", "  c"][:count] == found[:count]
    assert ([] if whole else ["  and 1 more: mathbench report lists them"]) == found[count:]


def test_a_listing_without_a_bound_is_never_cut() -> None:
    """Nor one that is as long as its bound."""
    items = list(map(Item, "abc"))
    assert 3 == len(list(written([Listing(items)], whole=False)))
    assert 3 == len(list(written([Listing(items, most=3)], whole=False)))


def test_where_rates_have_no_room_they_stand_alone() -> None:
    """Right and measured are left out; in a log never."""
    wide = list(written([TABLE]))
    room = max(map(len, wide))
    assert wide == list(written([TABLE], room))
    assert [
        "name   rate  of a part",
        "a     81.8%          -",
        "long      x          -",
    ] == list(written([TABLE], room - 1))


WHOLE = """\
pass rate     level 1     level 5         all
Algebra    1/1 100.0%           -  1/1 100.0%
Geometry            -  0/1   0.0%  0/1   0.0%
all        1/1 100.0%  0/1   0.0%  1/2  50.0%

verdicts: strict 1/2 (50.0%), lenient 1/2 (50.0%)

outcomes: 1 correct, 1 wrong; 1 not measured
tokens: 20 prompt, 40 completion

seconds   generation: mean   p50   p95  program CPU: mean    p50    p95
Algebra               2.00  2.00  2.00              0.250  0.250  0.250
Geometry              2.00  2.00  2.00              0.250  0.250  0.250
all                   2.00  2.00  2.00              0.250  0.250  0.250
mean seconds of other stages: queued 0.500 (p95 0.500), execution 0.300 (p95 0.300), grading 0.010 (p95 0.010)

not measured: 1 (outside the pass rates; neither right nor wrong)
  1 × the server died"""


def test_heads_that_have_no_room_are_stacked() -> None:
    """The words of a head stand above each other, at the bottom of its column."""
    table = Table(["cost", "per right answer", "all"], [["Algebra", "1.00", "2"]])
    assert ["            per", "          right", "cost     answer  all", "Algebra    1.00    2"] == list(
        written([table], 22)
    )


def test_texts_are_broken_between_words() -> None:
    """Where a terminal has so many columns; a log's lines are as long as they are."""
    blocks: list[Block] = [
        Fact("outcomes", "1 correct, 3 wrong"),
        Listing([Item("a gate", mark="PASS", details=["a long ground"])]),
    ]
    assert ["outcomes: 1 correct,", "  3 wrong", "  PASS  a gate", "          a long", "            ground"] == list(
        written(blocks, 20)
    )
    assert ["outcomes: 1 correct, 3 wrong", "  PASS  a gate", "          a long ground"] == list(written(blocks))


def test_a_report_is_its_sections() -> None:
    """In their order, an empty line between them; what has nothing to say takes no room."""
    geometry = make_problem(id="g", domain=Domain.GEOMETRY, level=5)
    results = [make_result(), make_result(Outcome.WRONG, problem=geometry), make_fault()]
    assert WHOLE == "\n".join(lines(report(results), NOTHING))


def test_a_run_without_results() -> None:
    """A run that measured nothing shows no rate, no tokens and no duration, rather than zeros."""
    assert ["pass rate: nothing was measured", "", "outcomes: none; 0 not measured"] == list(lines(report([]), NOTHING))
