"""How near generation comes to what the server can do, beside the ways that others go.

    python benchmarks/generation.py [--rounds N] [--inspect PYTHON] [--lm-eval PYTHON] [--only WAYS]
    python benchmarks/generation.py --scale [--sizes N ...] [--samples N] [--workers N ...] [--latency SECONDS]
    python benchmarks/generation.py --vllm --base-url URL --model NAME [--problem-file FILE] [--problems N]

The first: 945 problems on a server whose completions take a second each, 64 at once (--concurrency 512 --problems 5120
shows what a process bears): a bare client, ours without and with workers, inspect-ai and lm-eval (from virtual
environments of their own). The second: time and memory for an item,
as runs grow. The third: output tokens a second on a real vLLM server, a bare client and ours in turn, with the very
same requests.
"""

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import stub

from pytest_mathbench.domains import LEVELS, Domain
from pytest_mathbench.pipeline import Questionnaire
from pytest_mathbench.problems import load, select
from pytest_mathbench.prompts import DEFAULT_TEMPLATE, Template
from pytest_mathbench.records import Problem, Sampling

PEERS = Path(__file__).with_name("peers")
PYTEST = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q"]
MAX_TOKENS = 1024
INSPECT_TASK = "inspect_task.py"
TASK = "mathbench_stub"
SAMPLED = "--mathbench-temperature=0.8"
POLL_SECONDS = 0.01
# The plugins of pytest that a developer has installed are no part of what is measured.
UNRELATED = ["-p", "no:hypothesispytest", "-p", "no:anyio"]


class Ran(NamedTuple):
    """What a command took: wall time, CPU time of all its processes that it waited for, and its own peak of memory."""

    wall: float
    cpu: float
    peak_kib: int
    output: str
    began: float
    """By the monotonic clock."""


class Asked(NamedTuple):
    """What the server saw of a way: the most requests at once, the first in seconds after the start, and their rate."""

    most: int
    first: float
    rate: float


@dataclass(frozen=True)
class Way:
    """One way to ask for all completions; `first` are the arguments that make it ask for the first only."""

    name: str
    includes: str
    command: Sequence[str]
    first: Sequence[str]


def write_problems(path: Path, count: int) -> None:
    """Write problems, as many in each domain and level as in every other (27 of 945); the answer is the stub's."""
    cells = [(str(domain), level) for domain in Domain for level in LEVELS]
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            domain, level = cells[number % len(cells)]
            text = f"Let $n = {number}$. What is the answer to problem number $n$ of {domain}, level {level}?"
            row = {"id": f"p-{number}", "domain": domain, "level": level, "problem": text, "answer": stub.ANSWER}
            file.write(json.dumps(row) + "\n")


def write_requests(path: Path, problems: Iterable[Problem], model: str, max_tokens: int) -> None:
    """Write what ours asks for these problems, as arguments of the openai client."""
    questionnaire = Questionnaire(Template(DEFAULT_TEMPLATE), Sampling(max_tokens=max_tokens, seed=0))
    with path.open("w", encoding="utf-8") as file:
        for problem in problems:
            request = questionnaire.request(problem)
            arguments: dict[str, Any] = {
                "model": model,
                "messages": [{"role": "user", "content": request.prompt.user}],
                "temperature": request.sampling.temperature,
                "top_p": request.sampling.top_p,
                "max_tokens": request.sampling.max_tokens,
            }
            file.write(json.dumps(arguments) + "\n")


