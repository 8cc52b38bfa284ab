"""Endpoints that answer badly, late, in pieces or not at all: each fault is told, and nothing is measured wrongly."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from factories import results_of

from conftest import WORKERS, ScriptedServer, completion, row
from pytest_mathbench.errors import GenerationError
from pytest_mathbench.generation import service
from pytest_mathbench.generation.client import Client
from pytest_mathbench.generation.service import GenerationService
from pytest_mathbench.recording.completions import CompletionStore
from pytest_mathbench.records import Completion, Outcome, Prompt, Request, Sampling
from pytest_mathbench.serving.endpoint import Endpoint

GOOD = "```python\nprint(42)\n```"
Play = Callable[[socket.socket], None]


def whole(text: str, status: str = "200 OK", *headers: str, length: int | None = None) -> Play:
    """Answer with a page; its announced length may be another than it has."""
    body = text.encode()
    size = len(body) if length is None else length

    def play(connection: socket.socket) -> None:
        kind = "application/json" if text[:1] in {"{", "["} else "text/html"
        lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {size}", "Connection: close"]
        connection.sendall("\r\n".join([*lines, *headers, "", ""]).encode() + body)

    return play


def stream(*events: str, ends: bool = True) -> Play:
    """Answer with server-sent events, in chunks; without its end the stream is cut off."""

    def play(connection: socket.socket) -> None:
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"
        connection.sendall(f"{head}Connection: close\r\n\r\n".encode())
        for event in events:
            data = f"data: {event}\n\n".encode()
            connection.sendall(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        if ends:
            connection.sendall(b"0\r\n\r\n")

    return play


def piece(text: str | None = None, finish_reason: str | None = None) -> str:
    """One event of a streamed completion."""
    choice = {"index": 0, "delta": {} if text is None else {"content": text}, "finish_reason": finish_reason}
    return json.dumps(_head() | {"choices": [choice]})


def usage() -> str:
    """The event that counts the tokens."""
    return json.dumps(_head() | {"choices": [], "usage": completion("")["usage"]})


def _head() -> dict[str, Any]:
    return {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "raw"}


STREAMED = stream(piece(""), piece("```python\n"), piece("print(42)\n```"), piece(None, "stop"), usage(), "[DONE]")
WHOLE = whole(json.dumps(completion(GOOD)))


def nothing(_: socket.socket) -> None:
    """Hang up without a word."""


class RawServer:
    """A real server below HTTP: what it plays may be half an answer.

    `plays` maps a part of the user's message to what is played, in turn for further requests, the last for all others.
    """

    def __init__(self) -> None:
        self.plays: dict[str, list[Play]] = {}
        self.asked: list[str] = []
        self.released = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"

    def stall(self, before: Play) -> Play:
        """Play this, and keep the connection open until the test is over."""

        def play(connection: socket.socket) -> None:
            before(connection)
            self.released.wait(60)

        return play

    def close(self) -> None:
        self.released.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as incoming:
            size = 0
            while (line := incoming.readline()) not in {b"\r\n", b""}:
                name, _, value = line.partition(b":")
                size = int(value) if name.lower() == b"content-length" else size
            body = json.loads(incoming.read(size) or "{}")
            message = body["messages"][-1]["content"] if body else ""
            if message != "1+1=":
                self.asked.append(message)
            plays = next((plays for part, plays in self.plays.items() if part in message), [])
            play = plays.pop(0) if len(plays) > 1 else plays[0] if plays else STREAMED if "stream" in body else WHOLE
            try:
                play(connection)
            except OSError:
                return  # the client hung up


@pytest.fixture
def raw() -> Iterator[RawServer]:
    """A server below HTTP."""
    server = RawServer()
    yield server
    server.close()


def ask(server: RawServer, deadline: float = 60.0, **more: Any) -> Completion:
    """Make one completion, at one try."""

    async def make() -> Completion:
        client = Client(Endpoint(base_url=server.url, model="m"), deadline=deadline, **more)
        try:
            return await client.complete(Request(prompt=Prompt(user="question"), sampling=Sampling()))
        finally:
            await client.close()

    return asyncio.run(make())


@pytest.fixture
def insist(raw: RawServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Completion]]:
    """Make one completion, at as many tries as it takes; there are no pauses between them."""
    monkeypatch.setattr(service, "_FIRST_BACKOFF", 0.0)
    store = CompletionStore(tmp_path)
    made: list[GenerationService] = []

    def make(**more: Any) -> Completion:
        made.append(GenerationService(Endpoint(base_url=raw.url, model="m"), store, concurrency=1, **more))
        return made[-1].complete(Request(prompt=Prompt(user=f"question {len(made)}"), sampling=Sampling()))

    yield make
    for each in made:
        each.close()
    store.close()


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_a_server_without_room_is_asked_again(raw: RawServer, insist: Callable[..., Completion], status: str) -> None:
    """The answer comes after the wait that each refusal names."""
    refusal = whole('{"error": {"message": "busy"}}', status, "Retry-After: 0.01")
    raw.plays["question"] = [refusal, refusal, WHOLE]
    assert GOOD == insist().text
    assert 3 == len(raw.asked)


def test_a_server_that_fails_is_asked_again(raw: RawServer, insist: Callable[..., Completion]) -> None:
    """A 500 costs another try."""
    raw.plays["question"] = [whole("{}", "500 Internal Server Error"), WHOLE]
    assert GOOD == insist().text
    assert 2 == len(raw.asked)


@pytest.mark.parametrize("before", [nothing, whole("", length=100), whole('{"id"', length=100)])
@pytest.mark.parametrize("is_streamed", [False, True])
def test_a_server_that_stalls_is_given_up(raw: RawServer, before: Play, *, is_streamed: bool) -> None:
    """Before the headers, after them, in the middle of the body: the wait ends at the limit that the user can set."""
    raw.plays["question"] = [raw.stall(before)]
    with pytest.raises(GenerationError, match=r"^no answer within 0\.3 s \(--mathbench-request-timeout\)$"):
        ask(raw, deadline=0.3, stream=is_streamed)


def test_a_stream_that_stalls_is_given_up(raw: RawServer) -> None:
    """Pieces that came do not make an answer of one that never ends."""
    raw.plays["question"] = [raw.stall(stream(piece("```python\nprint(42)\n```"), ends=False))]
    with pytest.raises(GenerationError, match=r"^no answer within 0\.3 s"):
        ask(raw, deadline=0.3, stream=True)


@pytest.mark.parametrize("half", [nothing, whole(json.dumps(completion(GOOD)), length=9999)])
@pytest.mark.parametrize("is_streamed", [False, True])
def test_an_answer_that_breaks_off_is_asked_for_again(
    raw: RawServer, insist: Callable[..., Completion], half: Play, *, is_streamed: bool
) -> None:
    """A connection that closes early costs another try; one that always does is a fault."""
    raw.plays["question"] = [half, STREAMED if is_streamed else WHOLE]
    assert GOOD == insist(stream=is_streamed).text
    raw.plays["question"] = [half]
    with pytest.raises(GenerationError, match=r"at any of 9 tries|broke off: "):
        insist(stream=is_streamed)
    assert 2 + service.TRIES == len(raw.asked)


def test_a_streamed_answer_is_joined(raw: RawServer) -> None:
    """Text, finish reason and tokens are those of the whole; the time to the first text is a part of its time."""
    made = ask(raw, stream=True)
    assert GOOD == made.text
    assert made.finish_reason == "stop"
    assert made.prompt_tokens == 10
    assert made.completion_tokens == 20
    assert made.first_token_seconds is not None
    assert 0 < made.first_token_seconds <= made.seconds


def test_a_streamed_answer_without_text_has_no_first_token(raw: RawServer) -> None:
    """A refusal, or a thought in a channel of its own, is an empty answer."""
    raw.plays["question"] = [stream(piece(""), piece(None, "length"), "[DONE]")]
    made = ask(raw, stream=True)
    assert made.text == ""
    assert made.truncated is True
    assert made.first_token_seconds is None
    assert made.completion_tokens == 0


def test_a_stream_cut_off_half_way_begins_anew(raw: RawServer, insist: Callable[..., Completion]) -> None:
    """The pieces of the try that broke off are not in the answer."""
    half = stream(piece("half of "), piece("an answer"), ends=False)
    raw.plays["question"] = [half, half, STREAMED]
    assert GOOD == insist(stream=True).text
    assert 3 == len(raw.asked)


@pytest.mark.parametrize(
    ("play", "said"),
    [
        (stream(piece("half"), "[DONE]"), "ended without a finish reason, after 1 pieces"),
        (stream(piece("half")), "ended without a finish reason, after 1 pieces"),
        (stream(), "ended without a finish reason, after 0 pieces"),
        (whole("<html>login</html>"), "ended without a finish reason, after 0 pieces"),
        (stream('{"id": "x", "choi'), "not JSON"),
        (stream(piece("half"), '{"error": {"message": "out of memory"}}'), "out of memory"),
        (stream("[]", "null", "3", '{"choices": [null]}', '{"choices": [{}]}'), "."),
        (whole('{"error": {"message": "no streams here"}}', "400 Bad Request"), "no streams here"),
    ],
)
def test_nonsense_in_a_stream_is_a_fault(raw: RawServer, play: Play, said: str) -> None:
    """Whatever is no whole completion raises, with the cause: it is never a wrong answer."""
    raw.plays["question"] = [play]
    with pytest.raises(GenerationError, match=said):
        ask(raw, stream=True)


def test_a_whole_answer_where_a_stream_was_asked_for_is_taken(raw: RawServer) -> None:
    """Not every server streams; there is then no time to a first token."""
    raw.plays["question"] = [WHOLE]
    made = ask(raw, stream=True)
    assert GOOD == made.text
    assert made.first_token_seconds is None


@pytest.mark.parametrize(
    "body",
    [
        *("null", "3", '"text"', "[]", "[3]", "{}", "", "\x00"),
        *('{"choices": null}', '{"choices": {}}', '{"choices": [{}]}', '{"choices": [3]}'),
        '{"choices": [{"message": null, "finish_reason": "stop"}]}',
    ],
)
def test_other_json_is_a_fault(raw: RawServer, body: str) -> None:
    """JSON of any other shape is told as what it is."""
    raw.plays["question"] = [whole(body)]
    with pytest.raises(GenerationError, match=r"not a chat completion|no finish reason|not JSON|no message"):
        ask(raw)


BAD = {
    "page": whole("<html>login</html>"),
    "half": whole('{"id": "x", "choi'),
    "none": whole(json.dumps(completion("x") | {"choices": []})),
    "model": whole('{"error": {"message": "no model named m"}}', "404 Not Found"),
    "busy": whole('{"error": {"message": "busy"}}', "429 Too Many Requests"),
    "cut": whole(json.dumps(completion(GOOD)), length=9999),
    "gone": nothing,
}
LATE = "no answer within 4 s (--mathbench-request-timeout)"
SAID = {
    "page": "the endpoint's answer is not JSON (",
    "half": "the endpoint's answer is not JSON (",
    "none": "the endpoint's answer is not a chat completion: ",
    "model": "not found (404): no model named m\n→ check the model's name",
    "busy": LATE,
    "cut": LATE,
    "gone": LATE,
    "stalled": LATE,
}


@WORKERS
def test_bad_answers_are_not_measured(
    pytester: pytest.Pytester, raw: RawServer, problem_file: Callable[..., Path], workers: str
) -> None:
    """In one session: each kind of bad answer is that item's fault, in a sentence; the others are measured."""
    raw.plays |= {f"Problem {name}.": [play] for name, play in BAD.items()}
    raw.plays["Problem stalled."] = [raw.stall(whole("", length=100))]
    raw.plays["Problem null."] = [whole(json.dumps(completion(None)))]
    problems = problem_file(*(row(name) for name in ("good", *SAID, "null")))
    result = pytester.runpytest(
        "--mathbench-model=m",
        f"--mathbench-problems={problems}",
        f"--mathbench-base-url={raw.url}",
        "--mathbench-request-timeout=4",
        workers,
    )
    result.stdout.fnmatch_lines(["outcomes: 1 correct, 1 no_program; 8 not measured"])
    (folder,) = Path(".mathbench").iterdir()
    results = {result.problem.id: result for result in results_of(folder)}
    faults = {name: str(found.fault) for name, found in results.items() if found.outcome is None}
    assert SAID == {name: fault[: len(SAID.get(name, ""))] for name, fault in faults.items()}
    assert {"good": Outcome.CORRECT, "null": Outcome.NO_PROGRAM} == {
        name: found.outcome for name, found in results.items() if found.outcome
    }


