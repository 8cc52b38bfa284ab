"""The report for machines is valid by its published schema; the summary of a CI job is a table, whatever is in it."""

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from factories import make_fault, make_problem, make_result, make_run_info

from conftest import ScriptedServer, row
from pytest_mathbench.analysis import scores
from pytest_mathbench.analysis.gates import Decision, Status
from pytest_mathbench.records import Outcome
from pytest_mathbench.reporting.export import as_json, as_markdown

SCHEMA = json.loads((Path(__file__).parent.parent / "docs" / "report.schema.json").read_text())
DECISIONS = [Decision(status=Status.FAIL, gate="overall >= 60%", sentence="overall 50.0% (1/2)")]
RESULTS = [make_result(), make_result(Outcome.WRONG, problem=make_problem(id="b", level=2)), make_fault()]


@pytest.mark.parametrize("decisions", [[], DECISIONS])
@pytest.mark.parametrize("results", [[], RESULTS, [make_fault()]], ids=["empty", "some", "nothing measured"])
def test_a_report_is_valid_by_the_schema(results: list[scores.ItemResult], decisions: list[Decision]) -> None:
    """Whatever was measured, with gates and without."""
    made = json.loads(json.dumps(as_json(make_run_info(), scores.report(results), decisions)))
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert [] == [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(made)]


def test_a_report_says_what_was_measured() -> None:
    """Rates with their intervals, outcomes, what was not measured, what was not solved."""
    made = as_json(make_run_info(), scores.report(RESULTS), DECISIONS)
    assert (1, 2, 0.5) == tuple(made["total"][name] for name in ("correct", "measured", "rate"))
    assert {"problem": "algebra-1-001", "fault": "the server died"} == made["not_measured"][0]
    assert (["b"], "FAIL") == (made["unsolved"], made["gates"]["status"])


def test_a_summary_is_a_table_whatever_is_in_it() -> None:
    """Names of models, domains and gates cannot break out of their cells, nor become markup."""
    info = make_run_info(model="a|b <script>alert(1)</script>\n# x")
    strange = make_result(problem=make_problem(id="s", domain="x | y"))
    lines = list(as_markdown(info, scores.report([*RESULTS, strange]), DECISIONS))
    assert "### mathbench: a\\|b \\<script\\>alert(1)\\</script\\> \\# x" == lines[0]
    tables = [line.replace("\\|", "") for line in lines if line.startswith("| ")]
    assert {4, 5} == {line.count("|") for line in tables}


def test_a_run_leaves_reports_for_others(
    pytester: pytest.Pytester,
    server: ScriptedServer,
    problem_file: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """report.json, the GitHub job's summary where there is one, JUnit with cases' and the suite's properties."""
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    source = problem_file(row("a-1"), row("a-2", answer="43"))
    server.default = "```python\nimport time\ntime.sleep(0.25)\nprint(42)\n```"
    result = pytester.runpytest(
        *("--mathbench-model=m", f"--mathbench-problems={source}", f"--mathbench-base-url={server.url}"),
        *("--mathbench-fail-under=60", "--junitxml=junit.xml", "--durations=2", "--durations-min=0.2", "-vv"),
    )
    result.stdout.re_match_lines([r"0\.\d\ds call .*\[a-[12]\]"])
    (folder,) = Path(".mathbench").iterdir()
    made = json.loads((folder / "report.json").read_text())
    assert [] == list(jsonschema.Draft202012Validator(SCHEMA).iter_errors(made))
    assert ("FAIL", True) == (made["gates"]["status"], "**FAIL**" in summary.read_text())
    suite = ET.parse("junit.xml").getroot()[0]  # noqa: S314 - a file of our own
    properties = {each.get("name"): each.get("value") for each in suite.findall("properties/property")}
    assert ("m", "1", "2", "FAIL") == tuple(
        properties[f"mathbench_{name}"] for name in ("model", "correct", "measured", "gates")
    )
    cases = [{each.get("name"): each.get("value") for each in case.iter("property")} for case in suite.iter("testcase")]
    assert {("algebra", "1", "correct"), ("algebra", "1", "wrong")} == {
        (case["domain"], case["level"], case["outcome"]) for case in cases
    }
