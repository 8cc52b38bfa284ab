"""How many problems and samples a gate needs, what that costs, and what early decision saves."""

import argparse

from pytest_mathbench.analysis.outlook import Setup, detectable, early_share, problems_to_find
from pytest_mathbench.cli.messages import say
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.reporting import baselines


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    plan = commands.add_parser(
        "plan", help="how many problems a gate 'no worse than baseline' needs, and what it costs"
    )
    plan.add_argument("--margin", type=float, default=5, metavar="POINTS", help="the gate's margin (%(default)s)")
    plan.add_argument("--drop", type=float, default=10, metavar="POINTS", help="the drop to be found (%(default)s)")
    plan.add_argument(
        "--discordant",
        type=float,
        default=10,
        metavar="PERCENT",
        help="problems on which two runs of one model disagree (%(default)s)",
    )
    plan.add_argument("--certificate", default="", metavar="FILE", help="a baseline's file, whose certificate says it")
    plan.add_argument("--comparisons", type=int, default=1, metavar="N", help="buckets of all gates (%(default)s)")
    plan.add_argument("--samples", type=int, default=1, metavar="N", help="samples of a problem (%(default)s)")
    plan.add_argument("--problems", type=int, default=945, metavar="N", help="problems there are (%(default)s)")
    plan.add_argument("--tokens", type=int, default=400, metavar="N", help="tokens of an attempt (%(default)s)")
    plan.add_argument("--speed", type=float, default=1000, metavar="N", help="tokens a second (%(default)s)")
    plan.set_defaults(command=_plan)


def _plan(options: argparse.Namespace) -> None:
    setup = Setup(
        problems=options.problems,
        discordant=_discordant(options),
        margin=options.margin / 100,
        comparisons=options.comparisons,
        samples=options.samples,
    )
    if min(setup.problems, setup.samples, setup.comparisons) < 1 or options.speed <= 0:
        raise ConfigurationError(
            "a plan needs at least one problem, one sample and one comparison, and a speed above 0"
        )
    if not (0 < setup.discordant <= 1 and 0 <= setup.margin < 1 and 0 < options.drop <= 100):  # noqa: PLR2004 - per cent
        raise ConfigurationError("margin, drop and discordance are from 0 to 100")
    found = problems_to_find(setup, options.drop / 100)
    enough = f"{found:,} problems" if found else "no number of problems, since it is not beyond the margin"
    say(f"a drop of {options.drop:g} points is found in 80% of runs by {enough}")
    drop = 100 * detectable(setup)
    say(f"{setup.problems:,} problems find one of {drop:.1f} points; a whole run: {_cost(setup, options)}")
    for name, points in (("an unchanged model", 0.0), (f"one {options.drop:g} points worse", options.drop)):
        share = early_share(setup, points / 100)
        cost = _cost(setup, options, share)
        say(f"with --mathbench-decide=early {name}: {share:.0%} of the problems on average, {cost}")


def _discordant(options: argparse.Namespace) -> float:
    if not options.certificate:
        return float(options.discordant) / 100
    certificate = baselines.certificate_of(options.certificate)
    found = certificate.discordant("overall") if certificate else None
    if found is None:
        raise ConfigurationError(
            f"{options.certificate} has no certificate: store one with mathbench noise … --save NAME"
        )
    return found


def _cost(setup: Setup, options: argparse.Namespace, share: float = 1.0) -> str:
    tokens = share * setup.problems * setup.samples * options.tokens
    return f"{tokens:,.0f} tokens, {tokens / options.speed / 3600:.2f} hours"
