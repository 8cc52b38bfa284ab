"""Runs at equal cost, as a terminal and machines are told of them."""

import json
from collections.abc import Sequence

import pytest
from standings import in_one, passed_through

from pytest_mathbench.analysis.at_cost import at_cost, paths
from pytest_mathbench.records import ItemResult
from pytest_mathbench.reporting.at_cost import Shown, as_json, groups, headlines, named, ordinal
from pytest_mathbench.reporting.table import written

STRATEGIES = (
    "single",
    "resample on syntax, verdict; at most 8 regenerations, 4096 tokens",
    "regenerate on names, verdict; at most 8 regenerations, 4096 tokens",
)


def runs() -> list[list[ItemResult]]:
    """Ten problems: three are right at first; a second try of 10 tokens mends six of the others, a third none."""
    problems = [(f"p{number}", outcome) for number, outcome in enumerate("rrrccccccc")]
    return [
        [in_one(name, 10, outcome) for name, outcome in problems],
        [passed_through(name, [10, 10], f"{outcome}{'rw'[name == 'p9']}") for name, outcome in problems],
        [passed_through(name, [10, 10, 10], outcome * 3) for name, outcome in problems],
    ]


def shown(strategies: Sequence[str] = STRATEGIES) -> Shown:
    """Compare them with the first, and with a second try."""
    found, left_out = at_cost([paths(run) for run in runs()], [0, 1])
    return Shown(named(strategies), ["one", "two", "three"], found, left_out)


def lines() -> list[str]:
    """What a terminal of 80 columns shows."""
    return [line for group in groups(shown()) for line in written(group, 80)]


def test_the_tables_say_who_is_ahead_at_which_cost() -> None:
    """A rate at each multiple, and all that a run spends; runs that are level are counted."""
    assert [
        "by tokens            1x    1.25x     1.5x     2x     3x  spent",
        "1st single        30.0%    30.0%    30.0%  30.0%  30.0%  1.00x",
        "2nd resample      30.0%    30.0%    30.0%  90.0%  90.0%  2.00x",
        "3rd regenerate    30.0%    30.0%    30.0%  30.0%  30.0%  3.00x",
        "ahead           3 level  3 level  3 level    2nd    2nd",
        "1x is 10.0 completion tokens an attempt",
    ] == lines()[2:8]


def test_differences_stand_below_with_each_baseline() -> None:
    """Won and lost, and p as it is corrected; a second try is a baseline of its own."""
    found = lines()
    start = found.index("less 1st single  tokens  points    95% interval  won  lost      p")
    assert [
        "2nd resample       1.5x    +0.0  -27.8 to +27.8    0     0  1.000",
        "2nd resample         2x   +60.0  +15.6 to +83.2    6     0  0.125",
    ] == found[start + 1 : start + 3]
    assert "p is two-sided, and corrected for 4 comparisons (Holm)" == found[start + 5]
    assert found[start + 6].startswith("less 2nd resample")
    assert found[start + 8].startswith("3rd regenerate         2x   -60.0")


def test_the_tables_fit_80_columns() -> None:
    """Also with two runs of one strategy, whose names tell their triggers."""
    strategies = ("single", *(f"regenerate on {each}, verdict; at most 8" for each in ("syntax", "names")))
    found = [line for group in groups(shown(strategies)) for line in written(group, 80)]
    assert any(line.startswith("3rd regenerate:names,verdict") for line in found)
    assert max(map(len, found)) <= 80


def test_headlines_name_the_leader() -> None:
    """At each cost at which runs are compared, with how many comparisons are told from chance."""
    found = {each.name: (each.value, each.aside) for each in headlines(shown())}
    assert ("90.0%", "2nd resample") == found["ahead at 2x the tokens"]
    assert ("0 of 6", "comparisons, corrected for their number") == found["told from chance"]


def test_machines_get_the_same() -> None:
    """Curves, rates at each multiple, and differences, by each measure; a budget that is not needed is null."""
    found = json.loads(json.dumps(as_json(shown())))
    assert 10 == found["problems"]
    assert ["1st single", "2nd resample", "3rd regenerate"] == [each["name"] for each in found["runs"]]
    assert {"completion_tokens", "requests", "seconds"} == found["by"].keys()
    tokens = found["by"]["completion_tokens"]
    assert 10.0 == tokens["unit"]
    assert 0.9 == tokens["curves"][1][-1]["score"]["rate"]
    assert [None, None, 20.0] == [each["budget"] for each in tokens["at"][3]["runs"]]
    assert {"baseline": 1, "run": 2, "multiple": 2.0, "won": 6, "lost": 0, "p_value": 0.03125} == {
        name: value for name, value in tokens["differences"][1].items() if name not in {"difference", "corrected"}
    }


@pytest.mark.parametrize(
    ("number", "word"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (22, "22nd")]
)
def test_places_are_written_out(number: int, word: str) -> None:
    """As they are spoken."""
    assert word == ordinal(number)
