"""The generation service: saturated, each request once, errors in their place."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from conftest import ScriptedServer
from pytest_mathbench.errors import GenerationError
from pytest_mathbench.generation.service import GenerationService
from pytest_mathbench.records import Prompt, Request, Sampling
from pytest_mathbench.serving.endpoint import Endpoint


def request(text: str) -> Request:
    """Make a request that asks just this."""
    return Request(prompt=Prompt(user=text), sampling=Sampling())


@pytest.fixture
def service_of(server: ScriptedServer) -> Iterator[Callable[..., GenerationService]]:
    """Make services on the scripted server, closed at the end."""
    made: list[GenerationService] = []

    def make(concurrency: int = 8, **more: Any) -> GenerationService:
        made.append(GenerationService(Endpoint(base_url=server.url, model="m"), concurrency=concurrency, **more))
        return made[-1]

    yield make
    for service in made:
        service.close()


def test_announced_requests_are_made_once(server: ScriptedServer, service_of: Callable[..., GenerationService]) -> None:
    """However often a request is announced or asked for, the server sees it once."""
    service = service_of()
    requests = [request(f"question {number}") for number in range(20)]
    service.announce(requests)
    service.announce(requests)
    texts = {service.complete(each).text for each in requests for _ in range(2)}
    assert ({server.default}, 20) == (texts, len(server.requests))


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
    requests = [request(f"question {number}") for number in range(10)]
    service.announce(requests)
    service.complete(requests[-1])
    assert server.asked == [f"question {number}" for number in range(10)]


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


def test_what_is_known_of_the_server_is_told(
    server: ScriptedServer, service_of: Callable[..., GenerationService]
) -> None:
    """A failure names the dead server behind it, which is not asked again."""
    server.default = (400, '{"error": {"message": "no"}}')
    service = service_of(diagnose=lambda: "the server died" if server.requests else None)
    with pytest.raises(GenerationError, match=r"no; the server died"):
        service.complete(request("x"))
    with pytest.raises(GenerationError, match=r"^the server died"):
        service.complete(request("y"))
    assert ["x"] == server.asked


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
