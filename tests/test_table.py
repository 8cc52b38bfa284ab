"""A report is shown as aligned lines that say what was measured, and what was not."""

import pytest
from factories import make_completion, make_execution, make_fault, make_grade, make_problem, make_result

from pytest_mathbench.analysis.scores import report
from pytest_mathbench.domains import Domain
from pytest_mathbench.records import ItemResult, Outcome
from pytest_mathbench.reporting.table import lines

GEOMETRY = make_problem(domain=Domain.GEOMETRY, level=5)
PREALGEBRA = make_problem(domain=Domain.PREALGEBRA, level=1)

WHOLE = """\
pass rate       level 1     level 5           all
prealgebra  9/11  81.8%           -   9/11  81.8%
geometry              -  1/3  33.3%    1/3  33.3%
all         9/11  81.8%  1/3  33.3%  10/14  71.4%

verdicts: strict 10/14  71.4%, lenient 10/14  71.4%

outcomes: 10 correct, 3 wrong, 1 no_program; 3 not measured
of these: 1 cut off by the token limit, 1 undecided (not comparable within the limits, counted as wrong)
tokens: 140 of prompts, 280 of completions

seconds     generation: mean   p50    p95  program CPU: mean    p50    p95
prealgebra             11.09  2.00  52.00              0.475  0.500  0.500
geometry                2.00  2.00   2.00              0.250  0.250  0.250
all                     9.14  2.00  37.00              0.423  0.500  0.500
mean seconds of the other stages: queued 0.500 (p95 0.500), execution 0.300 (p95 0.300), grading 0.010 (p95 0.010)

not measured: 3 (outside the pass rates; neither right nor wrong)
  2 × the server died
  1 × no sandbox"""


def test_the_whole_table() -> None:
    """Rates by domain and level, outcomes, durations and faults stand in this order, in the domains' own order."""
    results = [
        make_result(problem=GEOMETRY),
        *[make_result(Outcome.WRONG, problem=GEOMETRY) for _ in range(2)],
        *[make_result(problem=PREALGEBRA, execution=make_execution(cpu_seconds=0.5)) for _ in range(9)],
        make_result(
            Outcome.NO_PROGRAM,
            problem=PREALGEBRA,
            completion=make_completion(seconds=102.0, finish_reason="length"),
            execution=None,
            grade=None,
        ),
        make_result(Outcome.WRONG, problem=PREALGEBRA, grade=make_grade(correct=False, rule="undecided")),
        make_fault("the server\ndied", problem=make_problem(level=3)),
        make_fault("the server died"),
        make_fault("no sandbox"),
    ]
    assert WHOLE == "\n".join(lines(report(results)))


NARROW = """\
pass rate  level 1  level 5     all
algebra     100.0%        -  100.0%
geometry         -    66.7%   66.7%
all         100.0%    66.7%   75.0%"""


def test_a_narrow_terminal_shows_rates_alone() -> None:
    """Right and measured are left out where they have no room, and in a log never."""
    results = [make_result(problem=make_problem(level=1))]
    results += [make_result(outcome, problem=GEOMETRY) for outcome in (Outcome.CORRECT, Outcome.CORRECT, Outcome.WRONG)]
    found = report(results)
    wide = list(lines(found))
    assert "2/3  66.7%" in wide[2]
    room = max(map(len, wide[:4]))
    assert (wide, NARROW.splitlines()) == (list(lines(found, room)), list(lines(found, room - 1))[:4])


def test_a_run_without_results() -> None:
    """A run that measured nothing shows no rate, no tokens and no duration, rather than zeros."""
    assert ["outcomes: none; 0 not measured"] == list(lines(report([])))


@pytest.mark.parametrize(
    ("results", "line"),
    [
        ([make_result()], "outcomes: 1 correct; 0 not measured"),
        ([make_fault()], "outcomes: none; 1 not measured"),
        (
            [make_result(outcome) for outcome in reversed(Outcome)],
            "outcomes: 1 correct, 1 wrong, 1 no_answer, 1 crashed, 1 timed_out, 1 no_program; 0 not measured",
        ),
    ],
)
def test_outcomes_are_counted(results: list[ItemResult], line: str) -> None:
    """Outcomes that occurred are named in a fixed order; what was not measured is always counted."""
    assert line in list(lines(report(results)))


def test_asides_are_shown_only_where_there_are_some() -> None:
    """A run without cut-off or undecided items says nothing of them."""
    assert [] == [line for line in lines(report([make_result()])) if line.startswith("of these")]


def test_what_programs_tried_is_shown_with_its_share() -> None:
    """The unsafe rate is of the programs that were run, with the kinds behind it."""
    executions = [make_execution(unsafe={"write": "openat", "network": "socket"}), make_execution(echoed=True)]
    shown = list(lines(report([make_result(execution=execution) for execution in executions])))
    assert "unsafe: 1 of 2 programs (50.0%) tried: 1 network, 1 write" in shown
    assert "of these: 1 whose last line was echoed" in shown


def test_faults_are_shown_by_cause() -> None:
    """Causes are counted, the most frequent first and the first five only, each in one line of bounded length."""
    faults = [make_fault(f"cause {number}\n  in two lines") for number in range(7) for _ in range(number + 1)]
    shown = list(lines(report([*faults, make_fault("x" * 1000), make_fault("x" * 1000)])))
    start = shown.index("not measured: 30 (outside the pass rates; neither right nor wrong)")
    assert [
        *[f"  {number + 1} × cause {number} in two lines" for number in (6, 5, 4, 3, 2)],
        "  and 3 other causes",
    ] == shown[start + 1 :]
    assert "  1 × " + "x" * 200 == list(lines(report([make_fault("x" * 1000)])))[-1]
