"""Shards: each has its share of every cell, and together they are the run that was never divided."""

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from factories import PROPERTY, make_problem, make_result, make_ruling, make_run_info, results_of
from hypothesis import given
from hypothesis import strategies as st

from conftest import ScriptedServer, row
from pytest_mathbench.cli import main
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.problems import ProblemSet, part
from pytest_mathbench.recording.completions import COMPLETIONS
from pytest_mathbench.recording.folder import RunFolder
from pytest_mathbench.recording.recorded import RESULTS, RUN, RecordedRun, read_info
from pytest_mathbench.recording.rulings import RULINGS, rule
from pytest_mathbench.recording.run_info import Shard
from pytest_mathbench.records import ItemResult, Outcome
from pytest_mathbench.reporting.merging import merge


@PROPERTY
@given(
    st.lists(st.tuples(st.sampled_from(["algebra", "geometry", "x"]), st.integers(1, 3)), min_size=6, max_size=60),
    st.integers(1, 6),
)
def test_parts_are_a_division_of_the_whole(cells: list[tuple[str, int]], parts: int) -> None:
    """No problem is lost or in two parts, and each cell is divided evenly, give or take one."""
    problems = tuple(
        make_problem(id=str(number), domain=domain, level=level) for number, (domain, level) in enumerate(cells)
    )
    whole = ProblemSet("set", problems)
    found = [part(whole, number, parts).problems for number in range(1, parts + 1)]
    assert sorted(problems, key=lambda each: each.id) == sorted(itertools.chain(*found), key=lambda each: each.id)
    for cell in set(cells):
        sizes = [sum((each.domain, each.level) == cell for each in one) for one in found]
        assert max(sizes) - min(sizes) <= 1
    assert max(map(len, found)) - min(map(len, found)) <= 1


def test_an_empty_part_is_refused() -> None:
    """More parts than problems."""
    with pytest.raises(ConfigurationError, match="part 3 of 5 of 2 problems is empty"):
        part(ProblemSet("set", (make_problem(id="1"), make_problem(id="2"))), 3, 5)


@pytest.fixture
def run(
    pytester: pytest.Pytester, server: ScriptedServer, problem_file: Callable[..., Path]
) -> Callable[..., pytest.RunResult]:
    """Run the bundled suite on eight problems of two domains and two levels."""
    rows = [
        row(f"{domain[0]}-{level}-{number}", domain=domain, level=level, answer=str(42 + number))
        for domain in ("algebra", "geometry")
        for level in (1, 2)
        for number in range(2)
    ]
    source = problem_file(*rows)

    def start(*arguments: str) -> pytest.RunResult:
        given = ["--mathbench-model=m", f"--mathbench-problems={source}", f"--mathbench-base-url={server.url}"]
        return pytester.runpytest(*given, *arguments)

    return start


def outcomes(folder: Path) -> dict[str, Outcome | None]:
    """Return what became of each problem."""
    return {result.problem.id: result.outcome for result in results_of(folder)}


def test_shard_runs_a_part_and_merge_makes_the_whole(
    run: Callable[..., pytest.RunResult], capsys: pytest.CaptureFixture[str]
) -> None:
    """Two shards, one of them under xdist, merged, are the unsharded run; each sees every cell."""
    run("--mathbench-output=whole")
    run("--mathbench-output=parts", "--mathbench-shard=1/2").stdout.fnmatch_lines(
        ["mathbench: problems *, 4 selected in shard 1/2 of 8 (sha256 *"]
    )
    run("--mathbench-output=parts", "--mathbench-shard=2/2", "-n1")
    shards = sorted(Path("parts").iterdir())
    for shard in shards:
        assert {1} == set(Counter((each.problem.domain, each.problem.level) for each in results_of(shard)).values())
    capsys.readouterr()
    assert 0 == main(["merge", *map(str, shards), "--output=merged"])
    assert "2 shards of 8 problems" in capsys.readouterr().out
    (whole,), (merged,) = Path("whole").iterdir(), Path("merged").iterdir()
    assert outcomes(whole) == outcomes(merged)
    ours, theirs = read_info(whole), read_info(merged)
    assert replace(ours, started="", machine={}) == replace(theirs, started="", machine={})
    assert {each.completion and each.completion.text for each in results_of(merged)} == {
        each.completion and each.completion.text for each in results_of(whole)
    }
    assert len((whole / "completions.jsonl").read_bytes().splitlines()) == len(
        (merged / "completions.jsonl").read_bytes().splitlines()
    )


@pytest.mark.parametrize("text", ["0/2", "3/2", "2", "a/b", "-1/2", "1/0", "1/2/3"])
def test_a_shard_is_one_of_so_many(run: Callable[..., pytest.RunResult], text: str) -> None:
    """Anything else is refused."""
    run(f"--mathbench-shard={text}").stderr.fnmatch_lines(["*expected I/N, as in 1/4*"])


def record(shard: str, *names: str, **info: object) -> RecordedRun:
    """Record a shard, as in 1/2, with these problems; an empty one is a whole run."""
    number, _, count = shard.partition("/")
    part = Shard(number=int(number), count=int(count)) if shard else None
    with RunFolder.create(Path(".mathbench"), make_run_info(shard=part, **info)) as folder:
        for name in names:
            folder.append(make_result(problem=make_problem(id=name)))
        folder.took(float(len(names)))
    return RecordedRun.open(folder.path, pytest.fail)


