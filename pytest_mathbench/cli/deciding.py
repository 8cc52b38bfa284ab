"""Commands that decide: baselines, gates on a recorded run, shards made one run."""

import argparse
from pathlib import Path

from pytest_mathbench.analysis import gates, scores
from pytest_mathbench.analysis.comparison import Attempt, Measured, measured
from pytest_mathbench.analysis.decisions import Evidence, decide
from pytest_mathbench.analysis.gates import Status
from pytest_mathbench.cli.telling import warn
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.reporting import baselines, files, merging, table, verdicts
from pytest_mathbench.settings import LATEST

EXIT_STATUS = {Status.PASS: 0, Status.FAIL: 1, Status.INCONCLUSIVE: 6}


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


def _attempts(run: Path) -> dict[Attempt, Measured]:
    return measured(files.read_results(run, warn), files.read_rulings(run, warn))


def _save_baseline(options: argparse.Namespace) -> None:
    if not options.name.replace("-", "").replace("_", "").replace(".", "").isalnum():
        raise ConfigurationError(f"{options.name!r}: a baseline's name is of letters, digits, dashes, dots")
    folder = files.find(options.run, Path(".mathbench"))
    if not (attempts := _attempts(folder)):
        raise ConfigurationError(f"{folder} has measured nothing that could be a baseline")
    path = Path(baselines.FOLDER) / f"{options.name}.json"
    baselines.save(path, files.read_info(folder), attempts)
    print(f"{path}: {len(attempts)} attempts of {folder}; use it with --mathbench-baseline={options.name}")


def _gate(options: argparse.Namespace) -> int:
    folder = files.find(options.run, Path(".mathbench"))
    info, attempts = files.read_info(folder), _attempts(folder)
    cells = {(each.domain, each.level) for each in attempts.values()}
    try:
        chosen = gates.read_all(options.gates, cells, baseline=bool(options.baseline))
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    before = None
    if options.baseline:
        place, other, before = baselines.find(options.baseline, Path(".mathbench"), Path.cwd(), warn)
        if different := baselines.differences(other, info):
            raise ConfigurationError(f"the baseline {place} was measured otherwise: {'; '.join(different)}")
    # What a run that was cut off never came to is not measured either.
    expected = info.problem_count * info.samples if not info.shard else len(attempts)
    evidence = Evidence(attempts, before, max(0, expected - len(attempts)))
    decisions = decide(chosen, evidence, options.unmeasured)
    print("\n".join(verdicts.lines(decisions)).rstrip())
    return EXIT_STATUS[gates.overall(decisions)]


def _merge(options: argparse.Namespace) -> None:
    folders = [files.find(run, Path(".mathbench")) for run in options.runs]
    path = merging.merge(folders, options.output, warn)
    info = files.read_info(path)
    report = scores.report(files.read_results(path, warn), info.samples, files.read_rulings(path, warn))
    print("\n".join(table.lines(report)))
    print(f"\n{len(folders)} shards of {info.problem_count} problems; recorded in {path}")
