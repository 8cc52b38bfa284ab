"""The run's first request, wherever a session runs."""

import asyncio

import pytest
from vendors import Vendor, message, openai_error

from pytest_mathbench.generation.trial import NotTakenError, Trial
from pytest_mathbench.records import Completion, Prompt, Request, Sampling
from pytest_mathbench.serving.endpoint import Endpoint

REQUEST = Request(prompt=Prompt(user="1+1="), sampling=Sampling())


def ask(vendor: Vendor) -> Completion | None:
    """Ask as a run does."""
    return Trial(endpoint=Endpoint(base_url=vendor.url, model="m"), loading_seconds=5.0).ask(REQUEST)


def test_an_endpoint_is_tried_beside_a_loop_that_runs() -> None:
    """A notebook has one in its thread, and so has whoever uses Playwright: the session goes on all the same."""

    async def within() -> Completion | None:
        return ask(vendor)

    with Vendor() as vendor:
        found = asyncio.run(within())
        assert found
        assert message()["choices"][0]["message"]["content"] == found.text


def test_a_refusal_is_told_there_too() -> None:
    """As what it is."""

    async def within() -> None:
        with pytest.raises(NotTakenError, match="no seed"):
            ask(vendor)

    with Vendor() as vendor:
        vendor.rules = [lambda _: openai_error("no seed")]
        asyncio.run(within())
