"""A part of a completion → whether anything that may follow can still make its program one that runs.

The parser is given whole lines, and told that they may be incomplete. It reads token by token: an error that it meets
before it has come to the end of what there is, it meets whatever comes after. And a name that means nothing fails
before anything after it is run. Such faults are certain for the block of code that is being written; a later block may
still replace that (docs/strategies.md).
"""

import json
import re
from dataclasses import dataclass

from pytest_mathbench.execution import Execution
from pytest_mathbench.extraction import extract
from pytest_mathbench.inspection.lookup import LIMITS, certain_fault
from pytest_mathbench.sandbox import Sandbox

_CHILD = """\
import ast, codeop, json, sys, warnings
warnings.simplefilter("ignore")
FLAGS = ast.PyCF_ONLY_AST | codeop.PyCF_ALLOW_INCOMPLETE_INPUT
for line in sys.stdin:
    lost = True
    for program in json.loads(line):
        try:
            compile(program, "program.py", "exec", FLAGS, dont_inherit=True)
        except SyntaxError as error:
            lost = lost and error.msg != "incomplete input"
        except (ValueError, RecursionError, MemoryError):
            lost = False
        else:
            lost = False
    print(json.dumps(lost), flush=True)
"""

_FENCE = re.compile(r"^[ \t>]*(?:```|~~~)[ \t]*(?:python|py)", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Watcher:
    """Looks at completions while they are made. Thread-safe."""

    sandbox: Sandbox
    names: bool = False
    """Whether names are looked at as well."""

    def is_lost(self, text: str) -> bool:
        """Whether the program at the end of whole lines cannot be mended by going on. Raises `SandboxError`.

        That is so where neither the block as it is written nor what extraction makes of it parses; or where what there
        is of it meets a name for certain that means nothing.
        """
        if not _FENCE.search(text) or (found := extract(text)) is None:
            return False
        start, end = found.places[-1]
        if text[end:].strip():  # its block is closed, and another may follow
            return False
        said = self.sandbox.ask(_CHILD, json.dumps([found.program, text[start:end]]), LIMITS)
        if not isinstance(said, Execution) and json.loads(said) is True:
            return True
        return self.names and certain_fault(self.sandbox, found.program) is not None
