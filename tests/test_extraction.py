"""A completion gives its program, intact, or none."""

import json
import re
import textwrap
from pathlib import Path

import pytest
from factories import PROPERTY, shared_data
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_mathbench import thinking
from pytest_mathbench.extraction import extract_program, fences, programs

PROGRAM = "x = 6 * 7\n\nprint(x)\n"
FENCED = f"```python\n{PROGRAM}```\n"


def _block(program: str, info: str = "python", fence: str = "```") -> str:
    return f"{fence}{info}\n{program}{fence}\n"


CASES: dict[str, tuple[str, str | None]] = {
    # One block
    "bare": (FENCED, PROGRAM),
    "in prose": (f"Here it is:\n{FENCED}It prints 42.", PROGRAM),
    "windows": (f"Hi\n{FENCED}bye\n".replace("\n", "\r\n"), PROGRAM),
    "tildes": (_block(PROGRAM, fence="~~~"), PROGRAM),
    "four backticks": (_block('print("""\n```\n""")\n', fence="````"), 'print("""\n```\n""")\n'),
    "tildes around backticks": (_block('print("""\n```\n""")\n', fence="~~~"), 'print("""\n```\n""")\n'),
    "longer closing fence": (f"```python\n{PROGRAM}`````\n", PROGRAM),
    "cut off": (f"```python\n{PROGRAM}", PROGRAM),
    "cut off within a line": ("```python\nx = 1\nprint(x", "x = 1\nprint(x\n"),
    "cut off after a whole block": (f"{FENCED}Better:\n```python\nx = ", PROGRAM),
    "in a list": (f"1. Compute:\n\n{textwrap.indent(FENCED, '   ')}2. Done.\n", PROGRAM),
    "in a list's first line": ("- ```python\n  print(1)\n  ```\n", "print(1)\n"),
    "in a list, too deep": (f"- Compute:\n\n{textwrap.indent(FENCED, ' ' * 10)}", PROGRAM),
    "in a nested list": (f"* a\n  * b\n\n{textwrap.indent(FENCED, '    ')}", PROGRAM),
    "indented": (f"Compute:\n\n{textwrap.indent(FENCED, '    ')}", PROGRAM),
    "in a quotation": (textwrap.indent(FENCED, "> ", lambda _: True), PROGRAM),
    "after a tag": (f"<answer>\n{FENCED}</answer>\nas said", PROGRAM),
    "after an open comment": (f"<!-- the program\n{FENCED}", PROGRAM),
    "after a script tag": (f"<script>\n{FENCED}", PROGRAM),
    # The mark of the language
    "capital": (_block(PROGRAM, "Python"), PROGRAM),
    "short": (_block(PROGRAM, 'py title="x"'), PROGRAM),
    "version": (_block(PROGRAM, "python3"), PROGRAM),
    "notebook": (_block(PROGRAM, " ipython "), PROGRAM),
    "attributes": (_block(PROGRAM, "{.python}"), PROGRAM),
    "cell": (_block(PROGRAM, "{python}"), PROGRAM),
    "attributes after": (_block(PROGRAM, "python {.numbered}"), PROGRAM),
    "file name": (_block(PROGRAM, "python:main.py"), PROGRAM),
    "unmarked": (_block(PROGRAM, ""), PROGRAM),
    "another language": (_block("console.log(42)\n", "javascript"), None),
    # Several blocks
    "the last that prints": (_block("print(1)\n") + _block(PROGRAM) + _block("x = 3\n"), PROGRAM),
    "the last of those that print": (_block("print(1)\n") + _block(PROGRAM), PROGRAM),
    "the last where none prints": (_block("x = 1\n") + _block("x = 2\n"), "x = 2\n"),
    "writing is printing": (
        _block("import sys\nsys.stdout.write('42')\n") + _block("x = 2\n"),
        "import sys\nsys.stdout.write('42')\n",
    ),
    "pprint is not printing": (_block(PROGRAM) + _block("pprint(2)\nx.print(2)\n"), PROGRAM),
    "other languages before and after": (
        _block("pip install sympy\n", "bash") + FENCED + _block("print(1);\n", "lua"),
        PROGRAM,
    ),
    "unmarked output after": (FENCED + "Output:\n" + _block("42\n", ""), PROGRAM),
    "unmarked program after": (FENCED + _block("print(2)\n", ""), PROGRAM),
    "marked output after an unmarked program": (_block(PROGRAM, "") + _block("42\n", "text"), PROGRAM),
    "an unmarked block without a line end": (f"{FENCED}```\n42\n```", PROGRAM),
    "empty block after": (FENCED + _block("") + _block("  \n"), PROGRAM),
    "prose between blocks": (FENCED + "print(this) is prose\n" + _block("x = 1\n"), PROGRAM),
    "blocks without a line between": (_block("print(1)\n") + FENCED, PROGRAM),
    # No block
    "unfenced": (PROGRAM, PROGRAM),
    "unfenced in prose": (
        "Sure! Here is\nfrom the first rule, the program:\n\nimport math\n"
        "def f(n):\n    return n\n\nprint(f(42))\n\nThis prints 42.\nIt is right.",
        "import math\ndef f(n):\n    return n\n\nprint(f(42))\n",
    ),
    "unfenced from": ("Here:\nfrom sympy import *\nprint(pi)\n", "from sympy import *\nprint(pi)\n"),
    "unfenced loop": ("for each of these we have:\n\nfor i in 1, 2:\n    print(i)\n", "for i in 1, 2:\n    print(i)\n"),
    "unfenced call over lines": ("print(\n    42,\n)\nDone.", "print(\n    42,\n)\n"),
    "unfenced code that prints nothing": ("x = 6 * 7\ny = x\n", None),
    "prose": ("The answer is 42.", None),
    "prose about printing": ("You can print (or write) the answer, 42.", None),
    "code in a line of prose": ("Run `print(42)` and see.", None),
    "code in three backticks in a line": ("Run ```print(42)``` and see.", None),
    "empty": ("", None),
    "blank": (" \n\n", None),
    "an empty block": (_block(""), None),
    "a blank block": (_block(" \n\t\n"), None),
    # A fence that the prompt opened
    "a stray fence": (f"{PROGRAM}```", PROGRAM),
    "a stray fence, prose after": (f"{PROGRAM}```\nThis prints 42.", PROGRAM),
    "a stray fence, output after": (f"{PROGRAM}```\nOutput:\n```\n42\n```", PROGRAM),
    "a stray fence, a command after": (f"{PROGRAM}```\n\nRun:\n```bash\npython a.py\n```", PROGRAM),
    "a stray fence, a better block after": (f"print(1)\n```\nBetter:\n{FENCED}", PROGRAM),
    "a stray fence, a comment first": (f"# Compute.\n{PROGRAM}```", f"# Compute.\n{PROGRAM}"),
    "a stray fence, a token after": (f"{PROGRAM}```<|im_end|>", PROGRAM),
    "a stray fence at the end of a line": (f"{PROGRAM.rstrip()}```", PROGRAM),
    "the language left": (f"python\n{PROGRAM}```", PROGRAM),
    "the language left, never closed": (f"python\n{PROGRAM}", PROGRAM),
    "prose before an unclosed block": (f"So:\n```\n{PROGRAM}", PROGRAM),
    "prose that begins as code": (f"x = 5 is the answer:\n```\n{PROGRAM}```", PROGRAM),
    # Several blocks that are one program
    "a definition and a call": (
        _block("def f():\n    return 42\n") + _block("print(f())\n"),
        "def f():\n    return 42\nprint(f())\n",
    ),
    "unmarked, together": (_block("x = 42\n", "") + _block("print(x)\n", ""), "x = 42\nprint(x)\n"),
    "over another": (_block("x = 42\n") + _block("y = 1\n") + _block("print(x)\n"), "x = 42\nprint(x)\n"),
    "an import of all": (
        _block("from sympy import *\n") + _block("x = symbols('x')\nprint(solve(x - 42))\n"),
        "from sympy import *\nx = symbols('x')\nprint(solve(x - 42))\n",
    ),
    "the nearest definition": (
        _block("def f(): return 1\nprint(f())\n") + _block("def f(): return 42\n") + _block("print(f())\n"),
        "def f(): return 42\nprint(f())\n",
    ),
    "a call that is tried out": (
        _block("def f(): return 42\nprint(f())\n") + _block("f()\n"),
        "def f(): return 42\nprint(f())\n",
    ),
    "a definition in another language": (_block("x = 42\n", "ruby") + _block("print(x)\n"), "print(x)\n"),
    "blocks too long to be looked through": (_block("x = 1\n" * 3000) + _block("print(x)\n"), "print(x)\n"),
    # What is taken away
    "no-break spaces": (_block("for x in 42,:\n\u00a0\u00a0print(x)\n"), "for x in 42,:\n  print(x)\n"),
    "no-break spaces between signs": (_block("x\u00a0=\u00a042\nprint(x)\n"), "x = 42\nprint(x)\n"),
    "an ideographic space": (_block("for x in 42,:\n\u3000print(x)\n"), "for x in 42,:\n print(x)\n"),
    "a space without width": (_block(f"\u200b{PROGRAM}"), PROGRAM),
    "a byte order mark": (f"\ufeff{_block(PROGRAM, '')}", PROGRAM),
    "a no-break space in a string": (_block("print('4\u00a02')\n"), "print('4\u00a02')\n"),
    "a session": (_block(">>> x = 42\n>>> print(x)\n42\n"), "x = 42\nprint(x)\n"),
    "a session in its own language": (_block(">>> print(42)\n42\n", "pycon"), "print(42)\n"),
    "a session without a block": (">>> x = 42\n>>> print(x)\n42\n", "x = 42\nprint(x)\n"),
    "a session of prompts only": (_block(">>> \nprint(1)\n"), None),
    "all lines indented": (_block("    x = 42\n\n    print(x)\n"), "x = 42\n\nprint(x)\n"),
    "all lines indented by tabs": (_block("\tx = 42\n\tprint(x)\n"), "x = 42\nprint(x)\n"),
    "an indentation that is the program's": (_block("x = 42\n    print(x)\n"), "x = 42\n    print(x)\n"),
    "a program too long to be looked into": (_block("    x = 1\n" * 9999), "    x = 1\n" * 9999),
    "never closed, prose after": (f"```python\n{PROGRAM}\nThis prints 42.\nIt is right.", PROGRAM),
    "Markdown's indented code": (f"So:\n\n{textwrap.indent(PROGRAM, '    ')}", PROGRAM),
    "a tag's code": (f"[PYTHON]\n{PROGRAM}[/PYTHON]", PROGRAM),
    # The end of the turn
    "an end token after the fence": (f"{FENCED.rstrip()}<|endoftext|>", PROGRAM),
    "an end token in the code": (f"```python\n{PROGRAM.rstrip()}<|im_end|>", PROGRAM),
    "an end token behind bare code": (f"import os\n{PROGRAM}</s>", f"import os\n{PROGRAM}"),
    "a next turn": (f"{FENCED}<|endoftext|>Human: More?\n" + _block("print(1)\n"), PROGRAM),
    "a program that prints one": (_block("print('<|endoftext|>')\n"), "print('<|endoftext|>')\n"),
    # Thinking
    "thought before": ("<think>\n" + _block("print(1)\n") + "</think>\n" + FENCED, PROGRAM),
    "thought, capital": ("<Thinking>" + _block("print(1)\n") + "</THINKING>\n" + FENCED, PROGRAM),
    "only the end of a thought": ("Hm.\n" + _block("print(1)\n") + "</think>\n" + FENCED, PROGRAM),
    "two thoughts": ("<think>a</think>\n" + _block("print(1)\n") + "<think>b</think>\n" + FENCED, PROGRAM),
    "a program in a finished thought only": (f"<think>\n{FENCED}</think>\nIt is 42.", None),
    "an unfinished thought": (f"<think>\n{FENCED}", None),
    "an unfinished second thought": (f"<think>a</think>\n{FENCED}<think>\nwait", None),
}


