"""The documentation says what the code does."""

import re
from collections import Counter
from pathlib import Path

import pytest

from pytest_mathbench.domains import LEVELS
from pytest_mathbench.problems import load
from pytest_mathbench.prompts import DEFAULT_TEMPLATE
from pytest_mathbench.settings import default_text, options

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_options_page_is_the_table_of_settings() -> None:
    """Every option is listed with its value, default and meaning, and no other."""
    rows = [
        f"| `{option.name.replace('_', '-')}` | {option.metadata['metavar']} | {default_text(option)} "
        f"| {option.metadata['help']} |"
        for option in options()
    ]
    table = (ROOT / "docs" / "options.md").read_text().partition("## What pytest's own")[0]
    assert rows == [line for line in table.splitlines() if line.startswith("| `")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """A relative link names a file that is there."""
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
    assert [] == [target for target in targets if not (page.parent / target).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_options_in_the_text_exist(page: Path) -> None:
    """No page names an option that the plugin does not have."""
    known = {option.name.replace("_", "-") for option in options()}
    named = set(re.findall(r"--mathbench-([a-z-]+)", page.read_text()))
    assert set() == named - known


def test_the_prompt_page_shows_the_prompt() -> None:
    """The wording that was measured is the wording that is used."""
    assert DEFAULT_TEMPLATE.strip() in (ROOT / "docs" / "prompt.md").read_text()


def test_the_problems_page_shows_bundled_problems() -> None:
    """Ten problems of each level, as they are in the set, and the set's own hash."""
    page = (ROOT / "docs" / "problems.md").read_text()
    bundled = load("")
    shown = re.findall(r"^- `(\S+)` (.*) \*\*Answer:\*\* \$(.*)\$$", page, flags=re.MULTILINE)
    problems = {problem.id: problem for problem in bundled.problems}
    expected = [
        (id_, problems[id_].statement.replace(r"\[", "$$").replace(r"\]", "$$"), problems[id_].answer)
        for id_, _, _ in shown
    ]
    assert expected == shown
    assert dict.fromkeys(LEVELS, 10) == Counter(problems[id_].level for id_, _, _ in shown)
    assert bundled.sha256 in page
