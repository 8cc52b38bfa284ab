"""The exit status in real sessions: gates forgive the model's wrong answers, and nothing else."""

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import pytest
from factories import make_benchmark, make_problem, results_of

from conftest import ScriptedServer, row
from pytest_mathbench.analysis.gates import Decision, Status
from pytest_mathbench.cli import main
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.plugin.gating import Gating, exit_status, read_gates
from pytest_mathbench.plugin.items import NOT_MEASURED
from pytest_mathbench.plugin.nodeids import NodeIds
from pytest_mathbench.problems import ProblemSet
from pytest_mathbench.recording.recorded import RESULTS, read_info
from pytest_mathbench.reporting.export import REPORT, read_decisions
from pytest_mathbench.settings import Settings

MET, NOT_MET, OPEN = "overall >= 50%", "overall >= 90%", "overall >= 50% with 95% confidence"
UNRELATED = "def test_other(): assert False\n"
BROKEN = "raise OSError('broken')\n"
SUITE = "def test_problem(problem, mathbench): mathbench(problem)\n"


def gates(*sentences: str) -> str:
    """Return the option for these gates."""
    return f"--mathbench-gates={'; '.join(sentences)}"


@pytest.fixture
def run(
    pytester: pytest.Pytester, server: ScriptedServer, problem_file: Callable[..., Path]
) -> Callable[..., pytest.RunResult]:
    """Run a suite on two problems with a right answer and one with a wrong one; extra tests may stand beside it."""
    source = problem_file(row("a-1"), row("a-2"), row("g-1", answer="43", domain="geometry"))

    def start(*arguments: str, beside: str = "", workers: str = "-n0", apart: bool = False) -> pytest.RunResult:
        pytester.makepyfile(test_suite=SUITE, **({"test_beside": beside} if beside else {}))
        given = ["--mathbench-model=m", f"--mathbench-problems={source}", f"--mathbench-base-url={server.url}"]
        session = pytester.runpytest_subprocess if apart else pytester.runpytest
        return session(*given, workers, *arguments, ".")

    return start


Run = Callable[..., pytest.RunResult]


PASS, FAIL, INCONCLUSIVE = Status.PASS, Status.FAIL, Status.INCONCLUSIVE
OK, FAILED, INTERRUPTED = pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED


def decisions(statuses: Sequence[Status]) -> list[Decision]:
    """Make decisions of these statuses."""
    return [Decision(status=status, gate="a gate", grounds=()) for status in statuses]


@pytest.mark.parametrize(
    ("statuses", "given", "unrelated", "stop_was_meant", "expected"),
    [
        # Without gates: pytest's own.
        ([], OK, 0, False, 0),
        ([], FAILED, 0, False, 1),
        ([], INTERRUPTED, 0, True, 2),
        # The gates' own, whether or not there were wrong answers; the worst of them decides.
        ([PASS], OK, 0, False, 0),
        ([PASS], FAILED, 0, False, 0),
        ([FAIL], OK, 0, False, 1),
        ([FAIL], FAILED, 0, False, 1),
        ([INCONCLUSIVE], OK, 0, False, 6),
        ([INCONCLUSIVE], FAILED, 0, False, 6),
        ([PASS, INCONCLUSIVE, PASS], FAILED, 0, False, 6),
        ([PASS, INCONCLUSIVE, FAIL], FAILED, 0, False, 1),
        # What is unrelated is not forgiven.
        ([PASS], FAILED, 1, False, 1),
        ([INCONCLUSIVE], FAILED, 3, False, 1),
        ([PASS], INTERRUPTED, 1, True, 2),
        # An interruption is one, unless it was meant.
        ([PASS], INTERRUPTED, 0, False, 2),
        ([FAIL], INTERRUPTED, 0, False, 2),
        ([INCONCLUSIVE], INTERRUPTED, 0, True, 6),
        ([PASS], INTERRUPTED, 0, True, 0),
        ([FAIL], INTERRUPTED, 0, True, 1),
        # A session that measured nothing, or broke, decides nothing.
        ([PASS], pytest.ExitCode.NO_TESTS_COLLECTED, 0, False, 5),
        ([PASS], pytest.ExitCode.INTERNAL_ERROR, 0, False, 3),
        ([PASS], pytest.ExitCode.USAGE_ERROR, 0, False, 4),
    ],
)
def test_the_exit_status(
    statuses: list[Status], given: int, unrelated: int, *, stop_was_meant: bool, expected: int
) -> None:
    """Decisions × pytest's status × unrelated failures × how it stopped; benchmarks/exit_status.py runs sessions."""
    found = exit_status(decisions(statuses), given, unrelated=unrelated, stop_was_meant=stop_was_meant)
    assert found == expected


