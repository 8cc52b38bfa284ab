"""A loopback server that answers as vendors document: one server, many tables of rules."""

import itertools
import json
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

CERTIFICATE = Path(__file__).with_name("localhost.pem")
"""Of 127.0.0.1, by itself, with its key: for tests alone."""

PROGRAM = "```python\nprint(42)\n```"


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: dict[str, Any]
    number: int
    """How many came before it."""


@dataclass(frozen=True)
class Reply:
    """What is sent back: JSON, a text, the chunks of a stream, or an iterator of them, each sent as it comes."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Rule = Callable[[Asked], Reply | None]
"""Looks at a request, and answers it or leaves it to the next rule."""


def message(content: Any = PROGRAM, finish_reason: str | None = "stop", **more: Any) -> dict[str, Any]:
    """A chat completion; `more` goes into its message."""
    return {
        "id": "x",
        "object": "chat.completion",
        "created": 0,
        "model": "vendor",
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": content} | more, "finish_reason": finish_reason}
        ],
        "usage": {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30},
    }


def text_completion(text: str = PROGRAM) -> dict[str, Any]:
    """What /completions answers."""
    choice = {"index": 0, "text": text, "finish_reason": "stop"}
    usage = {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30}
    return {
        "id": "x",
        "object": "text_completion",
        "created": 0,
        "model": "vendor",
        "choices": [choice],
        "usage": usage,
    }


def chunks(whole: dict[str, Any]) -> list[dict[str, Any]]:
    """The same completion as a stream: the thought, the text, the end, the count."""
    choice = whole["choices"][0]
    head = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "vendor"}
    parts = {name: value for name, value in choice["message"].items() if name != "role" and value}
    deltas: list[dict[str, Any]] = [{name: value} for name, value in sorted(parts.items(), reverse=True)]
    pieces = [*({"delta": each, "finish_reason": None} for each in deltas)]
    pieces.append({"delta": {}, "finish_reason": choice["finish_reason"]})
    events = [head | {"choices": [{"index": 0} | piece]} for piece in pieces]
    return [*events, head | {"choices": [], "usage": whole["usage"]}]


def chunk(finish_reason: str | None = None, usage: dict[str, Any] | None = None, **delta: Any) -> dict[str, Any]:
    """One chunk of a stream; `delta` is what it brings."""
    head = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "vendor"}
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return head | {"choices": [choice]} | ({"usage": usage} if usage else {})


def answers(whole: dict[str, Any]) -> Rule:
    """Answer everything so, streamed where that is asked for."""
    return lambda asked: Reply(chunks(whole) if asked.body.get("stream") else whole)


def always(body: Any, status: int = 200, **headers: str) -> Rule:
    """Answer everything with this."""
    return lambda _: Reply(body, status, {name.replace("_", "-"): value for name, value in headers.items()})


def first(times: int, rule: Rule) -> Rule:
    """Apply a rule to the first requests only."""
    return lambda asked: rule(asked) if asked.number < times else None


def after(times: int, rule: Rule) -> Rule:
    """Apply a rule to all but the first requests."""
    return lambda asked: rule(asked) if asked.number >= times else None


def openai_error(words: str, status: int = 400, **more: Any) -> Reply:
    """An error in OpenAI's shape."""
    return Reply({"error": {"message": words, "type": "invalid_request_error"} | more}, status)


def refuses(
    name: str,
    words: str,
    *,
    unless: Callable[[Any], bool] = lambda _: False,
    error: Callable[..., Reply] = openai_error,
) -> Rule:
    """Refuse a parameter, or certain values of it."""
    return lambda asked: error(words) if name in asked.body and not unless(asked.body[name]) else None


def wants(name: str, words: str, *, value: Callable[[Any], bool] = lambda _: True) -> Rule:
    """Refuse requests without a parameter, or with a wrong value of it."""
    return lambda asked: None if name in asked.body and value(asked.body[name]) else openai_error(words)


class Vendor:
    """A real HTTP server with a list of rules, of which the first that answers does; without one, a right program."""

    def __init__(self, *, tls: bool = False) -> None:
        """With `tls` it speaks HTTPS, with a certificate of its own that nobody trusts by themselves."""
        self.rules: Sequence[Rule] = ()
        self._scheme = "https" if tls else "http"
        self.asked: list[Asked] = []
        self.pages: dict[str, Any] = {}
        """What is answered to GET, by path; nothing else is there."""
        self._lock = threading.Lock()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                owner.serve(self)

            def do_GET(self) -> None:
                page = owner.pages.get(urlsplit(self.path).path)
                owner.send(self, Reply(page) if page else Reply({"error": {"message": "no such page"}}, 404))

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_: object) -> None:
                """A client that hangs up is no error of ours."""

        self._server = Server(("127.0.0.1", 0), Handler)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}/v1"

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request by the rules."""
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        parts = urlsplit(handler.path)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        with self._lock:
            asked = Asked(parts.path, dict(parse_qsl(parts.query)), headers, body, len(self.asked))
            self.asked.append(asked)
        found = (reply for rule in self.rules if (reply := rule(asked)))
        self.send(handler, next(found, None) or answers(message())(asked) or Reply({}))

    @staticmethod
    def send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        """Write a reply."""
        if isinstance(reply.body, Iterator):
            handler.send_response(reply.status)
            handler.send_header("Content-Type", "text/event-stream")
            handler.send_header("Connection", "close")
            handler.end_headers()
            for each in itertools.chain(map(json.dumps, reply.body), ["[DONE]"]):
                handler.wfile.write(f"data: {each}\n\n".encode())
            handler.close_connection = True
            return
        if isinstance(reply.body, list):
            kind, events = "text/event-stream", [json.dumps(each) for each in reply.body]
            payload = "".join(f"data: {event}\n\n" for event in [*events, "[DONE]"])
        elif isinstance(reply.body, str):
            kind, payload = "text/html", reply.body
        else:
            kind, payload = "application/json", json.dumps(reply.body)
        data = payload.encode()
        handler.send_response(reply.status)
        for name, value in ({"Content-Type": kind, "Content-Length": str(len(data))} | reply.headers).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
