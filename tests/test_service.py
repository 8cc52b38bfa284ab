"""The generation service: saturated, each request once, errors in their place."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import ScriptedServer
from pytest_mathbench.errors import GenerationError, ServerError
from pytest_mathbench.generation.service import GenerationService
from pytest_mathbench.generation.store import CompletionStore
from pytest_mathbench.records import Prompt, Request, Sampling
from pytest_mathbench.serving.endpoint import Endpoint


def request(text: str) -> Request:
    """Make a request that asks just this."""
    return Request(prompt=Prompt(user=text), sampling=Sampling())


@pytest.fixture
def service_of(server: ScriptedServer, tmp_path: Path) -> Iterator[Callable[..., GenerationService]]:
    """Make services on the scripted server, with one store; all are closed at the end."""
    made: list[GenerationService] = []
    store = CompletionStore(tmp_path)

    def make(concurrency: int = 8, **more: Any) -> GenerationService:
        made.append(GenerationService(Endpoint(base_url=server.url, model="m"), store, concurrency=concurrency, **more))
        return made[-1]

    yield make
    for service in made:
        service.close()
    store.close()


def test_announced_requests_are_made_once(server: ScriptedServer, service_of: Callable[..., GenerationService]) -> None:
    """However often a request is announced or asked for, the server sees it once."""
    service = service_of()
    requests = [request(f"question {number}") for number in range(20)]
    service.announce(requests)
    service.announce(requests)
    texts = {service.complete(each).text for each in requests for _ in range(2)}
    assert ({server.default}, 20) == (texts, len(server.requests))
    while service.progress().done < 20:
        time.sleep(0.01)
    service.announce([*requests, request("the last")])
    service.complete(request("the last"))
    while service.progress().in_flight:
        time.sleep(0.01)
    assert 21 == service.progress().done


def test_requests_are_in_flight_together_up_to_the_limit(
    server: ScriptedServer, service_of: Callable[..., GenerationService]
) -> None:
    """The server is kept busy with as many requests as allowed, and no more."""
    together = threading.Barrier(5)

    def answer(_: dict[str, Any]) -> str:
        together.wait(timeout=20)  # passes only if five requests are there at once
        return "four"

    server.default = answer
    service = service_of(concurrency=5)
    requests = [request(f"question {number}") for number in range(20)]
    service.announce(requests)
    for each in requests:
        service.complete(each)
    assert server.most_in_flight == 5


def test_announced_order_is_kept(server: ScriptedServer, service_of: Callable[..., GenerationService]) -> None:
    """What the first items need is made first."""
    service = service_of(concurrency=1)
    service.announce(request(f"question {number}") for number in range(5))
    service.announce(request(f"question {number}") for number in range(10))
    while service.progress().in_flight or len(server.asked) < 10:
        time.sleep(0.01)
    assert [f"question {number}" for number in range(10)] == server.asked


def test_what_an_item_waits_for_is_made_before_what_was_announced(
    server: ScriptedServer, service_of: Callable[..., GenerationService]
) -> None:
    """A request that somebody waits for already overtakes those that are only foreseen, and is made once."""
    release = threading.Event()

    def answer(_: dict[str, Any]) -> str:
        release.wait(timeout=30)
        return "first"

    server.answers["question 0"] = answer
    service = service_of(concurrency=1)
    service.announce([request(f"question {number}") for number in range(5)])
    while not server.asked:
        time.sleep(0.01)
    waiter = threading.Thread(target=service.complete, args=(request("question 4"),))
    waiter.start()
    while not service._urgent:
        time.sleep(0.01)
    release.set()
    waiter.join(timeout=30)
    while service.progress().in_flight or len(server.asked) < 5:
        time.sleep(0.01)
    assert [f"question {number}" for number in (0, 4, 1, 2, 3)] == server.asked


def test_one_failure_stays_with_its_request(
    server: ScriptedServer, service_of: Callable[..., GenerationService]
) -> None:
    """A request that fails raises where it is asked for, and nowhere else."""
    server.answers["bad"] = (400, '{"error": {"message": "no"}}')
    service = service_of()
    service.announce([request("bad"), request("good")])
    assert service.complete(request("good")).text == server.default
    with pytest.raises(GenerationError, match="no"):
        service.complete(request("bad"))


class Mortal:
    """A server that is dead as soon as `is_dead` says so, and cannot be started again."""

    def __init__(self, is_dead: Callable[[], bool]) -> None:
        self.is_dead = is_dead

    def died(self) -> str | None:
        """Tell what became of it."""
        return "the server died" if self.is_dead() else None

    def restart(self) -> None:
        """Fail as a server does that was restarted often enough."""
        raise ServerError("the server died, for good")


def test_what_is_known_of_the_server_is_told(
    server: ScriptedServer, service_of: Callable[..., GenerationService]
) -> None:
    """A failure behind which there is a dead server is named by that; the server is not asked again."""
    server.default = (400, '{"error": {"message": "no"}}')
    service = service_of(server=Mortal(lambda: bool(server.requests)))
    for text in ("x", "y"):
        with pytest.raises(GenerationError, match=r"^the server died, for good$"):
            service.complete(request(text))
    assert ["x"] == server.asked


def test_what_was_in_flight_when_the_server_died_fails(
    server: ScriptedServer, service_of: Callable[..., GenerationService]
) -> None:
    """Nobody waits for ever for an answer that a dead server owes: each hears why, in flight or not yet asked."""
    release = threading.Event()
    caught: list[str] = []

    def answer(_: dict[str, Any]) -> str:
        release.wait(timeout=60)
        return "late"

    def wait(text: str) -> None:
        try:
            service.complete(request(text))
        except GenerationError as error:
            caught.append(str(error))

    server.default = answer
    service = service_of(concurrency=30, server=Mortal(lambda: len(server.requests) >= 30))
    waiters = [threading.Thread(target=wait, args=(str(number),), daemon=True) for number in range(40)]
    for waiter in waiters:
        waiter.start()
    deadline = time.monotonic() + 20
    for waiter in waiters:
        waiter.join(max(0.0, deadline - time.monotonic()))
    release.set()
    assert ["the server died, for good"] * 40 == caught


def test_a_failure_on_a_living_server_is_its_own(
    server: ScriptedServer, service_of: Callable[..., GenerationService]
) -> None:
    """Where the server lives, the request's own fault is told, and the next request is asked."""
    server.answers["bad"] = (400, '{"error": {"message": "no"}}')
    service = service_of(server=Mortal(lambda: False))
    with pytest.raises(GenerationError, match=r"^the endpoint refused: .*no"):
        service.complete(request("bad"))
    assert server.default == service.complete(request("good")).text


def test_closing_cancels_what_is_waiting(server: ScriptedServer, service_of: Callable[..., GenerationService]) -> None:
    """The end of a run does not wait for completions that nobody needs."""
    release = threading.Event()

    def answer(_: dict[str, Any]) -> str:
        release.wait(timeout=30)
        return "late"

    server.default = answer
    service = service_of(concurrency=2)
    service.announce([request(f"question {number}") for number in range(10)])
    caught: list[str] = []

    def wait() -> None:
        try:
            service.complete(request("question 9"))
        except GenerationError as error:
            caught.append(str(error))

    waiter = threading.Thread(target=wait)
    waiter.start()
    while not server.requests:
        time.sleep(0.01)
    service.close()
    waiter.join(timeout=20)
    release.set()
    assert ["the run ended before this completion was made"] == caught
