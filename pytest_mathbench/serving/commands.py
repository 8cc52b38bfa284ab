"""What the commands of all engines have in common: the user's own options, the environment, what a hub may answer."""

from collections.abc import Sequence
from pathlib import Path

GATED = (r"gated repo|401 Client Error", "the model is gated: accept its terms on the hub and set HF_TOKEN")
"""A pattern in the log of a server that died, and what to do about it."""

NOT_FOUND = (
    "the model was not found: check the hub id (mathbench models lists the aliases), that the hub can be reached, "
    "or name a local folder"
)


def value_of(option: str, arguments: Sequence[str]) -> str | None:
    """Return the value that the user gave an option, after a space or an equals sign; the last one counts."""
    value = None
    for position, argument in enumerate(arguments):
        name, equals, attached = argument.partition("=")
        if name.replace("_", "-") == option:
            value = attached if equals else next(iter(arguments[position + 1 :]), None)
    return value


def surroundings(model: str) -> dict[str, str]:
    """Return the variables for any server: it reports to nobody, and writes its log at once.

    For a local folder no hub is needed, so none is asked.
    """
    chosen = {"DO_NOT_TRACK": "1", "PYTHONUNBUFFERED": "1"}
    if Path(model).is_absolute():
        chosen |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    return chosen
