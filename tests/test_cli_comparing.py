"""The command that compares runs, at equal cost."""

import json
from pathlib import Path
from typing import Any

import pytest
from factories import make_result, make_run_info
from standings import in_one, passed_through

from pytest_mathbench.cli import main
from pytest_mathbench.recording.folder import RunFolder
from pytest_mathbench.records import Effort, ItemResult
from pytest_mathbench.verdicts import Verdict


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every command where no run has been recorded."""
    monkeypatch.chdir(tmp_path)


def record(*results: ItemResult, **info: Any) -> str:
    """Record a run, and return its folder."""
    with RunFolder.create(Path(".mathbench"), make_run_info(**info)) as folder:
        for result in results:
            folder.append(result)
    return str(folder.path)


def single() -> str:
    """Record a run of one right answer and one crash."""
    return record(in_one("a", 10, "r"), in_one("b", 10, "c"))


def mended(strategy: str = "resample on verdict; at most 8") -> str:
    """Record one whose second try mends the crash."""
    return record(passed_through("a", [10], "r"), passed_through("b", [10, 10], "cr"), strategy=strategy)


def test_at_cost_shows_who_is_ahead(capsys: pytest.CaptureFixture[str]) -> None:
    """By tokens, requests and seconds; the settings that differ are named first."""
    assert 0 == main(["compare", single(), mended(), "--at-cost"])
    said = capsys.readouterr().out
    assert "settings that differ: strategy was 'single', now 'resample on verdict; at most 8'" in said
    assert "2nd resample    50.0%    50.0%  100.0%  100.0%  100.0%  1.50x" in said
    assert 3 == said.count("\nahead")
    assert "less 1st single" in said


def test_at_cost_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing but JSON is printed."""
    assert 0 == main(["compare", single(), mended(), "--at-cost", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert [0.5, 1.0] == [each["score"]["rate"] for each in found["by"]["completion_tokens"]["at"][-1]["runs"]]


def test_at_cost_as_a_page_of_any_number_of_runs() -> None:
    """Each run is named on it."""
    runs = [single(), mended(), mended("random on verdict; at most 8")]
    assert 0 == main(["compare", *runs, "--at-cost", "--html", "page.html"])
    page = Path("page.html").read_text()
    assert all(name in page for name in ("1st single", "2nd resample", "3rd random"))


def test_runs_of_other_problems_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """They have nothing in common; both are named."""
    one, other = single(), record(in_one("z", 10, "r"))
    assert 4 == main(["compare", one, other, "--at-cost"])
    assert f"{one}, {other} measured no problem in common" in capsys.readouterr().err


def test_a_run_without_standings_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """It is named, with the reason and what to do."""
    effort = Effort(requests=2, prompt_tokens=1, completion_tokens=1, seconds=1.0, executions=1, ended="loop")
    old = record(make_result(effort=effort), strategy="regenerate")
    assert 4 == main(["compare", single(), old, "--at-cost"])
    assert f"{old} cannot be compared at equal cost: its attempts have no standings" in capsys.readouterr().err


def test_a_run_by_the_judges_word_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody asked the judge about what attempts passed through."""
    judged = record(in_one("a", 10, "r"), verdict=Verdict.JUDGE)
    assert 4 == main(["compare", single(), judged, "--at-cost"])
    assert f"{judged} cannot be compared at equal cost: its outcome is the judge's word" in capsys.readouterr().err


def test_a_run_alone_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """There is nothing to compare it with."""
    with pytest.raises(SystemExit):
        main(["compare", single(), "--at-cost"])
    assert "the following arguments are required: others" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--json"], "give --at-cost as well"), (["--html", "page.html"], "a page compares two runs")],
)
def test_what_needs_at_cost_says_so(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is read."""
    assert 4 == main(["compare", "one", "two", "three", *arguments])
    assert said in capsys.readouterr().err
