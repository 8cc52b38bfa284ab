"""How many requests are in flight and which is next, and what becomes of them when disk or run end."""

import asyncio
import json
import math
import resource
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st
from waiting import SECONDS, wait_until

from conftest import ScriptedServer
from pytest_mathbench.errors import GenerationError, MathbenchError, RecordingError
from pytest_mathbench.generation import concurrency
from pytest_mathbench.generation.concurrency import Concurrency
from pytest_mathbench.generation.service import GenerationService
from pytest_mathbench.generation.store import CompletionStore
from pytest_mathbench.records import Prompt, Request, Sampling
from pytest_mathbench.serving.endpoint import Endpoint

BUSY = (429, json.dumps({"error": {"message": "busy"}}))


def ask(text: str) -> Request:
    """Make a request that asks just this."""
    return Request(prompt=Prompt(user=text), sampling=Sampling())


class Asking:
    """A thread that waits for a completion; `said` is its text, or the fault's kind and message."""

    def __init__(self, service: GenerationService, text: str) -> None:
        self.said = "nothing: it still waits"

        def work() -> None:
            try:
                self.said = service.complete(ask(text)).text
            except Exception as error:  # noqa: BLE001 - it is what is looked at
                self.said = f"{type(error).__name__}: {error}"

        self._thread = threading.Thread(target=work, daemon=True)
        self._thread.start()

    def answer(self) -> str:
        """Wait for it."""
        self._thread.join(SECONDS)
        return self.said


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CompletionStore]:
    """An empty store."""
    made = CompletionStore(tmp_path)
    yield made
    made.close()


@pytest.fixture
def service_of(server: ScriptedServer, store: CompletionStore) -> Iterator[Callable[..., GenerationService]]:
    """Make services on the scripted server, with one store; all are closed at the end."""
    made: list[GenerationService] = []

    def make(concurrency: int = 8) -> GenerationService:
        endpoint = Endpoint(base_url=server.url, model="m")
        made.append(GenerationService(endpoint, store, concurrency=concurrency))
        return made[-1]

    yield make
    for service in made:
        service.close()


@given(most=st.integers(1, 100), events=st.lists(st.sampled_from(["succeed", "push_back", "enter", "leave"])))
@PROPERTY
def test_as_many_are_in_flight_as_allowed_and_never_none(most: int, events: list[str]) -> None:
    """Whatever comes: from one request to the most, and who enters finds a place within what is allowed."""

    async def play() -> None:
        places = Concurrency(most)
        for event in events:
            places._refused = -math.inf  # every refusal counts
            before = places.in_flight
            if event == "enter" and before < int(places.allowed):
                await asyncio.wait_for(places.enter(), SECONDS)
                assert before + 1 == places.in_flight <= int(places.allowed)
            elif event == "enter":
                waiting = asyncio.ensure_future(places.enter())
                await asyncio.sleep(0)
                assert (before, False) == (places.in_flight, waiting.done())
                waiting.cancel()
                await asyncio.gather(waiting, return_exceptions=True)
            elif event == "leave" and before:
                places.leave()
            elif event in {"succeed", "push_back"}:
                getattr(places, event)()
            assert 1 <= places.allowed <= most

    asyncio.run(play())