@pytest.mark.parametrize(
    ("arguments", "beside", "status"),
    [
        ([gates(MET)], "", 0),
        ([gates(NOT_MET)], "", 1),
        ([gates(MET)], UNRELATED, 1),
        ([gates(MET), "-x"], "", 6),
        ([gates(MET), "-k", "nothing"], "", 5),
        (["--mathbench-fail-under=66.7"], "", 1),
    ],
)
def test_a_session_exits_so(run: Run, arguments: list[str], beside: str, status: int) -> None:
    """What the session knows of its failures and of its end reaches the decision."""
    assert run(*arguments, beside=beside).ret == status


@pytest.mark.parametrize(
    ("arguments", "beside", "status"),
    [([gates(MET)], UNRELATED, 1), ([gates(MET), "-x"], "", 6), ([gates(MET)], BROKEN, 1)],
)
def test_a_session_with_workers_exits_so(run: Run, arguments: list[str], beside: str, status: int) -> None:
    """Workers change nothing about it; what cannot be collected xdist leaves out, and the run fails."""
    assert run(*arguments, beside=beside, workers="-n1").ret == status


def report(outcome: Literal["passed", "failed", "skipped"], when: str = "call", **more: object) -> pytest.TestReport:
    """Make a report as pytest and xdist make them."""
    made = pytest.TestReport("a", ("a", 1, "a"), {}, outcome, None, when)  # type: ignore[arg-type]  # xdist's "???"
    made.__dict__.update(more)
    return made


@pytest.mark.parametrize(
    ("made", "unrelated"),
    [
        (report("failed"), 1),
        (report("failed", "setup"), 1),
        (report("failed", "teardown"), 1),
        (report("passed"), 0),
        (report("skipped"), 0),
        (report("failed", mathbench="wrong"), 0),
        (report("failed", mathbench=NOT_MEASURED), 0),
        (report("failed", "???"), 0),
    ],
)
def test_what_is_unrelated(made: pytest.TestReport, unrelated: int) -> None:
    """Every failure but a wrong answer's and that of an attempt that was not measured, which is counted apart."""
    gating = Gating(make_benchmark(), NodeIds([]))
    gating.pytest_runtest_logreport(made)
    assert gating._unrelated == unrelated


@pytest.mark.parametrize(("allowed", "status"), [("0", 6), ("1", 0)])
def test_what_is_not_measured_is_not_forgiven_beyond_a_bound(
    run: Run, server: ScriptedServer, allowed: str, status: int
) -> None:
    """A fault of the endpoint's is no wrong answer: more of them than allowed decide nothing."""
    server.answers["g-1"] = (400, '{"error": {"message": "no"}}')
    assert run(gates(MET), f"--mathbench-unmeasured={allowed}").ret == status


def test_an_interruption_stays_one(run: Run) -> None:
    """Ctrl-C is no verdict, whatever the gates would say."""
    beside = "def test_a(): raise KeyboardInterrupt\n"
    assert 2 == run(gates(MET), beside=beside, apart=True).ret


def test_the_verdicts_come_first_and_are_recorded(run: Run) -> None:
    """One line for all, one for each gate with its numbers, above the table; the run's folder keeps them."""
    run(gates(MET, "geometry >= 10%")).stdout.fnmatch_lines(
        [
            "*= mathbench: m =*",
            "gates: FAIL: a gate is not met",
            "  PASS  overall >= 50%",
            "          overall 66.7% (2/3), 95% interval 11.8% to 98.3%, for problems of this kind",
            "  FAIL  geometry >= 10%",
            "pass rate *",
        ]
    )
    (folder,) = Path(".mathbench").iterdir()
    assert ["PASS", "FAIL"] == [decision.status for decision in read_decisions(folder, pytest.fail)[0]]


