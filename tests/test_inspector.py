"""What is wrong with a completion, and which tokens are to blame: found in the sandbox, without a reference."""

import re
from collections.abc import Iterator, Sequence

import pytest
from factories import PROPERTY, make_completion
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.errors import SandboxError
from pytest_mathbench.extraction import extract
from pytest_mathbench.inspection.inspector import Inspector, Place, Triggers
from pytest_mathbench.inspection.lookup import NAMES_MODULE, faults_of
from pytest_mathbench.pipeline import limits
from pytest_mathbench.records import Completion, Finding
from pytest_mathbench.sandbox import Sandbox
from pytest_mathbench.tokens import Tokens

LIMITS = limits(1.0, 256 << 20)
ALL = ("syntax", "names", "margin", "entropy", "verdict")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Start a sandbox."""
    with Sandbox(["math", NAMES_MODULE]) as warm:
        yield warm


def completion(
    program: str, margins: dict[str, float] | None = None, entropies: dict[str, float] | None = None
) -> Completion:
    """Answer with a program, its tokens words, spaces and signs; some of them of a given margin or entropy."""
    text = f"```python\n{program}\n```"
    texts = tuple(re.findall(r"\w+|\s+|[^\w\s]", text))
    tokens = Tokens(
        ids=tuple(range(1, len(texts) + 1)),
        texts=texts,
        margins=tuple((margins or {}).get(each, 0.9) for each in texts),
        entropies=tuple((entropies or {}).get(each, 0.1) for each in texts),
    )
    return make_completion(text=text, tokens=tokens)


def inspect(sandbox: Sandbox, answer: Completion, *names: str, settled: int = 0) -> tuple[Finding | None, list[str]]:
    """Return what is found, and the texts of the tokens that are blamed."""
    inspector = Inspector(sandbox, LIMITS, Triggers(names or ALL, margin=0.05, entropy=1.5))
    finding = inspector.inspect(answer, settled)
    assert answer.tokens is not None
    return finding, [answer.tokens.texts[position] for position in finding.positions] if finding else []


def test_nothing_is_found_in_a_program_that_answers(sandbox: Sandbox) -> None:
    """It parses, no token is in doubt, it prints: whether that is right is nobody's business here."""
    assert (None, []) == inspect(sandbox, completion("print(41)"))


def test_a_syntax_error_is_found_at_its_token(sandbox: Sandbox) -> None:
    """The parser's line and column are the first place, then the other tokens of that line."""
    finding, blamed = inspect(sandbox, completion("x = 1\ny = x x\nprint(y)", {"y": 0.2}), "syntax")
    assert finding is not None
    assert finding.trigger == "syntax"
    assert finding.detail == "line 2: SyntaxError: invalid syntax"
    assert ["x", "y"] == blamed[:2]


def test_a_syntax_error_needs_no_execution(sandbox: Sandbox) -> None:
    """A program that does not parse is not run to find that out."""
    inspector = Inspector(sandbox, LIMITS, Triggers(("syntax",), margin=0, entropy=0))
    assert ((found := inspector.inspect(completion("print('no"), 0)) and found.trigger) == "syntax"
    assert inspector.executions == 0


def test_a_name_that_means_nothing_is_found_without_execution(sandbox: Sandbox) -> None:
    """Its token is to blame, and what would be valid there is said: after the space that the token begins with."""
    text = "```python\nimport math\nx = math .sqr(4) +  lenght\n```"
    texts = ("```python\n", "import math\n", "x =", " math", " .sq", "r(4)", " +", "  len", "ght", "\n```")
    tokens = Tokens(ids=tuple(range(1, 11)), texts=texts, margins=(0.9,) * 10, entropies=(0.1,) * 10)
    assert "".join(texts) == text
    inspector = Inspector(sandbox, LIMITS, Triggers(("names",), margin=0, entropy=0))
    finding = inspector.inspect(make_completion(text=text, tokens=tokens), 0)
    assert finding is not None
    assert finding.trigger == "names"
    assert finding.detail == "line 2: AttributeError: module 'math' has no attribute 'sqr'"
    assert texts[finding.positions[0]] == " .sq"
    assert finding.lead == " ."
    assert finding.allowed[0] == "sqrt"
    assert inspector.executions == 0


