"""The strategies by their names."""

from pytest_mathbench.generation.strategies.regenerate import Random, Regenerate
from pytest_mathbench.generation.strategies.resample import Resample
from pytest_mathbench.generation.strategies.single import Single
from pytest_mathbench.generation.strategies.stepwise import Stepwise
from pytest_mathbench.generation.strategies.strategy import Strategy
from pytest_mathbench.settings import Settings


def choose(settings: Settings) -> Strategy:
    """Make the strategy that the settings name."""
    if settings.strategy == "single":
        return Single()
    if settings.strategy == "stepwise":
        return Stepwise()
    kind = {"regenerate": Regenerate, "resample": Resample, "random": Random}[settings.strategy]
    return kind(settings.regenerations, settings.token_budget)


def describe(settings: Settings) -> str:
    """Say in one line all that decides what the strategy does."""
    if settings.strategy in {"single", "stepwise"}:
        return settings.strategy
    thresholds = {"margin": f"margin < {settings.margin:g}", "entropy": f"entropy > {settings.entropy:g}"}
    triggers = ", ".join(thresholds.get(name, name) for name in settings.triggers)
    bounds = f"{settings.regenerations} regenerations, {settings.token_budget} tokens"
    return f"{settings.strategy} on {triggers}; at most {bounds}"
