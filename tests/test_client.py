"""One request: what is sent, what is taken from the answer, what a bad answer becomes."""

import asyncio
import json
import time
from dataclasses import replace
from typing import Any

import pytest

from conftest import ScriptedServer, completion
from pytest_mathbench.errors import GenerationError
from pytest_mathbench.generation.client import Client, retry_after
from pytest_mathbench.records import Completion, Prompt, Request, Sampling
from pytest_mathbench.serving.endpoint import Endpoint

REQUEST = Request(prompt=Prompt(user="2 + 2?"), sampling=Sampling(temperature=0.5, top_p=0.9, max_tokens=7, seed=3))


def ask(server: ScriptedServer, request: Request = REQUEST) -> Completion:
    """Make one completion, after 1.5 s in the queue."""

    async def make() -> Completion:
        client = Client(Endpoint(base_url=server.url, model="m", api_key="k"))
        try:
            return await client.complete(request, queued_seconds=1.5)
        finally:
            await client.close()

    return asyncio.run(make())


def test_the_request_is_sent_as_it_was_made(server: ScriptedServer) -> None:
    """Prompt and sampling parameters arrive under the API's names."""
    ask(server)
    assert server.requests == [
        {
            "model": "m",
            "messages": [{"role": "user", "content": "2 + 2?"}],
            "temperature": 0.5,
            "top_p": 0.9,
            "max_tokens": 7,
            "seed": 3,
        }
    ]


def test_without_a_seed_none_is_sent(server: ScriptedServer) -> None:
    """The choice is then the server's."""
    ask(server, Request(prompt=Prompt(user="hi"), sampling=Sampling()))
    assert "seed" not in server.requests[0]


def test_an_answer_is_held_to_its_schema(server: ScriptedServer) -> None:
    """The schema of a request goes to the endpoint as the API's response format, as JSON and not as text."""
    schema = {"type": "object", "properties": {"rating": {"type": "integer", "enum": [1, 2]}}, "required": ["rating"]}
    ask(server, replace(REQUEST, json_schema=json.dumps(schema)))
    (sent,) = server.requests
    expected = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, "strict": True}}
    assert expected == sent.pop("response_format")
    ask(server)
    assert sent == server.requests[1]


def test_without_a_schema_no_response_format_is_sent(server: ScriptedServer) -> None:
    """Not every endpoint knows the field: where no schema is asked for, it is not there."""
    ask(server)
    assert "response_format" not in server.requests[0]


def test_the_answer_is_taken_whole(server: ScriptedServer) -> None:
    """Text, finish reason and tokens make the record, and the durations: nothing but tries and waits adds to them."""
    server.default = (200, json.dumps(completion("four", finish_reason="length")))
    start = time.monotonic()
    made = ask(server)
    passed = time.monotonic() - start
    assert made.text == "four"
    assert made.finish_reason == "length"
    assert made.truncated is True
    assert made.prompt_tokens == 10
    assert made.completion_tokens == 20
    assert made.first_token_seconds is None
    assert made.seconds > 0
    assert 1.5 <= made.queued_seconds <= 1.5 + passed - made.seconds


def test_missing_usage_is_no_fault(server: ScriptedServer) -> None:
    """Some endpoints do not count tokens."""
    answer = completion("four")
    del answer["usage"]
    server.default = (200, json.dumps(answer))
    made = ask(server)
    assert made.text == "four"
    assert made.completion_tokens == 0


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((200, "<html>login</html>"), "not JSON .*login"),
        ((200, json.dumps(completion("x") | {"choices": []})), "not a chat completion"),
        ((200, json.dumps(completion("x", None))), "no finish reason"),
        ((200, '{"id": "x", "choi'), "not JSON"),
        ((404, json.dumps({"error": {"message": "no model m"}})), "no model m"),
        ((429, json.dumps({"error": {"message": "slow down"}})), "slow down"),
        ((500, json.dumps({"error": {"message": "EngineDeadError"}})), "EngineDeadError"),
    ],
)
def test_nonsense_is_a_fault_of_the_endpoint(server: ScriptedServer, answer: tuple[int, str], said: str) -> None:
    """Whatever is no completion raises, with the cause: it is never a wrong answer."""
    server.default = answer
    with pytest.raises(GenerationError, match=said):
        ask(server)


def test_no_text_is_an_answer_without_a_program(server: ScriptedServer) -> None:
    """A thought in its own channel that took all the tokens, or a refusal, is the model's answer: an empty one."""
    server.default = (200, json.dumps(completion(None, finish_reason="length")))
    made = ask(server)
    assert made.text == ""
    assert made.truncated is True


def test_nonsense_in_the_usage_is_no_fault(server: ScriptedServer) -> None:
    """A completion is not lost for a count."""
    server.default = (200, json.dumps(completion("four") | {"usage": {"prompt_tokens": "many"}}))
    made = ask(server)
    assert made.text == "four"
    assert made.prompt_tokens == 0
    assert made.completion_tokens == 0


@pytest.mark.parametrize(
    ("sampling", "patch", "expected"),
    [
        (Sampling(), "", {"temperature": 0.0, "max_tokens": 1024}),
        (Sampling(top_p=0.5, seed=3), "", {"temperature": 0.0, "max_tokens": 1024, "top_p": 0.5, "seed": 3}),
        (Sampling(), {"temperature": None}, {"max_tokens": 1024}),
        (Sampling(), {"temperature": "{null}"}, {"max_tokens": 1024}),
        (
            Sampling(),
            {"max_tokens": None, "max_completion_tokens": "{max_tokens}"},
            {"temperature": 0.0, "max_completion_tokens": 1024},
        ),
        (
            Sampling(seed=7),
            {"seed": None, "random_seed": "{seed}"},
            {"temperature": 0.0, "max_tokens": 1024, "random_seed": 7},
        ),
        (Sampling(), {"random_seed": "{seed}"}, {"temperature": 0.0, "max_tokens": 1024}),
        (
            Sampling(),
            {"a": {"b": 1, "c": None}, "stop": ["x"], "max_tokens": 5},
            {"temperature": 0.0, "max_tokens": 5, "a": {"b": 1}, "stop": ["x"]},
        ),
    ],
)
def test_the_body_is_what_was_asked_and_what_the_patch_makes_of_it(
    server: ScriptedServer, sampling: Sampling, patch: Any, expected: dict[str, Any]
) -> None:
    """Only what was asked for is sent; null removes, placeholders stand for the run's values, objects are merged."""
    request = Request(prompt=Prompt(user="hi"), sampling=sampling, patch=json.dumps(patch) if patch else "")
    ask(server, request)
    sent = server.requests[0]
    assert "m" == sent.pop("model")
    assert [{"role": "user", "content": "hi"}] == sent.pop("messages")
    assert expected == sent


def test_a_patch_changes_what_the_request_is() -> None:
    """Requests that are patched otherwise are others: one's answer is never taken for the other's."""
    assert REQUEST.key != replace(REQUEST, patch='{"top_k": 20}').key


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "600"}, 600.0),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"}, 0.0),
        ({"retry-after": "-3"}, 0.0),
    ],
)
def test_a_server_names_its_pause_in_several_ways(headers: dict[str, str], seconds: float | None) -> None:
    """Milliseconds win over seconds, a date counts from now, and what cannot be read is no word."""
    assert seconds == retry_after(headers)
