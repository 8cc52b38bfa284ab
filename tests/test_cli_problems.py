"""`mathbench problems` counts, lists, shows, samples, writes and checks problem sets."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import row
from pytest_mathbench.cli import main
from pytest_mathbench.problems import bundled_folder, load

Write = Callable[..., Path]


@pytest.fixture
def mine(problem_file: Write) -> Path:
    """A set of three problems."""
    return problem_file(row("a"), row("b", level=3, answer=r"\frac{1}{2}"), row("g", domain="geometry", answer=r"2\pi"))


def shown(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[str]:
    """Run `mathbench problems` well, and return what it prints."""
    assert 0 == main(["problems", *map(str, arguments)])
    return capsys.readouterr().out.splitlines()


def test_a_set_is_counted(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Counts by cell, lengths and answer types by domain."""
    lines = shown(capsys, mine)
    assert f"{mine}: 3 problems, sha256 {load(str(mine)).sha256}" == lines[0]
    assert [["algebra", "1", "1", "2"], ["geometry", "1", "0", "1"]] == [line.split() for line in lines[3:5]]
    assert [["answers", "integer", "fraction", "real"], ["algebra", "1", "1", "0"], ["geometry", "0", "0", "1"]] == [
        line.split() for line in lines[-3:]
    ]


def test_the_bundled_set_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a source: 945 problems, 27 for each cell."""
    lines = shown(capsys)
    assert lines[0].startswith("bundled 2: 945 problems, sha256 ")
    assert 7 == sum(line.split()[1:] == [*["27"] * 5, "135"] for line in lines)


def test_a_set_is_listed(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each problem, of the chosen cells only."""
    assert ["b  Problem b.  [\\frac{1}{2}] fraction"] == shown(capsys, mine, "--list", "--domain=algebra", "--level=3")


def test_a_problem_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """Statement, answer, cell and family."""
    first = load("").problems[0]
    lines = shown(capsys, "--show", first.id)
    assert f"{first.id} (prealgebra, level 1, family {first.family})" == lines[0]
    assert first.statement == " ".join(lines[1:-1])
    assert f"answer: {first.answer} ({first.answer_type})" == lines[-1]


def test_an_unknown_problem_is_named(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The error names the id and where all of them are listed."""
    assert 4 == main(["problems", str(mine), "--show", "z"])
    assert "no problem 'z'; mathbench problems --list has all" in capsys.readouterr().err


def test_a_sample_is_drawn_by_the_seed(capsys: pytest.CaptureFixture[str]) -> None:
    """The same seed shows the same problems, another shows others."""
    first, again, other = (shown(capsys, "--sample=3", f"--seed={seed}") for seed in (1, 1, 2))
    assert 3 == sum(line.startswith("answer: ") for line in first)
    assert first == again != other


def test_a_written_set_is_read_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is written is the set, byte by byte as the bundled files are."""
    lines = shown(capsys, "--write", tmp_path)
    assert [f"945 problems written into {tmp_path}"] == lines
    assert load("").problems == load(str(tmp_path)).problems
    for path in bundled_folder().glob("*.jsonl"):
        assert path.read_bytes() == (tmp_path / path.name).read_bytes()


def test_a_variant_is_written_with_its_families(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A fresh draw can be kept as a file: it stays a variant, and can be compared with the bundled set."""
    shown(capsys, "--variant=7", "--domain=geometry", "--write", tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "geometry.jsonl").read_text().splitlines()]
    assert len(rows) == 135
    assert {7} == {each["variant"] for each in rows}
    assert list(load(str(tmp_path)).problems) == [p for p in load("", (7,)).problems if p.domain == "geometry"]


def test_a_sound_set_passes_its_check(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The check says what it looked at."""
    lines = shown(capsys, mine, "--check")
    assert ["references that equal themselves: 3 of 3", "0 findings"] == [lines[1], lines[-1]]


def test_a_finding_is_status_1(problem_file: Write, capsys: pytest.CaptureFixture[str]) -> None:
    """A set that is not sound says where, and fails a CI job."""
    path = problem_file(row("a", answer=r"\frac{"))
    assert 1 == main(["problems", str(path), "--check"])
    assert f"{path}, line 1, a: the reference" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--variant=seven"], "--variant: 'seven': expected seeds"),
        (["missing.jsonl"], "no such file or folder"),
        (["--columns=text"], "--columns: 'text': expected NAME=COLUMN"),
        (["--domain=topology"], "no problem of the domain 'topology'; it has prealgebra, algebra"),
    ],
)
def test_bad_input_is_named(arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Errors are those of the plugin's options."""
    assert 4 == main(["problems", *arguments])
    assert reason in capsys.readouterr().err
