"""No text of others costs more than time in proportion to its length, whatever is in it.

What is not linear takes minutes where this takes milliseconds, so limits of a second leave room for any machine.
"""

import ast
import json
import re
import re._parser as parser  # type: ignore[import-not-found]  # the tree of a pattern has no public name
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from factories import PROPERTY, make_execution, make_grade, make_problem, make_result
from hypothesis import given
from hypothesis import strategies as st
from shapes import SHAPES, repeated

from pytest_mathbench.answers import infer
from pytest_mathbench.extraction import extract, extract_program
from pytest_mathbench.grading import judge
from pytest_mathbench.inspection.inspector import Place
from pytest_mathbench.printable import printable
from pytest_mathbench.problems import last_boxed
from pytest_mathbench.problems.rows import MOST_ANSWER
from pytest_mathbench.reporting import disagreements, markup
from pytest_mathbench.thinking import split_thinking

LENGTH = 1 << 18
SECONDS = 1.0
"""Of CPU time: a quiet machine takes a fortieth of it (benchmarks/hostile_text.py), what is quadratic a hundred."""


@contextmanager
def within(seconds: float = SECONDS) -> Iterator[None]:
    """See that this thread takes no more CPU time than so much."""
    start = time.thread_time()
    yield
    assert time.thread_time() - start < seconds


shapes = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)


@shapes
def test_a_program_is_found_in_time(shape: Callable[[int], str]) -> None:
    """In a text of any shape."""
    text = shape(LENGTH)
    with within():
        extract_program(text)


@shapes
def test_a_blamed_line_is_found_in_time(shape: Callable[[int], str]) -> None:
    """The last of them."""
    text = shape(LENGTH)
    if extracted := extract(text):
        with within():
            Place(text, extracted, extracted.program.count("\n")).line_span()


@shapes
def test_a_page_shows_it_in_time(shape: Callable[[int], str]) -> None:
    """As a statement, as a formula, as a program and as it is: what is beyond a bound is not looked at."""
    text = shape(LENGTH)
    for show in (markup.statement, markup.formula, markup.program, markup.shown):
        with within():
            show(text)


@shapes
def test_a_page_shows_what_is_within_its_bounds_in_time(shape: Callable[[int], str]) -> None:
    """The longest formula as well."""
    with within():
        markup.statement(shape(markup.SHOWN)[: markup.SHOWN])
    with within():
        markup.formula(shape(markup.LONGEST_FORMULA)[: markup.LONGEST_FORMULA])


@shapes
def test_it_is_printable_in_time(shape: Callable[[int], str]) -> None:
    """All of it."""
    text = shape(LENGTH)
    with within():
        printable(text)


@shapes
def test_a_judge_may_answer_it(shape: Callable[[int], str]) -> None:
    """It is no rating, and that is seen in time; in a rating's place as well."""
    for text in (shape(LENGTH), '{"rating": ' + shape(LENGTH), json.dumps({"rating": [shape(LENGTH)]})):
        with within(), pytest.raises(ValueError, match=r"rating|JSON"):
            judge.parse(text)


@shapes
def test_a_solution_may_hold_it(shape: Callable[[int], str]) -> None:
    """Where its last box ends is seen in time."""
    text = "\\boxed{" + shape(LENGTH)
    with within():
        last_boxed(text)


@shapes
def test_an_answers_type_is_told_in_time(shape: Callable[[int], str]) -> None:
    """Of the longest that a problem set may have."""
    with within():
        infer(shape(MOST_ANSWER)[:MOST_ANSWER], shape(MOST_ANSWER))


@shapes
def test_a_disagreement_is_shown_in_time(shape: Callable[[int], str]) -> None:
    """Whatever a program printed."""
    text = shape(LENGTH)
    result = make_result(
        problem=make_problem(statement=text), grade=make_grade(answer=text), execution=make_execution(stdout=text)
    )
    with within():
        assert list(disagreements.lines(result))


