"""The pytest plugin: its options, and nothing more unless a model is named.

Every import that costs time waits until then, so that pytest sessions without `--mathbench-model` pay nothing.
"""

import pytest

from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.plugin import hookspecs, options

pytest_addoption = options.pytest_addoption


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the hooks of our own, with a model or without: who implements one need not care."""
    pluginmanager.add_hookspecs(hookspecs)


def pytest_configure(config: pytest.Config) -> None:
    """Register the benchmark if a model is named; bad settings and bad files end the session here."""
    if not options.is_active(config):
        config.pluginmanager.register(Inactive(), "mathbench-inactive")
        return
    from pytest_mathbench.plugin import activation  # imports that only a benchmark pays for

    try:
        activation.activate(config)
    except ConfigurationError as error:
        raise pytest.UsageError(f"mathbench: {error}") from None


class Inactive:
    """What a session without a model sees: its mathbench items are skipped, with the reason."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Skip tests that would run a benchmark."""
        if {"problem", "mathbench"} <= set(metafunc.fixturenames):
            skip = pytest.mark.skip(reason="a benchmark: name a model with --mathbench-model")
            metafunc.parametrize("problem", [pytest.param(None, marks=skip, id="no-model")])
