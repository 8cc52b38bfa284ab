"""An asyncio loop in a thread of its own: the session's may be inside one already (Playwright's, a notebook's)."""

import asyncio
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

T = TypeVar("T")


class LoopThread:
    """Runs coroutines until it is closed."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="mathbench-generation", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Return what a coroutine returns, or raise what it raises. Not for the loop's own thread, which would wait."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    def cancel_all(self) -> None:
        """Cancel what still runs, and wait until it has cleaned up."""
        self.run(_cancel_all())

    def close(self) -> None:
        """End the thread, with all that still runs."""
        self.cancel_all()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


async def _cancel_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
