"""What the generation service keeps account of: its endpoints, the requests on their way, how far it is."""

import time
from dataclasses import dataclass, field
from typing import Protocol

from pytest_mathbench.generation.client import Client
from pytest_mathbench.generation.concurrency import Concurrency
from pytest_mathbench.records import Request
from pytest_mathbench.serving.endpoint import Endpoint

_REST_SECONDS = 1.0
"""Before an endpoint with replicas that could not be reached is tried again."""

_FAILURES = 6
_DOWN_SECONDS = 4.0


class Server(Protocol):
    """A server that can be started again."""

    def died(self) -> str | None:
        """Return what became of it if it ended by itself; None while it may answer."""

    def restart(self, *, progressed: bool) -> None:
        """Start it again, and wait until it answers; `progressed` says whether it answered since its last start.

        Raises `ServerError` if it does not answer, if no more restarts are allowed, or if another would not help.
        """

    def speed(self) -> float:
        """Return how many tokens it makes per second now; 0 while that is unknown."""

    def made(self) -> int:
        """Return how many tokens it has made since it was last started; 0 while that is unknown."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a service is. `seconds` is its age, without the time that a server took to come back.

    Of the completions that are `done`, some were `found`: recorded before, they took no time.
    `tokens` counts those of finished completions, `pending` what is known of the others: what was streamed, or what the
    server says that it has made. `speed` is in tokens per second, as the server itself states it: what is in flight
    counts. 0 while it is unknown. `thoughts` came to their end, and the tokens of `cut_off` completions ran out.
    `text` is the end of what came so far of the completion that is streamed for the longest.
    """

    done: int = 0
    in_flight: int = 0
    tokens: int = 0
    seconds: float = 0.0
    speed: float = 0.0
    pending: int = 0
    thoughts: int = 0
    cut_off: int = 0
    text: str = ""
    found: int = 0


@dataclass(slots=True)
class Lane:
    """One endpoint, and what is in flight to it."""

    endpoint: Endpoint
    client: Client
    places: Concurrency
    is_open: bool = True
    failures: int = 0
    """Connections in a row that failed."""
    down_since: float = 0.0
    """When the first of them did, by the monotonic clock."""

    def fail(self) -> bool:
        """Count a request out whose connection failed, and rest; return whether this endpoint is left out from now on.

        That is so once it has gone on for so long that nobody is there any more.
        """
        now = time.monotonic()
        self.down_since = self.down_since if self.failures else now
        self.failures += 1
        if not self.is_open:
            self.places.leave()
            return False
        self.places.refuse(_REST_SECONDS)
        self.is_open = self.failures < _FAILURES or now - self.down_since < _DOWN_SECONDS
        return not self.is_open

    def succeed(self) -> None:
        """Note an answer."""
        self.failures = 0
        self.places.succeed()


@dataclass(slots=True)
class Call:
    """A request on its way; times are of the monotonic clock."""

    request: Request
    asked: float
    """When it was announced, or asked for."""
    begun: float | None = None
    """When it was first sent."""
    tries: int = 0


@dataclass(slots=True)
class Refusals:
    """Refusals in a row that read the same: what every further request would be told, too."""

    words: str = ""
    keys: set[str] = field(default_factory=set)

    def add(self, words: str, key: str) -> int:
        """Count one, and return how many requests in a row have met it."""
        if words != self.words:
            self.words, self.keys = words, set()
        self.keys.add(key)
        return len(self.keys)
