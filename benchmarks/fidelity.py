"""Whether programs do in the sandbox what they do without, alone and under load.

    python benchmarks/fidelity.py PROGRAMS.jsonl [COUNT]

Each program ("code" in a line) is run three times: cold (`python program.py` under the same limits, inside bubblewrap),
in the sandbox one at a time, and in the sandbox eight at a time. Compared are how it ended and what it printed; every
difference is listed. Also told: the wall time of all programs, cold and warm.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cold

from pytest_mathbench.records import Ending, Execution, Limits
from pytest_mathbench.sandbox.host import Sandbox

MEMORY = 1 << 30
LIMITS = Limits(cpu_seconds=cold.CPU_SECONDS, wall_seconds=cold.WALL_SECONDS, memory_bytes=MEMORY)
AT_ONCE = 8


def how(execution: Execution) -> str:
    """Return an ending in the words of `cold`."""
    if execution.ending == Ending.EXCEPTION:
        return f"exception {execution.detail.partition(':')[0].rpartition('.')[2]}"
    if execution.ending == Ending.MEMORY:
        return "exception MemoryError"
    if execution.ending in (Ending.EXIT_STATUS, Ending.SIGNAL):
        return f"{execution.ending} {execution.detail.removeprefix('exit status ')}"
    return str(execution.ending)


def main() -> None:
    """Run all three, and compare."""
    programs = [json.loads(line)["code"] for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
    programs = programs[: int(sys.argv[2]) if len(sys.argv) > 2 else None]
    with Sandbox(parallel=AT_ONCE) as sandbox:
        print(f"{len(programs)} programs; sandbox: {sandbox.layers}", flush=True)
        sandbox.run("", LIMITS)
        start = time.monotonic()
        alone = [sandbox.run(program, LIMITS) for program in progress(programs, "one at a time")]
        warm_seconds = time.monotonic() - start
        with ThreadPoolExecutor(AT_ONCE) as pool:
            together = list(pool.map(lambda program: sandbox.run(program, LIMITS), progress(programs, "at once")))
        address_space = sandbox.address_space + MEMORY
    reference = list(cold.confined(progress(programs, "cold"), address_space))
    cold_seconds = sum(ended.wall_seconds for ended in reference)
    compare("cold and warm", [(e.how, e.stdout) for e in reference], [(how(e), e.stdout) for e in alone], programs)
    compare(
        f"one and {AT_ONCE} at a time",
        [(how(e), e.stdout) for e in alone],
        [(how(e), e.stdout) for e in together],
        programs,
    )
    print(
        f"all programs: cold {cold_seconds:.1f} s, warm {warm_seconds:.1f} s, ratio {cold_seconds / warm_seconds:.1f}"
    )
    for number, execution in enumerate(alone):
        if execution.unsafe:
            print(f"unsafe: program {number}: {execution.unsafe}")


def progress(programs: list[str], what: str) -> list[str]:
    """Say what begins."""
    print(f"running {what} ...", file=sys.stderr, flush=True)
    return programs


def compare(what: str, first: list[tuple[str, str]], second: list[tuple[str, str]], programs: list[str]) -> None:
    """Print how many pairs are equal, and every pair that is not."""
    different = [number for number, pair in enumerate(zip(first, second, strict=True)) if pair[0] != pair[1]]
    equal = len(programs) - len(different)
    print(f"{what}: {equal} of {len(programs)} equal ({equal / len(programs):.2%})")
    for number in different:
        print(f"  program {number}: {first[number][0]} / {second[number][0]}")
        if first[number][1] != second[number][1]:
            print(f"    {first[number][1][-300:]!r}\n    {second[number][1][-300:]!r}")


if __name__ == "__main__":
    main()