PAGE = (Path(__file__).parent.parent / "docs" / "extraction.md").read_text(encoding="utf-8")


def _examples() -> list[tuple[str, str | None]]:
    """Read the examples out of the tables of docs/extraction.md: their last two columns."""
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in PAGE.splitlines() if re.match(r"\|.*⏎|\|.*\*none\*", line)]
    return [(_span(completion) or "", _span(program)) for *_, completion, program in rows]


def _span(cell: str) -> str | None:
    """Return the text of a code span, its line ends and spaces as they are meant; None for the word none."""
    text = cell.strip().replace("\\|", "|")
    if text == "*none*":
        return None
    marks = re.match("`+", text)
    assert marks is not None
    text = text.removeprefix(marks[0]).removesuffix(marks[0])
    return text.removeprefix(" ").removesuffix(" ").replace("⏎", "\n").replace("⍽", "\u00a0")


@pytest.mark.parametrize(("completion", "program"), _examples())
def test_the_page_says_what_is_done(completion: str, program: str | None) -> None:
    """Every row of docs/extraction.md."""
    assert program == extract_program(completion)


def test_the_page_has_all_examples() -> None:
    """None is missed for the way it is written."""
    tables, _, _ = PAGE.partition("## Bounds")
    assert tables.count("\n| ") - tables.count("\n|---") == len(_examples())


