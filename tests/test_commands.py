"""What the commands of all engines have in common."""

import pytest

from pytest_mathbench.serving.commands import surroundings, value_of


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        (["--context-length", "512"], "512"),
        (["--context-length=512"], "512"),
        (["--context_length=512"], "512"),
        (["--context-length", "512", "--context-length=1024"], "1024"),
        (["--context-length"], None),
        (["--other", "512"], None),
        ([], None),
    ],
)
def test_the_value_of_an_option(arguments: list[str], value: str | None) -> None:
    """After a space or an equals sign; of several the last counts, as argparse has it."""
    assert value == value_of("--context-length", arguments)


def test_a_hub_is_asked_for_what_is_no_folder() -> None:
    """A local folder needs none."""
    assert "HF_HUB_OFFLINE" in surroundings("/models/m")
    assert "HF_HUB_OFFLINE" not in surroundings("org/m")
