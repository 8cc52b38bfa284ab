"""Many completions at once, each made once: an asyncio loop in a thread of its own.

Items run one at a time, so a request made inside an item would keep a server that can serve hundreds busy with one.
Announced requests are therefore made ahead, in the order of the items, as many at once as allowed; an item only waits
for its own. What is made is written down at once, and read from there by whoever asks later.
"""

import asyncio
import math
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from functools import partial

from pytest_mathbench.errors import (
    EndpointLostError,
    GenerationError,
    MathbenchError,
    RefusedError,
    ServerError,
    UnreachableError,
)
from pytest_mathbench.generation import ENDED
from pytest_mathbench.generation.answers import Manner
from pytest_mathbench.generation.calls import Call, Lane, Progress, Refusals, Server
from pytest_mathbench.generation.client import (
    DEADLINE_SECONDS,
    BusyError,
    Client,
    IsLost,
    NoConnectionError,
    PassingError,
)
from pytest_mathbench.generation.concurrency import Concurrency
from pytest_mathbench.recording.completions import CompletionStore
from pytest_mathbench.records import Completion, Request
from pytest_mathbench.serving.endpoint import Endpoint
from pytest_mathbench.serving.loop import LoopThread

TRIES = 9
"""How often a request is tried that meets passing faults; refusals for want of room are bounded by time alone."""

_WATCH_SECONDS = 0.25
_FIRST_BACKOFF = 0.5
_LONGEST_BACKOFF = 8.0
_GIVE_UP = 8
"""Requests in a row that found no endpoint at any try, or met the same refusal, after which no other is made."""

_BREATH = 100
"""Known requests passed over before others of the loop have their turn."""

_SEEN = 400
"""Characters of a stream that are kept to be seen while it comes."""


