"""Commands that decide: baselines, gates on a recorded run, shards made one run."""

import argparse
from pathlib import Path

from pytest_mathbench.analysis import gates
from pytest_mathbench.analysis.decisions import Evidence, decide
from pytest_mathbench.cli.telling import warn
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.reporting import baselines, merging, table, verdicts
from pytest_mathbench.reporting.recorded import Recorded
from pytest_mathbench.settings import LATEST


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the commands."""
    baseline = commands.add_parser("baseline", help="save a run as a baseline that gates compare with")
    actions = baseline.add_subparsers(required=True, metavar="ACTION")
    save = actions.add_parser("save", help=f"write {baselines.FOLDER}/NAME.json, a small file to be committed")
    save.add_argument("name", help="the name by which --mathbench-baseline will know it")
    save.add_argument("run", nargs="?", default=LATEST, help="the run's folder (default: the newest in .mathbench)")
    save.set_defaults(command=_save_baseline)
    gate = commands.add_parser(
        "gate", help="decide gates on a recorded run; exit status 0 pass, 1 fail, 6 inconclusive"
    )
    gate.add_argument("run", help="the run's folder")
    gate.add_argument("gates", nargs="+", metavar="GATE", help="a sentence such as 'overall >= 60%%'")
    gate.add_argument("--baseline", default="", help="what to compare with: a run's folder, a file, or a name")
    gate.add_argument("--unmeasured", type=int, default=0, help="attempts that may be not measured (default: 0)")
    gate.set_defaults(command=_gate)
    merge = commands.add_parser("merge", help="make one run of the runs of all shards")
    merge.add_argument("runs", nargs="+", help="the shards' folders")
    merge.add_argument(
        "--output", type=Path, default=Path(".mathbench"), help="where the run is recorded (%(default)s)"
    )
    merge.set_defaults(command=_merge)


def _save_baseline(options: argparse.Namespace) -> None:
    if not options.name.replace("-", "").replace("_", "").replace(".", "").isalnum():
        raise ConfigurationError(f"{options.name!r}: a baseline's name is of letters, digits, dashes, dots")
    run = Recorded.find(options.run, Path(".mathbench"), warn)
    if not run.attempts:
        raise ConfigurationError(f"{run.folder} has measured nothing that could be a baseline")
    path = Path(baselines.FOLDER) / f"{options.name}.json"
    baselines.save(path, run.info, run.attempts)
    print(f"{path}: {len(run.attempts)} attempts of {run.folder}; use it with --mathbench-baseline={options.name}")


def _gate(options: argparse.Namespace) -> int:
    run = Recorded.find(options.run, Path(".mathbench"), warn)
    cells = {(each.domain, each.level) for each in run.attempts.values()}
    try:
        chosen = gates.read_all(options.gates, cells, baseline=bool(options.baseline))
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    before = None
    if options.baseline:
        place, other, before = baselines.find(options.baseline, Path(".mathbench"), Path.cwd(), warn)
        baselines.check(place, other, run.info)
    # What a run that was cut off never came to is not measured either.
    expected = run.info.problem_count * run.info.samples if not run.info.shard else len(run.attempts)
    evidence = Evidence(run.attempts, before, max(0, expected - len(run.attempts)))
    decisions = decide(chosen, evidence, options.unmeasured)
    print("\n".join(verdicts.lines(decisions)).rstrip())
    return gates.EXIT_STATUS[gates.overall(decisions)]


def _merge(options: argparse.Namespace) -> None:
    shards = [Recorded.find(run, Path(".mathbench"), warn) for run in options.runs]
    path = merging.merge(shards, options.output)
    run = Recorded.find(str(path), options.output, warn)
    print("\n".join(table.lines(run.report())))
    print(f"\n{len(shards)} shards of {run.info.problem_count} problems; recorded in {path}")
