"""How many bits a second two programs that run side by side can pass to each other, by ways that are left.

    python benchmarks/channels.py [BITS]

For each channel a sender and a receiver agree on slots of the clock; in each slot the sender does something or nothing,
and the receiver looks. The slots become shorter until more than one bit in twenty is wrong; told is the fastest rate
before that, and how many bits were wrong. Without bubblewrap there is one way more. Other load on the machine lowers
all rates: run it alone for an upper bound.
"""

import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from pytest_mathbench.execution import Limits
from pytest_mathbench.sandbox import Sandbox
from pytest_mathbench.sandbox.layers import Layers, probe

LIMITS = Limits(cpu_seconds=60.0, wall_seconds=240.0, memory_bytes=1 << 30)
BITS = 100
SLOTS = (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)
WRONG = 0.05

COMMON = """
import ctypes, mmap, os, resource, sys, threading, time
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p

def wait(moment):
    while (left := moment - time.monotonic()) > 0:
        time.sleep(left)

def spin(moment):
    count = 0
    while time.monotonic() < moment: count += 1
    return count

def library_page():
    descriptor = os.open(os.__file__, os.O_RDONLY)
    return libc.mmap(None, ctypes.c_size_t(4096), 1, 1, descriptor, ctypes.c_long(0))

def free_bytes():
    numbers = (ctypes.c_ulong * 16)()
    libc.sysinfo(numbers)
    return numbers[5]
"""

# name → (what is done in a slot for a 1, what is seen in a slot: greater for a 1). `end` is the slot's end.
CHANNELS = {
    "how busy the cores are": ("busy(end - 0.2 * slot)", "-spin(end - 0.2 * slot)"),
    "how much memory is free": (
        "block = bytearray(1 << 27); wait(end - 0.2 * slot); del block",
        "(before := free_bytes(), wait(start + 0.7 * slot), before - free_bytes())[-1]",
    ),
    "the numbers of threads": (
        "while time.monotonic() < start + 0.6 * slot: t = threading.Thread(target=int); t.start(); t.join()",
        "(first := number(), wait(end - 0.2 * slot), number() - first)[-1]",
    ),
}
VISIBLE = {"threads in /proc": ("threads(end - 0.2 * slot)", "(wait(start + 0.5 * slot), threads_there())[-1]")}
PREPARE = """
def number():
    found = []
    thread = threading.Thread(target=lambda: found.append(threading.get_native_id()))
    thread.start(); thread.join()
    return found[0]

def busy(moment):
    import hashlib
    def work():
        while time.monotonic() < moment: hashlib.sha256(block).digest()
    block = bytes(1 << 17)
    several = [threading.Thread(target=work) for _ in range(2 * len(os.sched_getaffinity(0)))]
    for thread in several: thread.start()
    for thread in several: thread.join()

def threads(moment):
    several = [threading.Thread(target=wait, args=(moment,)) for _ in range(20)]
    for thread in several: thread.start()
    for thread in several: thread.join()

def threads_there():
    most = 0
    for pid in {os.getpid() + distance for distance in range(-2000, 2000)} - {os.getpid()}:
        try: most = max(most, os.stat(f"/proc/{pid}/task").st_nlink)
        except OSError: pass
    return most
"""
SENDER = """
for index, bit in enumerate({bits!r}):
    start = {begin} + index * {slot}
    slot, end = {slot}, start + {slot}
    wait(start)
    if bit:
        {act}
"""
RECEIVER = """
seen = []
for index in range({count}):
    start = {begin} + index * {slot}
    slot, end = {slot}, start + {slot}
    wait(start)
    seen.append({look})
print(*seen)
"""


def sent(sandbox: Sandbox, act: str, look: str, slot: float, count: int) -> float:
    """Return the share of bits that arrive wrong, where the receiver knows the middle between many and few."""
    generator = random.Random(slot)  # noqa: S311 - nothing is secret
    bits = [generator.getrandbits(1) for _ in range(count)]
    begin = time.monotonic() + 0.5
    names = {"bits": bits, "begin": begin, "slot": slot, "count": count, "act": act, "look": look}
    programs = [COMMON + PREPARE + template.format(**names) for template in (SENDER, RECEIVER)]
    with ThreadPoolExecutor(2) as pool:
        _, received = pool.map(lambda program: sandbox.run(program, LIMITS), programs)
    seen = [float(word) for word in received.stdout.split()]
    if len(seen) != count:
        raise SystemExit(f"the receiver ended: {received.detail} {received.stderr[-500:]}")
    return min(
        sum((value >= threshold) != bool(bit) for value, bit in zip(seen, bits, strict=True)) / count
        for threshold in seen
    )


def rate(sandbox: Sandbox, act: str, look: str, count: int) -> str:
    """Return the fastest rate at which nearly all arrives."""
    best = "nothing arrives"
    for slot in SLOTS:
        wrong = sent(sandbox, act, look, slot, count)
        if wrong > WRONG:
            break
        best = f"{1 / slot:6.0f} bits/s, {wrong:.0%} wrong"
    return best


def main() -> None:
    """Measure each channel under all layers, and what is left without bubblewrap."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else BITS
    there = probe()
    for layers, channels in ((there, CHANNELS), (replace(there, bubblewrap=""), VISIBLE)):
        measure(layers, channels, count)


def measure(layers: Layers, channels: dict[str, tuple[str, str]], count: int) -> None:
    """Print a table."""
    with Sandbox(preload=(), layers=layers, parallel=2) as sandbox:
        sandbox.run("", LIMITS)
        print(f"sandbox: {layers}; {count} bits")
        for name, (act, look) in channels.items():
            print(f"{name:28}{rate(sandbox, act, look, count)}", flush=True)


if __name__ == "__main__":
    main()
