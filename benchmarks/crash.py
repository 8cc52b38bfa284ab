"""Kill runs at random moments, resume them, and see that nothing is lost, asked again or left behind.

    python benchmarks/crash.py [--trials N] [--problems N] [--samples N] [--seed N]

The server is stub.py, whose answers depend on the request alone. First a run that nobody disturbs, without and with
workers. Then each trial starts one and kills, at a moment drawn between half a second and the undisturbed run's length,
the controller, a worker or the server; waits until the run and all its processes are gone; and resumes it until no item
is left without a measurement. Its results must then be those of the undisturbed run, and nothing may have been asked
that stood in its completions.jsonl before, or twice in one session. A line for each trial, then the totals; exit
status 1 if any is not 0.

A server that died is started again before the run is resumed. The run gets --patience seconds to end by itself before:
then it is interrupted, as a user would with Ctrl-C.
"""

import argparse
import ctypes
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Self

import psutil
import stub
from generation import SAMPLED, environment, ours, write_problems

from pytest_mathbench.records import Request

CONCURRENCY = 16
LATENCY = 0.3
FIRST_MOMENT = 0.5
VICTIMS = {0: ("controller", "server"), 2: ("controller", "worker", "server")}
WORKER = "import sys;exec(eval(sys.stdin.readline()))"
"""How execnet starts a worker."""

TOO_LATE = "ended before"
GONE_SECONDS = 20.0
SESSION_SECONDS = 300.0
MOST_RESUMPTIONS = 5
PR_SET_CHILD_SUBREAPER = 36

Attempt = tuple[str, int]


class Found(NamedTuple):
    """What a result must have in common with the undisturbed run's."""

    outcome: str
    stdout: str | None
    text: str


class Reference(NamedTuple):
    """What the undisturbed run found, and the name that the stub has for each request's key."""

    found: Mapping[Attempt, Found]
    names: Mapping[str, str]


class Results(NamedTuple):
    """What stands in a run's results.jsonl: the first result of each attempt, and those that have several."""

    found: Mapping[Attempt, Found]
    twice: frozenset[Attempt]


@dataclass
class Verdict:
    """What went wrong, one line each."""

    lost: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    survivors: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    measured_twice: list[str] = field(default_factory=list)
    hung: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return all of them."""
        return [line for lines in vars(self).values() for line in lines]

    def counts(self) -> dict[str, int]:
        """Return how many of each."""
        return {name.replace("_", " "): len(lines) for name, lines in vars(self).items()}


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file, a line each; what a kill cut off is none."""
    if path.exists():
        for line in path.read_bytes().splitlines():
            with suppress(ValueError):
                yield json.loads(line)


def results(folder: Path | None) -> Results:
    """Read what was measured; faults, and marks of resumption, are passed over."""
    found: dict[Attempt, Found] = {}
    twice: set[Attempt] = set()
    for row in lines(folder / "results.jsonl") if folder else ():
        if row.get("outcome"):
            attempt = row["problem"]["id"], row.get("sample", 0)
            execution = row["execution"] or {}
            if attempt in found:
                twice.add(attempt)
            else:
                found[attempt] = Found(row["outcome"], execution.get("stdout"), row["completion"]["text"])
    return Results(found, frozenset(twice))


def written(folder: Path | None) -> dict[Path, bytes]:
    """Return the whole lines of a run's files: they are only ever added to."""
    paths = [folder / name for name in ("results.jsonl", "completions.jsonl")] if folder else []
    texts = {path: path.read_bytes() for path in paths if path.exists()}
    return {path: text[: text.rfind(b"\n") + 1] for path, text in texts.items()}


def newest(output: Path) -> Path | None:
    """Return the newest run's folder; one that has no run.json yet was not begun."""
    runs = sorted(output.glob("*/run.json"), key=lambda path: path.stat().st_mtime_ns)
    return runs[-1].parent if runs else None


def free_port() -> int:
    """Return a port that is free and, since it must be free again later, not one that clients are given."""
    while True:
        port = random.randrange(12000, 30000)  # noqa: S311 - a port is no secret
        with socket.socket() as listener, suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port


