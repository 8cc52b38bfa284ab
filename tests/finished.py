"""A recorded run as exporters are handed it: something in every section, and reference answers to look out for."""

from dataclasses import replace
from pathlib import Path

from reports import INFO, rich_context, rich_results

from pytest_mathbench.exporters.finished import Finished
from pytest_mathbench.recording.folder import RunFolder
from pytest_mathbench.recording.recorded import RecordedRun
from pytest_mathbench.recording.run_info import RunInfo, Shard
from pytest_mathbench.records import ItemResult, Judgement
from pytest_mathbench.reporting.report import report
from pytest_mathbench.reporting.sections.section import Context

REFERENCE = "the-reference-answer"
"""It is what no export may hold, in whoever's words."""

RATE, ALGEBRA = 0.5, 13 / 24
"""The pass rate of the run, of 54 measured attempts, and of its algebra."""

SHARDED = replace(INFO, shard=Shard(number=1, count=2))


def finished(folder: Path, info: RunInfo = SHARDED, results: list[ItemResult] | None = None) -> Finished:
    """Record a run below a folder, and report it."""
    results = [_telling(each) for each in rich_results(worse=True)] if results is None else results
    with RunFolder.create(folder, info) as written:
        for result in results:
            written.append(result)
    run = RecordedRun.open(written.path, lambda _: None)
    context = replace(rich_context(), info=info) if info.model == INFO.model else Context(info)
    return Finished(run, report(run.results()), context)


def _telling(result: ItemResult) -> ItemResult:
    """Have everybody who has seen the reference answer tell it."""
    problem = replace(result.problem, answer=REFERENCE)
    if result.grade and result.grade.judgement and result.grade.judgement.rating:
        judgement: Judgement = replace(result.grade.judgement, reason=f"it is {REFERENCE}")
        result = replace(result, grade=replace(result.grade, judgement=judgement))
    if result.ruling:
        result = replace(result, ruling=replace(result.ruling, why=f"as good as {REFERENCE}"))
    return replace(result, problem=problem)