def test_gates_may_stand_in_the_ini_file(run: Run, pytester: pytest.Pytester) -> None:
    """A list in pyproject.toml, one sentence each."""
    pytester.makepyprojecttoml('[tool.pytest]\nmathbench_gates = ["overall >= 50%", "every domain >= 1%"]\n')
    result = run()
    result.stdout.fnmatch_lines(["gates: FAIL*", "  PASS  overall >= 50%", "  FAIL  every domain >= 1%"])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"gates": ("overal >= 5%",)}, "gate: unknown bucket 'overal': did you mean overall"),
        ({"gates": ("number_theory >= 5%",)}, "unknown bucket 'number_theory'"),
        ({"gates": ("level5 >= 5%",)}, "gate: 'level5 >= 5%': no problem of level5 is selected"),
        ({"gates": ("overall no worse than baseline",)}, "there is no baseline; name one with --mathbench-baseline"),
        ({"gates": ("overall >= 60%", "overall <= 50%")}, "no run can meet both"),
        ({"gates": ("overall <= 50%",), "fail_under": 60.0}, "no run can meet both"),
    ],
)
def test_a_gate_that_cannot_be_decided_is_refused(settings: dict[str, Any], said: str) -> None:
    """With what to do."""
    problems = ProblemSet("two", (make_problem(), make_problem(id="g-1", domain="geometry")))
    with pytest.raises(ConfigurationError, match=re.escape(said)):
        read_gates(Settings(model="m", **settings), problems)


def test_a_refused_gate_ends_the_session_before_it_begins(run: Run, server: ScriptedServer) -> None:
    """No problem is asked."""
    result = run(gates("overal >= 5%"))
    result.stderr.fnmatch_lines(["ERROR: mathbench: gate: unknown bucket 'overal': did you mean overall*"])
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert server.asked == []


def test_baseline_is_what_gates_compare_with(run: Run, server: ScriptedServer) -> None:
    """A run that is as good passes; one that lost everything does not, if the pairs are enough to tell."""
    run("--mathbench-output=before")
    (before,) = Path("before").iterdir()
    named = [f"--mathbench-baseline={before}", gates("tokens per problem no more than 1.1 x baseline")]
    assert 0 == run(*named).ret
    server.default = "```python\nprint(0)\n```"
    worse = [f"--mathbench-baseline={before}", gates("overall no worse than baseline")]
    result = run(*worse)
    result.stdout.fnmatch_lines(["*overall -66.7 points, which may be chance (3 pairs, p 0.250;*"])
    assert 0 == result.ret


# Early


MANY = 40


