"""The generation service: saturated, each request once, errors in their place."""

import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from vendors import Reply, Vendor, chunk
from waiting import wait_until

from conftest import ScriptedServer
from pytest_mathbench.errors import GenerationError, ServerError
from pytest_mathbench.generation.answers import Stream
from pytest_mathbench.generation.service import GenerationService
from pytest_mathbench.recording.completions import CompletionStore
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
    assert {server.default} == texts
    assert len(server.requests) == 20
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

    def restart(self, *, progressed: bool) -> None:  # noqa: ARG002 - it is never started again
        """Fail as a server does that was restarted often enough."""
        raise ServerError("the server died, for good")

    def speed(self) -> float:
        """Tell nothing of its speed."""
        return 0.0

    def made(self) -> int:
        """Have made more than was asked of it through us."""
        return 1000


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


class Broken(Mortal):
    """A server whose restart fails in a way that nobody foresaw."""

    def restart(self, *, progressed: bool) -> None:  # noqa: ARG002 - as above
        """Fail as a machine does that has no more processes to give."""
        raise OSError("Resource temporarily unavailable")


def test_a_restart_that_fails_in_any_way_leaves_nobody_waiting(
    server: ScriptedServer, service_of: Callable[..., GenerationService]
) -> None:
    """Who waits for an answer hears of whatever kept the server from coming back."""
    server.default = (400, '{"error": {"message": "no"}}')
    service = service_of(server=Broken(lambda: bool(server.requests)))
    caught: list[str] = []

    def wait() -> None:
        try:
            service.complete(request("x"))
        except GenerationError as error:
            caught.append(str(error))

    waiter = threading.Thread(target=wait, daemon=True)
    waiter.start()
    waiter.join(20)
    why = "OSError: Resource temporarily unavailable"
    assert [f"the server died and could not be started again: {why}"] == caught


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


class Slow(Mortal):
    """A server that takes its time before it is known that it does not come back."""

    def restart(self, *, progressed: bool) -> None:
        """Fail late."""
        time.sleep(0.5)
        super().restart(progressed=progressed)


def test_nothing_is_asked_while_the_server_is_down(
    server: ScriptedServer, service_of: Callable[..., GenerationService]
) -> None:
    """The place that becomes free when the server dies is not given away before it is back."""
    release, dead = threading.Event(), threading.Event()

    def answer(_: dict[str, Any]) -> str:
        release.wait(timeout=60)
        return "late"

    server.default = answer
    service = service_of(concurrency=1, server=Slow(dead.is_set))
    service.announce([request("x"), request("y")])
    wait_until(lambda: bool(server.requests))
    dead.set()
    with pytest.raises(GenerationError, match=r"^the server died, for good$"):
        service.complete(request("y"))
    release.set()
    assert ["x"] == server.asked


def test_a_failure_on_a_living_server_is_its_own(
    server: ScriptedServer, service_of: Callable[..., GenerationService]
) -> None:
    """Where the server lives, the request's own fault is told, and the next request is asked."""
    server.answers["bad"] = (400, '{"error": {"message": "no"}}')
    service = service_of(server=Mortal(lambda: False))
    with pytest.raises(GenerationError, match=r"^the endpoint refused \(400\): no$"):
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


# Progress


THINKING = 32_768


def thinks(seen: threading.Event, finish_reason: str) -> Iterator[dict[str, Any]]:
    """Stream a thought token by token, and hold in its middle until it was seen; then end it in one way or another."""
    for number in range(THINKING):
        if number == THINKING // 2:
            assert seen.wait(60)
        yield chunk(reasoning_content="hm ")
    if finish_reason == "stop":
        yield chunk(content="42")
    usage = {"prompt_tokens": 10, "completion_tokens": THINKING, "total_tokens": THINKING + 10}
    yield chunk(finish_reason, usage)


