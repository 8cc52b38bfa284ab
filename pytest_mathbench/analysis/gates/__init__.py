"""Gates: sentences that a run must meet.

A form of gate is one class: its grammar, what it needs of the problem set, and how it is decided. The forms are listed
in `reading`.
"""

from pytest_mathbench.analysis.decisions import EXIT_STATUS, Decision, Gate, Status, overall
from pytest_mathbench.analysis.gates.reading import EXAMPLES, read, read_all

__all__ = ["EXAMPLES", "EXIT_STATUS", "Decision", "Gate", "Status", "overall", "read", "read_all"]