@pytest.fixture
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize(
    ("shards", "said"),
    [
        ([("1/2", "a")], "^shard 2/2 is missing; all 2 of them make up the run"),
        ([("2/3", "a")], "^shard 1/3 is missing; all 3 of them make up the run"),
        ([("1/2", "a"), ("1/2", "b")], "^shard 1/2 is there more than once"),
        ([("1/2", "a"), ("2/3", "b")], "^shards of 2 and of 3 parts are not of one run"),
        ([("1/2", "a"), ("", "b")], "is not a shard: it was not run with --mathbench-shard"),
        ([("1/2", "a"), ("2/2", "a")], "a is in .* shards do not overlap"),
    ],
)
def test_what_does_not_fit_together_is_refused(shards: list[tuple[str, str]], said: str) -> None:
    """Missing, doubled, of other divisions, whole runs, overlapping; nothing is begun."""
    with pytest.raises(ConfigurationError, match=said):
        merge([record(shard, name) for shard, name in shards], Path("merged"))
    assert not Path("merged").exists()


@pytest.mark.usefixtures("_here")
def test_shards_of_other_runs_are_refused() -> None:
    """The fields that differ are named."""
    with pytest.raises(
        ConfigurationError, match=r"is not a shard of the run of .*: its settings differ: echo was False, now True$"
    ):
        merge([record("1/2", "a"), record("2/2", "b", echo=True)], Path("merged"))


@pytest.mark.usefixtures("_here")
def test_a_merged_run_took_as_long_as_its_longest_shard() -> None:
    """They run side by side."""
    path = merge([record("1/2", "a", "c"), record("2/2", "b")], Path("merged"))
    assert {"a", "b", "c"} == set(outcomes(path))
    assert 2.0 == RecordedRun.open(path, pytest.fail).wall_seconds


@pytest.mark.usefixtures("_here")
def test_reruns_and_rulings_are_merged_with_the_rest() -> None:
    """What was measured stays apart from what a person ruled; an attempt has one line, which says what it replaced."""
    one, other = record("1/2", "a", "a"), record("2/2", "b")
    for run, name in ((one, "a"), (other, "b")):
        rule(run.folder, make_ruling(name, correct=False))
    merged = RecordedRun.open(merge([one, other], Path("merged")), pytest.fail)
    assert [("a", Outcome.CORRECT, 1), ("b", Outcome.CORRECT, 0)] == [
        (result.problem.id, result.outcome, result.reruns) for result in merged.raw_results()
    ]
    assert [Outcome.WRONG] * 2 == [result.outcome for result in merged.results()]
    assert 2 == len((merged.folder / RESULTS).read_bytes().splitlines())


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize("name", [RULINGS, COMPLETIONS])
def test_a_line_that_a_kill_cut_off_spoils_no_other(name: str) -> None:
    """A shard that was killed ends in a part of a line: it is left out, and the next shard's first line is whole."""
    one, other = record("1/2", "a"), record("2/2", "b")
    (one.folder / name).write_bytes(b"first\ncut o")
    (other.folder / name).write_bytes(b"second\n")
    merged = merge([one, other], Path("merged"))
    assert b"first\nsecond\n" == (merged / name).read_bytes()


@pytest.mark.usefixtures("_here")
def test_shards_of_format_1_are_not_merged() -> None:
    """The merged run would hold completions that cannot be found."""
    shards = [record("1/2", "a"), record("2/2", "b")]
    path = shards[1].folder / RUN
    path.write_text(path.read_text().replace('"format": 2', '"format": 1'))
    with pytest.raises(ConfigurationError, match="cannot be resumed, replayed or merged: it is of format 1"):
        merge(shards, Path("merged"))


def recorded(outcomes: str) -> Path:
    """Record a whole run; r is right, w is wrong, anything else not measured."""
    kinds = {"r": Outcome.CORRECT, "w": Outcome.WRONG}
    with RunFolder.create(Path(".mathbench"), make_run_info(problem_count=len(outcomes))) as folder:
        for number, letter in enumerate(outcomes):
            problem = make_problem(id=str(number))
            known = letter in kinds
            folder.append(
                make_result(kinds[letter], problem=problem) if known else ItemResult(problem=problem, fault="no")
            )
    return folder.path


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize(
    ("outcomes", "arguments", "status"),
    [
        ("rrrw", ["overall >= 75%"], 0),
        ("rrrw", ["overall >= 76%"], 1),
        ("rrrw", ["overall >= 50% with 95% confidence"], 6),
        ("rrr-", ["overall >= 50%"], 6),
        ("rrr-", ["overall >= 50%", "--unmeasured=1"], 0),
        ("rrrw", ["overal >= 50%"], 4),
        ("rrrw", ["geometry >= 50%"], 4),
        ("rrrw", ["overall no worse than baseline"], 4),
    ],
)
def test_gate_decides_on_a_recorded_run(outcomes: str, arguments: list[str], status: int) -> None:
    """Merged shards are decided on as a live run is, with the same exit status."""
    assert status == main(["gate", str(recorded(outcomes)), *arguments])


@pytest.mark.usefixtures("_here")
def test_gate_compares_with_a_baseline(capsys: pytest.CaptureFixture[str]) -> None:
    """By name, folder or file."""
    before, after = recorded("r" * 20), recorded("r" * 10 + "w" * 10)
    assert 0 == main(["baseline", "save", "main", str(before)])
    assert 1 == main(["gate", str(after), "overall no worse than baseline", "--baseline=main"])
    assert "overall -50.0 points (20 pairs, p 0.001;" in capsys.readouterr().out