def environment(folder: Path, **more: str) -> Mapping[str, str]:
    """Return an environment in which nobody's settings count, caches are fresh and nothing is fetched."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "INSPECT_", "HF_"))}
    ours = {name: value for name, value in kept.items() if name != "PYTHONDONTWRITEBYTECODE"}  # compiled once, as ever
    fresh = {name: str(folder / name.lower()) for name in ("HF_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "NO_PROXY": "127.0.0.1,localhost"}
    return ours | fresh | offline | more


def run(
    command: Sequence[str],
    folder: Path,
    env: Mapping[str, str],
    watch: "Watch | None" = None,
    allowed: Sequence[int] = (0,),
) -> Ran:
    """Run a command in a folder. Ends the benchmark, with what was said, if it fails."""
    log = folder / "output.log"
    with log.open("wb") as output:
        start = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=output, stderr=subprocess.STDOUT)
        try:
            peak, seen = 0, 0.0
            while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                if time.monotonic() > seen + 0.1:
                    peak, seen = max(peak, peak_kib(process.pid)), time.monotonic()
                if watch:
                    watch.look()
                time.sleep(POLL_SECONDS)
            wall = time.monotonic() - start
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            if process.returncode is None:
                process.kill()
    text = log.read_text(encoding="utf-8", errors="replace")
    if process.returncode not in allowed:
        raise SystemExit(f"{' '.join(command)}\nended with status {process.returncode}:\n{text[-4000:]}")
    return Ran(wall, usage.ru_utime + usage.ru_stime, peak, text, start)


def peak_kib(pid: int) -> int:
    """Return a process's own peak of resident memory: the kernel's figure for waited children mixes in theirs."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0


def ours(url: str, model: str, concurrency: int, output: Path, *more: str) -> list[str]:
    """Return the command of a run of ours."""
    named = {"model": model, "base-url": url, "concurrency": concurrency, "output": output}
    return [*PYTEST, *UNRELATED, *(f"--mathbench-{name}={value}" for name, value in named.items()), *more]


def side_by_side(arguments: argparse.Namespace) -> None:
    """Print the table of all ways."""
    latency = 1.0 if arguments.latency is None else arguments.latency
    with tempfile.TemporaryDirectory() as name, stub.running("--latency", str(latency)) as server:
        folder = Path(name)
        ways = [
            way for way in make_ways(arguments, folder, server.url) if way.name in arguments.only or not arguments.only
        ]
        walls: dict[str, list[Ran]] = {way.name: [] for way in ways}
        start_ups: dict[str, list[float]] = {way.name: [] for way in ways}
        asked: dict[str, list[Asked]] = {way.name: [] for way in ways}
        imports: list[float] = []
        env = environment(folder, OPENAI_API_KEY="none", STUB_API_KEY="none", STUB_BASE_URL=server.url)
        for way in ways:
            expect(way.name, server, 1, run([*way.command, *way.first], folder, env))  # to warm the caches
        for number in range(arguments.rounds):
            imports.append(run([sys.executable, "-c", "import openai"], folder, env).wall)
            turn = number % len(ways)
            for way in [*ways[turn:], *ways[:turn]]:
                alone = run([*way.command, *way.first], folder, env)
                expect(way.name, server, 1, alone)
                first = alone.wall - latency
                whole = run(way.command, folder, env)
                asked[way.name].append(expect(way.name, server, arguments.problems, whole))
                start_ups[way.name].append(first)
                walls[way.name].append(whole)
                print(f"round {number + 1}: {way.name}: {whole.wall:.2f} s, start-up {first:.2f} s", file=sys.stderr)
    ideal = arguments.problems / arguments.concurrency * latency
    waves = math.ceil(arguments.problems / arguments.concurrency)
    print(
        f"{arguments.problems} problems, completions of {latency:g} s, {arguments.concurrency} at once; "
        f"medians of {arguments.rounds} rounds, every way in each\n"
        f"ideal: {arguments.problems}/{arguments.concurrency} × {latency:g} s = {ideal:.2f} s "
        f"(all completions are equally long, so that {waves} full turns, {waves * latency:g} s, cannot be undercut)\n"
        "start-up: the same command for one problem, less one completion; it holds the end of the process too\n"
        "ratio: wall / (ideal + start-up)\n"
        "first: from the start of the process to its first request for a problem, in times that it takes to import the "
        f"openai client ({statistics.median(imports):.2f} s)\n"
        "a second: requests, from the first to the last answer\n"
    )
    print(
        f"{'way':12}{'wall s':>9}{'range':>16}{'start-up s':>12}{'ratio':>8}{'first s':>9}{'times':>7}{'a second':>10}"
        f"{'CPU s':>8}{'at once':>9}  includes"
    )
    for way in ways:
        wall = [ran.wall for ran in walls[way.name]]
        start_up = statistics.median(start_ups[way.name])
        ratio = statistics.median(wall) / (ideal + start_up)
        span = f"{min(wall):.2f}-{max(wall):.2f}"
        cpu = statistics.median(ran.cpu for ran in walls[way.name])
        first = statistics.median(each.first for each in asked[way.name])
        times = first / statistics.median(imports)
        rate = statistics.median(each.rate for each in asked[way.name])
        print(
            f"{way.name:12}{statistics.median(wall):9.2f}{span:>16}{start_up:12.2f}{ratio:8.3f}{first:9.2f}{times:7.2f}"
            f"{rate:10.1f}{cpu:8.1f}{asked[way.name][-1].most:9}  {way.includes}"
        )


