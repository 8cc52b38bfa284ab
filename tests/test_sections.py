"""What all sections of a report have in common: terminal, JSON, job summary and page show the same figures."""

import gc
import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import jsonschema
import pytest
from factories import (
    PROPERTY,
    make_completion,
    make_execution,
    make_fault,
    make_grade,
    make_problem,
    make_result,
    make_run_info,
)
from hypothesis import given
from hypothesis import strategies as st
from reports import NOTHING, filled, json_of, lines_of, rich_context, rich_results

from pytest_mathbench.cli import main
from pytest_mathbench.domains import Domain
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.records import ItemResult, Outcome
from pytest_mathbench.reporting.blocks import Chart, Headline
from pytest_mathbench.reporting.export import as_json, as_markdown, schema
from pytest_mathbench.reporting.page import render
from pytest_mathbench.reporting.report import Report, report
from pytest_mathbench.reporting.sections import SECTIONS
from pytest_mathbench.reporting.sections.section import Context, Section

NAMES = [make().name for make in SECTIONS]
EACH = pytest.mark.parametrize("name", NAMES)


@dataclass(frozen=True)
class Shown:
    """A rich run, as every surface shows it."""

    context: Context
    sections: dict[str, Section]
    json: dict[str, Any]
    page: str
    summary: str

    def lines(self, name: str, *, whole: bool = True) -> str:
        """Return a section's lines."""
        return "\n".join(lines_of(self.sections[name], self.context, whole=whole))

    def part(self, name: str) -> str:
        """Return what the page shows of a section, as text."""
        (body,) = re.findall(rf'<section id="{name}".*?</section>', self.page, re.DOTALL)
        return html.unescape(re.sub(r"<[^>]+>", " ", body))


@pytest.fixture(scope="module")
def rich() -> Shown:
    """Report a rich run."""
    results, context = rich_results(worse=True), rich_context()
    made = report(results)
    return Shown(
        context,
        {section.name: section for section in made.sections},
        json.loads(json.dumps(as_json(made, context))),
        "".join(render(made, context, results)),
        "\n".join(as_markdown(made, context)),
    )


CONVENTIONS = {"5", "80", "95"}
"""Per cent of error, power and confidence: what figures mean, and no figures of a run."""

_FIGURE = re.compile(r"(?<![\w.])[+-]?\d+(?:\.\d+)?(?![\w.]|-\w)")


def figures(text: str) -> set[str]:
    """Return the numbers in a text, as they are written, without a plus."""
    return {found.removeprefix("+") for found in _FIGURE.findall(text.replace(",", ""))}


def numbers(value: Any) -> Iterator[float]:
    """Yield all numbers in JSON; those in its texts too, and how long its lists are."""
    match value:
        case bool() | None:
            pass
        case int() | float():
            yield value
        case str():
            yield from map(float, figures(value))
        case list():
            yield len(value)
            for each in value:
                yield from numbers(each)
        case dict():
            for name, each in value.items():
                yield from numbers(name)
                yield from numbers(each)


def written(value: float) -> set[str]:
    """Return the ways in which sections write a number: as it is, in per cent or points, with some decimal places."""
    return {f"{scale * value:.{places}f}" for scale in (1, 100) for places in range(9)} | {f"{value:g}", f"{value:.4g}"}


@EACH
def test_a_rich_run_has_something_to_show_in_every_section(rich: Shown, name: str) -> None:
    """In lines, in JSON, on the page and in a job's summary."""
    section = rich.sections[name]
    assert rich.lines(name)
    assert json_of(section, rich.context)
    assert f'<section id="{name}"' in rich.page
    assert f'<a href="#{name}">' in rich.page
    assert f"#### {section.title}" in rich.summary


@EACH
def test_what_the_terminal_shows_is_in_the_json(rich: Shown, name: str) -> None:
    """Every figure of the lines is a figure of the section's JSON, or of what the run measured, written out."""
    own = [rich.json[name], rich.json["run"]]
    own += [rich.json["pass_rates"]] if name == "gates" else []  # whose buckets are counted there
    known = {way for value in numbers(own) for way in written(value)} | figures(json.dumps(own))
    assert set() == figures(rich.lines(name)) - known - CONVENTIONS


