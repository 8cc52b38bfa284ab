"""Turn the plugin on: read the settings, load the problems, register what the session needs."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from pytest_mathbench import problems, prompts
from pytest_mathbench.domains import LEVELS, NO_LEVEL, Domain, in_order
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.generation.strategies import catalog
from pytest_mathbench.inspection.inspector import Triggers
from pytest_mathbench.pipeline import Questionnaire
from pytest_mathbench.plugin import fixtures, options
from pytest_mathbench.plugin.backend import LocalBackend
from pytest_mathbench.plugin.benchmark import BENCHMARK, Benchmark
from pytest_mathbench.plugin.exporting import Exporting
from pytest_mathbench.plugin.gating import Gating, read_gates
from pytest_mathbench.plugin.hooks import Listeners, request_for
from pytest_mathbench.plugin.hub import BACKEND, layers_of, told
from pytest_mathbench.plugin.items import Items
from pytest_mathbench.plugin.nodeids import NodeIds
from pytest_mathbench.plugin.owner import Owner
from pytest_mathbench.plugin.preparation import PREPARATION, Preparation
from pytest_mathbench.plugin.recorder import Recorder
from pytest_mathbench.plugin.reporter import Reporter
from pytest_mathbench.plugin.run import Run
from pytest_mathbench.plugin.terminal import Terminal
from pytest_mathbench.plugin.workers import Workers, is_worker
from pytest_mathbench.recording.recorded import find, read_info
from pytest_mathbench.records import Sampling
from pytest_mathbench.serving.context import tokens_left
from pytest_mathbench.serving.engines import check_arguments
from pytest_mathbench.serving.models import DEMO_MODEL, resolve
from pytest_mathbench.serving.weights import check_local
from pytest_mathbench.settings import Settings

SUITE = "test_problems.py"


def activate(config: pytest.Config) -> None:
    """Prepare the benchmark. Raises `ConfigurationError` for whatever the user has to mend."""
    if not hasattr(config.hook, "pytest_timeout_set_timer"):
        raise ConfigurationError(
            "pytest-timeout is switched off, and it is what limits the programs: drop -p no:timeout"
        )
    settings = options.settings(config)
    if is_worker(config):
        settings = replace(settings, model=told(config).model, max_tokens=told(config).max_tokens)
    names_no_tests = config.args_source == pytest.Config.ArgsSource.INVOCATION_DIR
    benchmark = _benchmark(settings, in_worker=is_worker(config))
    config.stash[BENCHMARK] = replace(benchmark, is_bundled_suite=names_no_tests)
    for domain in in_order([*Domain, *config.stash[BENCHMARK].problem_set.domains]):
        config.addinivalue_line("markers", f"{domain}: problems of this domain")
    for level in (NO_LEVEL, *LEVELS):
        config.addinivalue_line("markers", f"level{level}: problems of this level")
    if names_no_tests:
        config.args = [str(problems.bundled_folder() / SUITE)]
    config.stash[PREPARATION] = Preparation(config)
    _register(config, fixtures=fixtures, items=Items(config), preparation=config.stash[PREPARATION])
    if not is_worker(config):
        _own(config)


def _own(config: pytest.Config) -> None:
    """Make what only the process that owns the run has."""
    benchmark = config.stash[BENCHMARK]
    terminal, run, nodeids = Terminal(config), Run(config), NodeIds(benchmark.problem_set.problems)
    gating, listeners = Gating(benchmark, nodeids), Listeners(config, terminal.warn)
    backend = LocalBackend(
        benchmark,
        partial(request_for, config),
        lambda: run.folder,
        terminal.say,
        terminal.warn,
        partial(layers_of, config),
    )
    config.stash[BACKEND] = backend
    owner = Owner(config, run, gating, terminal, backend)
    _register(
        config,
        terminal=terminal,
        gating=gating,
        recorder=Recorder(run, gating, nodeids, listeners),
        reporter=Reporter(config, run, gating, terminal, listeners),
        owner=owner,
        workers=Workers(owner.welcome, gating.expect, in_clear=benchmark.settings.allow_unencrypted_workers),
    )
    if exports := benchmark.settings.export:
        _register(config, exporting=Exporting(exports, terminal))


def _register(config: pytest.Config, **plugins: object) -> None:
    for name, plugin in plugins.items():
        config.pluginmanager.register(plugin, f"mathbench-{name}")


def _benchmark(settings: Settings, *, in_worker: bool) -> Benchmark:
    output = Path(settings.output).expanduser().absolute()  # a test may change directory
    # The run's folder need not be on a worker's machine: only the controller looks into it.
    resumed = find(settings.resume, output).absolute() if settings.resume and not in_worker else None
    replayed = find(settings.replay, output).absolute() if settings.replay and not in_worker else None
    reused = tuple(find(run, output).absolute() for run in settings.reuse if not in_worker)
    if known := resumed or replayed:
        info = read_info(known)
        model, max_tokens = settings.model or info.model, settings.max_tokens or info.sampling.max_tokens
        settings = replace(settings, model=model, max_tokens=max_tokens)
    if not (settings.base_url or settings.replay or settings.model == DEMO_MODEL or in_worker):
        check_local(resolve(settings.model))
    check_arguments(settings)
    chosen = problems.select(
        problems.load(settings.problems, settings.variant, dict(settings.columns)),
        domains=settings.domain,
        levels=settings.level,
        per_cell=settings.per_cell,
        limit=settings.limit,
        seed=settings.seed,
    )
    template = prompts.load(settings.prompt, settings.system)
    if not settings.max_tokens:
        asked = (template.render(problem) for problem in chosen.problems)
        longest = max((len(f"{each.system}{each.user}".encode("utf-8", "replace")) for each in asked), default=0)
        settings = replace(settings, max_tokens=tokens_left(settings, longest) or Sampling().max_tokens)
    sampling = Sampling(
        temperature=settings.temperature,
        top_p=settings.top_p,
        max_tokens=settings.max_tokens,
        seed=settings.seed,
    )
    questionnaire = Questionnaire(template, sampling, settings.request, settings.raw_prompt)
    triggers = Triggers(settings.triggers, settings.margin, settings.entropy)
    strategy = catalog.choose(settings)
    part = problems.part(chosen, *settings.shard) if settings.shard else chosen
    gates = () if in_worker else read_gates(settings, part)
    order = problems.in_random_order(chosen, settings.seed) if settings.decide == "early" else ()
    return Benchmark(
        settings, chosen, part, questionnaire, strategy, triggers, output, gates, resumed, replayed, reused, order
    )
