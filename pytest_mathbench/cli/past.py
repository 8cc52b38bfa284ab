"""The command that looks at runs over time."""

import argparse
import json
from fnmatch import fnmatchcase
from pathlib import Path

from pytest_mathbench.analysis.history import History, history
from pytest_mathbench.cli.messages import say, warn, width, write
from pytest_mathbench.reporting import history as shown
from pytest_mathbench.reporting import table
from pytest_mathbench.reporting.gathering import Gatherer

_RUNS = Path(".mathbench")
_PAGE = Path("history.html")


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "history", help="show runs over time: pass rates, gates, cost; changes that are told from noise are marked"
    )
    parser.add_argument(
        "places",
        nargs="*",
        type=Path,
        metavar="PLACE",
        help="runs' folders, folders of runs, baselines, folders of baselines (default: .mathbench)",
    )
    parser.add_argument("--model", metavar="PATTERN", default="*", help="only runs of such models, as in 'qwen*'")
    parser.add_argument("--git", action="store_true", help="of a baseline every version that was committed is a run")
    parser.add_argument(
        "--unmeasured", type=int, default=0, help="attempts of a run that may be not measured (default: 0)"
    )
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print JSON instead")
    output.add_argument(
        "--html", nargs="?", type=Path, const=_PAGE, metavar="FILE", help="write a page as well (default: %(const)s)"
    )
    parser.set_defaults(command=_history)


def _history(options: argparse.Namespace) -> None:
    gatherer = Gatherer(_RUNS, warn, wanted=lambda info: fnmatchcase(info.model, options.model), committed=options.git)
    found = gatherer.gather(options.places or [place for place in [_RUNS] if place.is_dir()])
    lines = history(found.runs, options.unmeasured)
    whole = History(lines.lines, [*found.unread, *lines.apart])
    if options.json:
        say(json.dumps(shown.as_json(whole), indent=1))
        return
    say("\n".join(table.written(shown.blocks(whole), width())))
    if options.html is not None:
        from pytest_mathbench.reporting import page  # a page's libraries take a moment

        write(options.html, page.render_history(whole))
