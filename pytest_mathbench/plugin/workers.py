"""xdist, as far as the plugin knows its insides; no other module names any of them.

The process that runs items for another is a *worker*, the other one the *controller*. They are joined by the channel
that execnet has to every worker: pipes of a child process here, and whatever the spec says elsewhere (`--tx ssh=…`).
"""

import ipaddress
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, cast

import pytest

_TOLD = "mathbench"
_CHANNEL = "mathbench_channel"
_AT_MAXFAIL = "stopping after"
"""How xdist begins to say so; it calls that an interruption, where pytest alone calls it a failure."""

_CRASHED = "???"
"""The phase of the report that xdist makes in place of a worker that died."""


class Channel(Protocol):
    """One of the independent streams of messages that execnet keeps between controller and worker."""

    def send(self, message: str) -> None:
        """Send a message. Raises `OSError` if nobody can receive it any more."""

    def receive(self) -> str:
        """Return the next message, waiting for it. Raises `EOFError` if there will be none."""


def is_worker(config: pytest.Config) -> bool:
    """Whether this process runs items for a controller."""
    return hasattr(config, "workerinput")


def what_was_told(config: pytest.Config) -> str:
    """Return what the controller told this worker at its start."""
    return str(cast("Any", config).workerinput[_TOLD])


def channel_of(config: pytest.Config) -> Channel:
    """Return this worker's channel to the controller."""
    channel: Any = cast("Any", config).workerinput[_CHANNEL]
    _write_whole_messages(channel.gateway)
    return cast("Channel", channel)


class Workers:
    """The controller's hooks around its workers."""

    def __init__(
        self, welcome: Callable[[Channel], str], expect: Callable[[Sequence[str]], None], *, in_clear: bool
    ) -> None:
        """`welcome` takes the channel to a new worker, and returns what that one is told.

        `expect` takes the node ids of what workers will run. With `in_clear` a network may see what passes.
        """
        self._welcome = welcome
        self._expect = expect
        self._in_clear = in_clear

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_setupnodes(self, config: pytest.Config, specs: Iterable[object]) -> None:
        """Refuse workers whose traffic others could read. Raises `pytest.UsageError`."""
        for spec in () if self._in_clear else (*specs, *config.getoption("px")):
            if host := _reached_in_clear(spec):
                raise pytest.UsageError(
                    f"mathbench: {spec}: problems, answers and test code would go to {host} unencrypted, "
                    f"and whoever reaches that port runs code there: use ssh=…, or a tunnel and socket=localhost:PORT; "
                    f"in a network of your own, --mathbench-allow-unencrypted-workers"
                )

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:  # xdist has no public type for it
        """Open a channel to a worker, and tell it what it needs to know."""
        channel = node.gateway.newchannel()
        _write_whole_messages(node.gateway)
        node.workerinput[_CHANNEL] = channel
        node.workerinput[_TOLD] = self._welcome(channel)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Hear which items the workers will run."""
        self._expect(ids)


def stands_for_a_crash(report: pytest.TestReport) -> bool:
    """Whether xdist made this report in place of a worker that died."""
    return str(report.when) == _CRASHED


def stop(session: pytest.Session, why: str) -> None:
    """End the session after the items that are under way."""
    session.shouldstop = why
    if scheduler := _scheduler(session.config):
        scheduler.shouldstop = why


def why_stopped(session: pytest.Session) -> str:
    """Return why the session ended before its last item (-x, --maxfail, a failing server); empty if it did not."""
    return str(session.shouldfail or session.shouldstop or _why_scheduler_stopped(session) or "")


def stopped_at_maxfail(session: pytest.Session) -> bool:
    """Whether xdist ended the session for its failures (-x, --maxfail)."""
    return str(_why_scheduler_stopped(session)).startswith(_AT_MAXFAIL)


def is_the_last(report: pytest.TestReport, config: pytest.Config) -> bool:
    """Whether xdist will end the session for this failure, and then wait for what its workers are doing."""
    scheduler = _scheduler(config)
    return bool(scheduler and scheduler.maxfail and scheduler.countfailures + report.failed >= scheduler.maxfail)


def _scheduler(config: pytest.Config) -> Any:  # xdist has no public type for it
    return config.pluginmanager.getplugin("dsession")


def _why_scheduler_stopped(session: pytest.Session) -> Any:  # a text, or False
    return getattr(_scheduler(session.config), "shouldstop", False)


def _reached_in_clear(spec: object) -> str:
    """Return the host that execnet reaches through a bare socket by this spec; empty if it reaches none."""
    keys = dict(part.partition("=")[::2] for part in str(spec).split("//"))
    if "socket" not in keys:
        return ""
    host = keys["socket"].rpartition(":")[0]
    try:
        is_here = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_here = False
    return "" if is_here else host or str(keys.get("installvia", "another host"))


def _write_whole_messages(gateway: Any) -> None:  # execnet's
    """Let several threads write to a gateway: execnet's pipes take a message at a time, its sockets any part of it."""
    if type(gateway._io).__name__ != "SocketIO":  # noqa: SLF001 - as all of this function
        return
    write, lock = gateway._io.write, threading.Lock()  # noqa: SLF001

    def write_whole(data: bytes) -> None:
        with lock:
            write(data)

    gateway._io.write = write_whole  # noqa: SLF001
