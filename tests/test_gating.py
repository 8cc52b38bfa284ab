"""The exit status in real sessions: gates forgive the model's wrong answers, and nothing else."""

from collections.abc import Callable
from pathlib import Path

import pytest
from factories import results_of

from conftest import ScriptedServer, row
from pytest_mathbench.reporting.verdicts import read

MET, NOT_MET, OPEN = "overall >= 50%", "overall >= 90%", "overall >= 50% with 95% confidence"
UNRELATED = "def test_other(): assert False\n"
BROKEN = "raise OSError('broken')\n"
SUITE = "def test_problem(problem, mathbench): mathbench(problem)\n"
WORKERS = pytest.mark.parametrize("workers", ["-n0", "-n2"])


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


CASES = [
    ([], "", 1),
    ([gates(MET)], "", 0),
    ([gates(NOT_MET)], "", 1),
    ([gates(OPEN)], "", 6),
    ([gates(MET, NOT_MET)], "", 1),
    ([gates(MET)], UNRELATED, 1),
    ([gates(MET), "--continue-on-collection-errors"], BROKEN, 1),
    ([gates(MET), "-x"], "", 6),
    ([gates(MET), "-k", "nothing"], "", 5),
    (["--mathbench-fail-under=66.6"], "", 0),
    (["--mathbench-fail-under=66.7"], "", 1),
]
"""Arguments, what stands beside the suite, and the exit status; benchmarks/exit_status.py has all of them twice."""


@pytest.mark.parametrize(("arguments", "beside", "status"), CASES)
def test_the_exit_status(run: Run, arguments: list[str], beside: str, status: int) -> None:
    """Gate met or not × wrong answers, an unrelated failure or error, a stop, an empty selection."""
    assert status == run(*arguments, beside=beside).ret


@pytest.mark.parametrize(
    ("arguments", "beside", "status"),
    [([gates(MET)], "", 0), ([gates(MET), "-x"], "", 6), ([gates(MET)], UNRELATED, 1)],
)
def test_the_exit_status_under_xdist(run: Run, arguments: list[str], beside: str, status: int) -> None:
    """Workers change nothing about it."""
    assert status == run(*arguments, beside=beside, workers="-n2").ret


def test_what_cannot_be_collected_is_not_forgiven(run: Run) -> None:
    """Pytest stops there; xdist runs what is left, and the run fails."""
    assert (2, 1) == tuple(run(gates(MET), beside=BROKEN, workers=workers).ret for workers in ("-n0", "-n2"))


@pytest.mark.parametrize(("allowed", "status"), [("0", 6), ("1", 0)])
def test_what_is_not_measured_is_not_forgiven_beyond_a_bound(
    run: Run, server: ScriptedServer, allowed: str, status: int
) -> None:
    """A fault of the endpoint's is no wrong answer: more of them than allowed decide nothing."""
    server.answers["g-1"] = (400, '{"error": {"message": "no"}}')
    result = run(gates(MET), f"--mathbench-unmeasured={allowed}")
    assert status == result.ret


def test_an_interruption_stays_one(run: Run) -> None:
    """Ctrl-C is no verdict, whatever the gates would say."""
    beside = "def test_a(): raise KeyboardInterrupt\n"
    assert 2 == run(gates(MET), beside=beside, apart=True).ret


def test_the_verdicts_come_first_and_are_recorded(run: Run) -> None:
    """One line for all, one for each gate with its numbers, above the table; the run's folder keeps them."""
    run(gates(MET, "geometry >= 10%")).stdout.fnmatch_lines(
        [
            "*= mathbench: m =*",
            "gates: FAIL: a gate does not hold",
            "  PASS  overall >= 50%",
            "          overall 66.7% (2/3), 95% interval 20.8% to 93.9%",
            "  FAIL  geometry >= 10%",
            "pass rate *",
        ]
    )
    (folder,) = Path(".mathbench").iterdir()
    assert ["PASS", "FAIL"] == [decision.status for decision in read(folder)]


def test_gates_may_stand_in_the_ini_file(run: Run, pytester: pytest.Pytester) -> None:
    """A list in pyproject.toml, one sentence each."""
    pytester.makepyprojecttoml('[tool.pytest]\nmathbench_gates = ["overall >= 50%", "every domain >= 1%"]\n')
    result = run()
    result.stdout.fnmatch_lines(["gates: FAIL*", "  PASS  overall >= 50%", "  FAIL  every domain >= 1%"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([gates("overal >= 5%")], "gate: unknown bucket 'overal': did you mean overall"),
        ([gates("number_theory >= 5%")], "unknown bucket 'number_theory'"),
        ([gates("level5 >= 5%")], "gate: 'level5 >= 5%': no problem of level5 is selected"),
        ([gates("overall no worse than baseline")], "there is no baseline; name one with --mathbench-baseline"),
        ([gates("overall >= 60%", "overall <= 50%")], "no run can bear out both"),
        ([gates("overall no worse than baseline"), "--mathbench-baseline=none"], "no baseline 'none'"),
    ],
)
def test_a_gate_that_cannot_be_decided_is_refused_at_the_start(
    run: Run, server: ScriptedServer, arguments: list[str], said: str
) -> None:
    """Before any problem is asked, with what to do."""
    result = run(*arguments)
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    assert said in "\n".join([*result.errlines, *result.outlines])
    assert [] == server.asked


def test_baseline_is_what_gates_compare_with(run: Run, server: ScriptedServer) -> None:
    """A run that is as good passes; one that lost everything does not, if the pairs are enough to tell."""
    run("--mathbench-output=before")
    (before,) = Path("before").iterdir()
    named = [f"--mathbench-baseline={before}", gates("tokens per problem no more than 1.1 x baseline")]
    assert 0 == run(*named).ret
    server.default = "```python\nprint(0)\n```"
    worse = [f"--mathbench-baseline={before}", gates("overall no worse than baseline")]
    result = run(*worse)
    result.stdout.fnmatch_lines(["*overall -66.7 points, which may be chance (3 pairs, p 0.250 of 1,*"])
    assert 0 == result.ret


@WORKERS
def test_decide_early_stops_when_every_gate_is_settled(
    run: Run, problem_file: Callable[..., Path], workers: str
) -> None:
    """Nothing that is left could change the verdict: the rest is not run, and the verdict says what settled it."""
    many = problem_file(
        *(row(f"a-{number}", answer="42" if number < 20 else "43") for number in range(60)), name="many.jsonl"
    )
    given = [f"--mathbench-problems={many}", "--mathbench-decide-early", "--mathbench-concurrency=2"]
    result = run(*given, gates("overall >= 10%"), workers=workers)
    result.stdout.fnmatch_lines(["gates: PASS*", "*settled by * of 60 attempts, whatever*", "*every gate is settled*"])
    (folder,) = Path(".mathbench").iterdir()
    assert (0, True) == (result.ret, 6 <= len(results_of(folder)) < 60)


def test_without_decide_early_everything_is_run(run: Run) -> None:
    """A gate that is settled stops nothing unless that was asked for."""
    run(gates("overall >= 0%")).stdout.fnmatch_lines(["outcomes: 2 correct, 1 wrong; 0 not measured"])


def test_a_baseline_that_was_measured_otherwise_is_refused(run: Run) -> None:
    """The fields that differ are named."""
    run("--mathbench-output=before", "--mathbench-max-tokens=77")
    (before,) = Path("before").iterdir()
    result = run(f"--mathbench-baseline={before}", gates("overall no worse than baseline"))
    result.stderr.fnmatch_lines(["*was measured otherwise: sampling.max_tokens was 77, now 1024*"])
