"""Whether programs do in the sandbox what they do without, alone and under load.

    python benchmarks/fidelity.py PROGRAMS.jsonl [COUNT]

Each program ("code" in a line) is run cold (`python program.py` under the same limits, inside bubblewrap), and in the
sandbox one at a time, as many at a time as there are cores, and eight at a time. Compared are how it ended and what it
printed; every difference is listed. Also told: the wall time of all programs, and of those within the CPU limit, since
an endless loop costs the limit either way.
"""

import json
import os
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cold

from pytest_mathbench.execution import Ending, Execution, Limits
from pytest_mathbench.sandbox import Sandbox

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
    """Run all, and compare."""
    programs = [json.loads(line)["code"] for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
    programs = programs[: int(sys.argv[2]) if len(sys.argv) > 2 else None]
    cores = len(os.sched_getaffinity(0))
    runs, seconds = {}, {}
    with Sandbox(parallel=AT_ONCE) as sandbox:
        print(f"{len(programs)} programs; sandbox: {sandbox.layers}", flush=True)
        sandbox.run("", LIMITS)
        for at_once in (1, cores, AT_ONCE):
            print(f"running {at_once} at a time ...", file=sys.stderr, flush=True)
            start = time.monotonic()
            with ThreadPoolExecutor(at_once) as pool:
                runs[at_once] = list(pool.map(lambda program: sandbox.run(program, LIMITS), programs))
            seconds[at_once] = time.monotonic() - start
        address_space = sandbox.full.address_space + MEMORY
    print("running cold ...", file=sys.stderr, flush=True)
    reference = list(cold.confined(programs, address_space))
    ends = {at_once: [(how(e), e.stdout) for e in executions] for at_once, executions in runs.items()}
    compare("cold / sandbox", [(e.how, e.stdout) for e in reference], ends[1])
    compare(f"one / {AT_ONCE} at a time", ends[1], ends[AT_ONCE])
    compare(f"one / {cores} at a time", ends[1], ends[cores])
    cold_seconds = sum(ended.wall_seconds for ended in reference)
    for at_once in (1, cores):
        ratio = cold_seconds / seconds[at_once]
        print(
            f"wall: cold {cold_seconds:.1f} s, sandbox {at_once} at a time {seconds[at_once]:.1f} s: {ratio:.1f} times"
        )
    within = [pair for pair in zip(reference, runs[1], strict=True) if pair[0].how != "cpu_time"]
    of_cold, of_ours = (sum(ended.wall_seconds for ended in side) for side in zip(*within, strict=True))
    print(f"the {len(within)} within the CPU limit: {of_cold:.1f} s, {of_ours:.1f} s: {of_cold / of_ours:.1f} times")
    median = statistics.median(theirs.wall_seconds / ours.wall_seconds for theirs, ours in within)
    print(f"a program's own ratio, median: {median:.1f} times")
    for number, execution in enumerate(runs[1]):
        if execution.unsafe:
            print(f"unsafe: program {number}: {execution.unsafe}")


def compare(what: str, first: list[tuple[str, str]], second: list[tuple[str, str]]) -> None:
    """Print how many pairs are equal, and every pair that is not."""
    different = [number for number, pair in enumerate(zip(first, second, strict=True)) if pair[0] != pair[1]]
    equal = len(first) - len(different)
    print(f"{what}: {equal} of {len(first)} equal ({equal / len(first):.2%})")
    for number in different:
        print(f"  program {number}: {first[number][0]} / {second[number][0]}")
        if first[number][1] != second[number][1]:
            print(f"    {first[number][1][-300:]!r}\n    {second[number][1][-300:]!r}")


if __name__ == "__main__":
    main()