def expect(way: str, server: stub.Server, count: int, ran: Ran) -> Asked:
    """End the benchmark unless so many requests came; return what the server saw of them."""
    stats = server.stats()
    if stats["requests"] != count:
        raise SystemExit(f"{way}: {stats['requests']} requests, not {count}")
    return Asked(stats["most_at_once"], stats["first"] - ran.began, count / (stats["last"] - stats["first"]))


def make_ways(arguments: argparse.Namespace, folder: Path, url: str) -> list[Way]:
    """Return the ways that can be gone here, and write what they read."""
    problems, requests, prompts = (folder / name for name in ("problems.jsonl", "requests.jsonl", "prompts.jsonl"))
    write_problems(problems, arguments.problems)
    chosen = load(str(problems)).problems
    write_requests(requests, chosen, stub.MODEL, MAX_TOKENS)
    asked = [json.loads(line)["messages"][0]["content"] for line in requests.read_text(encoding="utf-8").splitlines()]
    with prompts.open("w", encoding="utf-8") as file:
        for problem, prompt in zip(chosen, asked, strict=True):
            file.write(json.dumps({"id": problem.id, "prompt": prompt, "answer": problem.answer}) + "\n")
    at_once = str(arguments.concurrency)
    command = ours(url, stub.MODEL, arguments.concurrency, folder / "runs", f"--mathbench-problems={problems}")
    everything = "generation, execution, grading, files, table"
    ways = [
        Way(
            "bare client",
            "generation",
            [sys.executable, str(PEERS / "bare.py"), url, str(requests), at_once],
            ["1"],
        ),
        Way("ours -n 0", everything, [*command, "-n", "0"], ["--mathbench-limit=1"]),
        Way("ours -n 2", everything, [*command, "-n", "2"], ["--mathbench-limit=1"]),
    ]
    if arguments.inspect:
        ways.append(
            Way("inspect-ai", "generation, `includes`, log", inspect(arguments, folder, prompts), ["--limit=1"])
        )
    if arguments.lm_eval:
        command = lm_eval(arguments, folder, prompts, url)
        ways.append(Way("lm-eval", "generation, `exact_match`, results", command, ["--limit", "1"]))
    return ways


def inspect(arguments: argparse.Namespace, folder: Path, prompts: Path) -> list[str]:
    """Return inspect-ai's command. All samples run at once, as is its default, so that only connections limit it."""
    shutil.copy(PEERS / INSPECT_TASK, folder)  # it takes none but relative paths
    return [
        *(arguments.inspect, "-m", "inspect_ai", "eval", INSPECT_TASK, "-T", f"path={prompts}"),
        *(f"--model=openai-api/{stub.MODEL}/{stub.MODEL}", f"--max-connections={arguments.concurrency}"),
        *(f"--max-tokens={MAX_TOKENS}", "--temperature=0", "--top-p=1"),
        *(f"--log-dir={folder / 'inspect'}", "--display=plain"),
    ]


