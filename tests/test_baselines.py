"""A baseline is a small file that says what a run measured; what is none is refused by name."""

import json
from contextlib import nullcontext
from pathlib import Path

import pytest
from factories import make_problem, make_result, make_run_info

from pytest_mathbench.analysis.comparison import measured
from pytest_mathbench.cli import main
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.records import Outcome
from pytest_mathbench.reporting.baselines import FOLDER, check, find, load, save
from pytest_mathbench.reporting.files import RunFolder

INFO = make_run_info()
ATTEMPTS = measured([make_result(), make_result(Outcome.WRONG, problem=make_problem(id="b"))])


def test_a_baseline_comes_back_as_it_was(tmp_path: Path) -> None:
    """Run, outcomes, durations, costs and hashes; one attempt a line."""
    path = tmp_path / "deep" / "b.json"
    save(path, INFO, ATTEMPTS)
    assert (INFO, ATTEMPTS) == load(path)
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
    with pytest.raises(ConfigurationError, match=r"b\.json is no baseline"):
        load(path)


def test_a_later_version_is_told(tmp_path: Path) -> None:
    """A schema that this version does not know."""
    path = tmp_path / "b.json"
    save(path, INFO, ATTEMPTS)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema": 7}))
    with pytest.raises(ConfigurationError, match="has schema 7, and this version reads 1"):
        load(path)


def test_it_is_found_as_a_run_a_file_or_a_name(tmp_path: Path) -> None:
    """All three hold the same."""
    with RunFolder.create(tmp_path / "runs", INFO) as folder:
        folder.append(make_result())
        folder.append(make_result(Outcome.WRONG, problem=make_problem(id="b")))
    save(tmp_path / FOLDER / "main.json", INFO, ATTEMPTS)
    for name in (str(folder.path), folder.path.name, "main", str(tmp_path / FOLDER / "main.json")):
        assert (INFO, ATTEMPTS) == find(name, tmp_path / "runs", tmp_path, pytest.fail)[1:]


def test_one_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    """The error lists the baselines known by name."""
    save(tmp_path / FOLDER / "main.json", INFO, ATTEMPTS)
    with pytest.raises(ConfigurationError, match=r"no baseline 'mian': .*\(main\)"):
        find("mian", tmp_path, tmp_path, pytest.fail)


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        ({"problems_sha256": "0" * 64}, True),
        ({"samples": 3}, True),
        ({"verdict": "lenient"}, True),
        ({"model": "other"}, False),
        ({"strategy": "stepwise"}, False),
        ({"sampling": make_run_info().sampling.__class__(temperature=0.7)}, False),
        ({"sampling": make_run_info().sampling.__class__(max_tokens=7)}, True),
    ],
)
def test_what_must_be_equal(changed: dict[str, object], *, differs: bool) -> None:
    """Problems, prompt, limits and verdict; model, strategy and temperature may be what is tried."""
    refused = pytest.raises(ConfigurationError, match="the baseline it was measured otherwise: ")
    with refused if differs else nullcontext():
        check("it", INFO, make_run_info(**changed))


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