def test_the_page_states_the_bounds() -> None:
    """As they are."""
    bounds = [thinking.MOST_READ, thinking.MOST_MARKS, programs.MOST_READ, fences.MOST_FENCES]
    bounds += [programs.MOST_MENDED, programs.MOST_JOINED, programs.MOST_BARE]
    stated = re.findall(r"^\| ([\d,]+) ", PAGE, flags=re.MULTILINE)
    assert bounds == [int(each.replace(",", "")) for each in stated]


@pytest.mark.parametrize(("completion", "program"), CASES.values(), ids=CASES)
def test_the_program_is_found(completion: str, program: str | None) -> None:
    """The rules of docs/extraction.md, case by case."""
    assert program == extract_program(completion)


MARKS = ["```", "~~~", "\n```python\n", "\n```\n", "<think>", "</think>", "<div>", "<!--", "\n- ", "\n1. ", "[a]: "]
CODE = ["python", "    ", "print(1)", "x = 1\n", "import x\n", "Prose. "]
FRAGMENTS = st.sampled_from([*MARKS, *CODE, *"`~ \n\t->*1.#<{}()=\r\x00\ud800"])


@PROPERTY
@given(st.lists(FRAGMENTS | st.text(max_size=3)).map("".join))
@example("> " * 2000 + FENCED)
@example("- " * 2000 + FENCED)
@example("(" * 20_000)
@example(" " * 20_000)
@example("x," * 10_000)
def test_any_text_gives_a_program_or_none(completion: str) -> None:
    """Nothing makes extraction fail, and a program is never empty and ends its last line."""
    program = extract_program(completion)
    assert program is None or (program.strip() != "" and program.endswith("\n"))