def lm_eval(arguments: argparse.Namespace, folder: Path, prompts: Path, url: str) -> list[str]:
    """Return lm-eval's command, and write its task."""
    task = {
        "task": TASK,
        "dataset_path": "json",
        "dataset_kwargs": {"data_files": {"test": str(prompts)}},
        "test_split": "test",
        "output_type": "generate_until",
        "doc_to_text": "{{prompt}}",
        "doc_to_target": "{{answer}}",
        "generation_kwargs": {"until": [], "max_gen_toks": MAX_TOKENS, "temperature": 0, "do_sample": False},
        "filter_list": [
            {
                "name": "printed",
                "filter": [
                    {"function": "regex", "regex_pattern": r"print\((.*)\)"},
                    {"function": "take_first"},
                ],
            }
        ],
        "metric_list": [{"metric": "exact_match", "aggregation": "mean", "higher_is_better": True}],
    }
    tasks = folder / "tasks"
    tasks.mkdir()
    (tasks / f"{TASK}.yaml").write_text(json.dumps(task), encoding="utf-8")  # JSON is YAML
    model = {"model": stub.MODEL, "base_url": f"{url}/chat/completions", "num_concurrent": arguments.concurrency}
    return [
        *(arguments.lm_eval, "-m", "lm_eval", "run", "--model", "local-chat-completions"),
        *("--model_args", ",".join(f"{name}={value}" for name, value in model.items()), "--apply_chat_template"),
        *("--tasks", TASK, "--include_path", str(tasks), "--output_path", str(folder / "lm_eval")),
    ]


def scale(arguments: argparse.Namespace) -> None:
    """Print time and memory of runs of several sizes."""
    latency = 0.02 if arguments.latency is None else arguments.latency
    print(
        f"completions of {latency:g} s, {arguments.concurrency} at once, {arguments.samples} samples a problem; peak: "
        "resident memory of the controller (without workers: the only pytest process); growth: against the size before;"
        " plain: as many tests, parametrised alike, that do nothing, without the plugin"
    )
    heads = ("problems", "items", "wall s", "ms/item", "peak MiB", "growth: ms/item", "KiB/item")
    print("workers" + "".join(f"{head:>{len(head) + 3}}" for head in heads), flush=True)
    for workers in ("plain", *arguments.workers):
        before: tuple[int, Ran] | None = None
        for size in arguments.sizes:
            items = size * arguments.samples
            ran = plain(size, arguments.samples) if workers == "plain" else one_size(arguments, size, workers, latency)
            growth = f"{'':>18}{'':>11}"
            if before:
                more = items - before[0]
                milliseconds = 1000 * (ran.wall - before[1].wall) / more
                growth = f"{milliseconds:18.2f}{(ran.peak_kib - before[1].peak_kib) / more:11.3f}"
            print(
                f"{workers:7}{size:11}{items:8}{ran.wall:9.1f}{1000 * ran.wall / items:10.2f}"
                f"{ran.peak_kib / 1024:11.1f}{growth}",
                flush=True,
            )
            before = items, ran