@pytest.mark.parametrize(("finish_reason", "thoughts", "cut_off"), [("length", 0, 1), ("stop", 1, 0)])
def test_a_long_thought_is_seen_while_it_is_made(
    tmp_path: Path, finish_reason: str, thoughts: int, cut_off: int
) -> None:
    """Its tokens count as they come, its first is timed, all of it is kept, and what became of it is counted."""
    seen = threading.Event()
    with Vendor() as vendor, closing(CompletionStore(tmp_path)) as store:
        vendor.rules = [lambda _: Reply(thinks(seen, finish_reason))]
        service = GenerationService(Endpoint(base_url=vendor.url, model="m"), store, concurrency=1, stream=True)
        service.announce([request("x")])
        wait_until(lambda: service.progress().pending == THINKING // 2)
        half = service.progress()
        assert 0 == half.done
        assert 0 == half.thoughts
        seen.set()
        made = service.complete(request("x"))
        whole = service.progress()
        service.close()
    assert "hm " * THINKING == made.reasoning
    assert THINKING <= made.thinking_tokens + (made.text == "42")
    assert made.first_token_seconds
    assert made.first_token_seconds < made.seconds
    assert THINKING == whole.tokens
    assert 0 == whole.pending
    assert thoughts == whole.thoughts
    assert cut_off == whole.cut_off


def test_a_thought_that_is_over_counts_before_its_answer_is() -> None:
    """Where the endpoint tells the two apart."""
    stream = Stream(0.0, Request(prompt=Prompt(user="?"), sampling=Sampling()))
    stream.add(chunk(reasoning_content="hm"))
    assert not stream.thought_is_over
    stream.add(chunk(content="42"))
    assert stream.thought_is_over


def test_what_a_server_of_ours_has_made_counts(service_of: Callable[..., GenerationService]) -> None:
    """Its metrics know of what is on its way, also where nothing is streamed."""
    service = service_of(server=Mortal(lambda: False))
    assert 1000 == service.progress().pending
    service.complete(request("x"))
    assert 20 == service.progress().tokens
    assert 980 == service.progress().pending


# Replicas


def test_replicas_share_the_requests(tmp_path: Path) -> None:
    """The least loaded is asked first; each request is made once, wherever."""
    with Vendor() as one, Vendor() as other, closing(CompletionStore(tmp_path)) as store:
        endpoint = Endpoint(base_url=one.url, replicas=(other.url,), model="m")
        service = GenerationService(endpoint, store, concurrency=4)
        requests = [request(str(number)) for number in range(40)]
        service.announce(requests)
        assert {"```python\nprint(42)\n```"} == {service.complete(each).text for each in requests}
        service.close()
        assert 40 == len(one.asked) + len(other.asked)
        assert one.asked
        assert other.asked


def test_a_replica_that_dies_is_left_out_and_nothing_is_lost(tmp_path: Path) -> None:
    """Its requests go to the others at once, and it is named."""
    told: list[str] = []
    with Vendor() as one, closing(CompletionStore(tmp_path)) as store:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            dead = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        endpoint = Endpoint(base_url=dead, replicas=(one.url,), model="m")
        service = GenerationService(endpoint, store, concurrency=4, warn=told.append)
        asked = itertools.count()
        while not told:
            assert "```python\nprint(42)\n```" == service.complete(request(str(next(asked)))).text
            time.sleep(0.05)
        service.close()
    assert 1 == len(told)
    assert told[0].startswith(f"{dead} is left out from now on: the endpoint cannot be reached")


def test_where_all_replicas_are_dead_the_run_ends(tmp_path: Path) -> None:
    """The last one is not left out: what it says is what is told."""
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        urls = [f"http://127.0.0.1:{each.getsockname()[1]}/v1" for each in (one, other)]
    endpoint = Endpoint(base_url=urls[0], replicas=(urls[1],), model="m")
    with closing(CompletionStore(tmp_path)) as store:
        service = GenerationService(endpoint, store, concurrency=4, deadline=10.0)
        with pytest.raises(GenerationError, match="the endpoint cannot be reached"):
            service.complete(request("x"))
        service.close()
