"""How many requests may be in flight to an endpoint: what it bears, as far as it lets us know."""

import math
import time
from collections.abc import Callable

_PAUSE_SECONDS = 1.0
"""The pause after a refusal that names none; refusals without an answer between them double it."""

_LONGEST_PAUSE = 60.0
_GROWTH_SECONDS = 0.25
"""How long an enlarged limit must go without a refusal before it is enlarged again."""


class Concurrency:
    """Places for requests in flight: fewer after refusals, more with time. For one event loop.

    What was in flight beside a refused request is what the endpoint bears: that is the new limit, once the refusals of
    one moment have all come in. Nobody asks until the pause is over that the endpoint names. Then one request more is
    tried than it accepted after the last pause, all at once, so that a refusal begins the next pause at once; and as
    long as none is refused, the limit grows, by twice as much each time. A limit on the rate and one on the number in
    flight are both met in this way.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.in_flight = 0
        self.allowed = most
        self._most = most
        self._clock = clock
        self._is_paused = False
        self._is_named = False
        """Whether the endpoint itself named the pause's end."""
        self._paused_until = 0.0
        self._pause = _PAUSE_SECONDS
        self._accepted = 0
        """Requests that went in after the last pause, and were not refused so far."""
        self._step = 0
        """By how many the limit grows next; 0 where it is the most that is allowed."""
        self._grows_at = 0.0

    def wait_seconds(self) -> float:
        """Return 0 if one more request may be in flight now, else after how many seconds time alone may make room.

        That is infinite where only a request that ends makes room.
        """
        now = self._clock()
        if self._is_paused:
            if now < self._paused_until:
                return self._paused_until - now
            self._is_paused = False
            self._step = max(1, self._accepted) + 1
            self._accepted = 0
            self._grow(now)
        if self.in_flight >= self.allowed and self._step and now >= self._grows_at:
            self._grow(now)
        if self.in_flight < self.allowed:
            return 0.0
        return self._grows_at - now if self._step else math.inf

    def enter(self) -> None:
        """Count a request in."""
        self.in_flight += 1
        self._accepted += 1

    def leave(self) -> None:
        """Count a request out."""
        self.in_flight -= 1

    def refuse(self, delay: float | None) -> None:
        """Count a refused request out. The endpoint asks not to be asked for `delay` seconds; None names no time."""
        self.in_flight -= 1
        self._accepted -= 1
        now = self._clock()
        pause = self._pause if delay is None else delay
        if not self._is_paused:
            self._is_paused, self._is_named, self._paused_until = True, delay is not None, now + pause
            if delay is None:
                self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        elif delay is not None:
            self._is_named, self._paused_until = True, max(self._paused_until, now + delay)
        self.allowed = max(1, self.in_flight)

    def succeed(self) -> None:
        """Note an answer: the endpoint has room for another request, unless it named a time."""
        self._pause = _PAUSE_SECONDS
        if self._is_paused and not self._is_named:
            self._paused_until = self._clock()
            self._accepted = 0  # one may take the answered one's place

    def halve(self) -> None:
        """Allow half as many: what answered has died, and it may have been too much for it."""
        self.allowed = max(1, self.allowed // 2)
        self._step = self._step or 1
        self._grows_at = self._clock() + _GROWTH_SECONDS

    def _grow(self, now: float) -> None:
        self.allowed = min(self._most, self.in_flight + self._step)
        self._step = 0 if self.allowed == self._most else 2 * self._step
        self._grows_at = now + _GROWTH_SECONDS
