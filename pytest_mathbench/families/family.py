"""What a family of problems is: parameters, a statement, an answer, and the answer again by another method."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar, Self, dataclass_transform

from pytest_mathbench.domains import LEVELS, Domain
from pytest_mathbench.families.latex import Answer


@dataclass_transform(frozen_default=True)
class Family(ABC):
    r"""One kind of problem; an instance is one problem of that kind, and its fields are what is drawn.

        class TwoPipes(Family, domain="algebra", level=2):
            \"\"\"Two pipes fill a tank together: their rates add.\"\"\"

            fast: int
            slow: int

            @classmethod
            def draw(cls, random: Random) -> Self | None: ...

    A subclass becomes a frozen dataclass. Raises `ValueError` for an unknown domain or level.
    """

    domain: ClassVar[Domain]
    level: ClassVar[int]

    def __init_subclass__(cls, *, domain: str, level: int, **others: Any) -> None:  # noqa: ANN401 - as object's own
        super().__init_subclass__(**others)
        if level not in LEVELS:
            raise ValueError(f"family {cls.__name__}: level {level!r} is none of 1 to 5")
        if domain not in set(Domain):
            raise ValueError(f"family {cls.__name__}: unknown domain {domain!r}; the domains are {', '.join(Domain)}")
        cls.domain, cls.level = Domain(domain), level
        dataclass(frozen=True)(cls)

    @classmethod
    @abstractmethod
    def draw(cls, random: Random) -> Self | None:
        """Draw the parameters; None where what came makes no good problem, and the next draw is to be taken."""

    @abstractmethod
    def statement(self) -> str:
        r"""Return the problem in LaTeX, as a contest would word it: mathematics in `$...$` or `\[...\]`."""

    @abstractmethod
    def answer(self) -> Answer:
        """Return the answer, exact."""

    @abstractmethod
    def check(self) -> Answer:
        """Return the answer found by another method, exact or to 9 digits; it must not call `answer`."""
