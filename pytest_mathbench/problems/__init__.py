"""Files, data sets and families → Problems: loading, stable ids and order, selection."""

from pytest_mathbench.problems.problem_set import ProblemSet
from pytest_mathbench.problems.rows import last_boxed
from pytest_mathbench.problems.selection import part, select
from pytest_mathbench.problems.sources import bundled_folder, load

__all__ = ["ProblemSet", "bundled_folder", "last_boxed", "load", "part", "select"]
