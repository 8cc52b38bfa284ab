"""Nothing that a model or a program wrote steers the terminal, the log or the page that shows it."""

import base64
import gzip
import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import WORKERS, Answer, ScriptedServer, row
from pytest_mathbench.printable import printable

STEERING = (
    "\x1b]0;title\x07\x1b[2J\x1b[31mred\x9b32m\x08\x08\rover\x0b\x0c\x85\x7f\u202eolleh\u2066x\u2069\u200b\u00ad\ufeff"
    "\u2028\u2029\U000e0041\ue000\u0378"
)
PROGRAM = f"print({STEERING!r})\nraise ValueError({STEERING!r})"
HOSTILE: dict[str, Answer] = {
    "a-1": f"```python\nprint({STEERING + '7'!r})\n```",
    "a-2": f"```python\n{PROGRAM}\n```",
    "a-3": f"{STEERING} no program",
    "a-4": (400, json.dumps({"error": {"message": STEERING, "param": STEERING}})),
}
KEPT = {"\n", "\t"}


def packed(page: str) -> str:
    """What a page unpacks: base64 of gzip of JSON."""
    found = re.findall(r'<script type="application/octet-stream"[^>]*>([^<]+)</script>', page)
    unpacked = [json.loads(gzip.decompress(base64.b64decode(each))) for each in found]
    return json.dumps(unpacked, ensure_ascii=False)


def unseen(text: str) -> set[str]:
    """Characters of a text that steer, or are not seen."""
    return {sign for sign in text if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")} - KEPT


@given(st.text())
def test_what_is_printable_stays(text: str) -> None:
    """Only what is not seen is replaced."""
    assert printable(text) == "".join(sign if sign.isprintable() else printable(sign) for sign in text)


@given(st.text(st.characters()))
def test_nothing_unseen_is_left(text: str) -> None:
    """Whatever the text, halves of characters included, and a second time changes nothing."""
    assert printable(text).isprintable()
    assert printable(printable(text)) == printable(text)


@given(st.text(), st.sampled_from(["\n", "\n\t", ""]))
def test_what_is_to_be_kept_stays(text: str, keep: str) -> None:
    """A line feed is no escape where lines are wanted."""
    assert [sign for sign in printable(text, keep) if sign in keep] == [sign for sign in text if sign in keep]


@pytest.mark.parametrize("sign", ["\x1b", "\x07", "\x9b", "\u202e", "\u200b", "\ufeff", "\ud800", "\x00", "\U000e0041"])
def test_what_steers_is_escaped(sign: str) -> None:
    """As Python's repr writes it."""
    assert printable(sign) == repr(sign)[1:-1]


def run(folder: Path, *arguments: str) -> str:
    """Run hostile completions in a session of their own; return all that it wrote."""
    server = ScriptedServer()
    server.answers |= HOSTILE
    (folder / "set.jsonl").write_text("".join(json.dumps(row(name)) + "\n" for name in HOSTILE))
    (folder / "test_suite.py").write_text("def test_problem(problem, mathbench): mathbench(problem)\n")
    given = ["--mathbench-model=m", f"--mathbench-base-url={server.url}", "--mathbench-problems=set.jsonl"]
    command = [sys.executable, "-m", "pytest", "test_suite.py", *given, "--junitxml=junit.xml", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    server.close()
    return (done.stdout + done.stderr).decode()


@WORKERS
def test_a_session_shows_nothing_that_steers(tmp_path: Path, workers: str) -> None:
    """Terminal, JUnit, report.json and page, with all that pytest can be asked to show."""
    said = run(tmp_path, workers, "-rA", "-vv")
    assert "1 correct" not in said
    assert unseen(said) == set()
    assert unseen((tmp_path / "junit.xml").read_text()) == set()
    (folder,) = (tmp_path / ".mathbench").iterdir()
    assert unseen((folder / "report.json").read_text()) == set()
    page = (folder / "report.html").read_text()
    (script,) = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)  # it holds a table of signs itself
    assert unseen(page.replace(script, "")) == set()
    assert "olleh" in packed(page)
    assert unseen(packed(page)) == set()


COMMANDS = [
    "report RUN",
    "report RUN --html",
    "report RUN --json",
    "disagreements RUN",
    "regrade RUN",
    "compare RUN RUN",
    "noise RUN RUN",
    "matrix RUN RUN",
    "gate RUN 'overall >= 10%'",
]
END = "the end of a command"
ALL = f"""
import shlex, sys
from pytest_mathbench.cli import main
for command in sys.argv[1:]:
    main(shlex.split(command))
    print({END!r}, flush=True)
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Run all commands on a recorded run, in one process of their own; return what each wrote."""
    folder = tmp_path_factory.mktemp("recorded")
    run(folder, "-q")
    (recorded,) = (folder / ".mathbench").iterdir()
    words = [command.replace("RUN", str(recorded)) for command in COMMANDS]
    done = subprocess.run(
        [sys.executable, "-c", ALL, *words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True
    )
    return dict(zip(COMMANDS, done.stdout.decode().split(f"{END}\n"), strict=False))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_shows_nothing_that_steers(said: dict[str, str], command: str) -> None:
    """Of a recorded run."""
    assert said[command].strip()
    assert unseen(said[command]) == set()
