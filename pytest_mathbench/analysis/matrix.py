"""Several models on the same problems."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pytest_mathbench.records import Outcome

Attempts = Mapping[str, Counter[Outcome]]
"""How often each outcome occurred at each problem, by the problem's id."""


@dataclass(frozen=True, slots=True)
class Unsolved:
    """Of `shared` problems, which all models measured, those that none of them solved: id → how often each outcome."""

    shared: int
    problems: dict[str, Counter[Outcome]]

    @property
    def reasons(self) -> Counter[Outcome]:
        """How often each outcome occurred among the attempts at them."""
        return sum(self.problems.values(), Counter())


def unsolved(models: Sequence[Attempts]) -> Unsolved:
    """Find the problems that all models measured and none solved."""
    shared = set.intersection(*(set(each) for each in models)) if models else set()
    pooled = {problem: sum((each[problem] for each in models), Counter()) for problem in sorted(shared)}
    return Unsolved(len(shared), {problem: found for problem, found in pooled.items() if not found[Outcome.CORRECT]})