@EACH
def test_what_the_terminal_shows_is_on_the_page(rich: Shown, name: str) -> None:
    """Every figure of the lines stands in the section's part of the page."""
    assert set() == figures(rich.lines(name)) - figures(rich.part(name))


@EACH
def test_what_the_terminal_shows_is_in_the_summary(rich: Shown, name: str) -> None:
    """Every figure of the lines that a live session shows stands in the job's summary."""
    assert set() == figures(rich.lines(name, whole=False)) - figures(rich.summary)


@EACH
def test_every_headline_is_in_the_json(rich: Shown, name: str) -> None:
    """The page's head shows no figure that machines do not get."""
    known = {way for value in numbers(rich.json[name]) for way in written(value)}
    headlines = [block for block in rich.sections[name].blocks(rich.context) if isinstance(block, Headline)]
    assert set() == figures(" ".join(f"{each.value} {each.aside}" for each in headlines)) - known - CONVENTIONS


@EACH
def test_every_chart_is_drawn_of_a_kind_that_the_page_knows(rich: Shown, name: str) -> None:
    """Its data goes to the page, and its kind is one of page.js."""
    script = (files("pytest_mathbench.reporting") / "templates" / "page.js").read_text()
    for block in rich.sections[name].blocks(rich.context):
        if isinstance(block, Chart):
            assert f"\n    {block.kind}: (" in script
            assert f'data-kind="{block.kind}"' in rich.page


@pytest.mark.parametrize("make", SECTIONS)
def test_a_section_is_by_its_schema_whatever_was_measured(make: Callable[[], Section]) -> None:
    """Of nothing, of faults alone, of one right answer: the JSON is valid, and the lines can be written."""
    for results in ([], [make_fault()], [make_result()]):
        for context in (NOTHING, Context(make_run_info(samples=2, protocol="evstafev2025"))):
            section = filled(make(), results)
            json_of(section, context)
            lines_of(section, context)


def test_the_report_is_valid_by_its_schema(rich: Shown) -> None:
    """The whole, rich or empty; and the schema is one."""
    whole = schema(Report())
    jsonschema.Draft202012Validator.check_schema(whole)
    for made in (rich.json, json.loads(json.dumps(as_json(Report(), NOTHING)))):
        jsonschema.Draft202012Validator(whole).validate(made)


@EACH
def test_the_schema_is_strict(rich: Shown, name: str) -> None:
    """A section that is missing, or has one figure too many, is not valid."""
    validator = jsonschema.Draft202012Validator(schema(Report()))
    assert not validator.is_valid({key: value for key, value in rich.json.items() if key != name})
    assert not validator.is_valid(rich.json | {name: rich.json[name] | {"unheard of": 1}})


def test_the_published_schema_is_made_of_the_sections(capsys: pytest.CaptureFixture[str]) -> None:
    """docs/report.schema.json is what `mathbench schema` prints."""
    assert not main(["schema"])
    published = (Path(__file__).parent.parent / "docs" / "report.schema.json").read_text()
    assert published == capsys.readouterr().out


PROBLEMS = [
    make_problem(
        id=f"p{number}",
        domain=(Domain.ALGEBRA, Domain.GEOMETRY)[number % 2],
        level=1 + number % 4 // 2,
        family="" if number < 2 else f"f{number % 4}",
        variant=None if number < 2 else number // 6,
    )
    for number in range(12)
]
RESULTS = st.lists(
    st.builds(
        lambda outcome, number, sample: make_result(outcome, problem=PROBLEMS[number], sample=sample),
        st.sampled_from(Outcome),
        st.integers(0, 11),
        st.integers(0, 1),
    )
    | st.builds(make_fault, st.sampled_from(["the server died", "no sandbox"])),
    max_size=12,
)


@PROPERTY
@given(RESULTS, st.randoms(use_true_random=False))
def test_the_order_of_results_does_not_matter(results: list[ItemResult], chance: Any) -> None:
    """Workers finish in any order: the report is the same, the list of what was not measured apart."""
    shuffled = chance.sample(results, len(results))
    context = Context(make_run_info(samples=2))
    one, other = (as_json(report(each), context) for each in (results, shuffled))
    for made in (one, other):
        made["not_measured"]["attempts"].clear()
        made["not_measured"]["causes"].sort(key=lambda cause: cause["cause"])
        made["pass_rates"]["cells"].sort(key=lambda cell: (cell["domain"], cell["level"]))
    assert _rounded(one) == _rounded(other)


