"""Families bite: their solutions are right on every draw, their naive programs on none."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_mathbench import bites
from pytest_mathbench.bites import DRAWS, summary, tried, try_programs
from pytest_mathbench.cli import main
from pytest_mathbench.families.catalog import families
from pytest_mathbench.families.drawing import name_of
from pytest_mathbench.families.family import Family
from pytest_mathbench.grading.grade import WARM_MODULE
from pytest_mathbench.records import Outcome
from pytest_mathbench.sandbox import Sandbox
from pytest_mathbench.settings import PRELOAD

HARD = [family for family in families() if family.level >= 4]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One sandbox for all programs, warm as a run's."""
    with Sandbox((*PRELOAD, WARM_MODULE)) as sandbox:
        yield sandbox


class Pennies(Family, domain="algebra", level=4):
    """A sum that a float does not hold; what a test changes of it, it overrides."""

    whole: int

    naive_program = """
        print(float(whole) + 1)
    """
    solution_program = """
        print(whole + 1)
    """

    @classmethod
    def draw(cls, random: Any) -> "Pennies":
        return cls(random.randint(10**17, 10**18))

    def statement(self) -> str:
        return f"What is the next integer after ${self.whole}$?"

    def answer(self) -> int:
        return self.whole + 1

    def check(self) -> int:
        return self.whole - -1


def changed(**programs: str) -> type[Family]:
    """Return a family like `Pennies` with other programs."""
    return type("Changed", (Pennies,), {"__module__": __name__, **programs}, domain="algebra", level=4)


def test_a_family_that_bites_has_no_findings(sandbox: Sandbox) -> None:
    """Ten draws: each solution is right, each naive program wrong."""
    bite = tried(Pennies, sandbox)
    assert [] == list(bite.findings())
    assert [Outcome.CORRECT] * DRAWS == [result.outcome for result in bite.solved]
    assert [Outcome.WRONG] * DRAWS == [result.outcome for result in bite.naive]


def test_a_naive_program_that_is_right_is_found(sandbox: Sandbox) -> None:
    """A family that the direct translation solves does not bite; the finding quotes the problem."""
    findings = list(tried(changed(naive_program="print(whole + 1)"), sandbox).findings())
    assert len(findings) == DRAWS
    assert findings[0].startswith("family Changed (algebra level 4): its naive program is right on 'What is the next")


def test_a_solution_that_is_wrong_is_found(sandbox: Sandbox) -> None:
    """The finding says what it printed, and for which problem."""
    findings = list(tried(changed(solution_program="print('none')"), sandbox).findings())
    assert len(findings) == DRAWS
    assert findings[0].startswith("family Changed (algebra level 4): its solution is wrong ('none') on 'What is the")


def test_a_solution_that_is_slow_is_found(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A solution is to leave most of the time; what it takes is said."""
    monkeypatch.setattr(bites, "LONGEST_SOLUTION_SECONDS", 0.0)
    findings = list(tried(Pennies, sandbox).findings())
    assert len(findings) == DRAWS
    assert findings[0].startswith("family Pennies (algebra level 4): its solution takes 0.0 s of CPU time on 'What is")


def test_families_without_programs_are_passed_over(sandbox: Sandbox) -> None:
    """Whoever brings no programs is not tried."""
    found = list(try_programs([changed(naive_program="", solution_program=""), Pennies], sandbox))
    assert [Pennies] == [bite.family for bite in found]
    assert "programs of 1 families: solutions right on 10 of 10 draws, naive ones on 0 of 10" == summary(found)


@pytest.mark.parametrize("family", HARD, ids=name_of)
def test_each_hard_family_brings_its_programs(family: type[Family]) -> None:
    """Every bundled family of levels 4 and 5 can be tried."""
    assert family.naive_program
    assert family.solution_program


@pytest.mark.slow
@pytest.mark.parametrize("family", HARD, ids=name_of)
def test_each_hard_family_bites(family: type[Family], sandbox: Sandbox) -> None:
    """Under the limits of a run and through its grader: ten solutions right, ten naive programs not."""
    assert [] == list(tried(family, sandbox).findings())


OWN = """
from pytest_mathbench import Family


class Next(Family, domain="algebra", level=4):
    number: int

    naive_program = "print({naive})"
    solution_program = "print(number + 1)"

    @classmethod
    def draw(cls, random):
        return cls(random.randint(10**17, 10**18))

    def statement(self):
        return f"What comes after ${{self.number}}$?"

    def answer(self):
        return self.number + 1

    def check(self):
        return self.number - -1
"""


@pytest.mark.parametrize(("naive", "status"), [("number + 1.0", 0), ("number + 1", 1)])
def test_the_programs_of_a_users_families_are_tried(
    naive: str, status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`mathbench problems mine.py --check` tries the programs of a user's families, and fails where one does."""
    path = tmp_path / "mine.py"
    path.write_text(OWN.format(naive=naive))
    found = main(["problems", os.fspath(path), "--check"])
    right = DRAWS * status
    assert status == found
    assert f"solutions right on 10 of 10 draws, naive ones on {right} of 10" in capsys.readouterr().out


def test_programs_of_families_that_are_not_selected_are_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`mathbench problems mine.py --level=4 --check` tries the programs of families of level 4 only."""
    path = tmp_path / "mine.py"
    other = OWN[OWN.index("class Next") :].replace("Next", "Further").replace("level=4", "level=5")
    path.write_text(f"{OWN}\n\n{other}".format(naive="number + 1.0"))
    main(["problems", os.fspath(path), "--level=4", "--check"])
    assert "programs of 1 families" in capsys.readouterr().out
