"""The command that compares runs on the same problems."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from pytest_mathbench.analysis import at_cost, comparison
from pytest_mathbench.cli.messages import say, warn, width, write
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.recording.recorded import RecordedRun
from pytest_mathbench.recording.run_info import differences, sentence
from pytest_mathbench.reporting import at_cost as equal
from pytest_mathbench.reporting import comparison as compared
from pytest_mathbench.reporting import table
from pytest_mathbench.verdicts import Verdict

_NATURAL = "resample"
"""The strategy that others have to beat: a second try."""

_WIDTH = 80


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("compare", help="compare runs on the same problems with the first, pair by pair")
    parser.add_argument("first", help="the folder of the run that the others are compared with")
    parser.add_argument("others", nargs="+", help="folders of other runs")
    parser.add_argument(
        "--at-cost",
        action="store_true",
        help="compare at equal cost: pass rates against tokens, requests and seconds, and who is ahead at which budget",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead; with --at-cost")
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="write the comparison of two runs as a page; with --at-cost of any"
    )
    parser.set_defaults(command=_compare)


def _compare(options: argparse.Namespace) -> None:
    if options.json and not options.at_cost:
        raise ConfigurationError("--json is of a comparison at equal cost: give --at-cost as well")
    if options.html and len(options.others) > 1 and not options.at_cost:
        raise ConfigurationError("a page compares two runs: name two with --html, or compare more --at-cost")
    runs = [RecordedRun.find(run, Path(".mathbench"), warn) for run in (options.first, *options.others)]
    if options.at_cost:
        _at_cost(runs, options)
    else:
        _pair_by_pair(runs, options.html)


def _pair_by_pair(runs: Sequence[RecordedRun], html: Path | None) -> None:
    first, *others = runs
    before = comparison.measured(first.results(), first.info.price)
    for number, second in enumerate(others):
        found = comparison.compare(before, comparison.measured(second.results(), second.info.price))
        if found is None:
            raise ConfigurationError(f"{first.folder} and {second.folder} measured no problem in common")
        if number:
            say()
        say(f"1st: {first.folder}: {first.info.model}, {first.info.strategy}")
        say(f"2nd: {second.folder}: {second.info.model}, {second.info.strategy}")
        different = differences(first.info, second.info)
        say(f"settings that differ: {sentence(different) or 'none'}\n")
        walls = first.wall_seconds, second.wall_seconds
        say("\n".join(table.written(compared.blocks(found, ("1st", "2nd"), walls), width())))
        if html:
            from pytest_mathbench.reporting import page  # a page's libraries take a moment

            one, other = (page.Side(name, run.info, run.results()) for name, run in (("1st", first), ("2nd", second)))
            write(html, page.render_comparison(one, other, found, [str(each) for each in different]))


def _at_cost(runs: Sequence[RecordedRun], options: argparse.Namespace) -> None:
    shown = _at_equal_cost(runs)
    if options.json:
        say(json.dumps(equal.as_json(shown), indent=1))
    else:
        for number, run in enumerate(runs, 1):
            say(f"{equal.ordinal(number)}: {run.folder}: {run.info.model}, {run.info.strategy}")
            if found := differences(runs[0].info, run.info):
                say(f"  settings that differ: {sentence(found)}")
        for group in equal.groups(shown):
            say()
            say("\n".join(table.written(group, _WIDTH)))
    if options.html:
        from pytest_mathbench.reporting import page  # as above

        write(options.html, page.render_at_cost(shown, [run.info for run in runs]))


def _at_equal_cost(runs: Sequence[RecordedRun]) -> equal.Shown:
    """Compare runs at equal cost, with the first and with a second try. Raises `ConfigurationError`."""
    paths = []
    for run in runs:
        if run.info.verdict == Verdict.JUDGE:
            raise ConfigurationError(
                f"{run.folder} cannot be compared at equal cost: its outcome is the judge's word, who was not asked "
                "about what its attempts passed through"
            )
        try:
            paths.append(at_cost.paths(run.results()))
        except ValueError as error:
            raise ConfigurationError(f"{run.folder} cannot be compared at equal cost: {error}") from None
    tries = [place for place, run in enumerate(runs) if run.info.strategy.startswith(_NATURAL)]
    try:
        found, left_out = at_cost.at_cost(paths, list(dict.fromkeys([0, *tries])))
    except ValueError as error:
        raise ConfigurationError(f"{', '.join(str(run.folder) for run in runs)} {error}") from None
    names = equal.named([run.info.strategy for run in runs])
    return equal.Shown(names, [str(run.folder) for run in runs], found, left_out)
