"""Files, data sets and families → Problems: loading, stable ids and order, selection."""

from pytest_mathbench.problems.problem_set import ProblemSet
from pytest_mathbench.problems.rows import last_boxed
from pytest_mathbench.problems.selection import in_random_order, part, select
from pytest_mathbench.problems.sources import bundled_folder, families_of, files_of, load

__all__ = [
    "ProblemSet",
    "bundled_folder",
    "families_of",
    "files_of",
    "in_random_order",
    "last_boxed",
    "load",
    "part",
    "select",
]