class Runs:
    """The runs of one trial: their folder, their server, and its log."""

    def __init__(self, folder: Path, arguments: argparse.Namespace, workers: int) -> None:
        self.folder = folder
        self.output = folder / "runs"
        self.patience = arguments.patience
        self.process: subprocess.Popen[bytes] | None = None
        self._port = free_port()
        self._log = folder / "requests.jsonl"
        self._read = 0
        self._temporary = folder / "tmp"
        self._temporary.mkdir(parents=True)
        problems = folder / "problems.jsonl"
        write_problems(problems, arguments.problems)
        samples = [f"--mathbench-samples={arguments.samples}", SAMPLED] if arguments.samples > 1 else []
        self._more = [f"--mathbench-problems={problems}", "-n", str(workers), *samples]
        self.server = self.serve()

    def serve(self) -> stub.Server:
        """Start the server, on the same port each time."""
        log = ["--log", str(self._log), "--port", str(self._port)]
        self.server = stub.start("--vary", "--latency", str(LATENCY), *log)
        return self.server

    def start(self, resumed: Path | None = None) -> subprocess.Popen[bytes]:
        """Start a session in a process group of its own, to go on with a run or to begin one."""
        resume = [f"--mathbench-resume={resumed}"] if resumed else []
        command = ours(self.server.url, stub.MODEL, CONCURRENCY, self.output, *self._more, *resume)
        with (self.folder / "output.log").open("ab") as output:
            self.process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=environment(self.folder, TMPDIR=str(self._temporary)),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self.process

    def asked(self) -> list[str]:
        """Return the names of the requests that came since this was last asked."""
        with self._log.open("rb") as file:
            file.seek(self._read)
            new = file.read()
        self._read += len(new)
        return [json.loads(line)["asked"] for line in new.splitlines()]

    def workers(self) -> list[psutil.Process]:
        """Return the workers of the session."""
        assert self.process
        found = []
        with suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self.process.pid).children():
                with suppress(psutil.NoSuchProcess):
                    if WORKER in child.cmdline():
                        found.append(child)
        return found

    def survivors(self, seconds: float = GONE_SECONDS) -> list[str]:
        """Return the command lines of what still lives of a session after a generous wait, and end it."""
        deadline = time.monotonic() + seconds
        while (alive := self._alive()) and time.monotonic() < deadline:
            time.sleep(0.02)
        told = []
        for process in alive:
            with suppress(psutil.NoSuchProcess):
                told.append(f"process {process.pid}: {' '.join(process.cmdline())[:200]}")
                process.kill()
        return told

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process:
            self.survivors(0)
        self.server.process.kill()
        self.server.process.communicate()

    def left(self) -> int:
        """Return how many temporary folders of ours the sessions left: nobody clears up after a kill -9."""
        return len(list(self._temporary.glob("mathbench-*")))

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder)

    def _alive(self) -> list[psutil.Process]:
        """Return our live descendants but the server: what a session's death orphaned has become our child."""
        assert self.process
        alive = []
        known = {self.process.pid, self.server.process.pid}
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.NoSuchProcess, ChildProcessError):
                if process.pid == self.server.process.pid:
                    continue
                if process.status() != psutil.STATUS_ZOMBIE:
                    alive.append(process)
                elif process.ppid() == os.getpid() and process.pid not in known:
                    os.waitpid(process.pid, os.WNOHANG)
        return alive


