"""What every part of the plugin works from, kept in the session's stash."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from pytest_mathbench.analysis.gates import Gate
from pytest_mathbench.generation.strategies.strategy import Strategy
from pytest_mathbench.inspection.inspector import Triggers
from pytest_mathbench.pipeline import Questionnaire
from pytest_mathbench.problems import ProblemSet
from pytest_mathbench.records import Problem
from pytest_mathbench.sandbox.layers import Layers
from pytest_mathbench.settings import Settings


@dataclass(frozen=True)
class Benchmark:
    """What every part of the plugin works from; `problem_set` is this run's shard of the `selection`, or all of it."""

    settings: Settings
    selection: ProblemSet
    problem_set: ProblemSet
    questionnaire: Questionnaire
    strategy: Strategy
    triggers: Triggers
    output: Path
    gates: tuple[Gate, ...] = ()
    resumed: Path | None = None
    replayed: Path | None = None
    reused: tuple[Path, ...] = ()
    order: tuple[Problem, ...] = ()
    """The selection in the random order in which a run that may be decided early makes it."""
    is_bundled_suite: bool = False
    """Whether no tests were named, so that the bundled ones run."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems of this run, in the order in which they are made."""
        if not self.order:
            return self.problem_set.problems
        own = {problem.id for problem in self.problem_set.problems}
        return tuple(problem for problem in self.order if problem.id in own)

    @property
    def answers(self) -> tuple[Path, ...]:
        """Where reference answers lie, which no program is to read: the problems, and recorded runs."""
        runs = (self.output, self.resumed, self.replayed, *self.reused)
        return (*self.selection.files, *(path for path in runs if path))


BENCHMARK = pytest.StashKey[Benchmark]()
LAYERS = pytest.StashKey[Layers]()


def only_lists(config: pytest.Config) -> bool:
    """Whether the session only lists items or fixtures, and runs nothing."""
    option = config.option
    return bool(option.collectonly or option.showfixtures or option.show_fixtures_per_test)
