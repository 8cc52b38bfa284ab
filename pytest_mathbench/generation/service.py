"""Many completions at once, each made once: an asyncio loop in a thread of its own.

Items run one at a time, so a request made inside an item would keep a server that can serve hundreds busy with one.
Announced requests are therefore made ahead, in the order of the items, as many at once as allowed; an item only waits
for its own. What is made is written down at once, and read from there by whoever asks later.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Coroutine, Iterable, Iterator
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from typing import Protocol

from pytest_mathbench.errors import GenerationError, MathbenchError, ServerError, UnreachableError
from pytest_mathbench.generation import ENDED
from pytest_mathbench.generation.client import DEADLINE_SECONDS, Client
from pytest_mathbench.generation.concurrency import Concurrency
from pytest_mathbench.generation.store import CompletionStore
from pytest_mathbench.records import Completion, Request
from pytest_mathbench.serving.endpoint import Endpoint

_WATCH_SECONDS = 0.25
_GIVE_UP = 8
"""Requests in a row that found no endpoint at any try, after which it counts as gone."""

_BREATH = 100
"""Known requests passed over before others of the loop have their turn."""


class Server(Protocol):
    """A server that can be started again."""

    def died(self) -> str | None:
        """Return what became of it if it ended by itself; None while it may answer."""

    def restart(self) -> None:
        """Start it again, and wait until it answers. Raises `ServerError` if it does not, or no more is allowed."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a service is. `seconds` is its age, without the time that a server took to come back."""

    done: int = 0
    in_flight: int = 0
    tokens: int = 0
    seconds: float = 0.0