def wait(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for a process; return whether it ended in time."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
        return True
    return False


def undisturbed(runs: Runs, count: int) -> tuple[float, Reference]:
    """Run to the end; return its seconds, and what the trials are compared with."""
    start = time.monotonic()
    process = runs.start()
    ended = wait(process, SESSION_SECONDS)
    seconds = time.monotonic() - start
    folder = newest(runs.output)
    found = results(folder)
    if not ended or process.returncode not in (0, 1) or len(found.found) != count or not folder:
        raise SystemExit(
            f"the undisturbed run measured {len(found.found)} of {count} items:\n{tail(runs.folder / 'output.log')}"
        )
    if left := runs.survivors():
        raise SystemExit(f"the undisturbed run left behind: {left}")
    if repeated := [name for name, times in Counter(runs.asked()).items() if times > 1]:
        raise SystemExit(f"the undisturbed run asked {len(repeated)} requests more than once")
    names = {}
    for row in lines(folder / "results.jsonl"):
        if row.get("request"):
            request = Request.from_json(json.dumps(row["request"]))
            names[request.key] = stub.asked(request.prompt.user, request.sampling.seed)
    return seconds, Reference(found.found, names)


def tail(path: Path) -> str:
    """Return the end of a log."""
    return path.read_text(encoding="utf-8", errors="replace")[-3000:]


@dataclass(frozen=True)
class Trial:
    """One killing: who, of a run with how many workers, and when."""

    workers: int
    victim: str
    moment: float


def kill(trial: Trial, runs: Runs, chance: random.Random, verdict: Verdict) -> str:
    """Start a run, kill at the moment, and return when the run is over or was told to end. Tells what was done."""
    start = time.monotonic()
    process = runs.start()
    if wait(process, trial.moment):
        return TOO_LATE
    if trial.victim == "controller":
        process.kill()
    elif trial.victim == "worker":
        while not (workers := runs.workers()) and process.poll() is None:
            time.sleep(0.01)
        if not workers:
            return TOO_LATE
        with suppress(psutil.NoSuchProcess):
            chance.choice(workers).kill()
    else:
        runs.server.process.kill()
        runs.server.process.communicate()
    killed = f"killed after {time.monotonic() - start:.2f} s"
    limit = runs.patience if trial.victim == "server" else SESSION_SECONDS
    if wait(process, limit):
        return killed
    if trial.victim != "server":
        verdict.hung.append(f"the session did not end within {limit:g} s")
    interrupt(process)
    return f"{killed}, interrupted after {limit:g} s"


def interrupt(process: subprocess.Popen[bytes]) -> None:
    """Press Ctrl-C."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)


def conduct(trial: Trial, runs: Runs, chance: random.Random, reference: Reference) -> tuple[Verdict, str]:
    """Do one trial; return what went wrong, and what was done."""
    verdict = Verdict()
    done = kill(trial, runs, chance, verdict)
    asked: list[str] = []

    def over() -> None:
        """See that a session is over, and what it asked."""
        assert runs.process
        if not wait(runs.process, GONE_SECONDS):
            verdict.hung.append(f"the session did not end within {GONE_SECONDS:g} s")
            runs.process.kill()
            runs.process.wait()
        verdict.survivors += runs.survivors()
        now = runs.asked()
        verdict.repeated += [f"asked {times} times in a session" for times in Counter(now).values() if times > 1]
        asked[:] = now

    over()
    if runs.server.process.poll() is not None:
        runs.serve()
    before = results(newest(runs.output))
    done += f", {len(before.found)} results"
    then: Counter[str] = Counter()
    while reference.found.keys() - before.found.keys() and then.total() < MOST_RESUMPTIONS:
        folder = newest(runs.output)
        made = [row["key"] for row in lines(folder / "completions.jsonl")] if folder else []
        done += f" and {len(made)} completions" if not then else ""
        stood = written(folder)
        process = runs.start(folder)
        if not wait(process, SESSION_SECONDS):
            interrupt(process)
            verdict.hung.append(f"the resumed session did not end within {SESSION_SECONDS:g} s")
        over()
        then["resumed" if folder else "begun anew"] += 1  # killed before it had a folder
        if process.returncode not in (0, 1):
            print(f"the resumed session ended with status {process.returncode}:\n{tail(runs.folder / 'output.log')}")
        after = results(newest(runs.output))
        again = {reference.names[key] for key in made} & set(asked)
        verdict.repeated += [f"asked though recorded: {name}" for name in again]
        verdict.lost += [f"{gone}: was there before" for gone in before.found.keys() - after.found.keys()]
        now = written(folder)
        verdict.lost += [f"{path}: was changed" for path in stood if not now[path].startswith(stood[path])]
        before = after
    verdict.lost += [f"{missing}: not measured" for missing in reference.found.keys() - before.found.keys()]
    verdict.different += [
        f"{which}: {found}, undisturbed {reference.found.get(which)}"
        for which, found in before.found.items()
        if found != reference.found.get(which)
    ]
    verdict.measured_twice += [f"{which}: measured twice" for which in before.twice]
    return verdict, f"{done}; {', '.join(f'{what} {times} times' for what, times in then.items()) or 'complete'}"


def schedule(count: int, seconds: Mapping[int, float], chance: random.Random) -> list[Trial]:
    """Draw the trials: without and with workers in turn, and of each kind every victim in turn."""
    trials = []
    for number in range(count):
        workers = (0, 2)[number % 2]
        victims: Sequence[str] = VICTIMS[workers]
        moment = chance.uniform(FIRST_MOMENT, max(FIRST_MOMENT, seconds[workers]))
        trials.append(Trial(workers, victims[number // 2 % len(victims)], moment))
    return trials


def main() -> None:
    """Do all trials, and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=30, metavar="N")
    parser.add_argument("--problems", type=int, default=120, metavar="N")
    parser.add_argument("--samples", type=int, default=1, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="draws the moments")
    parser.add_argument("--only", choices=("controller", "worker", "server"), help="only the trials with this victim")
    parser.add_argument("--patience", type=float, default=60.0, metavar="SECONDS")
    arguments = parser.parse_args()
    # Whatever a killed session leaves behind becomes our child, and is found.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    # A background job is born deaf to Ctrl-C, and so are its children.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    place = Path(tempfile.mkdtemp(prefix="mathbench-crash-"))
    totals: Counter[str] = Counter()
    try:
        totals.update(trials(arguments, place))
    finally:
        with suppress(OSError):  # what went wrong is kept
            place.rmdir()
    if totals.total():
        raise SystemExit(1)


