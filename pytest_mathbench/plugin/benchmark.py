"""What every part of the plugin works from, kept in the session's stash."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pytest_mathbench.analysis.gates import Gate
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.generation import strategies
from pytest_mathbench.inspection import Triggers
from pytest_mathbench.pipeline import Questionnaire
from pytest_mathbench.problems import ProblemSet
from pytest_mathbench.records import Problem
from pytest_mathbench.sandbox.layers import Layers
from pytest_mathbench.serving.endpoint import NO_KEY, Endpoint
from pytest_mathbench.serving.engines import asked_model
from pytest_mathbench.settings import OPENAI_API_KEY_ENV, Settings


@dataclass(frozen=True)
class Benchmark:
    """What every part of the plugin works from; `problem_set` is this run's shard of the `selection`, or all of it."""

    settings: Settings
    selection: ProblemSet
    problem_set: ProblemSet
    questionnaire: Questionnaire
    strategy: strategies.Strategy
    triggers: Triggers
    output: Path
    gates: tuple[Gate, ...] = ()
    resumed: Path | None = None
    replayed: Path | None = None
    order: tuple[Problem, ...] = ()
    """The selection in the random order in which a run that may be decided early makes it."""

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
        runs = (self.output, self.resumed, self.replayed)
        return (*self.selection.files, *(path for path in runs if path))


BENCHMARK = pytest.StashKey[Benchmark]()
LAYERS = pytest.StashKey[Layers]()


def only_lists(config: pytest.Config) -> bool:
    """Whether the session only lists items or fixtures, and runs nothing."""
    option = config.option
    return bool(option.collectonly or option.showfixtures or option.show_fixtures_per_test)


def given_endpoint(settings: Settings) -> Endpoint | None:
    """Return the running endpoint that the user named, if any. Raises `ConfigurationError` if its key is missing."""
    model = asked_model(settings)
    return _endpoint(settings.base_url, model, settings.api_key_env, settings.headers, settings.query)


def judge_endpoint(settings: Settings) -> Endpoint | None:
    """Return the endpoint of the judge, if one is asked. Raises `ConfigurationError` if its key is missing."""
    if settings.judging == "off":
        return None
    return _endpoint(
        settings.judge_base_url,
        settings.judge_model,
        settings.judge_api_key_env,
        settings.judge_headers,
        settings.judge_query,
    )


def _endpoint(
    addresses: tuple[str, ...],
    model: str,
    key_variable: str,
    headers: tuple[tuple[str, str], ...],
    query: tuple[tuple[str, str], ...],
) -> Endpoint | None:
    """Return the endpoint at these addresses; None if there is none."""
    if not addresses:
        return None
    if not key_variable and all(_is_openai(address) for address in addresses):
        key_variable = OPENAI_API_KEY_ENV
    return Endpoint(
        base_url=addresses[0],
        replicas=addresses[1:],
        model=model,
        api_key=_variable(key_variable, "the API key") if key_variable else NO_KEY,
        headers={name: _variable(variable, f"the header {name}") for name, variable in headers},
        query=dict(query),
    )


def _is_openai(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    return host == "openai.com" or host.endswith(".openai.com")


def _variable(name: str, what: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise ConfigurationError(f"the environment variable {name} should hold {what}, but is not set")
    if not value.isprintable():
        raise ConfigurationError(f"the environment variable {name}, which holds {what}, has control characters in it")
    return value
