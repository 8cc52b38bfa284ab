"""Turn the plugin on: read the settings, load the problems, register what the session needs."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from pytest_mathbench import problems, prompts
from pytest_mathbench.analysis.gates import Gate
from pytest_mathbench.domains import LEVELS, NO_LEVEL, Domain, in_order
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.generation import strategies
from pytest_mathbench.inspection import Triggers
from pytest_mathbench.pipeline import Questionnaire
from pytest_mathbench.plugin import gating, options
from pytest_mathbench.problems import ProblemSet
from pytest_mathbench.records import Sampling
from pytest_mathbench.reporting import files
from pytest_mathbench.serving.endpoint import NO_KEY, Endpoint
from pytest_mathbench.serving.models import DEMO_MODEL, resolve
from pytest_mathbench.settings import DEFAULT_API_KEY_ENV, Settings

SUITE = "test_problems.py"


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


BENCHMARK = pytest.StashKey[Benchmark]()


def activate(config: pytest.Config) -> None:
    """Prepare the benchmark. Raises `ConfigurationError` for whatever the user has to mend."""
    # Imported here: they register fixtures and hooks, and need this module.
    from pytest_mathbench.plugin import fixtures, items, reporter, xdist  # noqa: PLC0415

    if not hasattr(config.hook, "pytest_timeout_set_timer"):
        raise ConfigurationError(
            "pytest-timeout is switched off, and it is what limits the programs: drop -p no:timeout"
        )
    settings = options.settings(config)
    if xdist.is_worker(config):
        settings = replace(settings, model=xdist.link_of(config).model)
    config.stash[BENCHMARK] = _benchmark(settings, is_worker=xdist.is_worker(config))
    for domain in in_order([*Domain, *config.stash[BENCHMARK].problem_set.domains]):
        config.addinivalue_line("markers", f"{domain}: problems of this domain")
    for level in (NO_LEVEL, *LEVELS):
        config.addinivalue_line("markers", f"level{level}: problems of this level")
    config.pluginmanager.register(fixtures, "mathbench-fixtures")
    config.pluginmanager.register(items.Items(config), "mathbench-items")
    if config.args_source == pytest.Config.ArgsSource.INVOCATION_DIR:
        config.args = [str(problems.bundled_folder() / SUITE)]
    if xdist.is_worker(config):
        return
    config.pluginmanager.register(reporter.Reporter(config), "mathbench-reporter")
    config.pluginmanager.register(xdist.Controller(config), "mathbench-controller")


def _benchmark(settings: Settings, *, is_worker: bool) -> Benchmark:
    output = Path(settings.output).expanduser().absolute()  # a test may change directory
    # The run's folder need not be on a worker's machine: only the controller looks into it.
    resumed = files.find(settings.resume, output).absolute() if settings.resume and not is_worker else None
    replayed = files.find(settings.replay, output).absolute() if settings.replay and not is_worker else None
    if not settings.model and (known := resumed or replayed):
        settings = replace(settings, model=files.read_info(known).model)
    if not (settings.base_url or settings.replay or settings.model == DEMO_MODEL):
        resolve(settings.model)
    chosen = problems.select(
        problems.load(settings.problems, settings.variant, dict(settings.columns)),
        domains=settings.domain,
        levels=settings.level,
        per_cell=settings.per_cell,
        limit=settings.limit,
        seed=settings.seed,
    )
    sampling = Sampling(
        temperature=settings.temperature,
        top_p=settings.top_p,
        max_tokens=settings.max_tokens,
        seed=settings.seed,
    )
    questionnaire = Questionnaire(prompts.load(settings.prompt), sampling)
    triggers = Triggers(settings.triggers, settings.margin, settings.entropy)
    strategy = strategies.choose(settings)
    part = problems.part(chosen, *settings.shard) if settings.shard else chosen
    gates = () if is_worker else gating.read(settings, part)
    return Benchmark(settings, chosen, part, questionnaire, strategy, triggers, output, gates, resumed, replayed)


def given_endpoint(settings: Settings) -> Endpoint | None:
    """Return the running endpoint that the user named, if any. Raises `ConfigurationError` if its key is missing."""
    if not settings.base_url:
        return None
    return Endpoint(base_url=settings.base_url, model=settings.model, api_key=_key(settings.api_key_env))


def judge_endpoint(settings: Settings) -> Endpoint | None:
    """Return the endpoint of the judge, if one is asked. Raises `ConfigurationError` if its key is missing."""
    if settings.judging == "off":
        return None
    key = _key(settings.judge_api_key_env)
    return Endpoint(base_url=settings.judge_base_url, model=settings.judge_model, api_key=key)


def _key(variable: str) -> str:
    key = os.environ.get(variable, "")
    if not key and variable != DEFAULT_API_KEY_ENV:
        raise ConfigurationError(f"the environment variable {variable} is to hold the API key and is not set")
    return key or NO_KEY