def plain(size: int, samples: int) -> Ran:
    """Run as many tests that do nothing, without the plugin: parametrised, named and marked as ours are."""
    test = f"""
        import pytest

        def cell(number):
            return getattr(pytest.mark, f"domain{{number % 7}}"), getattr(pytest.mark, f"level{{number % 5}}")

        PROBLEMS = [pytest.param(number, id=f"p-{{number}}", marks=cell(number)) for number in range({size})]

        @pytest.mark.parametrize("sample", range({samples}), ids=lambda number: f"sample{{number + 1}}")
        @pytest.mark.parametrize("problem", PROBLEMS)
        def test_problem(problem, sample):
            pass
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test_problems.py").write_text(textwrap.dedent(test), encoding="ascii")
        quiet = ["-W", "ignore::pytest.PytestUnknownMarkWarning"]
        command = [*PYTEST, *UNRELATED, "-p", "no:mathbench", "-n", "0", *quiet, "test_problems.py"]
        return run(command, folder, environment(folder))


def one_size(arguments: argparse.Namespace, size: int, workers: int, latency: float) -> Ran:
    """Run one size, and see that every item was measured, each with its own request."""
    samples = [f"--mathbench-samples={arguments.samples}", SAMPLED] if arguments.samples > 1 else []
    with tempfile.TemporaryDirectory() as name, stub.running("--latency", str(latency)) as server:
        folder = Path(name)
        problems = folder / "problems.jsonl"
        write_problems(problems, size)
        more = [f"--mathbench-problems={problems}", "-n", str(workers), *samples]
        ran = run(
            ours(server.url, stub.MODEL, arguments.concurrency, folder / "runs", *more), folder, environment(folder)
        )
        measured = len(results(folder / "runs"))
        expect("ours", server, size * arguments.samples, ran)
    if measured != size * arguments.samples:
        raise SystemExit(f"{measured} items were measured, not {size * arguments.samples}:\n{ran.output[-2000:]}")
    return ran


def results(output: Path) -> list[dict[str, Any]]:
    """Return the results of the only run in an output folder. Ends the benchmark if an item was not measured."""
    (path,) = output.glob("*/results.jsonl")
    rows = [json.loads(line) for line in path.read_bytes().splitlines()]
    if faults := [row["fault"] for row in rows if row.get("fault")]:
        raise SystemExit(f"{len(faults)} items were not measured, the first: {faults[0]}")
    return [row for row in rows if row.get("outcome")]


class Watch:
    """Looks at a run's completions as they are written, to tell when the first was asked for and the last was there.

    A completion's `seconds` are its own and there is no time of day in it; the journal has each as soon as it is made.
    The first request went out that much before its completion came. Start-up, and what is left to execute and to grade
    after the last completion, are not in `seconds` then, as they are not in a bare client's.
    """

    def __init__(self, output: Path) -> None:
        self._output = output
        self._path: Path | None = None
        self._read = 0
        self._sent, self._came = math.inf, -math.inf
        self.completions = 0

    def look(self) -> None:
        """Take what is new."""
        if self._path is None:
            self._path = next(self._output.glob("*/completions.jsonl"), None)
            if self._path is None:
                return
        with self._path.open("rb") as file:
            file.seek(self._read)
            new = file.read()
        now = time.monotonic()
        whole = new[: new.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.splitlines():
            self._sent = min(self._sent, now - json.loads(line)["completion"]["seconds"])
            self._came = now
            self.completions += 1

    @property
    def seconds(self) -> float:
        """From the first request to the last completion."""
        return self._came - self._sent


def on_vllm(arguments: argparse.Namespace) -> None:
    """Print output tokens a second of a bare client and of ours on a running server."""
    source = arguments.problem_file or ""
    chosen = select(load(source), limit=arguments.problems).problems
    rates: dict[str, list[float]] = {"bare client": [], "ours -n 0": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = environment(folder, OPENAI_API_KEY=os.environ.get("OPENAI_API_KEY", "none"))
        requests, one_token = folder / "requests.jsonl", folder / "one_token.jsonl"
        write_requests(requests, chosen, arguments.model, arguments.max_tokens)
        write_requests(one_token, chosen, arguments.model, max_tokens=1)
        bare = [sys.executable, str(PEERS / "bare.py"), arguments.base_url]
        # The server keeps what it computed of a prompt: whoever comes first would pay for all others.
        run([*bare, str(one_token), str(arguments.concurrency)], folder, env)
        for number in range(arguments.rounds):
            for way in (list(rates), list(reversed(rates)))[number % 2]:
                output = folder / f"runs-{number}"
                if way == "bare client":
                    ran = run([*bare, str(requests), str(arguments.concurrency)], folder, env)
                    told = json.loads(ran.output.splitlines()[-1])
                    tokens, seconds = told["completion_tokens"], told["seconds"]
                else:
                    more = [f"--mathbench-limit={arguments.problems}", f"--mathbench-max-tokens={arguments.max_tokens}"]
                    tokens, seconds = ours_on_vllm(arguments, [*more, f"--mathbench-problems={source}"], output, env)
                rates[way].append(tokens / seconds)
                print(f"round {number + 1}: {way}: {tokens} tokens in {seconds:.2f} s", file=sys.stderr)
    medians = {way: statistics.median(values) for way, values in rates.items()}
    print(
        f"{len(chosen)} problems, {arguments.concurrency} at once, at most {arguments.max_tokens} tokens; "
        f"{arguments.rounds} rounds in turn; from the first request to the last completion"
    )
    for way, values in rates.items():
        spread = f"{min(values):.1f}-{max(values):.1f}"
        print(f"{way:12}{medians[way]:10.1f} tokens/s{spread:>16}")
    print(f"ours / bare: {medians['ours -n 0'] / medians['bare client']:.3f}")


def ours_on_vllm(
    arguments: argparse.Namespace, more: Sequence[str], output: Path, env: Mapping[str, str]
) -> tuple[int, float]:
    """Return the tokens and the seconds of a run of ours; wrong answers are the model's, and no reason to stop."""
    watch = Watch(output)
    command = ours(arguments.base_url, arguments.model, arguments.concurrency, output, *more, "-n", "0")
    run(command, output.parent, env, watch, allowed=(0, 1))
    watch.look()
    rows = results(output)
    if watch.completions != len(rows):
        raise SystemExit(f"{len(rows)} results and {watch.completions} completions in the journal")
    return sum(row["completion"]["completion_tokens"] for row in rows), watch.seconds