STRANGE = ["<div>", "<!--", "<?", "<pre>", "- a", "1. a", "> a", "    a", "[a]:", "# a", "|a|", "print(1)", "import x"]
LINES = st.text(st.characters(exclude_characters="\r\n\x00"), max_size=12) | st.sampled_from(
    [*STRANGE, "```", "````python", "~~~", "    ```", "\tx = 1", "", "   ", "---"]
)


def _indented(text: str, indent: str) -> str:
    """Indent every line, blank ones too; only line feeds end lines."""
    return "".join(f"{indent}{line}\n" for line in text.removesuffix("\n").split("\n"))


@st.composite
def _program_and_completion(draw: st.DrawFn) -> tuple[str, str]:
    """Put a program into a long enough fence, at any depth of lists, closed or cut off."""
    program = "\n".join([*draw(st.lists(LINES, max_size=8)), "print(x)"]) + "\n"
    mark = draw(st.sampled_from("`~"))
    longest_run = max((len(run) for run in re.findall(f"{mark}+", program)), default=0)
    fence = mark * (max(2, longest_run) + draw(st.integers(1, 3)))
    # A fence that is never closed ends with a shorter one, which no program holds outside of its strings.
    ends = [f"{fence}\n"] if longest_run > 2 else ["", f"{fence}\n"]
    block = f"{fence}python\n{program}" + draw(st.sampled_from(ends))
    items, depth = "", 0
    for marker in draw(st.lists(st.sampled_from(["- ", "* ", "+   ", "1. ", "10) "]), max_size=3)):
        items += " " * depth + marker + "Item.\n"
        depth += len(marker)
    return program, f"{items}\n{_indented(block, ' ' * (depth + draw(st.integers(0, 9))))}"


