"""An asyncio loop in a thread of its own."""

import asyncio
import threading

import pytest

from pytest_mathbench.serving.loop import LoopThread


def test_a_coroutine_runs_where_a_loop_runs_already() -> None:
    """Who is inside a loop may ask all the same: Playwright and notebooks hold the session's thread in theirs."""

    async def ask() -> str:
        return "answered"

    async def session() -> str:
        with LoopThread() as loop:
            return loop.run(ask())

    assert asyncio.run(session()) == "answered"


def test_what_a_coroutine_raises_is_raised() -> None:
    """A fault reaches the caller as it is."""

    async def fail() -> None:
        raise ValueError("no")

    with LoopThread() as loop, pytest.raises(ValueError, match=r"^no$"):
        loop.run(fail())


def test_what_still_runs_cleans_up_before_the_end() -> None:
    """A task that is cancelled at the end runs its last steps, the waiting ones included."""
    cleaned = threading.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            cleaned.set()

    async def start() -> asyncio.Task[None]:
        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        return task

    with LoopThread() as loop:
        task = loop.run(start())
    assert cleaned.is_set()
    assert task.cancelled()


def test_nothing_is_left() -> None:
    """The thread ends, and the loop is closed."""
    before = threading.active_count()
    with LoopThread() as loop:
        assert threading.active_count() == before + 1
    assert threading.active_count() == before
    assert loop.loop.is_closed()
