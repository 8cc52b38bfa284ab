"""What a family of problems is: parameters, a statement, an answer, and the answer again by another method."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar, Self, dataclass_transform

from pytest_mathbench.answers import AnswerType
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

    A subclass becomes a frozen dataclass. Where answers are of another type than would be inferred from them, it says
    so: `answer_type="list"`. Raises `ValueError` for an unknown domain, level or type.

    Two programs may come with it, in which the fields are variables: `naive_program`, as a hurried model would write
    it, which must be right on no draw, and `solution_program`, which must be right on all; `mathbench problems --check`
    tries both.
    """

    domain: ClassVar[Domain]
    level: ClassVar[int]
    answer_type: ClassVar[AnswerType | None]
    naive_program: ClassVar[str] = ""
    solution_program: ClassVar[str] = ""

    def __init_subclass__(
        cls,
        *,
        domain: str,
        level: int,
        answer_type: str | None = None,
        **others: Any,  # as object's own
    ) -> None:
        super().__init_subclass__(**others)
        if level not in LEVELS:
            raise ValueError(f"family {cls.__name__}: level {level!r} is none of 1 to 5")
        if domain not in set(Domain):
            raise ValueError(f"family {cls.__name__}: unknown domain {domain!r}; the domains are {', '.join(Domain)}")
        cls.domain, cls.level = Domain(domain), level
        if answer_type not in {None, *AnswerType}:
            raise ValueError(
                f"family {cls.__name__}: unknown answer_type {answer_type!r}; the types are {', '.join(AnswerType)}"
            )
        cls.answer_type = AnswerType(answer_type) if answer_type else None
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