@PROPERTY
@given(_program_and_completion())
def test_a_fenced_program_comes_back_intact(pair: tuple[str, str]) -> None:
    """A program in a fence comes back letter by letter, whatever it holds and wherever the fence stands."""
    program, completion = pair
    assert program == extract_program(completion)


PROSE = st.lists(
    st.text(st.characters(exclude_characters="`~"), max_size=20) | st.sampled_from(STRANGE), max_size=5
).map("\n".join)


@PROPERTY
@given(PROSE, PROSE)
@example("<answer>", "</answer>")
@example("import os", "print(2)")
def test_prose_around_a_block_changes_nothing(before: str, after: str) -> None:
    """What is written around a block, without a fence of its own, is never taken for the program."""
    assert PROGRAM == extract_program(f"{before}\n{FENCED}{after}")


@PROPERTY
@given(PROSE | st.just(FENCED), PROSE | st.just(FENCED), st.sampled_from(["<think>", "<THINKING>", "<reasoning>"]))
def test_an_unfinished_thought_gives_no_program(before: str, thought: str, tag: str) -> None:
    """A model that never finished thinking gave no program, whatever it was considering."""
    assert None is extract_program(f"{before}{tag}{thought}\n{FENCED}")


@PROPERTY
@given(PROSE | st.just(FENCED), st.sampled_from(["</think>", "</THINKING>", "</reasoning>"]))
def test_a_finished_thought_changes_nothing(thought: str, tag: str) -> None:
    """What a model thought, with or without an opening tag, is no part of its answer."""
    answers = [extract_program(f"{opening}{thought}\n{tag}\n{FENCED}") for opening in ("", tag.replace("/", ""))]
    assert [PROGRAM, PROGRAM] == answers


def _real_programs() -> list[str]:
    rows = [json.loads(line) for line in shared_data("programs-dev.jsonl").read_text(encoding="utf-8").splitlines()]
    return [code.rstrip("\n") + "\n" for code in (row["code"] for row in rows[::15]) if code.strip()]


def test_real_programs_come_back_intact() -> None:
    """A hundred programs that models wrote are what comes out of the block they are put in."""
    programs = _real_programs()
    assert programs == [extract_program(f"Here:\n\n{_block(program)}\nDone.") for program in programs]


def test_real_programs_come_back_without_a_fence() -> None:
    """Programs that print, given bare as base models do, come back whole from their import or definition on."""
    begins, prints = re.compile(r"(?:import|from|def) "), re.compile(r"^print\(", re.MULTILINE)
    programs = [program for program in _real_programs() if begins.match(program) and prints.search(program)]
    completions = [f"The program:\n\n{program}\nThis prints the answer." for program in programs]
    assert programs == [extract_program(completion) for completion in completions]
