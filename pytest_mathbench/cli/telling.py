"""What all commands say in the same way."""

import sys


def warn(damage: str) -> None:
    """Tell of a recorded line that could not be read, and go on."""
    print(f"mathbench: WARNING: {damage}", file=sys.stderr)
