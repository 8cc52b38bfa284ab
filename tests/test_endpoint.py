"""Whether an endpoint answers, and what is said when it does not."""

import json
import socket

import pytest
from vendors import Vendor

from conftest import ScriptedServer
from pytest_mathbench.errors import NotAnsweringError, ServerError
from pytest_mathbench.serving.endpoint import Endpoint, without_secrets
from pytest_mathbench.serving.probe import probe, same_model


def test_an_endpoint_that_answers_passes(server: ScriptedServer) -> None:
    """One token is asked of the named model."""
    probe(Endpoint(base_url=server.url, model="m"))
    assert [("m", 1)] == [(request["model"], request["max_tokens"]) for request in server.requests]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((401, json.dumps({"error": {"message": "no"}})), "refuses the API key"),
        ((403, json.dumps({"error": {"message": "no"}})), "--mathbench-api-key-env"),
        ((404, json.dumps({"error": {"message": "no model m"}})), "no model m"),
        ((400, json.dumps({"error": {"message": "no chat template"}})), "no chat template"),
        ((200, "<html>welcome</html>"), "no chat completion"),
        ((200, "{}"), "no chat completion"),
        ((200, '{"choices": []}'), "no chat completion"),
        ((200, '{"choices": ['), "no chat completion"),
    ],
)
def test_an_endpoint_that_does_not_is_described(server: ScriptedServer, answer: tuple[int, str], said: str) -> None:
    """Each failure is one sentence that names the endpoint and the cause."""
    server.default = answer
    with pytest.raises(ServerError, match=said) as caught:
        probe(Endpoint(base_url=server.url, model="m"))
    assert str(caught.value).startswith(server.url)


def test_nobody_there_may_be_there_later() -> None:
    """A refused connection is told from a refusal: a starting server looks like this."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NotAnsweringError, match="unreachable"):
        probe(Endpoint(base_url=f"http://127.0.0.1:{port}/v1", model="m"))


def test_silence_has_an_end() -> None:
    """A server that accepts and says nothing is given up after the time-out."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        pytest.raises(NotAnsweringError, match=r"no answer within 0\.3 s"),
    ):
        probe(Endpoint(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}/v1", model="m"), seconds=0.3)


def test_a_proxy_does_not_stand_before_this_machine(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment's proxy is for the world outside."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    probe(Endpoint(base_url=server.url, model="m"))
    assert 1 == len(server.requests)


def test_the_probe_carries_what_every_request_carries() -> None:
    """Headers, query and no key that nobody gave; the probes of tokens as well."""
    with Vendor() as vendor:
        endpoint = Endpoint(base_url=vendor.url, model="m", headers={"x-team": "7"}, query={"api-version": "1"})
        with pytest.raises(ServerError, match="gives no logprobs"):
            probe(endpoint, tokens=True)
        assert [{"api-version": "1"}] * 2 == [asked.query for asked in vendor.asked]
        assert ["7"] * 2 == [asked.headers.get("x-team") for asked in vendor.asked]
        assert not any("authorization" in asked.headers for asked in vendor.asked)


def test_replicas_that_serve_different_models_are_refused() -> None:
    """As far as they tell; which serves what is said. What they do not tell is taken to be the same."""
    with Vendor() as one, Vendor() as other:
        endpoint = Endpoint(base_url=one.url, replicas=(other.url,), model="m")
        same_model(endpoint)
        for vendor, root in ((one, "org/one"), (other, "org/other")):
            model = {"id": "m", "object": "model", "created": 0, "owned_by": "vllm", "root": root}
            vendor.pages["/v1/models"] = {"object": "list", "data": [model]}
        with pytest.raises(ServerError, match=r"serves another model than .*org/other.*org/one.*must serve the same"):
            same_model(endpoint)
        other.pages = one.pages
        same_model(endpoint)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"api-version": "2024-10-21"}, {"api-version": "2024-10-21"}),
        ({"key": "s3cret", "api_key": "s3cret", "sig": "s3cret", "code": "s3cret", "access_token": "s3cret"},
         {"key": "…", "api_key": "…", "sig": "…", "code": "…", "access_token": "…"}),
    ],
)  # fmt: skip
def test_no_secret_of_a_query_is_shown(query: dict[str, str], shown: dict[str, str]) -> None:
    """What may be one by its name is left out of what is shown and recorded."""
    assert shown == without_secrets(query.items())


def test_the_key_is_not_shown() -> None:
    """A key never reaches a log through a representation."""
    assert "secret" not in repr(Endpoint(base_url="u", model="m", api_key="secret"))