def _rounded(value: Any) -> Any:
    """Round what floating point adds up in another order."""
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return round(value, 9) if isinstance(value, float) else value


@PROPERTY
@given(RESULTS)
def test_a_fault_changes_no_measurement(results: list[ItemResult]) -> None:
    """What was not measured is neither right nor wrong, and has no duration."""
    measured = [result for result in results if result.outcome]
    found, expected = (as_json(report(each), NOTHING) for each in (results, measured))
    for name in ("pass_rates", "samples", "contamination", "verdicts", "judge", "durations", "unsolved"):
        assert expected[name] == found[name]
    assert len(results) - len(measured) == found["not_measured"]["count"]


def test_sections_keep_no_texts() -> None:
    """A run of many thousand results does not stay in memory: nothing that a model or a problem said is kept."""
    marker = "remember me"
    grade = make_grade(correct=False, answer=f"{marker} 1")
    found = report(
        make_result(
            Outcome.WRONG,
            problem=make_problem(statement=f"{marker} 2", answer=f"{marker} 3"),
            completion=make_completion(text=f"{marker} 4"),
            program=f"{marker} 5",
            execution=make_execution(stdout=f"{marker} 6", stderr=f"{marker} 7", detail=f"{marker} 8"),
            grade=grade,
            sample=sample,
        )
        for sample in range(2)
    )
    assert [] == [text for text in _texts(found.sections) if marker in text]
    assert "algebra-1-001" in _texts(found.sections)  # the walk does see what is kept


def _texts(root: object) -> set[str]:
    """Return all texts that an object leads to, by its own data."""
    seen: set[int] = set()
    texts, ahead = set(), [root]
    while ahead:
        each = ahead.pop()
        if id(each) in seen or isinstance(each, type | Callable):
            continue
        seen.add(id(each))
        if isinstance(each, str):
            texts.add(each)
        ahead += [*each] if isinstance(each, dict) else []  # to the collector, keys that are texts lead nowhere
        ahead += gc.get_referents(each)
    return texts


# Sections of others


def example() -> type[Section]:
    """Run the example of the documentation."""
    page = (Path(__file__).parent.parent / "docs" / "report.md").read_text()
    (code,) = re.findall(r"```python\n(.*?class Lengths.*?)```", page, re.DOTALL)
    namespace: dict[str, Any] = {}
    exec(code, namespace)  # noqa: S102 - our own documentation
    return cast("type[Section]", namespace["Lengths"])


def test_the_documented_example_is_a_section() -> None:
    """Its line, its JSON and its part of the schema are in every report that is given it."""
    made = report([make_result(program="a\nb\n"), make_result(program=None)], [example()])
    assert "lines of programs: 2 by mistral" in lines_of(made.sections[-1])
    assert {"lines": 2} == as_json(made, NOTHING)["lengths"]
    assert "<dt>lines of programs</dt><dd>2 by mistral</dd>" in "".join(render(made, NOTHING, []))
    assert "**lines of programs**: 2 by mistral" in list(as_markdown(made, NOTHING))
    assert "Lengths of programs" == schema(made)["properties"]["lengths"]["title"]


def test_a_report_with_sections_of_others_is_valid_by_the_published_schema() -> None:
    """Who reads reports by it is not disturbed by what a plugin has added."""
    made = json.loads(json.dumps(as_json(report([make_result()], [example()]), NOTHING)))
    jsonschema.Draft202012Validator(schema(Report())).validate(made)


def test_two_sections_of_one_name_are_refused() -> None:
    """One would hide the other in report.json."""
    with pytest.raises(ConfigurationError, match="two sections of the report are named 'lengths': rename one"):
        Report([example(), example()])


def test_a_section_is_found_by_its_class() -> None:
    """Ours and others'; one that is not in the report is an error."""
    kind = example()
    assert isinstance(Report([kind])[kind], kind)
    with pytest.raises(KeyError):
        Report()[kind]


def test_a_report_counts_its_results() -> None:
    """Measured or not."""
    assert 2 == len(report([make_result(), make_fault()]))
    assert 0 == len(Report())
