"""Make what `mathbench demo` shows of two recorded runs: a model's own, and one of another build of it, its baseline.

    pytest --mathbench-model=MODEL --mathbench-per-cell=3 --mathbench-output=ours
    pytest --mathbench-model=OTHER --mathbench-per-cell=3 --mathbench-output=theirs
    python benchmarks/demonstration.py ours/RUN theirs/RUN

Both are of the bundled problems, three of each cell, at temperature 0. The baseline's completions are executed and
graded anew, as the demonstration does with the others: under its limit of CPU time, which is short. What is shipped
names no path of this machine: a model in a local folder is called by that folder's name, unless --model and
--baseline-model say better.
"""

import argparse
import json
import lzma
import re
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from pytest_mathbench.analysis.comparison import measured
from pytest_mathbench.cli.demonstration import BASELINE, FOLDER, PACKED, SETTINGS
from pytest_mathbench.problems import bundled_folder
from pytest_mathbench.recording.completions import Entry, RecordedCompletions
from pytest_mathbench.recording.recorded import RUN, RecordedRun
from pytest_mathbench.recording.run_info import RunInfo, to_document
from pytest_mathbench.reporting import baselines
from pytest_mathbench.settings import LATEST


def main() -> None:
    """Write the files, and say how large they are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", help="the run whose completions are shown")
    parser.add_argument("baseline", help="the run that it is held against")
    parser.add_argument("--model", default="", metavar="NAME", help="what the first one's model is called")
    parser.add_argument("--baseline-model", default="", metavar="NAME", help="what the other's is called")
    options = parser.parse_args()
    run, other = (RecordedRun.find(each, Path(".mathbench"), print) for each in (options.run, options.baseline))
    info = named(run.info, options.model)
    (FOLDER / RUN).write_text(json.dumps(to_document(info), indent=2) + "\n", encoding="utf-8")
    PACKED.write_bytes(lzma.compress(completions(run, info.model).encode(), preset=9 | lzma.PRESET_EXTREME))
    with tempfile.TemporaryDirectory() as scratch:
        again = replayed(other, scratch)
        attempts = measured(again.results(), again.info.price)
        other_info = replace(other.info, cpu_seconds=again.info.cpu_seconds)
    assert info.problem_count == len(attempts), f"{other.folder} has {len(attempts)} of {info.problem_count} results"
    baselines.save(BASELINE, named(other_info, options.baseline_model), attempts)
    for path in sorted(FOLDER.iterdir()):
        assert path == PACKED or not (paths := re.findall(r'"/[^"]*"', path.read_text())), f"{path} names {paths}"
        print(f"{path}: {path.stat().st_size:,} bytes")


def replayed(run: RecordedRun, output: str) -> RecordedRun:
    """Execute and grade a run's completions with the demonstration's settings, but for its gates."""
    suite = str(bundled_folder())
    command = [sys.executable, "-m", "pytest", "-q", "-c", str(SETTINGS), f"--rootdir={suite}", suite]
    command += ["--mathbench-gates=", f"--mathbench-replay={run.folder}", f"--mathbench-output={output}"]
    subprocess.run(command, check=False)  # status 1: wrong answers
    return RecordedRun.find(LATEST, Path(output), print)


def named(info: RunInfo, model: str) -> RunInfo:
    """Return what a run measured with what, without what is this machine's alone."""
    name = model or Path(info.model).name
    machine = {key: value for key, value in info.machine.items() if key != "executable"}
    return replace(info, model=name, resolved_model=name, machine=machine)


def completions(run: RecordedRun, model: str) -> str:
    """Return the completions that results were made of, a line each."""
    recorded = RecordedCompletions(run.folder, print)
    lines = []
    for result in run.raw_results():
        assert result.request, f"{run.folder}: {result.problem.id} was not measured: {result.fault}"
        completion = recorded.get(run.info.model, result.request)
        assert completion, f"{run.folder} has no completion for {result.problem.id}"
        lines.append(Entry(model=model, key=result.request.key, completion=completion).to_json())
    recorded.close()
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main()
