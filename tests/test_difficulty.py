"""The catalogue of difficulty: what was measured of each bundled family."""

import csv
from importlib.resources import files

import pytest
from factories import make_problem

from pytest_mathbench import difficulty
from pytest_mathbench.families.catalog import families
from pytest_mathbench.families.drawing import name_of
from pytest_mathbench.problems import load

CATALOGUE = difficulty.catalogue()


def test_the_catalogue_is_of_the_bundled_families() -> None:
    """Nothing is said of a family that the set does not have, or has in another cell."""
    known = {(family.domain, family.level, name_of(family)) for family in families()}
    assert set() == CATALOGUE.keys() - known


def test_every_line_is_read() -> None:
    """Nothing of the file is lost."""
    lines = files("pytest_mathbench").joinpath(difficulty.FILE).read_text(encoding="utf-8").splitlines()
    assert len(list(csv.DictReader(lines))) == sum(map(len, CATALOGUE.values()))


def test_no_model_solved_more_than_it_tried() -> None:
    """A rate is between none and all."""
    assert [] == [each for found in CATALOGUE.values() for each in found if not 0 <= each.solved <= each.attempts > 0]


def test_a_problem_has_what_was_measured_of_its_family() -> None:
    """Every problem of a family has the same."""
    problem = next(each for each in load("").problems if (each.domain, each.level, each.family) in CATALOGUE)
    assert CATALOGUE[problem.domain, problem.level, problem.family] == difficulty.of(problem)


def test_a_problem_of_no_family_has_nothing() -> None:
    """Whoever brings problems of their own sees no catalogue."""
    assert () == difficulty.of(make_problem())


@pytest.mark.parametrize(("solved", "said"), [(0, "m 0 of 3"), (2, "m 2 of 3")])
def test_a_rate_is_said_with_its_number(solved: int, said: str) -> None:
    """As a count of a count: three attempts are no percentage."""
    assert said == str(difficulty.Measured("m", solved, 3))
