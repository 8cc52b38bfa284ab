"""How a program ran, and within which limits: the record of the one stage that knows no model."""

from dataclasses import dataclass, field
from enum import StrEnum

from pytest_mathbench.record import Record


class Ending(StrEnum):
    """How a program ended, as the sandbox saw it from outside."""

    FINISHED = "finished"
    EXCEPTION = "exception"
    EXIT_STATUS = "exit_status"
    SIGNAL = "signal"
    MEMORY = "memory"
    OUTPUT = "output"
    FORBIDDEN = "forbidden"
    CPU_TIME = "cpu_time"
    WALL_TIME = "wall_time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits(Record):
    """What a program may use; None lifts a time limit."""

    cpu_seconds: float | None
    wall_seconds: float | None
    memory_bytes: int
    output_bytes: int = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution(Record):
    """How a program ran: `detail` says more of its `ending` (the exception, the signal, the limit).

    `unsafe` names what it tried that the sandbox refuses: kind → the first operation of that kind, as in
    {"network": "socket"}. `echoed` tells whether its last line was printed for it.
    """

    ending: Ending
    detail: str
    stdout: str
    stderr: str
    cpu_seconds: float
    wall_seconds: float
    unsafe: dict[str, str] = field(default_factory=dict)
    echoed: bool = False
