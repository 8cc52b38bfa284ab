"""The run's first request, sent before anything else is started: what an endpoint refuses is known at once."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from pytest_mathbench.errors import GenerationError, NotAnsweringError, RefusedError, ServerError
from pytest_mathbench.generation.answers import Manner
from pytest_mathbench.generation.client import BusyError, Client, NoConnectionError, PassingError
from pytest_mathbench.records import Completion, Request
from pytest_mathbench.serving.endpoint import Endpoint
from pytest_mathbench.serving.loop import LoopThread
from pytest_mathbench.serving.words import WAY

PATIENCE_SECONDS = 20.0
"""After so long without a refusal a request counts as accepted."""

_LOADING = ("loading", "starting", "not ready", "warming", "initializing", "no healthy", "unavailable")
_POLL_SECONDS = 1.0
_SAY_SECONDS = 10.0
_TRIES = 3


class NotTakenError(ServerError):
    """The endpoint does not take the request as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Asks an endpoint as the run will.

    An endpoint that says that it is still loading is waited for, `loading_seconds` at most, and `say` is told so.
    """

    endpoint: Endpoint
    stream: bool = False
    loading_seconds: float
    patience: float = PATIENCE_SECONDS
    say: Callable[[str], None] = lambda _: None
    manner: Manner = field(default_factory=Manner)
    """What is known of how the model thinks, to which its answer adds."""

    def ask(self, request: Request) -> Completion | None:
        """Return the completion, or None where it takes longer than `patience` seconds.

        Raises `ServerError`, with the endpoint's own words, if it refuses: `NotAnsweringError` where a later try may
        succeed, `NotTakenError` where it does not take the request as it is.
        """
        try:
            with LoopThread() as loop:
                return loop.run(self._ask(request))
        except NoConnectionError as error:
            raise NotAnsweringError(f"{self._where}: unreachable ({error})\n→ {WAY}") from None
        except PassingError as error:
            raise NotAnsweringError(f"{self._where}: no completion came back ({error})") from None
        except RefusedError as error:
            raise NotTakenError(f"{self._where}: {error}") from None
        except GenerationError as error:
            raise ServerError(f"{self._where}: {error}") from None

    @property
    def _where(self) -> str:
        return f"{self.endpoint.base_url} (model {self.endpoint.model!r})"

    async def _ask(self, request: Request) -> Completion | None:
        client = Client(self.endpoint, deadline=2 * self.patience, stream=self.stream, manner=self.manner)
        start = said = time.monotonic()
        tries = 0
        try:
            while True:
                try:
                    async with asyncio.timeout(self.patience):
                        return await client.complete(request)
                except TimeoutError:
                    return None
                except BusyError as error:
                    if not is_loading(str(error)):
                        return None  # it knows us, and has no room just now
                    if time.monotonic() - start > self.loading_seconds:
                        waited = f"still loading after {self.loading_seconds:g} s (--mathbench-server-timeout)"
                        raise PassingError(f"{waited}: {error}") from None
                    if time.monotonic() - said > _SAY_SECONDS:
                        said = time.monotonic()
                        self.say(f"{self._where}: waiting for it to load ({said - start:.0f} s)")
                except PassingError:
                    tries += 1
                    if tries == _TRIES:
                        raise
                await asyncio.sleep(_POLL_SECONDS)
        finally:
            await client.close()


def is_loading(words: str) -> bool:
    """Whether an endpoint that has no room says that it soon will have some: its model is being loaded."""
    return any(word in words.lower() for word in _LOADING)
