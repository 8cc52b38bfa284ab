"""The process that owns the run: it finds out what the run needs before anything starts, and ends all of it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from pytest_mathbench.errors import ConfigurationError, SandboxError, ServerError
from pytest_mathbench.plugin.backend import LocalBackend
from pytest_mathbench.plugin.benchmark import BENCHMARK, LAYERS, only_lists
from pytest_mathbench.plugin.gating import Gating
from pytest_mathbench.plugin.hub import Told, layers_of, serve
from pytest_mathbench.plugin.run import Run
from pytest_mathbench.plugin.terminal import Terminal
from pytest_mathbench.plugin.workers import Channel, is_the_last
from pytest_mathbench.reporting import baselines
from pytest_mathbench.sandbox.layers import choose

_DOCTOR = "(mathbench doctor looks at all that a run needs)"


class Owner:
    """Starts the run and ends it; between the two it answers workers."""

    def __init__(
        self, config: pytest.Config, run: Run, gating: Gating, terminal: Terminal, backend: LocalBackend
    ) -> None:
        self._config = config
        self._benchmark = config.stash[BENCHMARK]
        self._run = run
        self._gating = gating
        self._terminal = terminal
        self._backend = backend

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """See that programs can be confined, endpoints answer, and the run can be recorded and decided.

        Raises `pytest.UsageError`, before anything has cost anything.
        """
        try:
            if only_lists(self._config):
                self._run.start()
                return
            settings = self._benchmark.settings
            with ThreadPoolExecutor(1, "mathbench-layers") as other:
                layers = other.submit(choose, settings.sandbox, scratch=bool(settings.scratch))
                self._backend.try_endpoints()
            self._config.stash[LAYERS] = layers.result()
            self._run.start()
            self._find_baseline()
            self._run.prepare(self._terminal.warn)
        except ConfigurationError as error:
            raise pytest.UsageError(f"mathbench: {error}") from None
        except (SandboxError, ServerError) as error:
            raise pytest.UsageError(f"mathbench: {error}\n{_DOCTOR}") from None

    def pytest_runtest_logstart(self) -> None:
        """Show how far it is from the first item on: before, pytest writes lines of its own."""
        self._terminal.watch(self._backend.progress)

    def _find_baseline(self) -> None:
        """Find what the run is held against; one that it cannot be held against is refused."""
        if name := self._benchmark.settings.baseline:
            root, warn = self._config.rootpath, self._terminal.warn
            place, info, attempts = baselines.find(name, self._benchmark.output, root, warn)
            baselines.check(place, info, attempts, self._run.info)
            self._gating.compare_with(attempts)
            if said := baselines.made_otherwise(info, self._run.info):
                self._gating.remarks.append(f"the baseline was made otherwise, which is allowed: {said}")
            self._gating.foresee(baselines.certificate_of(place))

    def welcome(self, channel: Channel) -> str:
        """Answer a new worker's calls from now on; return what it is told at its start."""
        serve(self._backend, channel)
        return Told(
            layers=layers_of(self._config),
            model=self._benchmark.settings.model,
            max_tokens=self._benchmark.settings.max_tokens,
            judge_format=self._backend.judge_format,
        ).to_json()

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Cancel what is owed at the failure that ends the session (-x): xdist waits for its workers' current items."""
        if is_the_last(report, self._config):
            self._backend.close()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Cancel what no item will ask for any more (-x, --maxfail, Ctrl-C), before workers are waited for."""
        self._backend.close()

    def pytest_unconfigure(self) -> None:
        """End everything, however the session ended."""
        self._terminal.stop()
        self._backend.close()
        self._run.close()
