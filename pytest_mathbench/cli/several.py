"""Commands on protocols and on several models."""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pytest_mathbench.analysis import matrix, noise
from pytest_mathbench.cli.telling import warn
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.protocols import PROTOCOLS
from pytest_mathbench.reporting import files, protocol
from pytest_mathbench.reporting import matrix as matrix_lines
from pytest_mathbench.reporting.recorded import Recorded

_RAN_THROUGH = {0, 1}
"""Exit statuses of a session whose answers, right or wrong, were measured as far as they could be."""

_OUTPUT = "--mathbench-output"


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the commands."""
    described = commands.add_parser("protocol", help="say what a published protocol states and what it leaves open")
    described.add_argument("name", nargs="?", choices=sorted(PROTOCOLS), help="which one (default: all)")
    described.set_defaults(command=_protocol)
    several = commands.add_parser(
        "matrix",
        help="run several models one after another, or take recorded runs, and show the tables of a paper",
        usage="mathbench matrix --models A,B[=URL],… [-- PYTEST OPTIONS]\n       mathbench matrix RUN RUN …",
    )
    several.add_argument(
        "--models",
        help="models to run, separated by commas, each as --mathbench-model has it; NAME=URL for an endpoint",
    )
    several.add_argument(
        "arguments", nargs="*", help="with --models: options for every pytest run, after --; else: runs"
    )
    several.set_defaults(command=_matrix)
    noise = commands.add_parser(
        "noise",
        help="measure how much pass rates move from run to run when nothing has changed",
        usage="mathbench noise MODEL [--runs N] [-- PYTEST OPTIONS]\n       mathbench noise RUN [RUN …]",
    )
    noise.add_argument("what", help="a model, as --mathbench-model has it, or a recorded run")
    noise.add_argument("--runs", type=int, default=5, help="how often the model is run (default: %(default)s)")
    noise.add_argument("arguments", nargs="*", help="options for every pytest run, after --; or further recorded runs")
    noise.set_defaults(command=_noise)


def _protocol(options: argparse.Namespace) -> None:
    chosen = [PROTOCOLS[options.name]] if options.name else PROTOCOLS.values()
    print("\n\n".join("\n".join(protocol.description(each)) for each in chosen))


def _matrix(options: argparse.Namespace) -> int:
    if options.models:
        folders, failed = _run_all(options.models.split(","), options.arguments)
    else:
        folders, failed = [files.find(run, Path(".mathbench")) for run in options.arguments], []
    if not folders:
        raise ConfigurationError(
            f"there is no run to show: {'; '.join(failed) or 'name recorded runs, or models with --models'}"
        )
    runs = [Recorded(folder, files.read_info(folder), warn) for folder in folders]
    first = runs[0].info
    if others := [str(run.folder) for run in runs if run.info.problems_sha256 != first.problems_sha256]:
        print(f"mathbench: WARNING: not the problems of {folders[0]}: {', '.join(others)}", file=sys.stderr)
    rows = [matrix.row(run.info.model, run.results(), run.info.samples, run.rulings, run.wall_seconds) for run in runs]
    print("\n".join(matrix_lines.lines(rows, matrix.unsolved(rows))))
    if first.protocol:
        print()
        print("\n".join(protocol.description(PROTOCOLS[first.protocol])))
    print(f"\nmathbench matrix {' '.join(map(str, folders))}   # shows this again")
    for failure in failed:
        print(f"mathbench: {failure}", file=sys.stderr)
    return 1 if failed else 0


def _noise(options: argparse.Namespace) -> None:
    failed: list[str] = []
    try:
        folders = [files.find(options.what, Path(".mathbench"))]
    except ConfigurationError:
        if options.runs < 2:  # noqa: PLR2004 - a pair
            raise ConfigurationError("one run has nothing to be held against: ask for two --runs or more") from None
        folders, failed = _run_all([options.what] * options.runs, options.arguments)
    else:
        folders += [files.find(run, Path(".mathbench")) for run in options.arguments]
    if failed:
        raise ConfigurationError("; ".join(failed))
    runs = [Recorded(folder, files.read_info(folder), warn) for folder in folders]
    for run in runs[1:]:
        if different := files.differences(runs[0].info, run.info):
            raise ConfigurationError(f"{run.folder} is another set-up than {folders[0]}: {'; '.join(different)}")
    try:
        found = noise.noise([sample for run in runs for sample in noise.by_sample(run.attempts)])
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    print("\n".join(matrix_lines.noise(found)))


def _run_all(models: Sequence[str], arguments: Sequence[str]) -> tuple[list[Path], list[str]]:
    """Run the models one after another. Return the folders of their runs, and what went wrong."""
    given = [word.partition("=")[2] for word in arguments if word.startswith(f"{_OUTPUT}=")]
    parent = Path(given[-1] if given else ".mathbench") / f"{datetime.now():%Y%m%d-%H%M%S}-matrix"  # noqa: DTZ005 - as runs
    folders, failed = [], []
    for number, model in enumerate(models, start=1):
        name, _, url = model.strip().partition("=")
        output = parent / str(number)
        print(f"\nmathbench: model {number} of {len(models)}: {name}", flush=True)
        command = [sys.executable, "-m", "pytest", *arguments, f"--mathbench-model={name}", f"{_OUTPUT}={output}"]
        status = subprocess.run([*command, f"--mathbench-base-url={url}"] if url else command, check=False).returncode
        found = sorted(path.parent for path in output.glob(f"*/{files.RUN}"))
        folders += found
        if status not in _RAN_THROUGH:
            failed.append(f"the run of {name} ended with status {status}")
    return folders, failed
