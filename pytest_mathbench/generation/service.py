"""Many completions at once, each made once: an asyncio loop in a thread of its own.

Items run one at a time, so a request made inside an item would keep a server that can serve hundreds busy with one.
Announced requests are therefore made ahead, in the order of the items, as many at once as allowed; an item only waits
for its own.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError, Future

from pytest_mathbench.errors import GenerationError
from pytest_mathbench.generation.client import Client
from pytest_mathbench.records import Completion, Request
from pytest_mathbench.serving.endpoint import Endpoint


class GenerationService:
    """A `CompletionSource` that keeps an endpoint saturated; equal requests are made once. Thread-safe."""

    def __init__(
        self, endpoint: Endpoint, *, concurrency: int, diagnose: Callable[[], str | None] = lambda: None
    ) -> None:
        """`diagnose` tells that the server died, and its last words; None while it may still answer."""
        self._diagnose = diagnose
        self._lock = threading.Lock()
        self._futures: dict[str, Future[Completion]] = {}
        self._loop = asyncio.new_event_loop()
        self._free_places = asyncio.Semaphore(concurrency)
        self._thread = threading.Thread(target=self._loop.run_forever, name="mathbench-generation", daemon=True)
        self._thread.start()
        self._client = Client(endpoint)

    def announce(self, requests: Iterable[Request]) -> None:
        """Begin to make these completions, in this order."""
        for request in requests:
            self._future(request)

    def complete(self, request: Request) -> Completion:
        """Return the completion, waiting for it. Raises `GenerationError` if it could not be made."""
        try:
            return self._future(request).result()
        except CancelledError:
            raise GenerationError("the run ended before this completion was made") from None

    def close(self) -> None:
        """Cancel what is still in flight or waiting, and end the thread."""
        if self._loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(self._cancel_all(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _future(self, request: Request) -> Future[Completion]:
        with self._lock:
            future = self._futures.get(request.key)
            if future is None:
                future = asyncio.run_coroutine_threadsafe(self._make(request), self._loop)
                self._futures[request.key] = future
            return future

    async def _make(self, request: Request) -> Completion:
        announced = time.monotonic()
        async with self._free_places:
            if diagnosis := self._diagnose():
                raise GenerationError(diagnosis)  # a dead server need not be asked
            try:
                return await self._client.complete(request, queued_seconds=time.monotonic() - announced)
            except GenerationError as error:
                diagnosis = self._diagnose()
                raise GenerationError(f"{error}; {diagnosis}" if diagnosis else str(error)) from error

    async def _cancel_all(self) -> None:
        tasks = [task for task in asyncio.all_tasks(self._loop) if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.close()