def main() -> None:
    """Read the options, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", action="store_true", help="time and memory as runs grow")
    parser.add_argument("--vllm", action="store_true", help="tokens a second on a running vLLM server")
    parser.add_argument("--problems", type=int, metavar="N", help="default: 945, with --vllm 70")
    parser.add_argument("--concurrency", type=int, default=64, metavar="N")
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    parser.add_argument("--latency", type=float, metavar="SECONDS", help="default: 1, with --scale 0.02")
    parser.add_argument("--only", default="", metavar="WAYS", help='such as "bare client,ours -n 0"')
    parser.add_argument("--inspect", metavar="PYTHON", help="of an environment that holds inspect-ai")
    parser.add_argument("--lm-eval", metavar="PYTHON", help="of an environment that holds lm-eval[api]")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 5000, 12500], metavar="N")
    parser.add_argument("--samples", type=int, default=4, metavar="N")
    parser.add_argument("--workers", type=int, nargs="+", default=[0], metavar="N")
    parser.add_argument("--base-url", metavar="URL")
    parser.add_argument("--model", metavar="NAME")
    parser.add_argument("--problem-file", metavar="FILE", help="default: the bundled set")
    parser.add_argument("--max-tokens", type=int, default=MAX_TOKENS, metavar="N")
    arguments = parser.parse_args()
    arguments.only = [name.strip() for name in arguments.only.split(",") if name.strip()]
    arguments.problems = arguments.problems or (70 if arguments.vllm else 945)
    if arguments.scale:
        scale(arguments)
    elif arguments.vllm:
        if not (arguments.base_url and arguments.model):
            parser.error("--vllm needs --base-url and --model")
        on_vllm(arguments)
    else:
        side_by_side(arguments)


if __name__ == "__main__":
    main()