def test_only_what_is_met_for_certain_is_found(sandbox: Sandbox) -> None:
    """A name that is undefined in a branch is no finding, until the program fails there."""
    met = completion("for i in range(int('1')):\n    print(lenght)")
    assert inspect(sandbox, met, "names") == (None, [])
    finding, blamed = inspect(sandbox, met, "names", "verdict")
    assert finding is not None
    assert finding.trigger == "verdict"
    assert finding.allowed[0] == "i"
    assert blamed[0] == "lenght"


def test_the_verdict_alone_knows_no_names(sandbox: Sandbox) -> None:
    """Where `names` is no trigger, nothing is looked for."""
    finding, _ = inspect(sandbox, completion("print(lenght)"), "verdict")
    assert finding is not None
    assert finding.detail == "NameError: name 'lenght' is not defined"
    assert finding.allowed == ()


@pytest.mark.parametrize(
    "program",
    [
        "(" * 5000 + ")" * 5000,
        "a" + ".a" * 20_000,
        "x = [" + "1, " * 300_000 + "]",
        "\n".join(f"{'x' * 50}{i}" for i in range(20_000)),
        "import this, antigravity, idlelib.idle",
        "f(" * 90 + ")" * 90,
    ],
)
def test_what_cannot_be_analysed_has_no_finding(sandbox: Sandbox, program: str) -> None:
    """Deep nesting, long lines, what would take too long: the next program is looked at as ever."""
    finding, _ = inspect(sandbox, completion("pass"), "names")
    inspector = Inspector(sandbox, LIMITS, Triggers(("names",), margin=0, entropy=0))
    found = inspector.inspect(make_completion(text=f"```python\n{program}\n```"), 0)
    assert finding is None
    assert found is None or found.detail.startswith("line 1: NameError")
    finding, _ = inspect(sandbox, completion("nothing"), "names")
    assert finding is not None


def test_a_sandbox_that_cannot_look_says_so() -> None:
    """That the module is not preloaded is no fault of a program, and no program without faults."""
    with Sandbox(["math"]) as cold, pytest.raises(SandboxError, match="the sandbox has to preload"):
        faults_of(cold, "print(1)")


@pytest.mark.parametrize("program", ["(" * 5000 + ")" * 5000, "-" * 200_000 + "1", "x = '\0'", "\\", "é = 1 é"])
def test_a_hostile_program_does_not_break_the_parser(sandbox: Sandbox, program: str) -> None:
    """Nesting, null bytes and the like are a finding or none; the next program is looked at as ever."""
    finding, _ = inspect(sandbox, completion(program), "syntax")
    assert finding is None or finding.trigger == "syntax"
    assert (None, []) == inspect(sandbox, completion("print(1)"), "syntax")


def test_an_exception_is_mapped_to_the_tokens_of_its_line(sandbox: Sandbox) -> None:
    """The last line of the program in the traceback is to blame, its least certain token first; then what is before."""
    program = "a = [1]\ndef f(k):\n    return a[k]\nprint(f(7))"
    finding, blamed = inspect(sandbox, completion(program, {"k": 0.3, "def": 0.1}), "verdict")
    assert finding is not None
    assert finding.trigger == "verdict"
    assert finding.detail == "IndexError: list index out of range"
    assert blamed[0] == "k"
    line = {"return", "a", "[", "k", "]"}
    assert line == {each for each in blamed[:7] if each.strip()}
    assert next(each for each in blamed if each not in line and each.strip()) == "def"


@pytest.mark.parametrize(
    ("program", "detail"),
    [
        ("x = 1", "no answer"),
        ("while True: pass", "CPU"),
        ("import sys\nsys.exit(3)", "3"),
    ],
)
def test_without_a_line_the_least_certain_token_is_blamed(sandbox: Sandbox, program: str, detail: str) -> None:
    """No answer, a time-out, an exit status: the whole program is to blame, in the order of the model's own doubt."""
    answer = completion(program, {"1": 0.1, "pass": 0.1, "3": 0.1})
    finding, blamed = inspect(sandbox, answer, "verdict")
    assert finding is not None
    assert detail in finding.detail
    assert blamed[0] in {"1", "pass", "3"}
    assert set(re.findall(r"\w+|[^\w\s]", program)) == {each for each in blamed if each.strip()}


