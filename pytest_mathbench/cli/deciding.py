"""Commands that decide: baselines, gates on a recorded run, shards made one run."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from pytest_mathbench.analysis import gates
from pytest_mathbench.analysis.comparison import Measured, measured
from pytest_mathbench.analysis.course import course
from pytest_mathbench.analysis.decisions import Evidence
from pytest_mathbench.analysis.sequential import Settlement, decide_run, settlement
from pytest_mathbench.cli.messages import say, warn, width
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.recording.completions import tokens_without_result
from pytest_mathbench.recording.recorded import RecordedRun
from pytest_mathbench.records import AttemptId
from pytest_mathbench.reporting import baselines, merging, table
from pytest_mathbench.reporting.report import report
from pytest_mathbench.reporting.sections.gates import decision_blocks
from pytest_mathbench.reporting.sections.section import Context
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
        raise ConfigurationError(f"{options.name!r}: a baseline's name may have letters, digits, dashes and dots only")
    run = RecordedRun.find(options.run, Path(".mathbench"), warn)
    attempts = measured(run.results(), run.info.price)
    if not attempts:
        raise ConfigurationError(f"{run.folder} has no measured results to save as a baseline")
    path = Path(baselines.FOLDER) / f"{options.name}.json"
    baselines.save(path, run.info, attempts)
    say(f"{path}: {len(attempts)} attempts of {run.folder}; use it with --mathbench-baseline={options.name}")


def _gate(options: argparse.Namespace) -> int:
    run = RecordedRun.find(options.run, Path(".mathbench"), warn)
    attempts = measured(run.results(), run.info.price)
    cells = {(each.domain, each.level) for each in attempts.values()}
    try:
        chosen = gates.read_all(options.gates, cells, baseline=bool(options.baseline))
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    before: dict[AttemptId, Measured] | None = None
    if options.baseline:
        place, other, before = baselines.find(options.baseline, Path(".mathbench"), Path.cwd(), warn)
        baselines.check(place, other, before, run.info)
    decisions, settlement = _decided(run, chosen, attempts, before, options.unmeasured)
    say("\n".join(table.written(decision_blocks(decisions, settlement, run.info.order_seed), width())))
    return gates.EXIT_STATUS[gates.overall(decisions)]


def _decided(
    run: RecordedRun,
    chosen: Sequence[gates.Gate],
    attempts: Mapping[AttemptId, Measured],
    before: Mapping[AttemptId, Measured] | None,
    allowed: int,
) -> tuple[list[gates.Decision], Settlement | None]:
    """Decide as the run itself did. A shard's beginning is not the run's, so that a shard is decided as a whole."""
    info, way = run.info, None
    if info.order and not info.shard:
        found = {each.attempt: attempts.get(each.attempt) for each in run.raw_results()}
        way = course(info.order, info.samples, found, before)
    # What a run that was cut off never came to is not measured either.
    expected = info.problem_count * info.samples if not info.shard else len(attempts)
    evidence = Evidence(attempts, before, max(0, expected - len(attempts)))
    verdict = decide_run(chosen, evidence, way, allowed)
    if way is None:
        return verdict.decisions, None
    return verdict.decisions, settlement(verdict, way, attempts, info.samples, list(tokens_without_result(run)))


def _merge(options: argparse.Namespace) -> None:
    shards = [RecordedRun.find(run, Path(".mathbench"), warn) for run in options.runs]
    path = merging.merge(shards, options.output)
    run = RecordedRun.find(str(path), options.output, warn)
    say("\n".join(table.lines(report(run.results()), Context(run.info), width())))
    say(f"\n{len(shards)} shards of {run.info.problem_count} problems; recorded in {path}")
