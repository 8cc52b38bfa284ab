"""A program → the names in it that mean nothing, found in a confined child."""

import json

from pytest_mathbench.errors import SandboxError
from pytest_mathbench.execution import Execution, Limits
from pytest_mathbench.inspection.fault import Fault
from pytest_mathbench.sandbox import Sandbox

NAMES_MODULE = "pytest_mathbench.inspection.child"
"""What the sandbox preloads so that names can be looked for."""

LIMITS = Limits(cpu_seconds=1.2, wall_seconds=30.0, memory_bytes=1 << 30)
"""Of looking at one program without running it."""

_CHILD = f"from {NAMES_MODULE} import serve\nserve()\n"


def faults_of(sandbox: Sandbox, program: str) -> list[Fault]:
    """Return a program's faults, what is certain first; none of a program that cannot be analysed within the limits.

    Raises `SandboxError` if the sandbox cannot look for them.
    """
    said = sandbox.ask(_CHILD, json.dumps(program), LIMITS)
    if isinstance(said, Execution):
        if NAMES_MODULE.partition(".")[0] in said.detail:  # it is hidden from whoever has not imported it
            raise SandboxError(
                f"names cannot be looked for: {said.detail}\n→ the sandbox has to preload {NAMES_MODULE}"
            )
        return []
    return [Fault(*fault) for fault in json.loads(said) or ()]


def certain_fault(sandbox: Sandbox, program: str) -> Fault | None:
    """Return the first fault that a program meets for certain, or it fails before. Raises `SandboxError`."""
    return next((fault for fault in faults_of(sandbox, program) if fault.certain), None)
