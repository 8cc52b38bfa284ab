"""A history: runs that can be compared make a line, the others are apart with the reason; what is shown of both."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from factories import make_completion, make_problem, make_result, make_run_info

from pytest_mathbench.analysis.buckets import Bucket
from pytest_mathbench.analysis.comparison import measured
from pytest_mathbench.analysis.decisions import Status
from pytest_mathbench.analysis.history import Apart, History, Line, Past, history, past
from pytest_mathbench.domains import Domain
from pytest_mathbench.recording.order import Place
from pytest_mathbench.recording.run_info import RunInfo, Shard
from pytest_mathbench.records import Outcome
from pytest_mathbench.reporting.history import MARKS, NOTHING, as_json, blocks
from pytest_mathbench.reporting.table import written

PROBLEMS = 60


def info_of(day: int = 1, **fields: Any) -> RunInfo:
    """Tell what was measured on a day."""
    return make_run_info(problem_count=PROBLEMS, started=f"2026-01-{day:02}T03:00:00+00:00", **fields)


def run_of(day: int = 1, right: int = 50, *, count: int = PROBLEMS, gates: Status | None = None, **fields: Any) -> Past:
    """Make a run of a day, of whose problems the first so many are right; algebra and geometry take turns."""
    results = [
        make_result(
            Outcome.CORRECT if number < right else Outcome.WRONG,
            problem=make_problem(
                id=f"p{number}", domain=(Domain.ALGEBRA, Domain.GEOMETRY)[number % 2], level=1 + number % 2
            ),
            completion=make_completion(seconds=2.0, completion_tokens=20),
        )
        for number in range(count)
    ]
    return past(f"run-{day}", info_of(day, **fields), measured(results), gates, 60.0 * day)


def reasons(found: History) -> dict[str, str]:
    """Return why each run is apart."""
    return {each.place: each.why for each in found.apart}


def days(lines: Sequence[Line]) -> list[list[str]]:
    """Return the places of each line's runs."""
    return [[run.place for run in line.runs] for line in lines]


# Lines


def test_runs_stand_in_the_order_of_their_start() -> None:
    """Whatever order they were found in."""
    assert [["run-1", "run-2", "run-3"]] == days(history([run_of(2), run_of(3), run_of(1)]).lines)


@pytest.mark.parametrize(
    "fields",
    [{"model": "another"}, {"strategy": "another"}, {"versions": {"vllm": "1"}}, {"vllm_args": "--seed=1"}],
    ids=lambda fields: next(iter(fields)),
)
def test_what_is_tried_may_differ_within_a_line(fields: dict[str, Any]) -> None:
    """Model, strategy, engine and versions: as between a run and its baseline."""
    assert [["run-1", "run-2"]] == days(history([run_of(1), run_of(2, **fields)]).lines)


def test_runs_on_other_problems_are_a_line_of_their_own() -> None:
    """That of the newest run comes first."""
    other: dict[str, Any] = {"problems_sha256": "f" * 64}
    found = history([run_of(1), run_of(2, **other), run_of(3), run_of(4, **other)])
    assert [["run-2", "run-4"], ["run-1", "run-3"]] == days(found.lines)


def test_a_run_that_no_other_can_be_compared_with_is_apart() -> None:
    """It says in what it differs."""
    found = history([run_of(1), run_of(2), run_of(3, problems_sha256="f" * 64, echo=True)])
    assert {"run-3": "it cannot be compared with run-2: its problems are others; echo was False, now True"} == reasons(
        found
    )


def test_a_single_run_is_a_line() -> None:
    """A history has a beginning."""
    assert [["run-1"]] == days(history([run_of(1)]).lines)


def test_the_newest_of_runs_that_have_nothing_in_common_is_a_line() -> None:
    """So that something is shown."""
    found = history([run_of(1), run_of(2, echo=True)])
    assert [["run-2"]] == days(found.lines)
    assert {"run-1": "it cannot be compared with run-2: echo was True, now False"} == reasons(found)


def test_a_shard_is_apart() -> None:
    """It is a part of a run."""
    found = history([run_of(1), run_of(2, shard=Shard(number=1, count=2))])
    assert {"run-2": "it is shard 1/2 of a run: mathbench merge makes one of all of them"} == reasons(found)


def test_a_run_that_was_cut_short_is_apart() -> None:
    """Short answers come first, and right ones are short."""
    found = history([run_of(1), run_of(2, count=58)])
    assert {"run-2": "2 of its 60 attempts were not measured; --unmeasured allows 0"} == reasons(found)
    assert [["run-1", "run-2"]] == days(history([run_of(1), run_of(2, count=58)], allowed=2).lines)


def test_a_run_that_was_decided_early_is_apart() -> None:
    """When it ended depended on its own answers, however many may be not measured."""
    order = (Place(problem="p0", domain="algebra", level=1, family=""),)
    found = history([run_of(1), run_of(2, count=30, order_seed=0, order=order)], allowed=60)
    assert {"run-2": "it was decided early, after 30 of 60 attempts, which are no fair sample"} == reasons(found)


def test_a_copy_of_a_run_counts_once() -> None:
    """A baseline that was saved of a run is that run."""
    one = run_of(1)
    found = history([one, replace(one, place="main.json", gates=None), run_of(2)])
    assert {"main.json": "its answers are those of run-1"} == reasons(found)


@pytest.mark.parametrize("how", ["regrade of", "replay of"])
def test_answers_that_were_taken_from_another_run_count_once(how: str) -> None:
    """Twice, they would pass for two draws."""
    found = history([run_of(1), run_of(2, endpoint=f"{how} run-1"), run_of(3, endpoint=f"{how} run-2")])
    assert {"run-2": "its answers are those of run-1", "run-3": "its answers are those of run-1"} == reasons(found)