UNITS = st.lists(
    st.sampled_from(
        [*"`~'\"\\<>|[](){}#=:;,. \n\t$%^_&-+*/0aé\u00a0\u0301\ud800", "```", "python", "'''", '"""', "print("]
    )
    | st.sampled_from(
        ["<think>", "</think>", "<|", "|>", "◁", "for ", " in ", "import ", "\n\n", "    ", ">>> ", "\\frac", "> "]
    ),
    min_size=1,
    max_size=6,
).map("".join)


@PROPERTY
@given(UNITS, st.sampled_from(["", "```python\n", "```\n", "<think>", "x = 1\n", ">>> "]))
def test_anything_repeated_is_read_in_time(unit: str, before: str) -> None:
    """Thinking, fences, prose, names and strings: whatever is made of what they look for."""
    text = repeated(unit, LENGTH // 4, before)
    with within():
        extract_program(text)
    with within():
        split_thinking(text)


@PROPERTY
@given(UNITS)
def test_anything_repeated_is_shown_in_time(unit: str) -> None:
    """Formulas, programs and text."""
    text = repeated(unit, markup.SHOWN)
    for show in (markup.statement, markup.program, markup.shown):
        with within():
            show(text)
    with within():
        markup.formula(text[: markup.LONGEST_FORMULA])


# Each regular expression, by itself

PACKAGE = Path(__file__).parent.parent / "pytest_mathbench"

OF_NO_OTHERS = {
    "families": "the texts are our own, or of the user's own families",
    "values": "options",
    "analysis": "the sentences of gates, which the user writes",
    "grading/normalize": "a confined child reads answers, with a limit of CPU time",
    "grading/kinds": "likewise",
    "grading/leniency": "likewise",
    "grading/numeric": "likewise",
    "grading/parser": "likewise",
    "grading/atoms": "likewise",
    "grading/statement": "likewise",
    "grading/syntax": "likewise",
    "grading/texts": "likewise",
    "answers": "answers are of at most MOST_ANSWER characters: see above",
}
"""Modules whose regular expressions need not be linear, each with the reason."""

BOUNDED = {
    "extraction/prose": 200,
    "plugin/nodeids": 2000,
    "recording/folder": 2000,
    "serving/server": 1 << 16,
}
"""Modules whose regular expressions see no longer texts: a line's beginning, a node id, a model's name, a log's end."""


def _own(path: Path) -> str:
    return str(path.relative_to(PACKAGE).with_suffix(""))


def _is_hostile(path: Path) -> bool:
    return not any(_own(path) == room or _own(path).startswith(f"{room}/") for room in OF_NO_OTHERS)


def _patterns() -> Iterator[tuple[str, re.Pattern[str], set[str]]]:
    """Yield where each pattern stands that sees text of others, the pattern, and what is done with it."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if "bundled" in path.parts or not _is_hostile(path):
            continue
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
        for call in calls:
            if ast.unparse(call.func.value) == "re" and call.func.attr not in ("compile", "escape"):  # type: ignore[attr-defined]
                pattern = call.args[0]
                if isinstance(pattern, ast.Constant):
                    yield f"{_own(path)}:{call.lineno}", re.compile(str(pattern.value)), {call.func.attr}  # type: ignore[attr-defined]
        if "re.compile(" not in source:  # some exporters cannot be imported where their tool is not installed
            continue
        module = import_module(f"pytest_mathbench.{_own(path).replace('/', '.').removesuffix('.__init__')}")
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                methods = {call.func.attr for call in calls if ast.unparse(call.func.value) == name}  # type: ignore[attr-defined]
                yield f"{_own(path)}:{name}", value, methods or {"search"}


def _of_engines() -> Iterator[tuple[str, re.Pattern[str], set[str]]]:
    """Yield what looks for hints, phases and speeds in the log of a server."""
    for path in sorted((PACKAGE / "serving").glob("*.py")):
        for engine in vars(import_module(f"pytest_mathbench.serving.{path.stem}")).values():
            if isinstance(engine, type) and not getattr(engine, "_is_protocol", False) and hasattr(engine, "phases"):
                made = engine()
                hints = [re.compile(pattern, re.IGNORECASE) for pattern, _ in made.hints]
                others = [re.compile(pattern) for pattern in (*(each for each, _ in made.phases), made.speed)]
                for number, pattern in enumerate((*hints, *others)):
                    yield f"serving/server:{engine.__name__} {number}", pattern, {"search"}


PATTERNS = {place: (pattern, methods) for place, pattern, methods in (*_patterns(), *_of_engines())}


def _signs(pattern: re.Pattern[str]) -> list[str]:
    """Return some signs of every kind that a pattern tells apart."""
    found: dict[str, None] = {}

    def collect(part: Any) -> None:
        if isinstance(part, tuple) and len(part) == 2 and str(part[0]) in ("LITERAL", "NOT_LITERAL"):
            found[chr(part[1])] = None
        elif isinstance(part, tuple) and len(part) == 2 and str(part[0]) == "RANGE":
            found[chr(part[1][0])] = None
        elif isinstance(part, tuple | list | parser.SubPattern):
            for each in part:
                collect(each)

    collect(parser.parse(pattern.pattern, pattern.flags))
    special = [sign for sign in found if not sign.isalnum()][:9]
    letters = [sign for sign in found if sign.isalnum()][:2]
    return list(dict.fromkeys(["a", "1", " ", "\n", *special, *letters]))


def _is_linear(pattern: re.Pattern[str], methods: set[str], most: int = 1 << 17) -> bool:
    """Whether a pattern takes time in proportion to its input, for what its own signs make up."""
    signs = _signs(pattern)
    pumps = [*signs, *(one + other for one, other in product(signs, repeat=2) if one != other)]
    words = [word for word in re.findall(r"[A-Za-z]{3,}|\W{2,}", pattern.pattern) if pattern.match(word)]
    anchored = methods <= {"match", "fullmatch"}
    for before, pump in product(["", *(f"a{sign}" for sign in signs), *words[:4]], [*pumps, *words[:4]]):
        for length in (24, 40, 48, 2000, 8000, 32000, most):  # the short ones, for what is worse than any power
            text = before + pump * (min(length, most) // len(pump)) + "\x01"
            start = time.thread_time()
            if anchored:
                pattern.match(text)
                pattern.fullmatch(text)
            else:
                for _ in pattern.finditer(text):
                    pass
            taken = time.thread_time() - start
            if taken > min(SECONDS / 2, 1e-3 * len(text)):
                return False
            if length >= 2000 and taken < 5e-7 * len(text):
                break  # there is no need to look further
    return True


@pytest.mark.parametrize("place", PATTERNS)
def test_a_regular_expression_is_linear(place: str) -> None:
    """Each that sees a text of others, on what its own signs make up, up to the length of what it sees."""
    pattern, methods = PATTERNS[place]
    assert _is_linear(pattern, methods, BOUNDED.get(place.partition(":")[0], 1 << 17))


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"[A-Za-z_]\w*(?:\[.*\])?\s*(?::[^=]*)?[-+]{0,2}=(?!=)", "match"),  # stalled a session for two minutes
        (r"\s+$", "search"),
        (r"\d.*\\circ", "search"),
        (r"\\\((.+?)\\\)", "finditer"),
        (r"(?:a|b|ab)*c", "match"),
        (r"\w+\s*=", "search"),
    ],
)
def test_one_that_is_not_linear_is_found(pattern: str, method: str) -> None:
    """The look at them can fail."""
    assert not _is_linear(re.compile(pattern), {method}, 32000)


def test_every_module_with_regular_expressions_is_known() -> None:
    """A reason or a bound that is not needed any more is taken out."""
    texts = {_own(path): path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
    using = {name for name, text in texts.items() if re.search(r"\bre\.[a-z]+\(", text)}
    assert {room for room in OF_NO_OTHERS if not any(f"{name}/".startswith(f"{room}/") for name in using)} == set()
    assert BOUNDED.keys() <= using
