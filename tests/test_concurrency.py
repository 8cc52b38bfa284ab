"""How many requests are in flight and which is next, and what becomes of them when disk or run end."""

import itertools
import json
import math
import resource
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st
from vendors import PROGRAM, Asked, Vendor, always
from waiting import SECONDS, wait_until

from conftest import ScriptedServer
from pytest_mathbench.errors import GenerationError, MathbenchError, RecordingError
from pytest_mathbench.generation import service as module
from pytest_mathbench.generation.concurrency import Concurrency
from pytest_mathbench.generation.service import GenerationService
from pytest_mathbench.recording.completions import CompletionStore
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


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@given(
    most=st.integers(1, 100),
    events=st.lists(st.sampled_from(["enter", "leave", "refuse", "refuse for long", "succeed", "halve", "wait"])),
)
@PROPERTY
def test_as_many_are_in_flight_as_allowed_and_never_none(most: int, events: list[str]) -> None:
    """Whatever comes, the limit stays between one and the most, and after a while there is room for one more."""
    clock = Clock()
    places = Concurrency(most, clock)
    for event in events:
        clock.now += 0.01
        if event == "enter" and places.wait_seconds() == 0:
            places.enter()
        elif event == "leave" and places.in_flight:
            places.leave()
        elif event.startswith("refuse") and places.in_flight:
            places.refuse(30.0 if "long" in event else None)
        elif event in {"succeed", "halve"}:
            getattr(places, event)()
        elif event == "wait":
            clock.now += 1.0
        assert 1 <= places.allowed <= most
    for _ in range(20):  # growth doubles, so that a few steps reach every limit
        clock.now += 100.0
        if (seconds := places.wait_seconds()) == 0:
            break
    assert seconds == 0 or places.in_flight >= most


def in_flight(most: int, count: int) -> tuple[Concurrency, Clock]:
    """Places of which some are taken."""
    clock = Clock()
    places = Concurrency(most, clock)
    for _ in range(count):
        places.enter()
    return places, clock


def test_what_was_borne_beside_the_refused_is_the_new_limit() -> None:
    """Of ten in flight six are refused: four are borne."""
    places, _ = in_flight(10, 10)
    for _ in range(6):
        places.refuse(5.0)
    assert 4 == places.allowed


def test_nobody_asks_before_the_named_time_is_over() -> None:
    """A named pause holds, also where answers come meanwhile; the longest of one moment counts."""
    places, clock = in_flight(10, 3)
    places.refuse(5.0)
    places.refuse(200.0)
    places.succeed()
    clock.now += 150
    assert 50 == places.wait_seconds()


def test_a_refusal_that_names_no_time_doubles_the_pause() -> None:
    """A second, then two, then four, as long as no answer comes between."""
    places, clock = in_flight(10, 1)
    pauses = []
    for _ in range(3):
        places.refuse(None)
        pauses.append(places.wait_seconds())
        clock.now += pauses[-1]
        assert 0 == places.wait_seconds()
        places.enter()
    assert [1.0, 2.0, 4.0] == pauses


def test_an_answer_ends_a_pause_that_nobody_named() -> None:
    """Where the number in flight is what is limited, a request that ends makes room for the next."""
    places, _ = in_flight(10, 9)
    places.refuse(None)
    places.leave()
    places.succeed()
    assert 0 == places.wait_seconds()


def test_after_a_pause_one_more_is_tried_than_went_through_before() -> None:
    """Of twelve three went in: four may go in together when the pause is over."""
    places, clock = in_flight(64, 12)
    for _ in range(9):
        places.refuse(1.0)
    clock.now += 1.0
    assert 0 == places.wait_seconds()
    assert 3 + 4 == places.allowed


def test_without_refusals_the_limit_grows_to_the_most() -> None:
    """Twice as many more each time, while all places are taken, until nothing is held back."""
    places, clock = in_flight(64, 2)
    places.refuse(1.0)
    clock.now += 1.0
    for _ in range(200):
        if places.wait_seconds() == 0:
            places.enter()
        else:
            clock.now += 0.25
        if places.in_flight == 64:
            break
    assert 64 == places.allowed
    assert math.inf == places.wait_seconds()


