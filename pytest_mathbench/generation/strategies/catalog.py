"""The strategies by their names."""

from collections.abc import Callable

from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.generation.strategies.agree import Agree
from pytest_mathbench.generation.strategies.lookahead import Lookahead
from pytest_mathbench.generation.strategies.penalty import Penalty
from pytest_mathbench.generation.strategies.regenerate import Random, Regenerate
from pytest_mathbench.generation.strategies.repair import Repair
from pytest_mathbench.generation.strategies.resample import Resample
from pytest_mathbench.generation.strategies.search import DOUBTS, Search
from pytest_mathbench.generation.strategies.single import Single
from pytest_mathbench.generation.strategies.stepwise import Stepwise
from pytest_mathbench.generation.strategies.strategy import Strategy
from pytest_mathbench.settings import Settings

_CUTTING: dict[str, Callable[[int, int, bool], Strategy]] = {
    "regenerate": Regenerate,
    "penalty": Penalty,
    "resample": Resample,
    "random": Random,
    "repair": Repair,
    "agree": Agree,
}


def choose(settings: Settings) -> Strategy:
    """Make the strategy that the settings name. Raises `ConfigurationError` if it does not go with the others."""
    strategy: Strategy
    if settings.strategy == "single":
        strategy = Single()
    elif settings.strategy == "stepwise":
        strategy = Stepwise()
    elif settings.strategy == "lookahead":
        strategy = Lookahead(settings.regenerations, settings.token_budget, settings.entropy)
    else:
        strategy = _CUTTING[settings.strategy](settings.regenerations, settings.token_budget, settings.cut)
    _check(settings, strategy)
    return strategy


def _check(settings: Settings, strategy: Strategy) -> None:
    """See that a strategy can do what else is asked for."""
    name = settings.strategy
    if settings.cut and name not in _CUTTING:
        raise ConfigurationError(
            f"--mathbench-cut: the strategy {name} has nothing to put in the place of what is cut; drop one of them"
        )
    if (strategy.needs_tokens or isinstance(strategy, Repair)) and settings.raw_prompt:
        raise ConfigurationError(f"--mathbench-raw-prompt: the strategy {name} needs messages; drop one of them")
    if (
        isinstance(strategy, Search)
        and not strategy.needs_tokens
        and (doubts := DOUBTS.intersection(settings.triggers))
    ):
        raise ConfigurationError(
            f"--mathbench-triggers: {min(doubts)} looks at tokens, and the strategy {name} asks for none; drop it"
        )


def describe(settings: Settings) -> str:
    """Say in one line all that decides what the strategy does."""
    if settings.strategy in {"single", "stepwise"}:
        return settings.strategy
    bounds = f"at most {settings.regenerations} regenerations, {settings.token_budget} tokens"
    if settings.cut:
        bounds += "; cut where lost"
    if settings.strategy == "agree":
        return f"agree; {bounds}"
    if settings.strategy == "lookahead":
        return f"lookahead at entropy > {settings.entropy:g}; {bounds}"
    thresholds = {"margin": f"margin < {settings.margin:g}", "entropy": f"entropy > {settings.entropy:g}"}
    triggers = ", ".join(thresholds.get(name, name) for name in settings.triggers)
    return f"{settings.strategy} on {triggers}; {bounds}"
