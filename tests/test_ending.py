"""How a program ended: the host's and the kernel's word before the program's."""

import json
import signal

import pytest
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.execution import Ending, Execution, Limits
from pytest_mathbench.sandbox.ending import KEPT, Ended, Output

LIMITS = Limits(cpu_seconds=1.0, wall_seconds=4.0, memory_bytes=1 << 20, output_bytes=1000)


def ended(  # noqa: PLR0913 - all that is known of an end
    *,
    status: int = 0,
    report: bytes = b"",
    stopped: Ending | None = None,
    cpu_seconds: float = 0.1,
    peak_bytes: int = 0,
    refused: dict[str, str] | None = None,
    report_bytes: int = 1 << 20,
) -> Execution:
    """Return what becomes of a wait status and a report."""
    death = {"status": status, "cpu_seconds": cpu_seconds, "wall_seconds": 0.2, "peak_bytes": peak_bytes}
    said = Output(report_bytes)
    said.add(report)
    return Ended(death, stopped, Output(1000), Output(1000), said, refused or {}).execution(LIMITS)


def words(**said: object) -> bytes:
    """What a child says of itself."""
    return json.dumps(said).encode()


DENIED = words(exception="PermissionError: x", memory=False, refused=True)
CASES = [
    ({"status": 0}, Ending.FINISHED, ""),
    ({"status": 0, "report": words(exception="forged")}, Ending.FINISHED, ""),
    ({"status": 256}, Ending.EXIT_STATUS, "exit status 1"),
    ({"status": 256, "report": words(exception="ValueError: 1", memory=False)}, Ending.EXCEPTION, "ValueError: 1"),
    ({"status": 256, "report": words(exception="MemoryError", memory=True)}, Ending.MEMORY, "MemoryError"),
    ({"status": 256, "report": DENIED}, Ending.EXCEPTION, "PermissionError: x"),
    ({"status": 256, "report": DENIED, "refused": {"network": "socket"}}, Ending.FORBIDDEN,
     "network: socket (PermissionError: x)"),
    ({"status": signal.SIGSEGV}, Ending.SIGNAL, "SIGSEGV"),
    ({"status": signal.SIGSEGV | 128}, Ending.SIGNAL, "SIGSEGV"),
    ({"status": 40}, Ending.SIGNAL, "signal 40"),
    ({"status": signal.SIGSYS}, Ending.FORBIDDEN, "a system call of another architecture"),
    ({"status": signal.SIGKILL}, Ending.SIGNAL, "SIGKILL"),
    ({"status": signal.SIGKILL, "peak_bytes": 1 << 20}, Ending.MEMORY, "killed by the kernel"),
    ({"status": signal.SIGKILL, "stopped": Ending.WALL_TIME}, Ending.WALL_TIME, "over 4 s of wall time"),
    ({"status": 0, "report": b"x" * 100, "report_bytes": 99}, Ending.OUTPUT,
     "wrote more than 99 bytes to the sandbox's own pipe"),
    ({"status": signal.SIGKILL, "stopped": Ending.CPU_TIME, "cpu_seconds": 1.0}, Ending.CPU_TIME,
     "over 1 s of CPU time"),
    ({"status": signal.SIGKILL, "stopped": Ending.CPU_TIME, "cpu_seconds": 0.96}, Ending.CPU_TIME,
     "over 1 s of CPU time"),
    ({"status": signal.SIGXCPU, "cpu_seconds": 1.2}, Ending.CPU_TIME, "over 1 s of CPU time"),
    ({"status": 0, "cpu_seconds": 1.01}, Ending.CPU_TIME, "over 1 s of CPU time"),
    ({"status": signal.SIGXCPU, "cpu_seconds": 0.5}, Ending.SIGNAL, "SIGXCPU"),
]  # fmt: skip


@pytest.mark.parametrize(("known", "ending", "detail"), CASES)
def test_each_end_has_its_class_and_its_reason(known: dict[str, object], ending: Ending, detail: str) -> None:
    """What was used and what the kernel says decide; the child's words only name an exception."""
    execution = ended(**known)  # type: ignore[arg-type]  # a table of keyword arguments
    assert ending == execution.ending
    assert detail == execution.detail


TRIED = words(tried="read", operation="open /etc/passwd") + b"\n" + words(tried="write", operation="open /x")