def test_a_server_that_pushes_back_is_asked_again(
    server: ScriptedServer, service_of: Callable[..., GenerationService]
) -> None:
    """The refused request is asked again when there is room, and nothing is lost."""
    refused = threading.Event()

    def first(body: dict[str, Any]) -> Any:
        if body["messages"][-1]["content"] == "first 0" and not refused.is_set():
            wait_until(lambda: server.in_flight == 4)
            refused.set()
            return BUSY
        wait_until(refused.is_set)
        return "four"

    server.answers["first"] = first
    service = service_of(4)
    requests = [ask(f"first {number}") for number in range(8)]
    service.announce(requests)
    assert ["four"] * 8 == [service.complete(each).text for each in requests]
    assert {"first 0": 2} == {text: server.asked.count(text) for text in server.asked if server.asked.count(text) > 1}


def test_a_refusal_for_longer_than_there_is_time_is_a_fault(server: ScriptedServer, store: CompletionStore) -> None:
    """What cannot be asked again in time is told at once, with the endpoint's words."""
    with Vendor() as vendor:
        vendor.rules = [always({"error": {"message": "come back tomorrow"}}, 429, Retry_After="86400")]
        service = GenerationService(Endpoint(base_url=vendor.url, model="m"), store, concurrency=2, deadline=60.0)
        said = Asking(service, "x").answer()
        service.close()
    assert said.startswith("GenerationError: no answer within 60 s (--mathbench-request-timeout); ")
    assert said.endswith("come back tomorrow")


def test_replicas_share_the_requests(store: CompletionStore) -> None:
    """Each address has places of its own: with one at each, two are in flight."""
    together = threading.Barrier(2)

    def wait(_: Asked) -> None:
        together.wait(SECONDS)  # passes only if a request is at each

    with Vendor() as one, Vendor() as other:
        one.rules = other.rules = [wait]
        endpoint = Endpoint(base_url=one.url, replicas=(other.url,), model="m")
        service = GenerationService(endpoint, store, concurrency=1)
        requests = [ask(f"question {number}") for number in range(6)]
        service.announce(requests)
        for each in requests:
            service.complete(each)
        service.close()
        assert {3} == {len(one.asked), len(other.asked)}


def test_a_replica_that_is_gone_is_left_out_and_named(store: CompletionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it was asked goes to the others, and nothing is lost."""
    monkeypatch.setattr(module, "TRIES", 1)
    said: list[str] = []
    with Vendor() as one, Vendor() as gone:
        gone.close()
        endpoint = Endpoint(base_url=one.url, replicas=(gone.url,), model="m")
        service = GenerationService(endpoint, store, concurrency=2, warn=said.append)
        texts: set[str] = set()
        deadline = time.monotonic() + SECONDS
        for number in itertools.count():
            texts |= {each.answer() for each in [Asking(service, f"question {number}.{part}") for part in range(4)]}
            if said or time.monotonic() > deadline:
                break
        service.close()
    assert {PROGRAM} == texts
    assert [f"{gone.url} is left out from now on"] == [each.partition(":  ")[0].partition(": the")[0] for each in said]


def test_requests_that_are_all_refused_alike_end_the_run(server: ScriptedServer, store: CompletionStore) -> None:
    """After eight in a row that read the same nothing more is asked for."""
    server.default = (400, json.dumps({"error": {"message": "no such parameter"}}))
    service = GenerationService(Endpoint(base_url=server.url, model="m"), store, concurrency=1)
    said = [Asking(service, f"question {number}").answer() for number in range(12)]
    service.close()
    assert 8 == len(server.asked)
    assert said[-1].startswith("EndpointLostError: the endpoint refused (400): no such parameter")


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
    assert [before, server.default] == [found[0], found[1].text]
    assert ["one", "two"] == server.asked


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
    assert [kept, server.default] == texts
    assert ["before", "full", "after"] == server.asked


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
