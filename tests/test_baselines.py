"""A baseline is a small file that says what a run measured; what is none is refused by name."""

import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from factories import make_problem, make_result, make_ruling, make_run_info

from pytest_mathbench.analysis.comparison import measured
from pytest_mathbench.cli import main
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.recording.folder import RunFolder
from pytest_mathbench.recording.order import Place
from pytest_mathbench.recording.recorded import RUN
from pytest_mathbench.recording.rulings import rule
from pytest_mathbench.recording.run_info import FORMAT
from pytest_mathbench.records import Outcome
from pytest_mathbench.reporting.baselines import FOLDER, check, find, load, made_otherwise, save

INFO = make_run_info()
ATTEMPTS = measured([make_result(), make_result(Outcome.WRONG, problem=make_problem(id="b"))])


def test_a_baseline_comes_back_as_it_was(tmp_path: Path) -> None:
    """Run, outcomes, durations, costs and hashes; one attempt a line."""
    path = tmp_path / "deep" / "b.json"
    save(path, INFO, ATTEMPTS)
    info, attempts = load(path)
    assert INFO == info
    assert ATTEMPTS == attempts
    assert 2 == sum(line.startswith("[") for line in path.read_text().splitlines())


def test_it_holds_no_text_of_a_problem(tmp_path: Path) -> None:
    """Statements and references are there as a hash: a baseline may be committed anywhere."""
    save(tmp_path / "b.json", INFO, ATTEMPTS)
    assert make_problem().statement not in (tmp_path / "b.json").read_text()


@pytest.mark.parametrize(
    "damage", [lambda text: text[:-20], lambda _: "", lambda _: "[]", lambda _: "{}", lambda _: "\0"]
)
def test_a_damaged_file_is_refused_by_name(tmp_path: Path, damage: object) -> None:
    """A file that is cut off, or something else altogether."""
    path = tmp_path / "b.json"
    save(path, INFO, ATTEMPTS)
    path.write_text(damage(path.read_text()))  # type: ignore[operator]
    with pytest.raises(ConfigurationError, match=r"b\.json is not a baseline"):
        load(path)


def test_a_later_version_is_told(tmp_path: Path) -> None:
    """What this version might misread it refuses, in the sentence that a run's folder is refused with."""
    path = tmp_path / "b.json"
    save(path, INFO, ATTEMPTS)
    data = json.loads(path.read_text())
    path.write_text(json.dumps(data | {"info": {"format": FORMAT + 1}}))
    with pytest.raises(ConfigurationError) as error:
        load(path)
    assert (
        f"the baseline {path} was written by a later version of pytest-mathbench, in format {FORMAT + 1}; "
        f"this version reads formats up to {FORMAT}: upgrade pytest-mathbench"
    ) == str(error.value)


def test_a_baseline_of_format_1_is_read(tmp_path: Path) -> None:
    """One that was committed before formats were numbered need not be saved again."""
    path = tmp_path / "b.json"
    save(path, INFO, ATTEMPTS)
    data = json.loads(path.read_text())
    del data["info"]["format"]
    data["info"] |= {"preload": "sympy,numpy", "deviations": "", "shard": ""}
    path.write_text(json.dumps({"schema": 1} | data))
    info, attempts = load(path)
    assert INFO == info
    assert ATTEMPTS == attempts


def test_the_last_result_of_an_attempt_is_the_baseline(tmp_path: Path) -> None:
    """A rerun replaces what was there before, and a ruling decides the outcome, as everywhere."""
    with RunFolder.create(tmp_path, INFO) as folder:
        folder.append(make_result(Outcome.CRASHED))
        folder.append(make_result(Outcome.WRONG))
    rule(folder.path, make_ruling(make_problem().id))
    _, _, attempts = find(str(folder.path), tmp_path, tmp_path, pytest.fail)
    assert [Outcome.CORRECT] == [each.outcome for each in attempts.values()]


def test_a_run_that_cannot_be_read_is_told_as_such(tmp_path: Path) -> None:
    """A folder that is there is not said to be missing."""
    with RunFolder.create(tmp_path, INFO) as folder:
        pass
    (folder.path / RUN).write_text('{"format": 99}')
    with pytest.raises(ConfigurationError, match="was written by a later version"):
        find(str(folder.path), tmp_path, tmp_path, pytest.fail)