@pytest.mark.parametrize(
    ("refused", "report", "unsafe"),
    [
        ({"write": "mkdir"}, TRIED, {"write": "mkdir", "read": "open /etc/passwd"}),
        ({"write": "open", "read": "open"}, TRIED, {"write": "open /x", "read": "open /etc/passwd"}),
        ({"read": "open"}, b"", {"read": "open"}),
        ({}, TRIED, {"write": "open /x", "read": "open /etc/passwd"}),
        ({"network": "socket"}, b"", {"network": "socket"}),
    ],
)
def test_what_was_tried_is_kept_by_kind(refused: dict[str, str], report: bytes, unsafe: dict[str, str]) -> None:
    """The kernel's announcements count; of a file that was to be opened the child's word only adds the name."""
    assert unsafe == ended(report=report, refused=refused).unsafe


@pytest.mark.parametrize("field", ["operation", "exception"])
def test_what_a_program_says_of_itself_is_bounded(field: str) -> None:
    """A name as long as the report pipe takes is cut, however it is escaped."""
    report = json.dumps({field: "\U000e0001" * 1200, "tried": "read"}).encode()
    execution = ended(status=256, report=report)
    assert len(execution.to_json()) < 15_000


STREAMS = st.sampled_from(["\0", "x", "\x1b", "\U0001f600", "\ud800", "é", '"'])


@pytest.mark.parametrize("unit", [b"\0", b"x", b"\xff", "\U0001f600".encode(), b'"', b"\n", b"\x1b"])
def test_a_flood_costs_a_bounded_record(unit: bytes) -> None:
    """Whatever a mebibyte on both streams consists of, its JSON is at most 12 bytes for each character that is kept."""
    flood = Output(1 << 20)
    flood.add(unit * (1 << 20))
    death = {"status": 0, "cpu_seconds": 0.1, "wall_seconds": 0.1, "peak_bytes": 0}
    execution = Ended(death, Ending.OUTPUT, flood, flood, Output(0), {}).execution(LIMITS)
    assert len(execution.to_json()) <= 2 * 12 * KEPT + 1000


@PROPERTY
@given(head=st.text(max_size=50), fill=STREAMS, tail=st.text(max_size=50))
def test_of_much_output_head_and_tail_are_kept(head: str, fill: str, tail: str) -> None:
    """The beginning and the end, where an answer stands, survive; between them it says how much is left out."""
    output = Output(1 << 22)
    whole = head + fill * (KEPT + 100) + tail
    output.add(whole.encode("utf-8", "replace"))
    text, kept = output.text(), output.excerpt()
    assert kept.startswith(text[: KEPT // 2])
    assert kept.endswith(text[-KEPT // 2 :])
    assert f"\n[... {len(text) - KEPT} characters left out ...]\n" in kept


@pytest.mark.parametrize("size", [0, 1, KEPT - 1, KEPT])
def test_what_is_not_much_is_kept_whole(size: int) -> None:
    """Up to the bound nothing is left out."""
    output = Output(1 << 20)
    output.add(b"x" * size)
    assert "x" * size == output.excerpt()


KEYS = st.sampled_from(["exception", "memory", "refused", "tried", "operation", "echoed"]) | st.text(max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(["read", "write"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=10,
)
REPORTS = st.binary(max_size=200) | st.lists(VALUES, max_size=4).map(
    lambda values: b"\n".join(json.dumps(value).encode() for value in values)
)


@PROPERTY
@given(report=REPORTS, status=st.integers(0, 255).map(lambda code: code << 8))
def test_no_report_breaks_the_parent_or_makes_a_failure_a_success(report: bytes, status: int) -> None:
    """A program may say anything of itself: whether it finished is the kernel's word, and the record stays a record."""
    execution = ended(status=status, report=report)
    assert (status == 0) == (execution.ending == Ending.FINISHED)
    assert execution.unsafe.keys() <= {"read", "write"}
    assert execution == Execution.from_json(execution.to_json())
    execution.detail.encode()


@pytest.mark.parametrize(
    "report", [b"[" * 60_000, b"{" * 9000, b"\xff\xfe" * 100, b"1e999999", b"\n" * 1000, b'{"a":' * 9999]
)
def test_deep_and_broken_reports_are_no_report(report: bytes) -> None:
    """What cannot be read is as if nothing had been said."""
    execution = ended(status=256, report=report)
    assert Ending.EXIT_STATUS == execution.ending
    assert {} == execution.unsafe


@PROPERTY
@given(chunks=st.lists(st.binary(max_size=40), max_size=10), limit=st.integers(0, 100))
def test_output_keeps_its_beginning_up_to_the_limit(chunks: list[bytes], limit: int) -> None:
    """Kept is what came first, and whether there was more is known."""
    output, everything = Output(limit), b"".join(chunks)
    for chunk in chunks:
        output.add(chunk)
    assert everything[:limit] == bytes(output.data)
    assert (len(everything) > limit) == output.overflowed