def trials(arguments: argparse.Namespace, place: Path) -> Mapping[str, int]:
    """Do all trials, tell of each, and return how often what went wrong."""
    chance = random.Random(arguments.seed)  # noqa: S311 - moments are no secret
    items = arguments.problems * arguments.samples
    seconds: dict[int, float] = {}
    whole: dict[int, Reference] = {}
    for workers in VICTIMS:
        with Runs(place / f"undisturbed-{workers}", arguments, workers) as runs:
            seconds[workers], whole[workers] = undisturbed(runs, items)
        runs.remove()
        print(f"undisturbed, -n {workers}: {items} items in {seconds[workers]:.2f} s", flush=True)
    reference, *others = whole.values()
    if any(other != reference for other in others):
        raise SystemExit("the undisturbed runs differ without and with workers")
    print(f"outcomes: {dict(Counter(found.outcome for found in reference.found.values()))}", flush=True)
    totals: Counter[str] = Counter()
    killed = 0
    done = [trial for trial in schedule(arguments.trials, seconds, chance) if arguments.only in (None, trial.victim)]
    for number, trial in enumerate(done, start=1):
        with Runs(place / f"trial-{number}", arguments, trial.workers) as runs:
            verdict, told = conduct(trial, runs, chance, reference)
        killed += not told.startswith(TOO_LATE)
        counts = verdict.counts()
        totals.update(counts)
        wrong = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing wrong"
        left = f" ({runs.left()} temporary folders left)" if runs.left() else ""
        print(f"trial {number}: -n {trial.workers}, {trial.victim} {told}: {wrong}{left}", flush=True)
        for line in verdict.lines():
            print(f"  {line}")
        if verdict.lines():
            print(f"  kept: {runs.folder}", flush=True)
        else:
            runs.remove()
    print(
        f"{len(done)} trials, {killed} with a kill in time: "
        + ", ".join(f"{count} {name}" for name, count in totals.items())
    )
    return totals


if __name__ == "__main__":
    main()
