"""A comment on a pull request is Markdown that fits, and that nobody's text breaks out of."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from factories import make_problem, make_result, make_run_info
from finished import SHARDED, finished
from markdown_it import MarkdownIt

from pytest_mathbench.exporters.comment import LONGEST, MARK, comment
from pytest_mathbench.exporters.finished import Finished
from pytest_mathbench.records import Outcome

ATTACK = (
    "|@me</summary></details>| <img src=x> #12 org/repo#3 GH-4 https://a.b/c www.a.b me@a.b [x](y) ~~z~~ &amp;\n# h"
)


def rendered(text: str) -> str:
    """Return the HTML that a code host makes of Markdown."""
    return str(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text))


def tags(html: str) -> list[str]:
    """Return the elements in their order, without comments."""
    return re.findall(r"</?[a-z][a-z0-9]*", html)


def test_differences_come_first(tmp_path: Path) -> None:
    """Heading and verdict, the difference from the baseline with its table, then the gates; the rest is folded."""
    lines = comment(finished(tmp_path)).splitlines()
    open_lines = lines[: lines.index("<details><summary>Pass rates</summary>")]
    assert [MARK, "### mathbench: mistral-7b-instruct: FAIL"] == open_lines[:2]
    starts = [
        line[:12] for line in open_lines if line.startswith(("**points", "| pass rate", "**gates**", "- **FAIL**"))
    ]
    assert ["**points aga", "| pass rate ", "**gates**: F", "- **FAIL** o", "- **FAIL** u"] == starts


def test_one_table_is_open(tmp_path: Path) -> None:
    """All others are in folds."""
    unfolded = re.sub(r"<details>.*?</details>", "", rendered(comment(finished(tmp_path))), flags=re.DOTALL)
    assert 1 == unfolded.count("<table>")


def test_without_a_baseline_pass_rates_are_shown(tmp_path: Path) -> None:
    """And without gates there is no verdict."""
    made = comment(finished(tmp_path, make_run_info(model="m"), [make_result(), make_result(Outcome.WRONG, sample=1)]))
    assert "### mathbench: m\n" in made
    assert "| Algebra | 1/2 (50.0%) | 1/2 (50.0%) |" in made.partition("<details>")[0]


def test_every_section_is_there(tmp_path: Path) -> None:
    """A fold for each that has something to show, closed."""
    run = finished(tmp_path)
    titles = [section.title for section in run.report.sections if list(section.blocks(run.context))]
    folds = re.findall(r"<summary>(.*?)</summary>", comment(run))
    assert [title for title in titles if title != "Gates"] == folds
    assert comment(run).count("<details>") == comment(run).count("</details>")


def attacked(folder: Path, text: str) -> Finished:
    """Return a run whose model, problems and faults are somebody's text."""
    info = make_run_info(model=text, problem_set=text, strategy=text)
    wrong = make_result(Outcome.WRONG, problem=make_problem(id=text, domain=text))
    return finished(folder, info, [wrong, replace(wrong, sample=1, outcome=None, grade=None, fault=text)])


def test_nothing_breaks_out(tmp_path: Path) -> None:
    """The elements are those of a harmless run's comment."""
    (tmp_path / "a").mkdir()
    harmless, found = (rendered(comment(attacked(tmp_path / name, text))) for name, text in (("a", "x"), ("b", ATTACK)))
    assert tags(harmless) == tags(found)


def test_nobody_is_called(tmp_path: Path) -> None:
    """What a reader sees has no mention, reference or address in one piece: a code host looks for them there."""
    pieces = re.split(r"<[^>]*>", rendered(comment(attacked(tmp_path, ATTACK))))
    called = [piece for piece in pieces if re.search(r"@\w|#\d|GH-\d|https?://|www\.", piece)]
    assert [] == called


@pytest.mark.parametrize("domains", [500, 2000])
def test_it_fits(tmp_path: Path, domains: int) -> None:
    """However much there is to say: each part leaves room for the next, and the end says that lines are missing."""
    results = [
        make_result(problem=make_problem(id=f"p{n}", domain=f"domain_{n:04}" + "\U0001d521" * 9))
        for n in range(domains)
    ]
    run = finished(tmp_path, replace(SHARDED, problem_count=domains), results)
    made = comment(replace(run, context=replace(run.context, comparison=None)))
    assert len(made.encode("utf-16-le")) // 2 <= LONGEST
    assert "**gates**: FAIL" in made
    assert made.endswith("Some lines had no room here; report.html in the run's folder has all of them.\n")
    assert made.count("<details>") == made.count("</details>")
