"""A part of a completion that no continuation can mend is told from one that is merely not done."""

import ast
import codeop
import inspect
import json
from collections.abc import Iterator
from types import ModuleType

import pytest

from pytest_mathbench.inspection.lookup import NAMES_MODULE
from pytest_mathbench.inspection.watcher import Watcher
from pytest_mathbench.sandbox import Sandbox


@pytest.fixture(scope="module")
def watcher() -> Iterator[Watcher]:
    """Start a sandbox that parses."""
    with Sandbox([]) as sandbox:
        yield Watcher(sandbox)


@pytest.fixture(scope="module")
def reader() -> Iterator[Watcher]:
    """Start a sandbox that knows names as well."""
    with Sandbox(["math", NAMES_MODULE]) as sandbox:
        yield Watcher(sandbox, names=True)


@pytest.mark.parametrize("module", [json.decoder, codeop, ast], ids=lambda module: module.__name__)
def test_no_beginning_of_a_program_is_lost(watcher: Watcher, module: ModuleType) -> None:
    """Real modules, line by line: open brackets, strings, decorators, branches without an end."""
    lines = inspect.getsource(module).splitlines(keepends=True)[:250]
    text = "Here it is:\n```python\n"
    for line in lines:
        text += line
        assert not watcher.is_lost(text), text[-200:]


@pytest.mark.parametrize(
    "beginning",
    [
        "try:\n    x = 1\n",
        "if x:\n",
        "x = [1,\n     2,\n",
        "x = 1 + \\\n",
        "@cache\n",
        'x = """one\ntwo\n',
        "def f():\n    def g():\n        nonlocal x\n",
        "    x = 1\n    y = 2\n",
        "match x:\n",
        "for i in range(3):\n    print(i)\nelse:\n",
        "x = 1\nprint(x)\nThis is the answer:\n",
        ">>> x = 1\n",
    ],
)
def test_what_may_yet_be_mended_is_not_lost(watcher: Watcher, beginning: str) -> None:
    """A statement that is not done, an indentation that all lines share, prose that extraction takes away."""
    assert not watcher.is_lost(f"```python\n{beginning}")


@pytest.mark.parametrize(
    "program",
    [
        "x = = 1\n",
        "print('a'))\n",
        "x = 1\n  y = 2\n",
        "def f(:\n",
        "for i in range(3) print(i)\n",
        "x = 5 5\nprint(x)\n",
        "if x:\n    a = 1\n  b = 2\n",
        "x = [1, 2)\n",
        "a = 1\nelse:\n",
    ],
)
def test_what_nothing_mends_is_lost(watcher: Watcher, program: str) -> None:
    """The parser fails before it has read to the end; one more line, and it fails alike."""
    text = f"So:\n```python\nimport math\n{program}"
    assert watcher.is_lost(text) or watcher.is_lost(f"{text}y = 1\n")


@pytest.mark.parametrize(
    "text",
    [
        "x = = 1\n",
        "<think>\n```python\nx = = 1\n",
        "```python\nx = = 1\n```\nThat is wrong. Rather:\n",
        "```\nx = = 1\n",
        "```bash\nx = = 1\n",
        "",
    ],
    ids=["no block", "a thought", "a closed block", "no language", "another language", "nothing"],
)
def test_what_need_not_be_the_program_is_not_lost(watcher: Watcher, text: str) -> None:
    """Only a block that is marked as Python, and still being written, is looked at."""
    assert not watcher.is_lost(text)


@pytest.mark.parametrize("program", ["(" * 5000 + "\n", "-" * 100_000 + "1\n", "x = '\0'\n"])
def test_a_hostile_program_is_not_lost(watcher: Watcher, program: str) -> None:
    """What breaks the parser tells nothing; the next text is looked at as ever."""
    watcher.is_lost(f"```python\n{program}")
    assert watcher.is_lost("```python\nx = = 1\ny = 1\n")


@pytest.mark.parametrize(
    "program",
    [
        "import math\nx = math.sqr(4)\n",
        "import nowhere_to_be_found\n",
        "total = lenght\n",
        "def f():\n    return g()\nprint(f())\n",
        "for i in range(3):\n    x = y + i\n",
        "if True:\n    print(y)\n",
    ],
)
def test_a_name_that_means_nothing_loses_what_follows(reader: Watcher, watcher: Watcher, program: str) -> None:
    """It fails before anything that follows is run; who does not look at names goes on."""
    assert reader.is_lost(f"```python\n{program}")
    assert not watcher.is_lost(f"```python\n{program}")


@pytest.mark.parametrize(
    "program",
    [
        "def f():\n    return g()\n",
        "try:\n    print(y)\n",
        "try:\n    import nowhere_to_be_found\nexcept ImportError:\n    y = 1\n",
        "if len('a') > 1:\n    print(y)\n",
        "class A:\n    def m(self):\n        return y\n",
        "print(\n    y\n",
        "print(y,\n",
        "x = [y for\n",
        "with open('f') as f:\n    print(y)\n",
        "for i in x():\n",
    ],
)
def test_a_name_that_may_yet_mean_something_loses_nothing(reader: Watcher, program: str) -> None:
    """It is not run for certain, may be caught, may be defined before it is, or its statement is not done."""
    assert not reader.is_lost(f"```python\n{program}")
