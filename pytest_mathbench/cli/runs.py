"""Commands that look at recorded runs."""

import argparse
import getpass
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pytest_mathbench import values
from pytest_mathbench.analysis import comparison, contamination
from pytest_mathbench.cli.messages import progress, say, warn, width, write
from pytest_mathbench.decides import Decides
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.recording.recorded import RecordedRun
from pytest_mathbench.recording.rulings import rule
from pytest_mathbench.recording.run_info import differences, sentence
from pytest_mathbench.records import ItemResult, Ruling
from pytest_mathbench.reporting import baselines, disagreements, export, mistakes, table
from pytest_mathbench.reporting.gathering import earlier_decisions
from pytest_mathbench.reporting.report import Report, report
from pytest_mathbench.reporting.sections.contamination import gap_blocks
from pytest_mathbench.reporting.sections.section import Context
from pytest_mathbench.settings import EXPORTERS, LATEST, POLICIES


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the commands that look at recorded runs."""
    shown = commands.add_parser("report", help="show the report of a recorded run")
    _add_run(shown)
    shown.add_argument(
        "--html", nargs="?", type=Path, const=Path(), metavar="FILE", help=f"write the page as well (RUN/{export.PAGE})"
    )
    shown.add_argument(
        "--json", nargs="?", type=Path, const=Path(), metavar="FILE", help=f"write it as JSON too (RUN/{export.REPORT})"
    )
    shown.add_argument("--show", metavar="ID", help="show one attempt whole instead (ID:2 for sample 2)")
    _add_baseline(shown)
    shown.set_defaults(command=_report)
    exported = commands.add_parser("export", help="hand a recorded run to other tools")
    exported.add_argument("run", help=f"the run's folder, or {LATEST}")
    exported.add_argument(
        "exports", nargs="+", metavar="NAME[:WHERE]", help=f"one of {', '.join(EXPORTERS)}, and where it goes"
    )
    _add_baseline(exported)
    exported.set_defaults(command=_export)
    schema = commands.add_parser("schema", help=f"print the JSON Schema of {export.REPORT}")
    schema.set_defaults(command=_schema)
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
        "contamination", help="compare a run on the bundled problems with one on a fresh variant, family by family"
    )
    gap.add_argument("bundled", help="the folder of the run on the bundled problems")
    gap.add_argument("fresh", help="the folder of the run on the fresh ones")
    gap.set_defaults(command=_contamination)


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", nargs="?", default=LATEST, help="the run's folder (default: the newest in .mathbench)")


def _add_baseline(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--baseline", default="", help="what it is compared with: a run's folder, a file, or a name")


def _reported(options: argparse.Namespace) -> tuple[RecordedRun, Report, Context]:
    """Return a recorded run with its report, and with what is known of it besides its results."""
    run = RecordedRun.find(options.run, Path(".mathbench"), warn)
    info, against = run.info, None
    if options.baseline:
        place, other, attempts = baselines.find(options.baseline, Path(".mathbench"), Path.cwd(), warn)
        baselines.check(place, other, attempts, info)
        against = comparison.compare(attempts, comparison.measured(run.results(), info.price))
    decisions, settlement = export.read_decisions(run.folder, warn)
    return run, report(run.results()), Context(info, decisions, against, settlement, earlier_decisions(run))


def _report(options: argparse.Namespace) -> None:
    if options.show:
        run = RecordedRun.find(options.run, Path(".mathbench"), warn)
        if (result := run.result_of(_attempt(options.show))) is None:
            raise ConfigurationError(f"{options.show}: {run.folder} has no attempt by this name")
        say("\n".join(mistakes.in_full(result)))
        return
    run, found, context = _reported(options)
    info = run.info
    say(f"{run.folder}: {info.model} on {info.endpoint}, started {info.started}")
    say(f"problems {info.problem_set} (sha256 {info.problems_sha256[:12]}), prompt sha256 {info.prompt_sha256[:12]}")
    say()
    say("\n".join(table.lines(found, context, width())))
    say(f"\nrecorded: {len(found)} items of {info.problem_count} selected problems")
    if options.json is not None:
        text = export.as_text(found, context)
        write(run.folder / export.REPORT if options.json == Path() else options.json, [text])
    if options.html is not None:
        from pytest_mathbench.reporting import page  # a page's libraries take a moment

        pieces = page.render(found, context, run.results())
        write(run.folder / export.PAGE if options.html == Path() else options.html, pieces)


def _export(options: argparse.Namespace) -> None:
    from pytest_mathbench.exporters import catalog  # other commands need none
    from pytest_mathbench.exporters.finished import Finished

    try:
        exports = catalog.prepared(values.named_places(*EXPORTERS)("\n".join(options.exports)))
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    finished = Finished(*_reported(options))
    for name, where in exports:
        say(catalog.export(name, where, finished))


def _schema(options: argparse.Namespace) -> None:  # noqa: ARG001 - every command is given them
    say(json.dumps(export.schema(Report()), indent=2))


def _regrade(options: argparse.Namespace) -> None:
    from pytest_mathbench.regrade import Regrading  # other commands need none of the making arm

    run = RecordedRun.find(options.run, Path(".mathbench"), warn)
    regrading = Regrading(run, options.output or run.folder.parent, options.sandbox)
    regraded, changed = Report(), []
    try:
        for before, after in regrading.run():
            regraded.add(after)
            if before.outcome != after.outcome:
                changed.append(f"{after.problem.id}: {_verdict(before)} → {_verdict(after)}")
            progress(f"{len(regraded)} done")
    finally:
        regrading.close()
    say("\n".join(table.lines(regraded, Context(regrading.info), width())))
    say(f"\n{len(changed)} of {len(regraded)} outcomes changed{':' if changed else ''}")
    say("".join(f"  {line}\n" for line in changed), end="")
    say(f"recorded in {regrading.folder.path}")


def _disagreements(options: argparse.Namespace) -> None:
    run = RecordedRun.find(options.run, Path(".mathbench"), warn)
    folder = run.folder
    if name := options.right or options.wrong:
        _rule(run, name, options)
        return
    found = [result for result in run.results() if disagreements.differ(result)]
    for result in found:
        say("\n".join(disagreements.lines(result)), end="\n\n")
    ruled = sum(result.ruling is not None for result in found)
    say(f"{folder}: {len(found)} disagreements, {ruled} ruled on by a person")
    if found:
        say(f"rule with: mathbench disagreements {folder} --right ID --why REASON (or --wrong)")


def _attempt(name: str) -> tuple[str, int]:
    """Read how reports name an attempt: ID, or ID:2 for its second sample."""
    problem, _, sample = name.partition(":")
    return problem, int(sample) - 1 if sample.isdecimal() else 0


def _rule(run: RecordedRun, name: str, options: argparse.Namespace) -> None:
    problem, number = _attempt(name)
    graded = {result.attempt for result in run.results() if result.grade}
    if (problem, number) not in graded:
        raise ConfigurationError(f"{name}: {run.folder} has no answer by this name to rule on")
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
    rule(run.folder, ruling)
    say(f"{name}: {'right' if ruling.correct else 'wrong'}, by {ruling.who}; reports of {run.folder} count it so")


def _contamination(options: argparse.Namespace) -> None:
    bundled, fresh = (RecordedRun.find(run, Path(".mathbench"), warn) for run in (options.bundled, options.fresh))
    # What is compared is one model in one setting on two sets of problems.
    same_problems = replace(fresh.info, problems_sha256=bundled.info.problems_sha256)
    if found := differences(bundled.info, same_problems, Decides.COMPLETION, Decides.COMPARISON):
        raise ConfigurationError(f"{bundled.folder} and {fresh.folder} are not comparable: {sentence(found)}")
    results = (result for run in (bundled, fresh) for result in run.results())
    if (gap := contamination.gap(results)) is None:
        raise ConfigurationError(
            f"{bundled.folder} and {fresh.folder} have no family in common, with bundled problems in the first and "
            "fresh ones in the second: run the second with --mathbench-variant=SEED"
        )
    say("\n".join(table.written(gap_blocks(gap), width())))


def _verdict(result: ItemResult) -> str:
    return f"{result.outcome or 'not measured'}{f' ({result.grade.rule})' if result.grade else ''}"
