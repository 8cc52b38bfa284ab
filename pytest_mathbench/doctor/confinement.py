"""What would confine the programs of a run here: each layer, then a sandbox that is started and grades."""

import sys
from collections.abc import Iterator
from dataclasses import replace

from pytest_mathbench.doctor.finding import Finding, State
from pytest_mathbench.errors import GradingError, SandboxError
from pytest_mathbench.grading import selftest
from pytest_mathbench.grading.grade import WARM_MODULE
from pytest_mathbench.pipeline import limits
from pytest_mathbench.sandbox import Sandbox
from pytest_mathbench.sandbox.cures import allow_namespaces
from pytest_mathbench.sandbox.layers import Layers, choose, cures, probe
from pytest_mathbench.settings import DEFAULT_TIMEOUT_SECONDS, Settings

_LOST = {
    "landlock": "bubblewrap alone hides files, and no program can have a scratch folder",
    "bubblewrap": "programs can learn sizes and dates of files outside, and cannot have a scratch folder",
}
"""What a run goes without where one of the two that hide files is missing."""


def findings(settings: Settings) -> Iterator[Finding]:
    """Yield what is found."""
    if sys.platform == "linux":
        try:
            yield from _layers(probe(), settings.sandbox)
        except SandboxError as error:
            yield Finding.of("layers", error)
            return
    yield _sandbox(settings)


def _layers(layers: Layers, policy: str) -> Iterator[Finding]:
    there = {
        "landlock": f"version {layers.landlock}",
        "seccomp": "refused calls are named" if layers.announced else "refused calls are not named",
        "bubblewrap": layers.bubblewrap,
    }
    known = cures(layers)
    for layer, found in there.items():
        if layer not in layers.missing:
            yield Finding(layer, State.OK, found)
            continue
        needed = policy == "strict" and not (layers.seccomp if layer == "seccomp" else layers.hides_files)
        lost = f": {_LOST[layer]}" if layer in _LOST and layers.hides_files else ""
        state = State.MISSING if needed else State.LIMITED
        yield Finding(layer, state, f"{layers.missing[layer]}{lost}", known[layer])
    if layers.namespaces:
        yield Finding("namespaces", State.OK, "user namespaces may be made")
    else:
        yield Finding("namespaces", State.LIMITED, "user namespaces are forbidden: no bubblewrap", allow_namespaces())


def _sandbox(settings: Settings) -> Finding:
    """Start what a run would start, run a program in it, and have it grade what is known."""
    try:
        layers = choose(settings.sandbox, scratch=bool(settings.scratch))
        with Sandbox((WARM_MODULE,), layers=layers, scratch_bytes=settings.scratch or 0) as sandbox:
            execution = sandbox.run("print(6 * 7)", limits(DEFAULT_TIMEOUT_SECONDS, settings.memory))
            graded = selftest.run(sandbox)
    except (SandboxError, GradingError) as error:
        return Finding.of("sandbox", error)
    if execution.stdout != "42\n":
        return Finding("sandbox", State.MISSING, f"a program that prints 42 ended so: {execution.ending}")
    if layers.dangers:
        return Finding(
            "sandbox",
            State.LIMITED,
            f"{settings.sandbox}: a program can {'; '.join(layers.dangers)}",
            "--mathbench-sandbox=strict" if settings.sandbox == "off" else "what is said of the layers above",
        )
    present = replace(layers, missing={})
    return Finding("sandbox", State.OK, f"{settings.sandbox}: {present}; {graded} known answers graded")
