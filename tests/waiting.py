"""Wait for conditions, never for a time."""

import time
from collections.abc import Callable

SECONDS = 30.0
"""A wait that is over long before, unless something hangs."""


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something to be so."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never came to be so"
        time.sleep(0.01)
