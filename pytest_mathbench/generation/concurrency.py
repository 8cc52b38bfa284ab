"""How many requests may be in flight: as many as allowed, and fewer while the server pushes back."""

import asyncio
import time

_RECOVERY = 8
"""Completions after which one more request is tried."""

_SETTLE_SECONDS = 1.0
"""Refusals within this time are of one moment, and count once."""


class Concurrency:
    """Additive increase, multiplicative decrease (Chiu and Jain 1989). For one event loop."""

    def __init__(self, most: int) -> None:
        self.in_flight = 0
        self.allowed = float(most)
        self._most = most
        self._refused = 0.0
        self._changed = asyncio.Event()

    async def enter(self) -> None:
        """Wait until one more request may be in flight, and count it."""
        while self.in_flight >= int(self.allowed):
            self._changed.clear()
            await self._changed.wait()
        self.in_flight += 1

    def leave(self) -> None:
        """Count a request out."""
        self.in_flight -= 1
        self._changed.set()

    def push_back(self) -> None:
        """Allow half as many from now on, but at least one: the server refused for want of room."""
        if time.monotonic() - self._refused > _SETTLE_SECONDS:
            self._refused = time.monotonic()
            self.allowed = max(1.0, self.allowed / 2)

    def succeed(self) -> None:
        """Allow a little more: the server answered."""
        self.allowed = min(float(self._most), self.allowed + 1 / _RECOVERY)
        self._changed.set()
