"""The `mathbench` command: what needs no pytest session."""

import argparse
import sys

from pytest_mathbench.cli import comparing, deciding, demonstration, doctor, models, past, planning, problem_sets, runs
from pytest_mathbench.cli.messages import say
from pytest_mathbench.errors import ConfigurationError, ExportError, GradingError, RecordingError, SandboxError

_USAGE_ERROR = 4  # as pytest's


def parse(words: list[str]) -> argparse.Namespace:
    """Read a command line; what follows `--` is for the pytest sessions that a command starts, if it starts any."""
    parser = argparse.ArgumentParser(
        prog="mathbench", description="Look at pytest-mathbench's runs, problem sets and models."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    demonstration.declare(commands)
    runs.declare(commands)
    comparing.declare(commands)
    past.declare(commands)
    deciding.declare(commands)
    planning.declare(commands)
    doctor.declare(commands)
    models.declare(commands)
    problem_sets.declare(commands)
    end = words.index("--") if "--" in words else len(words)
    options = parser.parse_args(words[:end])
    if for_pytest := words[end + 1 :]:
        if not hasattr(options, "for_pytest"):
            parser.error("this command starts no pytest session, which what follows -- would be for")
        options.for_pytest = for_pytest
    return options


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status: 0, 1 for a finding, or 4 for what the user has to mend."""
    options = parse(sys.argv[1:] if arguments is None else arguments)
    try:
        status: int | None = options.command(options)
    except (ConfigurationError, ExportError, RecordingError, GradingError, SandboxError) as error:
        say(f"mathbench: {error}", file=sys.stderr)
        return _USAGE_ERROR
    except BrokenPipeError:  # the reader, such as head, has seen enough
        sys.stdout = None  # nothing is left to flush
        return 0
    return status or 0
