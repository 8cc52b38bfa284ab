"""Whether a run can start here: what is there, what is missing, and what mends it, in one screen."""

import argparse
import json
import textwrap

from pytest_mathbench.cli.messages import say
from pytest_mathbench.option import Kind
from pytest_mathbench.settings import options, read

_WIDTH = 80
_NAME, _STATE = 11, 8

_OPTIONS = (
    "model", "base_url", "api_key_env", "headers", "query", "request", "raw_prompt", "engine", "vllm_args",
    "sglang_args", "sandbox", "scratch", "memory", "output",
)  # fmt: skip
"""The options of a run that decide whether it can start."""


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    doctor = commands.add_parser(
        "doctor",
        help="say whether a run can start here, and what mends what is missing",
        description="Say whether a run with these options, which are pytest's --mathbench-NAME, can start here. "
        "Exit status 1: it cannot.",
    )
    for option in options():
        if option.name in _OPTIONS:
            flags = [f"--{option.name.replace('_', '-')}", *(["--endpoint"] if option.name == "base_url" else [])]
            if option.kind == Kind.SWITCH:
                doctor.add_argument(*flags, action="store_const", const="yes", help=option.help)
            else:
                doctor.add_argument(*flags, metavar=option.metavar, help=option.help.replace("%", "%%"))
    doctor.add_argument("--json", action="store_true", help="say it as one JSON object")
    doctor.set_defaults(command=_doctor)


def _doctor(wishes: argparse.Namespace) -> int:
    from pytest_mathbench.doctor import Finding, State, examine  # other commands need none of the making arm
    from pytest_mathbench.serving.engines import check_arguments

    given = {name: text for name in _OPTIONS if (text := getattr(wishes, name)) is not None}
    settings = read({name: (text, f"--{name.replace('_', '-')}") for name, text in given.items()})
    check_arguments(settings)
    found: list[Finding] = []
    for finding in examine(settings):
        found.append(finding)
        if not wishes.json:
            say("\n".join(_lines(finding.name, finding.state, finding.found, finding.cure)))
    missing = [finding.name for finding in found if finding.state == State.MISSING]
    if wishes.json:
        told = [json.loads(finding.to_json()) for finding in found]
        say(json.dumps({"can_start": not missing, "findings": told}, indent=2))
    else:
        limited = [finding.name for finding in found if finding.state == State.LIMITED]
        can = f"A run can start; limited: {', '.join(limited)}." if limited else "A run can start."
        say(f"\nA run cannot start; missing: {', '.join(missing)}." if missing else f"\n{can}")
    return bool(missing)


def _lines(name: str, state: str, found: str, cure: str) -> list[str]:
    """Lay a finding out: what mends it stands below."""
    head, indent = f"{name:{_NAME}} {state:{_STATE}} ", " " * (_NAME + _STATE + 2)
    words = " ".join(found.split())
    return [
        *(_wrapped(words, head, indent) or [head.rstrip()]),
        *(_wrapped(f"→ {' '.join(cure.split())}", indent, f"{indent}  ") if cure else []),
    ]


def _wrapped(words: str, first: str, others: str) -> list[str]:
    return textwrap.wrap(
        words,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_on_hyphens=False,
        break_long_words=False,
    )