class GenerationService:
    """A `CompletionSource` that keeps its endpoints saturated; equal requests are made once. Thread-safe."""

    def __init__(  # noqa: PLR0913 - what it works with
        self,
        endpoint: Endpoint,
        store: CompletionStore,
        *,
        concurrency: int,
        deadline: float = DEADLINE_SECONDS,
        stream: bool = False,
        server: Server | None = None,
        manner: Manner | None = None,
        is_lost: IsLost | None = None,
        warn: Callable[[str], None] = lambda _: None,
    ) -> None:
        """As many as `concurrency` requests are in flight to each of the endpoint's replicas.

        `server` is what answers at the endpoint, if it is ours to start again. `manner` is what is known of how the
        model thinks, to which its answers add. `deadline` is in seconds, from when a request is first sent. `is_lost`
        is asked about answers that are to be cut. `warn` is told of an endpoint that is given up.
        """
        self._model = endpoint.model
        self._store = store
        self._server = server
        self._deadline = deadline
        self._warn = warn
        self._fault: MathbenchError | None = None
        self._closed = False
        self._lock = threading.Lock()
        self._pending: dict[str, Future[Completion]] = {}
        self._again: deque[Call] = deque()
        self._urgent: deque[Call] = deque()
        self._announced: deque[tuple[Iterator[Request], float]] = deque()
        self._done: set[str] = set()  # keys: an item may ask for what is announced later
        self._tokens = self._streaming = self._unreachable = self._found = 0
        self._thoughts = self._over = self._cut_off = 0  # thoughts of finished completions, and of streams
        self._texts: dict[int, str] = {}  # the ends of streams, those that began first at the beginning
        self._tokens_before = 0  # those that a server made before it was last started
        self._refusals = Refusals()
        self._started = time.monotonic()
        client = partial(Client, deadline=deadline, stream=stream, manner=manner or Manner(), is_lost=is_lost)
        self._lanes = [Lane(each, client(each), Concurrency(concurrency)) for each in endpoint.lanes]
        self._changed = asyncio.Event()
        self._up = asyncio.Event()
        self._up.set()
        self._attempts: set[asyncio.Task[Completion]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = LoopThread()
        self._loop = self._thread.loop
        self._spawn(self._dispatch())
        if server:
            self._spawn(self._watch(server))

    def announce(self, requests: Iterable[Request]) -> None:
        """Make these completions, in this order, after those announced before. They are read one by one, as needed."""
        with self._lock:
            if self._closed:
                return
            self._announced.append((iter(requests), time.monotonic()))
            self._loop.call_soon_threadsafe(self._changed.set)

    def complete(self, request: Request) -> Completion:
        """Return the completion, waiting for it. Raises `GenerationError` if it could not be made."""
        with self._lock:
            if self._closed:
                raise GenerationError(ENDED)
            future = self._pending.get(request.key)
            if future is None and not self._store.has(self._model, request):
                future = self._pending[request.key] = Future()
                self._urgent.append(Call(request, time.monotonic()))
                self._loop.call_soon_threadsafe(self._changed.set)
        if future is None:
            return self._recorded(request)
        try:
            return future.result()
        except CancelledError:
            raise GenerationError(ENDED) from None

    def progress(self) -> Progress:
        """Return how far it is."""
        made = self._server.made() - (self._tokens - self._tokens_before) if self._server else 0
        return Progress(
            done=len(self._done),
            found=self._found,
            in_flight=len(self._attempts),
            tokens=self._tokens,
            seconds=time.monotonic() - self._started,
            speed=self._server.speed() if self._server else 0.0,
            pending=max(self._streaming, made),
            thoughts=self._thoughts + self._over,
            cut_off=self._cut_off,
            text=next(iter(list(self._texts.values())), ""),
        )

    def close(self) -> None:
        """Cancel what is still in flight or waiting, and end the thread."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._thread.cancel_all()
        self._thread.run(self._close_clients())
        self._thread.close()
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

    # Which request is next, and to which endpoint it goes

    async def _dispatch(self) -> None:
        """Begin one request after another, as places become free."""
        while True:
            lane = await self._free_lane()
            call = await self._next()
            if lane.places.wait_seconds() or not lane.is_open:  # it was refused while there was nothing to ask
                lane = await self._free_lane()
            lane.places.enter()
            self._spawn(self._make(lane, call))

    async def _free_lane(self) -> Lane:
        """Wait until an endpoint has room, and return the least loaded one that has."""
        while True:
            self._changed.clear()
            waits = [(lane.places.wait_seconds(), lane.places.in_flight, lane) for lane in self._lanes if lane.is_open]
            if free := [(load, lane) for seconds, load, lane in waits if not seconds]:
                return min(free, key=lambda each: each[0])[1]
            soonest = min((seconds for seconds, *_ in waits), default=math.inf)
            with suppress(TimeoutError):
                async with asyncio.timeout(None if math.isinf(soonest) else soonest):
                    await self._changed.wait()

    async def _next(self) -> Call:
        """Return what is to be asked next: what was refused before, what an item waits for, what was announced."""
        passed = 0
        while True:
            self._changed.clear()
            if self._again:
                return self._again.popleft()
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
                    return Call(request, since)
                elif (passed := passed + 1) % _BREATH == 0:
                    await asyncio.sleep(0)
                    break
            else:
                await self._changed.wait()

    def _claim(self, request: Request) -> bool:
        """Take an announced request on, unless it is made or being made."""
        with self._lock:
            if request.key in self._pending:
                return False
            if self._store.has(self._model, request):
                self._found += request.key not in self._done
                self._done.add(request.key)
                return False
            self._pending[request.key] = Future()
            return True

    # What becomes of it

    async def _make(self, lane: Lane, call: Call) -> None:
        """Try once; keep the completion, or see to what became of the try. The call has a place, and gives it up."""
        try:
            completion = await self._try(lane, call)
        except asyncio.CancelledError:
            lane.places.leave()
            if (task := asyncio.current_task()) and task.cancelling():
                raise  # the service is being closed
            self._again.append(call)  # the server died under it, and is being started again
        except NoConnectionError as error:
            if any(each.is_open for each in self._lanes if each is not lane):
                if lane.fail():
                    self._warn(f"{lane.endpoint.base_url} is left out from now on: {error}")
                call.tries = 0  # of the others
                self._ask_again(call, error)
            else:
                lane.places.leave()
                await self._failed(call, error)
        except BusyError as error:
            lane.places.refuse(error.delay)
            self._ask_again(call, error, error.delay or 0.0)
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it, whatever it is
            lane.places.leave()
            await self._failed(call, error)
        else:
            lane.places.leave()
            self._keep(lane, call, completion)
        self._changed.set()

    async def _try(self, lane: Lane, call: Call) -> Completion:
        await self._up.wait()  # here, and not before it has a place: the server may die between
        if self._fault:
            raise self._fault
        call.begun = call.begun or time.monotonic()
        call.tries += 1
        streamed = 0
        has_thought = False

        def told(tokens: int, is_over: bool, latest: str) -> None:  # noqa: FBT001 - as `Told` has it
            nonlocal streamed, has_thought
            streamed += tokens
            self._streaming += tokens
            self._over += is_over > has_thought
            has_thought = is_over
            self._texts[id(call)] = (self._texts.get(id(call), "") + latest)[-_SEEN:]

        waited = time.monotonic() - call.asked
        attempt = self._loop.create_task(lane.client.complete(call.request, waited, told))
        self._attempts.add(attempt)
        try:
            return await attempt
        finally:
            self._attempts.discard(attempt)
            self._streaming -= streamed
            self._over -= has_thought
            self._texts.pop(id(call), None)

    def _keep(self, lane: Lane, call: Call, completion: Completion) -> None:
        """Write a completion down, and give it to those who wait."""
        try:
            with self._lock:
                self._store.put(self._model, call.request, completion)
                future = self._pending.pop(call.request.key)
        except MathbenchError as error:
            self._give_up(call, error)
            return
        self._unreachable = 0
        self._refusals = Refusals()
        lane.succeed()
        self._tokens += completion.completion_tokens
        self._thoughts += bool(completion.reasoning.strip() and completion.text.strip())
        self._cut_off += completion.truncated and call.request.prefix is None  # a strategy may ask for one token
        self._count(call)
        future.set_result(completion)

    def _ask_again(self, call: Call, error: GenerationError, delay: float = 0.0) -> None:
        """Put a call first in line, unless its time is up, or will be after this delay in seconds."""
        assert call.begun is not None  # noqa: S101 - it was tried
        if time.monotonic() + delay - call.begun > self._deadline:
            self._give_up(
                call, GenerationError(f"no answer within {self._deadline:g} s (--mathbench-request-timeout); {error}")
            )
        else:
            self._again.append(call)

    async def _failed(self, call: Call, error: Exception) -> None:
        """Try a passing fault again, after a pause; tell whoever waits of any other."""
        died = self._server is not None and self._server.died() is not None
        if died and self._fault is None and isinstance(error, GenerationError):
            await asyncio.sleep(_WATCH_SECONDS)  # until the watch has seen it
            self._again.append(call)
            return
        if isinstance(error, PassingError) and call.tries < TRIES:
            backoff = min(_FIRST_BACKOFF * 2 ** (call.tries - 1), _LONGEST_BACKOFF)
            await asyncio.sleep(backoff * random.uniform(0.75, 1.0))  # noqa: S311 - so that not all come back at once
            self._ask_again(call, error)
            return
        if isinstance(error, NoConnectionError):
            error = UnreachableError(f"{error}, at any of {call.tries} tries")
            self._unreachable += 1
            if self._unreachable == _GIVE_UP:
                self._lose(f"{error}; the rest was not asked for: resume with --mathbench-resume when it is back")
        elif isinstance(error, EndpointLostError):
            self._lose(str(error))
        elif isinstance(error, RefusedError):
            self._unreachable = 0
            if self._refusals.add(str(error), call.request.key) == _GIVE_UP:
                self._lose(f"{error}\n{_GIVE_UP} requests in a row were refused alike; the rest was not asked for")
        self._give_up(call, error)

    def _lose(self, why: str) -> None:
        """Ask for nothing more: it would fail in the same way."""
        self._fault = self._fault or EndpointLostError(why)

    def _give_up(self, call: Call, error: Exception) -> None:
        if not isinstance(error, MathbenchError):
            error = GenerationError(f"{type(error).__name__}: {error}")
        elif isinstance(error, PassingError):
            error = GenerationError(str(error))  # another try might have passed, but there is none
        self._count(call)
        self._pending[call.request.key].set_exception(error)  # and stays, for those who ask later

    def _count(self, call: Call) -> None:
        if call.request.prefix is None:  # what a strategy goes on with was never announced
            self._done.add(call.request.key)

    async def _watch(self, server: Server) -> None:
        """Start the server again whenever it dies."""
        answered = 0
        while not self._fault:
            await asyncio.sleep(_WATCH_SECONDS)
            if server.died() is None:
                continue
            self._up.clear()
            for lane in self._lanes:
                lane.places.halve()
            for attempt in self._attempts:
                attempt.cancel()
            down = time.monotonic()
            progressed, answered = len(self._done) > answered, len(self._done)
            try:
                await asyncio.to_thread(server.restart, progressed=progressed)
            except ServerError as error:
                self._fault = GenerationError(str(error))
            except Exception as error:  # noqa: BLE001 - all that wait must hear of it, whatever it is
                why = f"{type(error).__name__}: {error}"
                self._fault = GenerationError(f"the server died and could not be started again: {why}")
            self._started += time.monotonic() - down
            self._tokens_before = self._tokens
            self._up.set()

    async def _close_clients(self) -> None:
        for lane in self._lanes:
            await lane.client.close()
