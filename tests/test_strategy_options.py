"""The options of strategies, each in a real session on a scripted endpoint that speaks tokens."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from factories import results_of
from token_server import TokenServer

from conftest import WORKERS, row
from pytest_mathbench.recording.recorded import read_info
from pytest_mathbench.records import ItemResult, Outcome

FENCE = "```python\n"
END = "\n```"
CRASHES = [FENCE, "print", "(", "43", "/", "0", ")", END]
FINE = [FENCE, "print", "(", "42", ")", END]


@pytest.fixture
def server() -> Iterator[TokenServer]:
    """A model that prefers a program that crashes where it might print the answer."""
    scripted = TokenServer(CRASHES, FINE)
    yield scripted
    scripted.close()


Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, server: TokenServer, problem_file: Callable[..., Path]) -> Run:
    """Run the bundled suite on the scripted server, with two problems."""
    source = problem_file(row("a-1"), row("a-2", answer="43"))

    def start(*arguments: str) -> pytest.RunResult:
        given = ["--mathbench-model=m", f"--mathbench-problems={source}", f"--mathbench-base-url={server.url}"]
        return pytester.runpytest(*given, *arguments)

    return start


def recorded() -> tuple[Path, list[ItemResult]]:
    """Return the one run that was recorded, and its results."""
    (path,) = Path(".mathbench").iterdir()
    return path, results_of(path)


@WORKERS
def test_strategy_regenerates_where_a_program_goes_wrong(run: Run, workers: str) -> None:
    """A crash is mended from its own line on; the result tells how, what it cost, and what the first outcome was."""
    result = run("--mathbench-strategy=regenerate", workers)
    result.stdout.fnmatch_lines(
        [
            "mathbench: strategy regenerate on syntax, verdict; at most 8 regenerations, 4096 tokens",
            "outcomes: 1 correct, 1 wrong; 0 not measured",
            "strategy: * requests and 4 executions for 2 attempts; 2 regenerated, of which 1 became right and 0 wrong",
            "verdict *2 * 1 * 0 * 0",
        ]
    )
    path, results = recorded()
    efforts = [each.effort for each in results if each.effort]
    assert [Outcome.CRASHED] * 2 == [effort.first for effort in efforts]
    stood = [[standing.outcome for standing in effort.standings] for effort in efforts]
    assert [[Outcome.CRASHED, Outcome.CORRECT], [Outcome.CRASHED, Outcome.WRONG]] == stood
    assert str(results[0].program).strip() == "print(42)"
    assert all(step.detail.startswith("ZeroDivisionError") for effort in efforts for step in effort.regenerations)
    assert read_info(path).strategy.startswith("regenerate")
    assert [None, None] == [each.completion and each.completion.tokens for each in results]


@pytest.mark.parametrize("strategy", ["single", "stepwise"])
def test_strategy_leaves_a_crash_alone(run: Run, strategy: str) -> None:
    """One completion, however it is made, is what the model first says."""
    run(f"--mathbench-strategy={strategy}").stdout.fnmatch_lines(["outcomes: 2 crashed; 0 not measured"])


@WORKERS
@pytest.mark.parametrize("strategy", ["regenerate", "resample", "agree"])
def test_cut_ends_a_completion_at_its_first_certain_fault(
    run: Run, server: TokenServer, strategy: str, workers: str
) -> None:
    """The line that nothing mends is the last of it, and all that is paid for."""
    broken = [FENCE, "x = = 1", "\n", "print", "(", "1", ")", END]
    server.prefer(broken, FINE)
    result = run(f"--mathbench-strategy={strategy}", "--mathbench-cut", "--mathbench-regenerations=1", workers)
    result.stdout.fnmatch_lines([f"mathbench: strategy {strategy}*; cut where lost"])
    _, results = recorded()
    assert [3, 3] == [each.effort.standings[0].completion_tokens for each in results if each.effort]


@WORKERS
def test_names_are_found_before_anything_runs(run: Run, server: TokenServer, workers: str) -> None:
    """What is not defined is mended from its token on; a program that is known to fail is run for the record only."""
    undefined = [FENCE, "print", "(", "lenght", ")", END]
    server.prefer(undefined, FINE)
    result = run("--mathbench-strategy=regenerate", "--mathbench-triggers=names", workers)
    result.stdout.fnmatch_lines(
        [
            "mathbench: strategy regenerate on names; at most 8 regenerations, 4096 tokens",
            "outcomes: 1 correct, 1 wrong; 0 not measured",
            "names * 2 * 1 * 0 * 0",
        ]
    )
    _, results = recorded()
    steps = [step for each in results if each.effort for step in each.effort.regenerations]
    assert {("names", "line 1: NameError: name 'lenght' is not defined")} == {(s.trigger, s.detail) for s in steps}


@WORKERS
def test_cut_ends_a_completion_at_a_name_that_means_nothing(run: Run, server: TokenServer, workers: str) -> None:
    """Where names are looked for, the line that fails for certain is the last that is paid for."""
    broken = [FENCE, "x = lenght", "\n", "print", "(", "1", ")", END]
    server.prefer(broken, FINE)
    given = ["--mathbench-strategy=resample", "--mathbench-triggers=names", "--mathbench-regenerations=1"]
    run(*given, "--mathbench-cut", workers)
    _, results = recorded()
    assert [3, 3] == [each.effort.standings[0].completion_tokens for each in results if each.effort]


def test_lookahead_and_penalty_are_strategies_too(run: Run, server: TokenServer) -> None:
    """Each says by what it goes."""
    server.doubtful = {"43"}
    given = ["--mathbench-entropy=0.1", "--mathbench-strategy=lookahead"]
    run(*given).stdout.fnmatch_lines(["mathbench: strategy lookahead at entropy > 0.1; *", "strategy: *"])
    run("--mathbench-strategy=penalty").stdout.fnmatch_lines(
        ["mathbench: strategy penalty on syntax, verdict; *", "outcomes: 1 correct, 1 wrong; 0 not measured"]
    )


def test_strategies_can_be_streamed(run: Run, server: TokenServer) -> None:
    """With their tokens, in all their requests."""
    run("--mathbench-strategy=regenerate", "--mathbench-stream").stdout.fnmatch_lines(
        ["outcomes: 1 correct, 1 wrong; 0 not measured"]
    )
    assert any(request.get("stream") and "prompt" in request for request in server.requests)


@pytest.mark.parametrize("strategy", ["resample", "random"])
def test_the_controls_are_strategies_too(run: Run, strategy: str) -> None:
    """They regenerate for the same reasons, elsewhere, and are counted in the same way."""
    run(f"--mathbench-strategy={strategy}").stdout.fnmatch_lines(
        [f"mathbench: strategy {strategy} on *", "regenerations *"]
    )


@pytest.mark.parametrize("strategy", ["resample", "repair", "agree"])
def test_a_plain_endpoint_will_do(run: Run, server: TokenServer, strategy: str) -> None:
    """No logprobs, no ids, no going on from ids: what needs none of them is not asked for any."""
    server.lacks = {"logprobs", "ids", "completions"}
    result = run(f"--mathbench-strategy={strategy}", "--mathbench-regenerations=1")
    result.stdout.fnmatch_lines(
        [f"mathbench: strategy {strategy}*; at most 1 regenerations, *", "strategy: 4 requests *"]
    )
    _, results = recorded()
    for effort in (each.effort for each in results):
        assert effort is not None
        assert [1, 2] == [standing.requests for standing in effort.standings]
        assert effort.standings[-1].completion_tokens == effort.completion_tokens


def test_triggers_choose_what_is_regenerated_for(run: Run) -> None:
    """Without the verdict among them a crash is no reason, and nothing is run to look for one."""
    run("--mathbench-strategy=regenerate", "--mathbench-triggers=syntax").stdout.fnmatch_lines(
        [
            "outcomes: 2 crashed; 0 not measured",
            "strategy: 2 requests and 0 executions for 2 attempts; 0 regenerated, *",
        ]
    )


@pytest.mark.parametrize(("margin", "regenerated"), [("0.01", 0), ("0.05", 2)])
def test_margin_is_the_threshold_of_doubt(run: Run, server: TokenServer, margin: str, regenerated: int) -> None:
    """A token that leads the next by less is replaced, if margins are a trigger."""
    server.doubtful = {"43"}
    given = ["--mathbench-strategy=regenerate", "--mathbench-triggers=margin", f"--mathbench-margin={margin}"]
    run(*given).stdout.fnmatch_lines([f"strategy: *; {regenerated} regenerated, *"])


@pytest.mark.parametrize(("entropy", "regenerated"), [("0.1", 2), ("5", 0)])
def test_entropy_is_the_threshold_of_doubt(run: Run, entropy: str, regenerated: int) -> None:
    """A token whose distribution is wider is replaced, if entropies are a trigger."""
    given = ["--mathbench-strategy=regenerate", "--mathbench-triggers=entropy", f"--mathbench-entropy={entropy}"]
    run(*given).stdout.fnmatch_lines([f"strategy: *; {regenerated} regenerated, *"])


def test_regenerations_bound_the_tries(run: Run, server: TokenServer) -> None:
    """After so many the first completion stands."""
    server.prefer(*((FENCE, "1", "/", "0", sign, END) for sign in ("#", " ", "\n")))
    given = ["--mathbench-strategy=regenerate", "--mathbench-regenerations=1"]
    run(*given).stdout.fnmatch_lines(["outcomes: 2 crashed; 0 not measured", "ended by: regenerations 2"])


def test_token_budget_bounds_the_cost(run: Run) -> None:
    """The first completion uses it up: nothing is regenerated."""
    run("--mathbench-strategy=regenerate", "--mathbench-token-budget=8").stdout.fnmatch_lines(["ended by: tokens 2"])


@pytest.mark.parametrize("option", ["regenerations", "token-budget"])
def test_a_budget_of_nothing_is_refused(run: Run, option: str) -> None:
    """Zero is no bound but a mistake: without regenerations the strategy is called single."""
    result = run("--mathbench-strategy=regenerate", f"--mathbench-{option}=0")
    result.stderr.fnmatch_lines([f"ERROR: mathbench: --mathbench-{option}: '0': expected a whole number of at least 1"])


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--mathbench-strategy=magic", "expected one of single, stepwise, regenerate, *"),
        ("--mathbench-triggers=luck", "expected some of syntax, names, margin, entropy, verdict, separated by commas"),
        ("--mathbench-margin=2", "expected a number from 0 to 1"),
        ("--mathbench-protocol=none", "expected one of evstafev2025"),
    ],
)
def test_a_bad_value_is_refused(run: Run, option: str, said: str) -> None:
    """In one sentence, before anything is asked."""
    run(option).stderr.fnmatch_lines([f"ERROR: mathbench: *{said}"])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--mathbench-strategy=stepwise", "--mathbench-cut"], "nothing to put in the place"),
        (["--mathbench-cut"], "nothing to put in the place"),
        (["--mathbench-strategy=regenerate", "--mathbench-raw-prompt"], "needs messages"),
        (["--mathbench-strategy=resample", "--mathbench-triggers=entropy"], "entropy looks at tokens"),
        (["--mathbench-strategy=repair", "--mathbench-raw-prompt"], "needs messages"),
    ],
)
def test_what_does_not_go_with_a_strategy_is_refused(run: Run, given: list[str], said: str) -> None:
    """Before anything is asked, with what to drop."""
    run(*given).stderr.fnmatch_lines([f"ERROR: mathbench: *{said}*drop*"])


@pytest.mark.parametrize(
    ("lacking", "said"),
    [
        ("logprobs", "gives no logprobs"),
        ("ids", "gives no token ids (return_token_ids)"),
        ("completions", "does not go on from token ids in /completions"),
    ],
)
def test_what_an_endpoint_lacks_is_said_before_the_run(run: Run, server: TokenServer, lacking: str, said: str) -> None:
    """The session ends before any problem is asked, with what is missing and what to do; single needs none of it."""
    server.lacks = {lacking}
    result = run("--mathbench-strategy=stepwise")
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    result.stderr.fnmatch_lines([f"*the endpoint {said}*which the strategy needs*"])
    run().stdout.fnmatch_lines(["outcomes: 2 crashed; 0 not measured"])


def test_a_run_of_a_strategy_can_be_replayed(run: Run, pytester: pytest.Pytester, tmp_path: Path) -> None:
    """Every request is recorded, so that the whole search is repeated without a model."""
    run("--mathbench-strategy=regenerate")
    path, first = recorded()
    result = pytester.runpytest(
        *("--mathbench-model=m", f"--mathbench-problems={tmp_path / 'set.jsonl'}", "--mathbench-output=again"),
        *(f"--mathbench-replay={path}", "--mathbench-strategy=regenerate"),
    )
    result.stdout.fnmatch_lines(["outcomes: 1 correct, 1 wrong; 0 not measured"])
    (again,) = Path("again").iterdir()
    assert [each.effort and each.effort.regenerations for each in first] == [
        each.effort and each.effort.regenerations for each in results_of(again)
    ]


def test_protocol_measures_as_the_paper_did(
    pytester: pytest.Pytester, server: TokenServer, problem_file: Callable[..., Path]
) -> None:
    """The judge's word counts; header and table say what is stated, what is ours, and what was published."""
    source = problem_file(row("a-1"), row("a-2", answer="43"))
    server.prefer(FINE)
    ratings = TokenServer(['{"reason": "same", "rating": 4}'])
    result = pytester.runpytest(
        *("--mathbench-model=m", f"--mathbench-problems={source}", f"--mathbench-base-url={server.url}"),
        *("--mathbench-protocol=evstafev2025", f"--mathbench-judge-base-url={ratings.url}"),
        *("--mathbench-domain=algebra", "--mathbench-level=1", "--mathbench-per-cell=2"),
    )
    ratings.close()
    result.stdout.fnmatch_lines(
        [
            "mathbench: protocol evstafev2025: *arXiv 2501.17084v1*",
            "mathbench: as the paper states, except: per_cell 2 instead of 27",
            "mathbench:   temperature: 0, top-p 1",
            "all *2/2 100.0%*",
            "accuracy *2/2 (100.0%) *83.7% *gpt-4o-mini-2024-07-18*",
            "unsolved by this model: 0 of 2 problems",
        ]
    )


def test_reuse_asks_only_for_what_another_run_did_not(run: Run, server: TokenServer) -> None:
    """The first completion is one and the same for two strategies, and for one that needs no tokens; it says so."""
    run("--mathbench-strategy=resample", "--mathbench-output=first")
    (first,) = Path("first").iterdir()
    asked = len(server.requests)
    again = run("--mathbench-strategy=single", f"--mathbench-reuse={first}", "--mathbench-output=single")
    again.stdout.fnmatch_lines(
        [f"mathbench: what {first.name} has asked for already is taken from it", "outcomes: 2 crashed; 0 not measured"]
    )
    trials = sum("1+1=" in str(each) for each in server.requests[asked:])
    assert trials == len(server.requests) - asked
    (single,) = Path("single").iterdir()
    assert (first.name,) == read_info(single).reused
    assert [each.completion and each.completion.tokens for each in results_of(single)] == [None, None]


def test_reuse_of_what_is_no_run_is_refused(run: Run) -> None:
    """Before anything is asked."""
    run("--mathbench-reuse=nowhere").stderr.fnmatch_lines(["ERROR: mathbench: nowhere: no run is recorded here*"])