def test_it_is_found_as_a_run_a_file_or_a_name(tmp_path: Path) -> None:
    """All three hold the same."""
    with RunFolder.create(tmp_path / "runs", INFO) as folder:
        folder.append(make_result())
        folder.append(make_result(Outcome.WRONG, problem=make_problem(id="b")))
    save(tmp_path / FOLDER / "main.json", INFO, ATTEMPTS)
    for name in (str(folder.path), folder.path.name, "main", str(tmp_path / FOLDER / "main.json")):
        _, info, attempts = find(name, tmp_path / "runs", tmp_path, pytest.fail)
        assert INFO == info
        assert ATTEMPTS == attempts


def test_one_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    """The error lists the baselines known by name."""
    save(tmp_path / FOLDER / "main.json", INFO, ATTEMPTS)
    with pytest.raises(ConfigurationError, match=r"no baseline 'mian': .*\(main\)"):
        find("mian", tmp_path, tmp_path, pytest.fail)


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        ({"problems_sha256": "0" * 64}, True),
        ({"samples": 3}, False),
        ({"verdict": "lenient"}, True),
        ({"model": "other"}, False),
        ({"strategy": "stepwise"}, False),
        ({"sampling": make_run_info().sampling.__class__(temperature=0.7)}, False),
        ({"sampling": make_run_info().sampling.__class__(max_tokens=7)}, True),
    ],
)
def test_what_must_be_equal(changed: dict[str, object], *, differs: bool) -> None:
    """Problems, prompt, limits and verdict; model, strategy and temperature may be what is tried."""
    refused = pytest.raises(
        ConfigurationError, match=r"^the baseline it cannot be compared with: its settings differ: "
    )
    with refused if differs else nullcontext():
        check("it", INFO, ATTEMPTS, make_run_info(**changed))


def test_the_command_saves_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Mathbench baseline save NAME RUN writes the file and says how to use it."""
    monkeypatch.chdir(tmp_path)
    with RunFolder.create(Path(".mathbench"), INFO) as folder:
        folder.append(make_result())
    assert 0 == main(["baseline", "save", "main", str(folder.path)])
    assert "use it with --mathbench-baseline=main" in capsys.readouterr().out
    assert INFO == load(Path(FOLDER) / "main.json")[0]


@pytest.mark.parametrize("name", ["../x", "", "a b"])
def test_a_name_is_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A baseline's name cannot lead elsewhere."""
    monkeypatch.chdir(tmp_path)
    assert 4 == main(["baseline", "save", name])


def test_an_empty_run_is_no_baseline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was measured that could be compared with."""
    monkeypatch.chdir(tmp_path)
    with RunFolder.create(Path(".mathbench"), INFO):
        pass
    assert 4 == main(["baseline", "save", "main"])


def test_a_baseline_that_stopped_early_is_refused() -> None:
    """When it stopped depended on its answers: they are no fair sample."""
    stopped = make_run_info(order_seed=0)
    with pytest.raises(ConfigurationError, match="it was decided early, after 2 of 3 attempts: make one"):
        check("it", stopped, ATTEMPTS, INFO)


def test_a_whole_baseline_in_a_random_order_is_one() -> None:
    """Whatever its order, all of it is there."""
    check("it", make_run_info(order_seed=7, problem_count=2), ATTEMPTS, make_run_info(order_seed=0, problem_count=2))


def test_a_baseline_keeps_no_order(tmp_path: Path) -> None:
    """It is a whole run, and would be as long again."""
    save(tmp_path / "b.json", make_run_info(order_seed=7, order=(Place(problem="a", domain="x", level=1),)), ATTEMPTS)
    assert load(tmp_path / "b.json")[0].order == ()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, ""),
        ({"samples": 4}, f"samples was {INFO.samples}, now 4"),
        ({"order_seed": 3}, "order_seed was unset, now 3"),
        ({"sampling": replace(INFO.sampling, seed=7)}, "sampling.seed was unset, now 7"),
        ({"engine": "sglang"}, "engine was 'vllm', now 'sglang'"),
        ({"vllm_args": "--batch-invariant"}, "vllm_args was '', now '--batch-invariant'"),
        ({"machine": {**INFO.machine, "cpus": "96"}}, f"machine.cpus was {INFO.machine.get('cpus')!r}, now '96'"),
        ({"model": "another"}, ""),
    ],
)
def test_what_a_baseline_was_made_with_otherwise_is_said(changed: dict[str, Any], said: str) -> None:
    """It may move a rate, and is allowed; the model is what is tried."""
    assert made_otherwise(INFO, make_run_info(**changed)) == said
