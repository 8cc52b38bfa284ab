"""What a confined child answers: a program a line, its faults a line."""

import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout

from pytest_mathbench.inspection.faults import faults


def warm_up() -> None:
    """Look at a program once, before the first fork."""
    faults("import math\nmath.no(undefined)\nmath.sqrt(1, 2)\n")


def serve() -> None:
    """Answer until the input ends: a program as a JSON string, its faults as a list of lists, null if that failed."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii")
    for line in sys.stdin:
        source = json.loads(line)
        try:
            with (
                redirect_stdout(io.StringIO()),
                redirect_stderr(io.StringIO()),
            ):  # of a module that speaks when imported
                found = faults(source)
        except Exception:  # noqa: BLE001 - what cannot be analysed has no findings
            found = None
        print(json.dumps(found), file=answers, flush=True)
