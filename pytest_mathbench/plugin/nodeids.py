"""A node id → the attempt that its item makes: all that the controller knows of its workers' items."""

import re
from collections.abc import Iterable

from pytest_mathbench.records import Problem

_PARAMETERS = re.compile(r"\[(.*)\]$")
_SAMPLE = re.compile(r"sample(\d+)")


class NodeIds:
    """Finds attempts by node id."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """`problems` are those of the session."""
        # As pytest writes them in node ids.
        self._problems = {problem.id.encode("unicode_escape").decode(): problem for problem in problems}

    def attempt_of(self, nodeid: str) -> tuple[Problem, int] | None:
        """Return problem and sample, which stand in the brackets alone or among other parameters; None without any."""
        match = _PARAMETERS.search(nodeid)
        if not match:
            return None
        parts = match[1].split("-")
        spans = ("-".join(parts[start:end]) for start in range(len(parts)) for end in range(len(parts), start, -1))
        problem = next((self._problems[span] for span in spans if span in self._problems), None)
        sample = next((int(found[1]) - 1 for part in parts if (found := _SAMPLE.fullmatch(part))), 0)
        return (problem, sample) if problem else None