def test_a_refusal_halves_and_successes_bring_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refusals of one moment count once, those of another again; each eighth success allows one more."""
    places = Concurrency(64)
    seen = []
    places.push_back()
    monkeypatch.setattr(concurrency, "_SETTLE_SECONDS", math.inf)  # all are of one moment
    for _ in range(10):
        places.push_back()
    seen.append(places.allowed)
    monkeypatch.setattr(concurrency, "_SETTLE_SECONDS", -1.0)  # each is of its own
    places.push_back()
    seen.append(places.allowed)
    for _ in range(8):
        places.succeed()
    seen.append(places.allowed)
    for _ in range(20):
        places.push_back()
    seen.append(places.allowed)
    for _ in range(1000):
        places.succeed()
    assert [32.0, 16.0, 17.0, 1.0, 64.0] == [*seen, places.allowed]


def test_who_waits_enters_when_there_is_room() -> None:
    """A place that is left, or allowed again, is taken by the one that waits."""

    async def play() -> list[bool]:
        places = Concurrency(4)
        for _ in range(4):
            await places.enter()
        places.push_back()  # two from now on
        waiting = asyncio.ensure_future(places.enter())
        seen = []
        for _ in range(3):
            places.leave()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            seen.append(waiting.done())
        return seen

    assert [False, False, True] == asyncio.run(play())


def test_a_server_that_pushes_back_gets_fewer_requests(
    server: ScriptedServer, service_of: Callable[..., GenerationService]
) -> None:
    """After a 429 half as many are in flight, and one more for eight successes; the refused one is asked again."""
    service = service_of(4)
    refused = threading.Event()
    release = threading.Event()

    def first(body: dict[str, Any]) -> Any:
        if body["messages"][-1]["content"] == "first 0" and not refused.is_set():
            wait_until(lambda: server.in_flight == 4)
            refused.set()
            return BUSY
        wait_until(lambda: service._concurrency.allowed < 4)
        return "four"

    def later(_: dict[str, Any]) -> str:
        release.wait(SECONDS)
        return "five"

    server.answers |= {"first": first, "later": later}
    requests = [ask(f"{kind} {number}") for kind, count in (("first", 4), ("later", 12)) for number in range(count)]
    service.announce(requests)
    firsts = [service.complete(each).text for each in requests[:4]]
    wait_until(lambda: server.in_flight == 2)
    assert (["four"] * 4, 2.5, 2) == (firsts, service._concurrency.allowed, service.progress().in_flight)
    release.set()
    assert ["five"] * 12 == [service.complete(each).text for each in requests[4:]]
    assert {"first 0": 2} == {text: server.asked.count(text) for text in server.asked if server.asked.count(text) > 1}


def test_what_an_item_waits_for_overtakes_what_was_announced(
    server: ScriptedServer, service_of: Callable[..., GenerationService]
) -> None:
    """A request that nobody announced is made as soon as there is a place, before all that is only announced."""
    release = threading.Event()

    def first(_: dict[str, Any]) -> str:
        release.wait(SECONDS)
        return "first"

    server.answers["first"] = first
    service = service_of(1)
    service.announce([ask("first"), ask("second"), ask("third")])
    wait_until(lambda: server.in_flight == 1)
    urgent = Asking(service, "urgent")
    wait_until(lambda: len(service._urgent) == 1)
    release.set()
    assert server.default == urgent.answer()
    service.complete(ask("second"))
    service.complete(ask("third"))
    assert ["first", "urgent", "second", "third"] == server.asked


def test_what_is_on_disk_is_not_asked_again(
    server: ScriptedServer, store: CompletionStore, service_of: Callable[..., GenerationService], tmp_path: Path
) -> None:
    """A service on the folder of another gives its completions, and asks only for what is not there."""
    server.answers["one"] = "1"
    first = service_of()
    first.announce([ask("one")])
    before = first.complete(ask("one"))
    first.close()
    store.close()
    server.answers["one"] = "other"
    again = CompletionStore(tmp_path, pytest.fail)
    service = GenerationService(Endpoint(base_url=server.url, model="m"), again, concurrency=4)
    service.announce([ask("one"), ask("two")])
    found = [service.complete(ask(text)) for text in ("one", "two")]
    wait_until(lambda: service.progress().done == 2)
    service.close()
    again.close()
    assert ([before, server.default], ["one", "two"]) == ([found[0], found[1].text], server.asked)


def test_a_full_disk_is_the_fault_of_what_could_not_be_written(
    server: ScriptedServer, service_of: Callable[..., GenerationService]
) -> None:
    """Who asked for it, or asks later, hears of the disk; what is asked when there is room again is made."""
    service = service_of()
    kept = service.complete(ask("before")).text
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))  # Python ignores the signal
    try:
        said = [Asking(service, "full").answer() for _ in range(2)]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [f"RecordingError: {service._store.path} cannot be written: File too large"] * 2 == [
        text.partition(";")[0] for text in said
    ]
    texts = [service.complete(ask(text)).text for text in ("before", "after")]
    assert ([kept, server.default], ["before", "full", "after"]) == (texts, server.asked)


def test_a_store_that_is_closed_is_a_fault(
    server: ScriptedServer, store: CompletionStore, service_of: Callable[..., GenerationService]
) -> None:
    """A completion that comes when the files are closed raises where it is asked for."""
    service = service_of()
    store.close()
    with pytest.raises(RecordingError):
        service.complete(ask("late"))


def test_after_its_end_a_service_says_so(server: ScriptedServer, service_of: Callable[..., GenerationService]) -> None:
    """Whoever asks a closed service, in whatever order and for whatever, hears that the run ended; nobody waits."""
    service = service_of()
    service.close()
    said = [Asking(service, text).answer() for text in ("one", "one", "two")]
    assert ["GenerationError: the run ended before this completion was made"] * 3 == said


def test_many_waiters_are_let_go(server: ScriptedServer, service_of: Callable[..., GenerationService]) -> None:
    """However many wait, for one completion or for several, the end of the run lets all of them go on."""
    release = threading.Event()

    def answer(_: dict[str, Any]) -> str:
        release.wait(SECONDS)
        return "late"

    server.default = answer
    service = service_of(2)
    waiting = [Asking(service, f"question {number % 5}") for number in range(20)]
    wait_until(lambda: server.in_flight == 2 and len(service._pending) == 5)
    service.close()
    said = [each.answer() for each in waiting]
    release.set()
    assert ["GenerationError: the run ended before this completion was made"] * 20 == said


def test_progress_counts_what_is_done_and_what_is_under_way(
    server: ScriptedServer, service_of: Callable[..., GenerationService]
) -> None:
    """Completions, faults and what was there count as done, each once; at rest nothing is in flight."""
    release = threading.Event()

    def answer(_: dict[str, Any]) -> str:
        release.wait(SECONDS)
        return "late"

    server.answers |= {"slow": answer, "bad": (400, '{"error": {"message": "no"}}')}
    service = service_of(8)
    service.complete(ask("known"))
    service.announce([ask("known"), ask("bad"), ask("slow 1"), ask("slow 2")])
    wait_until(lambda: server.in_flight == 2 and service.progress().done == 2)
    under_way = service.progress()
    release.set()
    wait_until(lambda: service.progress().done == 4)
    at_rest = service.progress()
    assert [(2, 2, 20), (4, 0, 60)] == [(each.done, each.in_flight, each.tokens) for each in (under_way, at_rest)]


def test_an_announcement_that_fails_is_no_end(
    server: ScriptedServer, service_of: Callable[..., GenerationService]
) -> None:
    """Requests that cannot be announced leave the service answering those who ask."""

    def broken() -> Iterator[Request]:
        yield ask("one")
        raise ZeroDivisionError

    service = service_of()
    service.announce(broken())
    assert [server.default] * 2 == [Asking(service, text).answer() for text in ("one", "two")]


def test_faults_are_of_the_benchmark_kind(server: ScriptedServer, service_of: Callable[..., GenerationService]) -> None:
    """A request that cannot even be sent is not measured, with its cause: no bare exception comes out."""
    service = service_of()
    unsendable = Request(prompt=Prompt(user="x"), sampling=Sampling(temperature=math.nan))
    with pytest.raises(MathbenchError):
        service.complete(unsendable)
    with pytest.raises(GenerationError):
        service.complete(unsendable)