def test_a_regrade_stands_for_a_run_that_is_not_there() -> None:
    """The first of them does."""
    found = history([run_of(2, endpoint="regrade of gone"), run_of(3, endpoint="regrade of gone"), run_of(4)])
    assert [["run-2", "run-4"]] == days(found.lines)


def test_a_run_without_a_time_is_the_oldest() -> None:
    """What was written by hand is shown, too."""
    odd = replace(run_of(3), info=replace(info_of(3), started="yesterday"))
    assert [["run-3", "run-1"]] == days(history([run_of(1), odd]).lines)


# Changes


def line_of(*rights: int, **fields: Any) -> Line:
    """Make a line of a run a day."""
    (line,) = history([run_of(day, right, **fields) for day, right in enumerate(rights, 1)]).lines
    return line


def test_a_line_has_domains_levels_and_all() -> None:
    """Each in the order of reports."""
    names = [bucket.name for bucket in line_of(50).buckets]
    assert ["algebra", "geometry", "level1", "level2", "overall"] == names


def test_a_drop_is_marked_with_its_size() -> None:
    """The difference is of the stretches on either side, with an interval."""
    shift = line_of(50, 50, 50, 20, 20, 20).shifts[0]
    assert Bucket() == shift.bucket
    assert 3 == shift.change.first
    assert pytest.approx(-0.5) == shift.difference.value
    assert (shift.difference.high or 0) < -0.3


def test_noise_is_not_marked() -> None:
    """A few problems more or less are chance."""
    assert [] == line_of(50, 48, 51, 49, 50, 47).shifts


def test_what_else_changed_is_said() -> None:
    """Settings that may differ, of the last run before and the first after."""
    before = [run_of(day, 50, versions={"vllm": "1"}) for day in (1, 2, 3)]
    after = [run_of(day, 20, versions={"vllm": "2"}) for day in (4, 5)]
    (line,) = history([*before, *after]).lines
    assert "versions.vllm was '1', now '2'" == line.settings_changed(line.shifts[0].change)


def test_the_error_is_shared_by_all_buckets() -> None:
    """Half of it for all problems, the rest for the others in equal parts: 5 % together."""
    line = line_of(50)
    assert 0.025 == line.allowed(Bucket())
    assert pytest.approx(0.05) == sum(map(line.allowed, line.buckets))


# What is shown


def shown(found: History) -> list[str]:
    """Return what a terminal shows."""
    return list(written(blocks(found)))


def a_history() -> History:
    """Make one with a drop, a gate and a run apart."""
    runs = [
        run_of(day, 50 if day < 4 else 20, commit=f"{day}" * 40, gates=Status.PASS if day < 4 else Status.FAIL)
        for day in range(1, 7)
    ]
    return history([*runs, run_of(9, echo=True)])


def test_the_commits_around_a_change_are_named() -> None:
    """The last run before it, and the first after."""
    lines = shown(a_history())
    (place,) = (number for number, line in enumerate(lines) if line.startswith(f"  {MARKS[0]}  overall"))
    assert "  drop  overall -50.0 points" == lines[place]
    assert [
        "last run before: run 3, 2026-01-03 03:00, commit 33333333",
        "first run after: run 4, 2026-01-04 03:00, commit 44444444",
    ] == [line.strip() for line in lines[place + 1 : place + 3]]


def test_each_run_is_a_row() -> None:
    """When, rate with interval, the change, gates, commit."""
    lines = shown(a_history())
    assert "run      started, UTC  pass rate    95% interval  change  gates    commit" in lines
    assert "4    2026-01-04 03:00      33.3%  22.7% to 45.9%   -50.0   FAIL  44444444" in lines


def test_columns_that_nobody_fills_are_left_out() -> None:
    """No gates, no column of gates."""
    lines = shown(history([run_of(1), run_of(2)]))
    assert "run      started, UTC  pass rate    95% interval" in lines


def test_a_table_fits_80_columns() -> None:
    """Tables, with the longest name of a domain and of a model."""
    runs = [run_of(day, 50, model="/a/very/long/path/to/a/model/of/ours", commit="a" * 40 + "-dirty") for day in (1, 2)]
    lines = shown(history([replace(run, gates=Status.INCONCLUSIVE) for run in runs]))
    assert [] == [line for line in lines if len(line) > 80]


def test_no_run_is_no_error() -> None:
    """It says how to make one."""
    assert [NOTHING] == shown(History())


def test_json_has_the_same() -> None:
    """Runs count from 1; it goes through JSON."""
    found = json.loads(json.dumps(as_json(a_history())))
    (line,) = found["lines"]
    assert [50 / 60] * 3 + [20 / 60] * 3 == [each["rate"] for each in line["buckets"]["overall"]]
    change = line["changes"][0]
    assert ("overall", 4, [3, 4], ["3" * 40, "4" * 40]) == (
        change["bucket"], change["first"], change["between"], change["commits"]
    )  # fmt: skip
    assert {"run", "why"} == set(found["apart"][0])
    run = line["runs"][0]
    assert ("PASS", 1200, 10.0, 60.0) == (
        run["gates"], run["completion_tokens"], run["tokens_per_second"], run["wall_seconds"]
    )  # fmt: skip


def test_what_was_not_readable_is_told() -> None:
    """Whoever finds the runs says so."""
    lines = shown(History(apart=[Apart("x", "it is broken")]))
    assert ["apart: 1 run in no line", "  x", "    it is broken"] == lines[-3:]