class GenerationService:
    """A `CompletionSource` that keeps an endpoint saturated; equal requests are made once. Thread-safe."""

    def __init__(  # noqa: PLR0913 - what it works with
        self,
        endpoint: Endpoint,
        store: CompletionStore,
        *,
        concurrency: int,
        deadline: float = DEADLINE_SECONDS,
        stream: bool = False,
        server: Server | None = None,
    ) -> None:
        """`server` is what answers at the endpoint, if it is ours to start again."""
        self._model = endpoint.model
        self._store = store
        self._server = server
        self._fault: str | None = None
        self._closed = False
        self._lock = threading.Lock()
        self._pending: dict[str, Future[Completion]] = {}
        self._urgent: deque[tuple[Request, float]] = deque()
        self._announced: deque[tuple[Iterator[Request], float]] = deque()
        self._done: set[str] = set()  # keys: an item may ask for what is announced later
        self._tokens = self._unreachable = 0
        self._started = time.monotonic()
        self._concurrency = Concurrency(concurrency)
        self._client = Client(endpoint, deadline=deadline, stream=stream, pushed_back=self._concurrency.push_back)
        self._wanted = asyncio.Event()
        self._up = asyncio.Event()
        self._up.set()
        self._attempts: set[asyncio.Task[Completion]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mathbench-generation", daemon=True)
        self._thread.start()
        self._spawn(self._dispatch())
        if server:
            self._spawn(self._watch(server))

    def announce(self, requests: Iterable[Request]) -> None:
        """Make these completions, in this order, after those announced before. They are read one by one, as needed."""
        with self._lock:
            if self._closed:
                return
            self._announced.append((iter(requests), time.monotonic()))
            self._loop.call_soon_threadsafe(self._wanted.set)

    def complete(self, request: Request) -> Completion:
        """Return the completion, waiting for it. Raises `GenerationError` if it could not be made."""
        with self._lock:
            if self._closed:
                raise GenerationError(ENDED)
            future = self._pending.get(request.key)
            if future is None and not self._store.has(self._model, request):
                future = self._pending[request.key] = Future()
                self._urgent.append((request, time.monotonic()))
                self._loop.call_soon_threadsafe(self._wanted.set)
        if future is None:
            return self._recorded(request)
        try:
            return future.result()
        except CancelledError:
            raise GenerationError(ENDED) from None

    def progress(self) -> Progress:
        """Return how far it is."""
        return Progress(len(self._done), len(self._attempts), self._tokens, time.monotonic() - self._started)

    def close(self) -> None:
        """Cancel what is still in flight or waiting, and end the thread."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        asyncio.run_coroutine_threadsafe(self._cancel_all(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        with self._lock:
            for future in self._pending.values():
                future.cancel()

    def _recorded(self, request: Request) -> Completion:
        completion = self._store.get(self._model, request)
        assert completion is not None  # noqa: S101 - it was there, and nothing is ever taken out
        return completion

    def _spawn(self, coroutine: Coroutine[None, None, None]) -> None:
        """Run a coroutine in the loop until it ends or the service is closed."""

        def start() -> None:
            task = self._loop.create_task(coroutine)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        self._loop.call_soon_threadsafe(start)

    async def _dispatch(self) -> None:
        """Begin one request after another: first what an item waits for already, then what was announced."""
        while True:
            await self._concurrency.enter()
            request, since = await self._next()
            self._spawn(self._make(request, since))

    async def _next(self) -> tuple[Request, float]:
        passed = 0
        while True:
            self._wanted.clear()
            if self._urgent:
                return self._urgent.popleft()
            while self._announced:
                requests, since = self._announced[0]
                try:
                    request = next(requests, None)
                except Exception:  # noqa: BLE001 - whoever needs them will ask for them one by one
                    request = None
                if request is None:
                    self._announced.popleft()
                elif self._claim(request):
                    return request, since
                elif (passed := passed + 1) % _BREATH == 0:
                    await asyncio.sleep(0)
                    break
            else:
                await self._wanted.wait()

    def _claim(self, request: Request) -> bool:
        """Take an announced request on, unless it is made or being made."""
        with self._lock:
            if request.key in self._pending:
                return False
            if self._store.has(self._model, request):
                self._done.add(request.key)
                return False
            self._pending[request.key] = Future()
            return True

    async def _make(self, request: Request, since: float) -> None:
        """Make one completion, write it down, and give it to those who wait."""
        try:
            completion = await self._ask(request, since)
            with self._lock:
                self._store.put(self._model, request, completion)
                future = self._pending.pop(request.key)
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it, whatever it is
            self._unreachable = self._unreachable + 1 if isinstance(error, UnreachableError) else 0
            if self._unreachable == _GIVE_UP:
                self._fault = f"{error}; the rest was not asked for: go on with --mathbench-resume when it is back"
            if not isinstance(error, MathbenchError):
                error = GenerationError(f"{type(error).__name__}: {error}")
            self._pending[request.key].set_exception(error)  # and stays, for those who ask later
        else:
            self._unreachable = 0
            self._concurrency.succeed()
            self._tokens += completion.completion_tokens
            future.set_result(completion)
        finally:
            if request.prefix is None:  # what a strategy goes on with was never announced
                self._done.add(request.key)
            self._concurrency.leave()

    async def _ask(self, request: Request, since: float) -> Completion:
        """Ask until there is an answer or a fault; what a dying server cut off is asked again when it is back."""
        while True:
            await self._up.wait()
            if self._fault:
                raise GenerationError(self._fault)
            attempt = self._loop.create_task(self._client.complete(request, time.monotonic() - since))
            self._attempts.add(attempt)
            try:
                return await attempt
            except asyncio.CancelledError:
                if (task := asyncio.current_task()) and task.cancelling():
                    raise  # the service is being closed
            except GenerationError:
                if self._server is None or self._server.died() is None:
                    raise
                await asyncio.sleep(_WATCH_SECONDS)  # until the watch has seen it
            finally:
                self._attempts.discard(attempt)

    async def _watch(self, server: Server) -> None:
        """Start the server again whenever it dies."""
        while not self._fault:
            await asyncio.sleep(_WATCH_SECONDS)
            if server.died() is None:
                continue
            self._up.clear()
            self._concurrency.push_back()  # it may have been too much for it
            for attempt in self._attempts:
                attempt.cancel()
            down = time.monotonic()
            try:
                await asyncio.to_thread(server.restart)
            except ServerError as error:
                self._fault = str(error)
            self._started += time.monotonic() - down
            self._up.set()

    async def _cancel_all(self) -> None:
        tasks = [task for task in asyncio.all_tasks(self._loop) if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.close()