def test_a_streaming_session_records_the_first_token(
    pytester: pytest.Pytester, raw: RawServer, problem_file: Callable[..., Path]
) -> None:
    """With --mathbench-stream answers come in pieces, and the time to the first is in record and table."""
    problems = problem_file(row("a-1"), row("a-2"))
    result = pytester.runpytest(
        "--mathbench-model=m",
        f"--mathbench-problems={problems}",
        f"--mathbench-base-url={raw.url}",
        "--mathbench-stream",
    )
    result.stdout.fnmatch_lines(["outcomes: 2 correct; 0 not measured", "*first token 0.*"])
    (folder,) = Path(".mathbench").iterdir()
    made = [result.completion for result in results_of(folder)]
    assert [True, True] == [bool(each and each.first_token_seconds) for each in made]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            (401, '{"error": {"message": "bad key"}}'),
            "refuses the API key (401): bad key\n→ --mathbench-api-key-env",
        ),
        (
            (403, '{"error": {"message": "not you"}}'),
            "forbidden (403): not you\n→ a key (--mathbench-api-key-env) or a",
        ),
        ((404, '{"error": {"message": "no model m"}}'), "check the model's name, and that the URL ends in /v1"),
        ((200, "<html>login</html>"), "'<html>login</html>'\n→ is this an OpenAI-compatible endpoint?"),
        ((200, '{"id": "x", "choi'), "the endpoint's answer is not JSON"),
        ((200, "[]"), "the endpoint's answer is not a chat completion"),
    ],
)
def test_an_endpoint_that_cannot_serve_is_refused_at_the_start(
    pytester: pytest.Pytester,
    server: ScriptedServer,
    problem_file: Callable[..., Path],
    answer: tuple[int, str],
    said: str,
) -> None:
    """What would fail for every item ends the session before the first, with what to do; nothing is recorded."""
    server.default = answer
    result = pytester.runpytest(
        "--mathbench-model=m", f"--mathbench-problems={problem_file(row('a-1'))}", f"--mathbench-base-url={server.url}"
    )
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    assert [] == server.asked
    assert [] == list(Path(".mathbench").glob("*"))
    assert said in result.stderr.str()
