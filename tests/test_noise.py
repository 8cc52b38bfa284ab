"""Runs of one set-up tell how much pass rates move when nothing has changed."""

from dataclasses import replace
from pathlib import Path

import pytest
from factories import PROPERTY, make_problem, make_result, make_run_info
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.analysis.comparison import Measured, measured
from pytest_mathbench.analysis.noise import by_sample, noise
from pytest_mathbench.cli import main
from pytest_mathbench.recording.folder import RunFolder
from pytest_mathbench.records import ItemResult, Outcome


def results(letters: str, sample: int = 0) -> list[ItemResult]:
    """One result for each letter: r is right, w is wrong."""
    return [
        make_result(
            Outcome.CORRECT if letter == "r" else Outcome.WRONG,
            problem=make_problem(id=str(number), level=1 + number % 2),
            sample=sample,
        )
        for number, letter in enumerate(letters)
    ]


def run(letters: str) -> dict[str, Measured]:
    """Make a run of these letters."""
    return {problem: each for (problem, _), each in measured(results(letters)).items()}


def test_noise_is_told_by_bucket() -> None:
    """Rates, their deviation, the largest difference, and the share of problems on which two runs disagree."""
    *_, overall = noise([run("rrww"), run("rwww"), run("rrrw")])
    assert "overall" == overall.bucket
    assert 4 == overall.problems
    assert (0.5, 0.25, 0.75) == overall.rates
    assert pytest.approx(0.25) == overall.deviation
    assert 0.5 == overall.largest
    assert pytest.approx(4 / 12) == overall.discordant
    assert pytest.approx(1.644854 * (overall.discordant / 4) ** 0.5) == overall.margin
    assert ["algebra", "level1", "level2", "overall"] == [each.bucket for each in noise([run("rw"), run("rr")])]


@PROPERTY
@given(st.text("rw", min_size=2, max_size=12), st.integers(2, 4))
def test_equal_runs_have_none(letters: str, count: int) -> None:
    """A set-up that repeats itself needs no margin."""
    assert {(0.0, 0.0, 0.0)} == {(each.deviation, each.largest, each.margin) for each in noise([run(letters)] * count)}


def test_samples_are_runs() -> None:
    """A run of several samples at a temperature holds several runs."""
    both = measured([*results("rw"), *results("rr", sample=1)])
    assert [run("rw"), run("rr")] == by_sample(both)


@pytest.mark.parametrize("runs", [[], ["rw"]])
def test_one_run_tells_nothing(runs: list[str]) -> None:
    """There is nothing to hold it against."""
    with pytest.raises(ValueError, match="cannot show noise"):
        noise([run(letters) for letters in runs])


def record(letters: str, **info: object) -> str:
    """Record a run; return its folder."""
    with RunFolder.create(Path(".mathbench"), make_run_info(**info)) as folder:
        for result in results(letters):
            folder.append(result)
    return str(folder.path)


def test_the_command_takes_recorded_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It shows the table; runs with other settings are refused by what differs, and one run alone as well."""
    monkeypatch.chdir(tmp_path)
    first, second = record("rrww"), record("rwrw")
    assert 0 == main(["noise", first, second])
    assert ["overall", "4", "50.0%", "0.0", "0.0", "50.0%", "58.2"] in [
        line.split()[:7] for line in capsys.readouterr().out.splitlines()
    ]
    assert 4 == main(["noise", first, record("rrww", echo=True)])
    assert f"has other settings than {first}: echo was False, now True" in capsys.readouterr().err
    assert 4 == main(["noise", first])
    assert 4 == main(["noise", "no-such-model", "--runs=1"])


def test_another_text_is_no_common_problem() -> None:
    """A problem that changed between the runs is left out."""
    changed = {name: replace(each, text="other") for name, each in run("rr").items()}
    with pytest.raises(ValueError, match="0 problems in common"):
        noise([run("rr"), changed])
