"""report.json is written and read back; the summary of a CI job is Markdown, whatever is in it."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from factories import make_fault, make_problem, make_result, make_run_info, make_settlement
from markdown_it import MarkdownIt
from reports import NOTHING, rich_context, rich_results

from conftest import ScriptedServer, row
from pytest_mathbench.analysis.buckets import Bucket
from pytest_mathbench.analysis.decisions import Decision, Ground, Status
from pytest_mathbench.analysis.scores import Score
from pytest_mathbench.cli import main
from pytest_mathbench.recording.folder import RunFolder
from pytest_mathbench.recording.order import Place
from pytest_mathbench.records import Outcome
from pytest_mathbench.reporting.blocks import Block, Chart, Fact, Headline, Item, Listing, Part, Table
from pytest_mathbench.reporting.export import REPORT, as_json, as_markdown, as_text, read_decisions, schema
from pytest_mathbench.reporting.report import Report, report
from pytest_mathbench.reporting.sections.section import Context, Section

DECISIONS = [
    Decision(
        status=Status.FAIL,
        gate="overall >= 60%",
        grounds=(Ground(status=Status.FAIL, subject="overall", sentence="overall 50.0% (1/2)", value=0.5),),
    )
]
RESULTS = [
    make_result(),
    make_result(Outcome.WRONG, problem=make_problem(id="b", level=2)),
    make_fault(problem=make_problem(id="c")),
]
ATTACK = "a|b <script>alert(1)</script>\n# x [y](z) `c` *d* _e_ \\ ![i](j)\n- k"


# JSON


def test_a_report_says_what_was_measured() -> None:
    """The run, and each section under its name."""
    made = as_json(report(RESULTS), Context(make_run_info(model="m"), DECISIONS))
    assert 2 == made["schema"]
    assert "m" == made["run"]["model"]
    assert [section.name for section in Report().sections] == list(made)[2:]
    assert 0.5 == made["pass_rates"]["total"]["rate"]
    assert "FAIL" == made["gates"]["status"]


def test_the_text_is_ascii() -> None:
    """It survives every channel, lone surrogates included."""
    text = as_text(report([make_fault("\ud800 é")]), NOTHING)
    assert text.isascii()
    assert "\ud800 é" == json.loads(text)["not_measured"]["attempts"][0]["fault"]


def told(folder: Path) -> tuple[list[Decision], list[str]]:
    """Read a folder's decisions, and what was told of them."""
    warnings: list[str] = []
    decisions, _ = read_decisions(folder, warnings.append)
    return decisions, warnings


def test_when_gates_were_decided_is_read_back(tmp_path: Path) -> None:
    """With the evidence, of which the page can be made again."""
    context = replace(rich_context(), settlement=make_settlement())
    (tmp_path / REPORT).write_text(as_text(report(rich_results()), context))
    assert read_decisions(tmp_path, pytest.fail)[1] == make_settlement()


def test_the_report_leaves_the_order_to_run_json() -> None:
    """It is long, and follows from its seed, which is there."""
    place = Place(problem="a", domain="algebra", level=1)
    run = as_json(Report(), Context(make_run_info(order_seed=3, order=(place,))))["run"]
    assert run["order"] == ()
    assert run["order_seed"] == 3


def test_decisions_are_read_back(tmp_path: Path) -> None:
    """As they were made, with all their numbers."""
    context = rich_context()
    (tmp_path / REPORT).write_text(as_text(report(rich_results()), context))
    decisions, warnings = told(tmp_path)
    assert list(context.decisions) == decisions
    assert [] == warnings


@pytest.mark.parametrize("text", [None, as_text(Report(), NOTHING)])
def test_a_folder_without_gates_holds_no_decisions(tmp_path: Path, text: str | None) -> None:
    """Nothing is wrong with that."""
    if text is not None:
        (tmp_path / REPORT).write_text(text)
    assert ([], []) == told(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"gates": {}}',
        '{"gates": {"decisions": [1]}}',
        '{"schema": 1, "gates": {"decisions": [{"status": "PASS", "gate": "overall >= 1%", "sentence": "x"}]}}',
    ],
)
def test_decisions_that_cannot_be_read_are_told(tmp_path: Path, text: str) -> None:
    """They are left out, and not in silence: a report of an older version is one of these."""
    (tmp_path / REPORT).write_text(text)
    decisions, warnings = told(tmp_path)
    assert [] == decisions
    assert [True] == [f"{tmp_path / REPORT}: its gates cannot be read, and are left out" in each for each in warnings]


# Markdown


