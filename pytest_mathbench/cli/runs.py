"""Commands that look at recorded runs."""

import argparse
import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path

from pytest_mathbench.analysis import comparison, contamination, scores
from pytest_mathbench.cli.telling import warn
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.records import ItemResult, Ruling
from pytest_mathbench.reporting import baselines, disagreements, files, protocol, table, verdicts
from pytest_mathbench.reporting import comparison as comparison_lines
from pytest_mathbench.reporting.export import PAGE
from pytest_mathbench.reporting.recorded import Recorded
from pytest_mathbench.settings import LATEST, POLICIES

_COMPARABLE = (
    "model", "prompt_sha256", "sampling", "samples", "sandbox", "cpu_seconds", "memory_bytes", "preload", "echo",
    "verdict",
)  # fmt: skip
"""What a problem's outcome depends on, besides the problem."""


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the commands that look at recorded runs."""
    report = commands.add_parser("report", help="show the table of a recorded run")
    _add_run(report)
    report.add_argument(
        "--html", nargs="?", type=Path, const=Path(), metavar="FILE", help=f"write the page as well (RUN/{PAGE})"
    )
    report.add_argument("--baseline", default="", help="what the page compares with: a run's folder, a file, or a name")
    report.set_defaults(command=_report)
    again = commands.add_parser("regrade", help="execute and grade a recorded run's completions again, as a new run")
    _add_run(again)
    again.add_argument("--sandbox", choices=POLICIES, default=POLICIES[0], help="confinement (default: %(default)s)")
    again.add_argument("--output", type=Path, help="where the new run is recorded (default: beside the old one)")
    again.set_defaults(command=_regrade)
    queue = commands.add_parser(
        "disagreements", help="list the answers on which strict and lenient symbols and the judge differ; rule on one"
    )
    _add_run(queue)
    ruling = queue.add_mutually_exclusive_group()
    ruling.add_argument("--right", metavar="ID", help="rule that this problem's answer is right (ID:2 for sample 2)")
    ruling.add_argument("--wrong", metavar="ID", help="rule that it is wrong")
    queue.add_argument("--why", default="", help="the reason, which is recorded with the ruling")
    queue.add_argument("--who", default=getpass.getuser(), help="who rules (default: %(default)s)")
    queue.set_defaults(command=_disagreements)
    gap = commands.add_parser(
        "contamination", help="hold a run on the bundled problems against one on a fresh variant, family by family"
    )
    gap.add_argument("bundled", help="the folder of the run on the bundled problems")
    gap.add_argument("fresh", help="the folder of the run on the fresh ones")
    gap.set_defaults(command=_contamination)

    against = commands.add_parser("compare", help="hold runs on the same problems against the first, pair by pair")
    against.add_argument("first", help="the run's folder that the others are held against")
    against.add_argument("others", nargs="+", help="folders of other runs")
    against.add_argument("--html", type=Path, metavar="FILE", help="write the comparison of two runs as a page")
    against.set_defaults(command=_compare)


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", nargs="?", default=LATEST, help="the run's folder (default: the newest in .mathbench)")


def _report(options: argparse.Namespace) -> None:
    run = Recorded.find(options.run, Path(".mathbench"), warn)
    info, report = run.info, run.report()
    print(f"{run.folder}: {info.model} on {info.endpoint}, started {info.started}")
    print(f"problems {info.problem_set} (sha256 {info.problems_sha256[:12]}), prompt sha256 {info.prompt_sha256[:12]}")
    print()
    print("\n".join([*verdicts.lines(verdicts.read(run.folder)), *table.lines(report), *protocol.lines(info, report)]))
    print(f"\nrecorded: {report.total.measured + len(report.faults)} items of {info.problem_count} selected problems")
    if options.html is not None:
        from pytest_mathbench.reporting import page  # noqa: PLC0415 - a page's libraries take a moment

        against = None
        if options.baseline:
            place, other, attempts = baselines.find(options.baseline, Path(".mathbench"), Path.cwd(), warn)
            baselines.check(place, other, info)
            against = comparison.compare(attempts, run.attempts)
        side = page.Side("this run", info, run.results())
        path = run.folder / PAGE if options.html == Path() else options.html
        _write(path, page.render(side, report, verdicts.read(run.folder), against))


def _write(path: Path, page: str) -> None:
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"the page could not be written: {error}") from None
    print(f"\n{path}: {len(page.encode()) / 1e6:.1f} MB")


def _regrade(options: argparse.Namespace) -> None:
    from pytest_mathbench.regrade import Regrading  # noqa: PLC0415 - other commands need none of the making arm

    run = files.find(options.run, Path(".mathbench"))
    regrading = Regrading(run, options.output or run.parent, options.sandbox, warn)
    tally, changed = scores.Tally(regrading.info.samples), []
    try:
        for before, after in regrading.run():
            tally.add(after)
            if before.outcome != after.outcome:
                changed.append(f"{after.problem.id}: {_verdict(before)} → {_verdict(after)}")
            _progress(len(tally))
    finally:
        regrading.close()
    print("\n".join(table.lines(tally.report())))
    print(f"\n{len(changed)} of {len(tally)} outcomes are other than they were{':' if changed else ''}")
    print("".join(f"  {line}\n" for line in changed), end="")
    print(f"recorded in {regrading.folder.path}")


def _disagreements(options: argparse.Namespace) -> None:
    run = Recorded.find(options.run, Path(".mathbench"), warn)
    folder = run.folder
    if name := options.right or options.wrong:
        _rule(run, name, options)
        return
    found = [result for result in run.results() if disagreements.differ(result)]
    for result in found:
        print("\n".join(disagreements.lines(result, run.rulings.get((result.problem.id, result.sample)))), end="\n\n")
    ruled = sum((result.problem.id, result.sample) in run.rulings for result in found)
    print(f"{folder}: {len(found)} disagreements, {ruled} ruled on by a person")
    if found:
        print(f"rule with: mathbench disagreements {folder} --right ID --why REASON (or --wrong)")


def _rule(run: Recorded, name: str, options: argparse.Namespace) -> None:
    problem, _, sample = name.partition(":")
    attempts = {(result.problem.id, result.sample) for result in run.results() if result.grade}
    number = int(sample) - 1 if sample.isdecimal() else 0
    if (problem, number) not in attempts:
        raise ConfigurationError(f"{name}: {run.folder} holds no answer of this name to rule on")
    if not options.why.strip():
        raise ConfigurationError("a ruling needs its reason: give --why")
    ruling = Ruling(
        problem=problem,
        sample=number,
        correct=bool(options.right),
        who=options.who,
        when=datetime.now(UTC).isoformat(timespec="seconds"),
        why=options.why,
    )
    files.rule(run.folder, ruling)
    print(f"{name}: {'right' if ruling.correct else 'wrong'}, by {ruling.who}; reports of {run.folder} count it so")


def _contamination(options: argparse.Namespace) -> None:
    bundled, fresh = (Recorded.find(run, Path(".mathbench"), warn) for run in (options.bundled, options.fresh))
    if different := files.differences(bundled.info, fresh.info, _COMPARABLE):
        raise ConfigurationError(f"{bundled.folder} and {fresh.folder} are not comparable: {'; '.join(different)}")
    results = (result for run in (bundled, fresh) for result in run.results())
    if (found := contamination.gap(results)) is None:
        raise ConfigurationError(
            f"{bundled.folder} and {fresh.folder} have no family in common, one on its bundled and one on fresh "
            "problems: run the second with --mathbench-variant=SEED"
        )
    print("\n".join(table.contamination(found)))


def _compare(options: argparse.Namespace) -> None:
    if options.html and len(options.others) > 1:
        raise ConfigurationError("a page compares two runs: name two with --html")
    first, *others = (Recorded.find(run, Path(".mathbench"), warn) for run in (options.first, *options.others))
    for number, second in enumerate(others):
        found = comparison.compare(first.attempts, second.attempts)
        if found is None:
            raise ConfigurationError(f"{first.folder} and {second.folder} have measured no problem in common")
        print(f"{chr(10) if number else ''}1st: {first.folder}: {first.info.model}, {first.info.strategy}")
        print(f"2nd: {second.folder}: {second.info.model}, {second.info.strategy}")
        print(f"they differ in: {'; '.join(files.differences(first.info, second.info)) or 'nothing that was set'}\n")
        walls = first.wall_seconds, second.wall_seconds
        print("\n".join(comparison_lines.lines(found, ("1st", "2nd"), walls)))
        if options.html:
            from pytest_mathbench.reporting import page  # noqa: PLC0415 - a page's libraries take a moment

            one, other = (page.Side(name, run.info, run.results()) for name, run in (("1st", first), ("2nd", second)))
            differences = files.differences(first.info, second.info)
            _write(options.html, page.render_comparison(one, other, found, differences))


def _verdict(result: ItemResult) -> str:
    return f"{result.outcome or 'not measured'}{f' ({result.grade.rule})' if result.grade else ''}"


def _progress(done: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} done", end="\r", file=sys.stderr, flush=True)
