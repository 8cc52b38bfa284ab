"""Grading is tried on known answers, and on every reference, before anything is measured."""

from collections import Counter
from collections.abc import Iterator

import pytest
from factories import make_problem

from conftest import ScriptedServer, row
from pytest_mathbench import problems
from pytest_mathbench.cli import main
from pytest_mathbench.errors import GradingError
from pytest_mathbench.grading import selftest
from pytest_mathbench.grading.grade import WARM_MODULE
from pytest_mathbench.sandbox import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Start a sandbox that is warm for grading."""
    with Sandbox([WARM_MODULE]) as warm:
        yield warm


def test_the_known_pairs_are_graded_as_they_should_be(sandbox: Sandbox) -> None:
    """About sixty pairs, of all three kinds, and the references of the bundled set pass here."""
    kinds = Counter(kind for _, _, kind in selftest.KNOWN)
    bundled = problems.load("")
    assert len(selftest.KNOWN) + len(bundled.problems) == selftest.run(sandbox, bundled.problems, bundled.places)
    assert {selftest.STRICTLY: True, selftest.LENIENTLY: True, selftest.NOT: True} == {
        kind: count > 5 for kind, count in kinds.items()
    }


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (("1", "2", selftest.STRICTLY), "^self-test: '1' is to be strictly equal to '2', and is not"),
        (("1", "1", selftest.NOT), "^self-test: '1' is to be not equal to '1', and is strictly"),
        (("2/4", "1/2", selftest.STRICTLY), "^self-test: '2/4' is to be strictly equal to '1/2', and is leniently"),
    ],
)
def test_a_pair_that_is_graded_otherwise_is_named(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, pair: tuple[str, str, str], message: str
) -> None:
    """Any other verdict than the known one stops everything, with the pair and what to look at."""
    monkeypatch.setattr(selftest, "KNOWN", (pair,))
    with pytest.raises(GradingError, match=message):
        selftest.run(sandbox)


@pytest.mark.parametrize("answer", ["\\frac{1}{", "((", "%", "\\begin{pmatrix} 1", "9" * 3000 + "("])
def test_a_reference_that_cannot_be_read_is_named(sandbox: Sandbox, answer: str) -> None:
    """A reference without a value names its file and line."""
    with pytest.raises(GradingError, match=r"^set\.jsonl, line 7: the reference '.* cannot be read"):
        selftest.run(sandbox, [make_problem(id="x", answer=answer)], {"x": "set.jsonl, line 7"})


def test_a_run_stops_at_a_bad_reference(pytester: pytest.Pytester, server: ScriptedServer, problem_file) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Nothing is measured while a reference cannot be read; requests that were made meanwhile are of no account."""
    path = problem_file(row("a"), row("b", answer="\\frac{1}{"))
    result = pytester.runpytest(
        "--mathbench-model=m", f"--mathbench-base-url={server.url}", f"--mathbench-problems={path}"
    )
    result.assert_outcomes(errors=1)
    assert f"{path}, line 2: the reference '\\\\frac{{1}}{{' cannot be read" in result.stdout.str()
    assert 0 != result.ret


def test_the_command(capsys: pytest.CaptureFixture[str], problem_file) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """`mathbench selftest` counts what it tried; a bad reference is status 4 with its place."""
    good, bad = problem_file(row("a")), problem_file(row("a", answer="(("), name="bad.jsonl")
    statuses = [main(["selftest", "--problems", str(path)]) for path in (good, bad)]
    said = capsys.readouterr()
    assert [0, 4] == statuses
    assert f"{len(selftest.KNOWN)} known pairs and 1 references of {good} are graded as they should be\n" == said.out
    assert f"{bad}, line 1: the reference '((' cannot be read" in said.err