def rendered(*blocks: Block, title: str = "T") -> str:
    """Return what a section of these blocks is in a job's summary, as HTML."""
    made = Report()
    made.sections = [cast("Section", SimpleNamespace(name="only", title=title, blocks=lambda _: blocks))]
    return str(MarkdownIt("commonmark").enable("table").render("\n".join(as_markdown(made, NOTHING))))


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("a text", "<p>a text</p>"),
        (Fact("outcomes", "1 correct"), "<p><strong>outcomes</strong>: 1 correct</p>"),
        (Listing([Item("one"), Item("two")]), "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        (
            Listing([Item("one", mark="PASS", details=["why", "how"])]),
            "<li><strong>PASS</strong> one\n<ul>\n<li>why</li>\n<li>how</li>\n</ul>\n</li>",
        ),
        (Listing([Item("one"), Item("two"), Item("three")], most=1), "<li>one</li>\n<li>and 2 more</li>\n</ul>"),
    ],
)
def test_a_block_is_markdown(block: Block, expected: str) -> None:
    """A paragraph or a list, under the section's heading."""
    assert expected in rendered(block)
    assert "<h4>T</h4>" in rendered(block)


def test_a_table_is_a_table() -> None:
    """The first column to the left, the others to the right; scores are written out."""
    found = rendered(Table(["name", "rate"], [["a", Score(1, 2)], ["b", Part(Score(), Bucket())]]))
    assert "<th>name</th>" in found
    assert '<td style="text-align:right">1/2 (50.0%)</td>' in found
    assert '<td style="text-align:right">-</td>' in found


def test_what_is_for_the_page_is_left_to_it() -> None:
    """A section of a headline and a chart alone has no heading either."""
    assert "<h4>" not in rendered(Headline("a", "b"), Chart("bars", "c"))


@pytest.mark.parametrize(
    "block",
    [
        ATTACK,
        Fact(ATTACK, ATTACK),
        Table([ATTACK, ATTACK], [[ATTACK, ATTACK]]),
        Listing([Item(ATTACK, mark=ATTACK, details=[ATTACK])]),
    ],
)
def test_nothing_in_a_summary_is_markup(block: Block) -> None:
    """Names of models, domains, gates and causes break out of nothing, and are all there."""
    found, plain = (rendered(*made, title=title) for made, title in (([block], ATTACK), ([_tame(block)], "T")))
    assert tags(plain) == tags(found)
    assert "a|b &lt;script&gt;alert(1)&lt;/script&gt; # x [y](z) `c` *d* _e_ \\ ![i](j) - k" in found


def _tame(block: Block) -> Block:
    """Return the same block of harmless texts."""
    match block:
        case Fact():
            return Fact("a", "b")
        case Table():
            return Table(["a", "b"], [["c", "d"]])
        case Listing():
            return Listing([Item("a", mark="b", details=["c"])])
    return "a"


def tags(html: str) -> list[str]:
    """Return the elements of HTML in their order."""
    return [part.partition(">")[0].split()[0] for part in html.split("<")[1:]]


def test_a_summary_begins_with_the_run() -> None:
    """Model, strategy and problems; the gates come first."""
    info = make_run_info(model=ATTACK)
    lines = list(as_markdown(report(RESULTS), Context(info, DECISIONS)))
    assert lines[0].startswith("### mathbench: a\\|b \\<script")
    assert "single; problems bundled, sha256 0123456789ab" == lines[2]
    assert "#### Gates" == lines[4]
    assert "- **FAIL** overall \\>= 60%" in lines


# In a run's folder


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
    jsonschema.Draft202012Validator(schema(Report())).validate(made)
    assert "FAIL" == made["gates"]["status"]
    assert "**FAIL** overall" in summary.read_text()
    suite = ET.parse("junit.xml").getroot()[0]  # noqa: S314 - a file of our own
    properties = {each.get("name"): each.get("value") for each in suite.findall("properties/property")}
    assert ["m", "1", "2", "0", "FAIL"] == [
        properties[f"mathbench_{name}"] for name in ("model", "correct", "measured", "not_measured", "gates")
    ]
    cases = [{each.get("name"): each.get("value") for each in case.iter("property")} for case in suite.iter("testcase")]
    assert {("algebra", "1", "correct"), ("algebra", "1", "wrong")} == {
        (case["domain"], case["level"], case["outcome"]) for case in cases
    }


def test_a_recorded_run_is_reported_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`mathbench report --json` writes report.json, in the run's folder or elsewhere, with the gates that it held."""
    monkeypatch.chdir(tmp_path)
    with RunFolder.create(tmp_path / ".mathbench", make_run_info()) as folder:
        for result in RESULTS:
            folder.append(result)
    (folder.path / REPORT).write_text(as_text(report(RESULTS[:1]), Context(make_run_info(), DECISIONS)))
    assert not main(["report", "--json"])
    made = json.loads((folder.path / REPORT).read_text())
    assert 2 == made["pass_rates"]["total"]["measured"]
    assert "FAIL" == made["gates"]["status"]
    assert "gates: FAIL: a gate is not met" in capsys.readouterr().out
    assert not main(["report", "--json", "elsewhere.json"])
    assert made == json.loads(Path("elsewhere.json").read_text())
    assert main(["report", "--json", "no/such/folder.json"])
    assert "folder.json could not be written" in capsys.readouterr().err
