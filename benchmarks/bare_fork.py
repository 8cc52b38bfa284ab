"""A warm process that forks for each program and confines nothing: what the sandbox would cost at least.

Started by sandbox.py. Programs come as JSON strings, a line each; what they print goes back as JSON.
"""

import json
import os
import sys

from pytest_mathbench.sandbox.zygote import warm


def run(source: str) -> str:
    """Run a program in a fork, and return what it printed."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(writing, 1)
        exec(compile(source, "program.py", "exec"), {"__name__": "__main__"})  # noqa: S102 - what is measured
        sys.stdout.flush()
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        printed = pipe.read()
    os.waitpid(pid, 0)
    return printed


if __name__ == "__main__":
    warm(sys.argv[1:])
    for line in sys.stdin:
        printed = run(json.loads(line))
        print(json.dumps(printed), flush=True)
