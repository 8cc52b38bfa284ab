"""A judge is asked about answers as the options say, and a run reports it beside the symbols."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from factories import results_of

from conftest import ScriptedServer, row
from pytest_mathbench.records import ItemResult

Run = Callable[..., pytest.RunResult]


def rating(number: int) -> str:
    """What a judge answers."""
    return json.dumps({"reason": "as I see it", "rating": number})


@pytest.fixture
def judge() -> Iterator[ScriptedServer]:
    """An endpoint that judges: it rates everything 5."""
    scripted = ScriptedServer()
    scripted.default = rating(5)
    yield scripted
    scripted.close()


ASKED = ("--mathbench-judge-base-url=JUDGE", "--mathbench-judge-model=owl")
"""Have a judge asked."""


@pytest.fixture
def run(pytester: pytest.Pytester, server: ScriptedServer, judge: ScriptedServer, problem_file) -> Run:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Run three problems: the answers are right strictly, right leniently, wrong."""
    path = problem_file(row("right"), row("loose", answer="\\frac{1}{2}"), row("wrong"))
    server.answers = {"loose": "```python\nprint('2/4')\n```", "wrong": "```python\nprint(7)\n```"}

    def start(*arguments: str) -> pytest.RunResult:
        return pytester.runpytest(
            "--mathbench-model=m",
            f"--mathbench-base-url={server.url}",
            f"--mathbench-problems={path}",
            *(argument.replace("JUDGE", judge.url) for argument in arguments),
        )

    return start


def results(pytester: pytest.Pytester) -> dict[str, ItemResult]:
    """The results of the one run, by problem."""
    (folder,) = (pytester.path / ".mathbench").iterdir()
    return {result.problem.id: result for result in results_of(folder)}


def test_nobody_is_asked_unless_a_judge_is_named(run: Run, judge: ScriptedServer) -> None:
    """By itself the score is the strict one, and the lenient one stands beside it."""
    result = run()
    assert {"passed": 1, "wrong": 2} == result.parseoutcomes()
    result.stdout.fnmatch_lines(["verdicts: strict 1/3 (33.3%), lenient 2/3 (66.7%)"])
    assert [] == judge.requests


@pytest.mark.parametrize(("which", "asked"), [("fallback", 2), ("all", 3), ("off", 0)])
def test_judge(run: Run, judge: ScriptedServer, pytester: pytest.Pytester, which: str, asked: int) -> None:
    """A judge is asked about all answers, or those that strict symbols reject; the strict score stays what it is."""
    result = run(*ASKED, f"--mathbench-judge={which}")
    assert {"passed": 1, "wrong": 2} == result.parseoutcomes()
    ratings = [each.grade.judgement for each in results(pytester).values() if each.grade and each.grade.judgement]
    assert [5] * asked == [judgement.rating for judgement in ratings]
    assert asked == len(judge.asked)


def test_judge_base_url_and_judge_model(run: Run, judge: ScriptedServer) -> None:
    """An endpoint asks for a judge; the model that judges there is the one that is named."""
    run(*ASKED)
    assert {"owl"} == {request["model"] for request in judge.requests}


def test_judge_api_key_env(run: Run, judge: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The judge's key comes out of the variable that is named; one that is not set is an error before any work."""
    judge.key = "secret"
    options = (
        "--mathbench-judge-base-url=JUDGE",
        "--mathbench-judge-model=owl",
        "--mathbench-judge-api-key-env=OWL_KEY",
    )
    result = run(*options)
    result.stderr.fnmatch_lines(["*environment variable OWL_KEY should hold the API key, but is not set"])
    monkeypatch.setenv("OWL_KEY", "secret")
    assert {"passed": 1, "wrong": 2} == run(*options).parseoutcomes()


@pytest.mark.parametrize(("verdict", "passed"), [("strict", 1), ("lenient", 2), ("judge", 3)])
def test_verdict(run: Run, verdict: str, passed: int) -> None:
    """The outcome of an item is by the verdict that is asked for."""
    outcomes = run(*ASKED, f"--mathbench-verdict={verdict}").parseoutcomes()
    assert passed == outcomes["passed"]
    assert 3 - passed == outcomes.get("wrong", 0)


def test_the_report_holds_judge_against_symbols(run: Run) -> None:
    """Table, agreement, kappa, costs and ratings by domain are shown; a judge that flatters shows."""
    run(*ASKED, "--mathbench-judge=all").stdout.fnmatch_lines(
        [
            "verdicts: strict 1/3 (33.3%), lenient 2/3 (66.7%), judge 3/3 (100.0%)",
            "judge, 3 answers  strict: right  strict: wrong",
            "4 or 5                        1              2",
            "1 to 3                        0              0",
            "agreement: 33.3%, Cohen's kappa 0.00; 0 without a rating",
            "cost of judging: 30 prompt tokens, 60 completion tokens, * s",
            "ratings  1  2  3  4  5",
            "Algebra  0  0  0  0  3",
        ]
    )


@pytest.mark.parametrize(
    ("verdict", "outcomes"), [("strict", {"passed": 1, "wrong": 2}), ("judge", {"passed": 1, "errors": 2})]
)
@pytest.mark.parametrize("answer", ["I cannot help with that.", (400, '{"error": {"message": "no"}}')])
def test_a_judge_without_a_rating(
    run: Run, judge: ScriptedServer, verdict: str, outcomes: dict[str, int], answer: str | tuple[int, str]
) -> None:
    """Where the judge's word is the outcome, an item that it gives no rating is not measured; else it is noted."""
    judge.answers = {"Problem ": answer}
    result = run(*ASKED, f"--mathbench-verdict={verdict}")
    assert outcomes == result.parseoutcomes()
    if verdict == "strict":
        result.stdout.fnmatch_lines(["*; 2 without a rating"])


def test_a_judge_that_does_not_answer_ends_the_session_at_once(run: Run, server: ScriptedServer) -> None:
    """The judge is probed before anything is measured."""
    result = run("--mathbench-judge-base-url=http://127.0.0.1:9/v1", "--mathbench-judge-model=owl")
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    assert [] == server.asked


def test_under_xdist_the_controller_asks_the_judge(run: Run, judge: ScriptedServer) -> None:
    """Workers reach the judge as they reach the model: each answer is judged once."""
    result = run(*ASKED, "--mathbench-verdict=judge", "-n1")
    assert result.parseoutcomes()["passed"] == 3
    assert len(judge.asked) == 2


def test_a_judgement_is_not_made_twice(run: Run, judge: ScriptedServer, pytester: pytest.Pytester) -> None:
    """A run that is gone on with knows what was judged."""
    run(*ASKED, "--mathbench-judge=all")
    judge.requests.clear()
    run(*ASKED, "--mathbench-judge=all", "--mathbench-resume")
    assert [] == judge.asked


def test_a_replayed_run_can_be_judged(
    run: Run, judge: ScriptedServer, server: ScriptedServer, pytester: pytest.Pytester, tmp_path: Path
) -> None:
    """A recorded run's answers are judged later, and the model is not asked again."""
    run()
    (folder,) = (pytester.path / ".mathbench").iterdir()
    server.requests.clear()
    outcomes = pytester.runpytest(
        f"--mathbench-replay={folder}",
        f"--mathbench-problems={tmp_path / 'set.jsonl'}",
        f"--mathbench-judge-base-url={judge.url}",
        "--mathbench-judge-model=owl",
        "--mathbench-verdict=judge",
    ).parseoutcomes()
    assert {"passed": 3} == outcomes
    assert [] == server.requests
    assert len(judge.asked) == 2