@pytest.mark.parametrize("number", ["0", "7" * 5000, "-1", "x"])
def test_a_forged_traceback_misleads_only_its_program(sandbox: Sandbox, number: str) -> None:
    """A program may write what looks like a traceback: its own tokens are to blame all the same."""
    program = f"import sys\nsys.stderr.write('File \"program.py\", line {number}')\nraise SystemExit(1)"
    forged = f"class E(Exception):\n    def __str__(self): return 'File \"program.py\", line {number}'\nraise E"
    for each in (program, forged):
        finding, blamed = inspect(sandbox, completion(each), "verdict")
        assert finding is not None
        assert bool(blamed)


def test_no_program_blames_all_of_the_text(sandbox: Sandbox) -> None:
    """An answer in prose can be cut anywhere."""
    answer = make_completion(
        text="It is 42.", tokens=Tokens(ids=(1, 2), texts=("It is", " 42."), margins=(0.5, 0.2), entropies=(0, 0))
    )
    finding, blamed = inspect(sandbox, answer, "verdict")
    assert (finding and finding.detail) == "no program"
    assert [" 42.", "It is"] == blamed


def test_doubt_is_found_token_by_token(sandbox: Sandbox) -> None:
    """The first token in doubt, by margin or entropy; what is settled is not looked at again."""
    answer = completion("x = 1\nprint(x)", {"1": 0.01, "print": 0.02}, {"(": 2.0})
    first, blamed = inspect(sandbox, answer)
    assert first is not None
    assert first.trigger == "margin"
    assert ["1"] == blamed
    assert ["print"] == inspect(sandbox, answer, "margin", settled=first.positions[0] + 1)[1]
    assert ["("] == inspect(sandbox, answer, "entropy")[1]


def test_a_trigger_that_is_not_named_is_not_asked(sandbox: Sandbox) -> None:
    """Only what was asked for is a finding."""
    assert (None, []) == inspect(sandbox, completion("x x", {"x": 0.0}), "entropy")


def test_a_program_is_run_once(sandbox: Sandbox) -> None:
    """What was run to find a fault is the execution that is graded."""
    inspector = Inspector(sandbox, LIMITS, Triggers(ALL, margin=0, entropy=9))
    answer = completion("print(1)")
    inspector.inspect(answer, 0)
    assert inspector.trial(answer) == inspector.trial(answer)
    assert inspector.executions == 1


@st.composite
def _split_programs(draw: st.DrawFn) -> tuple[str, list[str], int]:
    """A program of some lines in an answer, the answer split anywhere, and one of the lines."""
    lines = draw(st.lists(st.text("ab =()é→", min_size=1, max_size=6).filter(str.strip), min_size=1, max_size=5))
    text = f"So:\n```python\n{chr(10).join(lines)}\n```\n"
    cuts = sorted(draw(st.sets(st.integers(1, len(text) - 1))))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return text, pieces, draw(st.integers(1, len(lines)))


@PROPERTY
@given(_split_programs())
def test_a_line_is_where_the_text_has_it(drawn: tuple[str, Sequence[str], int]) -> None:
    """A line of the program is found in the answer, whatever stands around it."""
    text, _, line = drawn
    extracted = extract(text)
    assert extracted is not None
    start, end = Place(text, extracted, line).line_span()
    assert extracted.program.split("\n")[line - 1] == text[start:end]
    assert line == text[:start].count("\n") - 1


def test_a_traceback_is_that_of_a_program_that_was_run(sandbox: Sandbox) -> None:
    """The interpreter's own words, the innermost call last; of a program that was not run, or finished, none."""
    inspector = Inspector(sandbox, LIMITS, Triggers(("verdict",), margin=0, entropy=0))
    crashed, fine = completion("def f():\n    return 1 / 0\nprint(f())"), completion("print(1)")
    assert inspector.traceback(crashed) == ""
    inspector.inspect(crashed, 0)
    inspector.inspect(fine, 0)
    assert inspector.traceback(crashed).startswith("Traceback (most recent call last):")
    assert inspector.traceback(crashed).endswith("ZeroDivisionError: division by zero\n")
    assert inspector.traceback(fine) == ""


def test_an_answer_is_what_a_program_prints(sandbox: Sandbox) -> None:
    """One that fails or prints nothing has none."""
    inspector = Inspector(sandbox, LIMITS, Triggers((), margin=0, entropy=0))
    programs = ("print(6 * 7)", "print(1 / 0)", "pass")
    assert ["42\n", None, None] == [inspector.answer(completion(each)) for each in programs]
