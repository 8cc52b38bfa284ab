"""The documentation says what the code does."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_mathbench.problems import load
from pytest_mathbench.prompts import DEFAULT_TEMPLATE
from pytest_mathbench.settings import options

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_options_page_is_the_table_of_settings() -> None:
    """Every option is listed with its value, default and meaning, and no other."""
    rows = [
        f"| `{option.name.replace('_', '-')}` | {option.metavar} | {option.default_text} | {option.help} |"
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


def test_the_page_of_the_families_is_what_they_are() -> None:
    """docs/families.md is what website/families.py writes: each family's idea, and its first bundled problem."""
    written = subprocess.run(
        [sys.executable, ROOT / "website" / "families.py"], capture_output=True, check=True, text=True
    )
    assert written.stdout == (ROOT / "docs" / "families.md").read_text()


def test_the_problems_page_names_the_bundled_set() -> None:
    """By its hash."""
    assert load("").sha256 in (ROOT / "docs" / "problems.md").read_text()
