"""Each rule that docs/grading.md states is what the grader does."""

import re
from pathlib import Path

import pytest

from pytest_mathbench.answers import AnswerType
from pytest_mathbench.grading import selftest
from pytest_mathbench.grading.equivalence import decide, decide_leniently

PAGE = (Path(__file__).parent.parent / "docs" / "grading.md").read_text(encoding="utf-8")
ROW = re.compile(r"\| `(.+?)` \| `(.+?)` \| (strict|lenient|wrong) \| (.*?) \|", re.MULTILINE)
RULES = [tuple(text.replace("\\|", "|") for text in found) for found in ROW.findall(PAGE)]


def test_the_page_has_rules() -> None:
    """So that the test below reads some, of each verdict."""
    assert len(RULES) >= 40
    assert {"strict", "lenient", "wrong"} == {verdict for _, _, verdict, _ in RULES}


@pytest.mark.parametrize(("answer", "reference", "verdict", "why"), RULES, ids=[rule[0] for rule in RULES])
def test_a_rule_holds(answer: str, reference: str, verdict: str, why: str) -> None:
    """Strictly, leniently only, or not at all; a rule about a statement quotes it."""
    statement = quoted[1] if (quoted := re.search('"([A-Z].*)"', why)) else ""
    if decide(answer, reference, statement)[0]:
        found = "strict"
    else:
        found = "lenient" if decide_leniently(answer, reference, statement)[0] else "wrong"
    assert verdict == found


def test_each_type_is_explained() -> None:
    """The table of types has all of them."""
    table = PAGE.partition("| type |")[2].partition("\n\n")[0]
    named = {name for row in re.findall(r"^\| ([a-z, ]+) \|", table, flags=re.MULTILINE) for name in row.split(", ")}
    assert {str(kind) for kind in AnswerType} == named


def test_the_known_pairs_are_counted() -> None:
    """The page says how many there are."""
    assert f"tries {len(selftest.KNOWN)} known pairs" in PAGE