@pytest.fixture
def early(
    pytester: pytest.Pytester, server: ScriptedServer, problem_file: Callable[..., Path]
) -> Callable[..., pytest.RunResult]:
    """Run 40 problems in two domains, all of them right, which may be decided early."""
    rows = [row(f"{domain[0]}-{n}", domain=domain) for n in range(MANY // 2) for domain in ("algebra", "geometry")]
    source = problem_file(*rows, name="many.jsonl")
    pytester.makepyfile(test_suite=SUITE)

    def start(*arguments: str, gate: str = "overall >= 50%") -> pytest.RunResult:
        given = ["--mathbench-model=m", f"--mathbench-problems={source}", f"--mathbench-base-url={server.url}"]
        how = ["--mathbench-decide=early", "--mathbench-concurrency=2", gates(gate), "--mathbench-output=out"]
        return pytester.runpytest(*given, *how, *arguments, ".")

    return start


def decided_at(folder: Path) -> int | None:
    """Return after how many problems a recorded run was decided; it must have been one that might be early."""
    _, settlement = read_decisions(folder, pytest.fail)
    assert settlement
    return settlement.decided


def only_run(output: str = "out") -> Path:
    """Return the folder of the one run."""
    (folder,) = Path(output).iterdir()
    return folder


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_run_stops_when_its_gates_are_decided(early: Run, server: ScriptedServer, workers: str) -> None:
    """The rest is not run, the verdict is the exit status, and the first problem that was enough is the same."""
    server.default = (
        "```python\nimport time\ntime.sleep(0.2)  # or workers are done before they are told\nprint(42)\n```"
    )
    result = early(workers)
    result.stdout.fnmatch_lines(["gates: PASS*", "decided: early, by the first 10 of 40*", "*the gates are decided*"])
    assert result.ret == 0
    assert decided_at(only_run()) == 10
    assert 10 <= len(results_of(only_run())) < MANY


def test_items_are_run_in_the_recorded_order(early: Run) -> None:
    """It is drawn before the run, and is in run.json with its seed."""
    early("-n0", "--mathbench-seed=3")
    info = read_info(only_run())
    made = [result.problem.id for result in results_of(only_run())]
    assert info.order_seed == 3
    assert made == [place.problem for place in info.order][: len(made)]


def test_a_killed_run_is_decided_as_an_undisturbed_one(early: Run) -> None:
    """What it had counts when it goes on; the problem that decides is the same."""
    early("-n0", gate="overall >= 60%")
    undisturbed = only_run()
    half = Path("half")
    shutil.copytree(undisturbed, half)
    lines = (half / RESULTS).read_text().splitlines(keepends=True)
    (half / RESULTS).write_text("".join(lines[:5]))
    (half / REPORT).unlink()
    result = early("-n2", f"--mathbench-resume={half.absolute()}", gate="overall >= 60%")
    result.stdout.fnmatch_lines(["*resuming*", "gates: PASS*"])
    assert decided_at(half) == decided_at(undisturbed)


def test_a_run_in_another_order_is_not_resumed(early: Run) -> None:
    """Its looks were at other beginnings."""
    early("-n0")
    result = early("-n0", f"--mathbench-resume={only_run().absolute()}", "--mathbench-decide=end")
    result.stderr.fnmatch_lines(["*cannot be resumed: its settings differ: order_seed was 0, now unset*"])


def test_merged_shards_are_decided_at_the_same_problem(early: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """A shard is made whole, since its beginning is not the run's; together they are decided as the run would be."""
    for number in (1, 2):
        early("-n0", f"--mathbench-shard={number}/2", f"--mathbench-output=shard{number}")
    shards = [only_run(f"shard{number}") for number in (1, 2)]
    assert [MANY // 2] * 2 == [len(results_of(shard)) for shard in shards]
    assert 0 == main(["merge", *map(str, shards), "--output", "merged"])
    capsys.readouterr()
    assert 0 == main(["gate", str(only_run("merged")), "overall >= 50%"])
    assert "decided: early, by the first 10 of 40 problems" in capsys.readouterr().out


def test_a_run_that_no_beginning_decides_is_decided_by_all_of_it(early: Run) -> None:
    """A threshold at the very rate is not settled before the end."""
    result = early("-n0", gate="overall >= 100%")
    result.stdout.fnmatch_lines(["gates: PASS*", "decided: by the whole run*", "  PASS  overall >= 100%"])
    assert len(results_of(only_run())) == MANY


@pytest.mark.parametrize(
    ("gate", "said"),
    [
        ("execution p95 <= 2 s", "drop --mathbench-decide=early, or make it advisory"),
        ("advisory: overall >= 2%", "advisory gates decide no run"),
    ],
)
def test_what_cannot_be_decided_early_is_refused(gate: str, said: str) -> None:
    """With what to do."""
    with pytest.raises(ConfigurationError, match=said):
        read_gates(Settings(model="m", gates=(gate,), decide="early"), ProblemSet("one", (make_problem(),)))


def test_without_early_decisions_everything_is_run(run: Run) -> None:
    """A gate that is decided stops nothing unless that was asked for, and the order is the set's own."""
    run(gates("overall >= 0%")).stdout.fnmatch_lines(["outcomes: 2 correct, 1 wrong; 0 not measured"])
    (folder,) = Path(".mathbench").iterdir()
    assert read_info(folder).order_seed is None
    assert ["a-1", "a-2", "g-1"] == [result.problem.id for result in results_of(folder)]


def test_a_baseline_that_was_measured_otherwise_is_refused(run: Run) -> None:
    """The fields that differ are named."""
    run("--mathbench-output=before", "--mathbench-max-tokens=77")
    (before,) = Path("before").iterdir()
    result = run(f"--mathbench-baseline={before}", gates("overall no worse than baseline"))
    result.stderr.fnmatch_lines(
        ["*cannot be compared with: its settings differ: sampling.max_tokens was 77, now 1024*"]
    )
