"""The page of a run, in a real browser."""

import math
import random
import shutil
import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from factories import (
    make_completion,
    make_execution,
    make_fault,
    make_grade,
    make_problem,
    make_result,
    make_run_info,
    make_settlement,
)
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from reports import rich_context, rich_results
from standings import in_one, passed_through

from conftest import ScriptedServer, row
from pytest_mathbench.analysis.at_cost import at_cost, paths
from pytest_mathbench.analysis.comparison import compare, measured
from pytest_mathbench.analysis.decisions import Decision, Ground, Status
from pytest_mathbench.analysis.history import History, history, past
from pytest_mathbench.analysis.sequential import Settlement
from pytest_mathbench.cli import main
from pytest_mathbench.domains import Domain
from pytest_mathbench.recording.folder import RunFolder
from pytest_mathbench.records import ItemResult, Judgement, Outcome
from pytest_mathbench.reporting import page as page_module
from pytest_mathbench.reporting.at_cost import Shown, named
from pytest_mathbench.reporting.blocks import Block, Chart
from pytest_mathbench.reporting.export import PAGE
from pytest_mathbench.reporting.page import Side, render, render_at_cost, render_comparison, render_history
from pytest_mathbench.reporting.report import Report, report
from pytest_mathbench.reporting.sections.section import Context

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

Opened = Callable[[str | Iterator[str]], Page]

ATTACK = "<script>window.hit = 1</script><img src=x onerror='window.hit = 1'></script>"


def attempt(number: int, outcome: Outcome = Outcome.CORRECT, **fields: Any) -> ItemResult:
    """Make one of many attempts, each with its own figures."""
    domain, level = ("algebra", "geometry")[number % 2], 1 + number // 2 % 5
    made = make_result(
        outcome,
        problem=make_problem(id=f"{domain}-{number:05}", domain=domain, level=level, statement=f"Is $x_{{{number}}}$?"),
        completion=make_completion(seconds=float(number), completion_tokens=number),
        execution=make_execution(cpu_seconds=number / 1000, stdout=f"printed {number}\n"),
        program=f"print({number})\n",
    )
    return replace(made, **fields)


def page_of(results: Sequence[ItemResult], *decisions: Decision, before: Sequence[ItemResult] = ()) -> str:
    """Render a run."""
    against = compare(measured(before), measured(results)) if before else None
    return "".join(render(report(results), Context(make_run_info(), decisions, against), results))


def rich_page() -> str:
    """Render a run that has all sections, and gates of which some were decided early."""
    results = rich_results(worse=True)
    return "".join(render(report(results), replace(rich_context(), settlement=settlement()), results))


def settlement() -> Settlement:
    """Tell how the evidence on three gates grew, of which one was not decided; two lines end at the same place."""
    made, subject = make_settlement(), Domain.COUNTING_AND_PROBABILITY
    near = replace(made.traces[0], subject=f"{subject}/level3", for_pass=(0.1, 0.2, 0.3), for_fail=(0.0, 0.1, 0.3))
    gate = "every domain no worse than baseline by more than 5 points with 95% confidence"
    return replace(made, traces=(*made.traces, near, replace(near, gate=gate, subject=subject, decided=None)))


def page_of_two() -> str:
    """Render six problems of two runs, of which the second lost one."""
    before, after = RESULTS[:6], [attempt(0, Outcome.WRONG, program="print('worse')\n"), *RESULTS[1:6]]
    found = compare(measured(before), measured(after))
    assert found is not None
    sides = [Side(name, make_run_info(), results) for name, results in (("1st", before), ("2nd", after))]
    return "".join(render_comparison(sides[0], sides[1], found, ["sampling.temperature was 0.0, now 1.0"]))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run headless Chromium."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    """Open a page; in the end nothing was said in the console, and nothing asked for but the page."""
    said: list[str] = []
    asked: list[str] = []
    context = browser.new_context()

    def start(text: str | Iterator[str]) -> Page:
        path = tmp_path / "page.html"
        path.write_text("".join(text), encoding="utf-8")
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        drawn(page)
        return page

    yield start
    context.close()
    assert [] == said
    assert [(tmp_path / "page.html").as_uri()] == asked


def drawn(page: Page) -> None:
    """Wait for list and charts, by selector: the page's policy forbids a script that polls."""
    page.locator("html[data-ready]").wait_for(state="attached")


def listed(page: Page) -> list[str]:
    """Return the problems that the list shows."""
    return page.locator("#rows .open").all_text_contents()


RESULTS = [
    *(attempt(number) for number in range(6)),
    *(attempt(number, Outcome.WRONG, grade=make_grade(correct=False)) for number in range(6, 9)),
    make_fault("the server died", problem=make_problem(id="gone")),
]


@needs_browser
def test_every_outcome_has_its_colour(opened: Opened) -> None:
    """Right, cut off and not measured have one each; whatever else an outcome is called, it looks like a failure."""
    made = [attempt(number, outcome) for number, outcome in enumerate(Outcome)]
    page = opened(page_of([*made, make_fault("the server died", problem=make_problem(id="gone"))]))
    colour = "each => getComputedStyle(each).color"
    drawn_in = {each.text_content(): each.evaluate(colour) for each in page.locator("#rows .outcome").all()}
    own = {name: drawn_in.pop(name) for name in ("correct", "cut off", "not measured")}
    (failure,) = set(drawn_in.values())
    assert 5 == len({*own.values(), failure, page.locator("body").evaluate(colour)})
    assert len(drawn_in) == len(Outcome) - 2


@needs_browser
def test_the_list_filters(opened: Opened) -> None:
    """By text, domain, level and outcome; how many are left is said; Clear shows all again."""
    page = opened(page_of(RESULTS))
    assert "10 of 10 problems" == page.locator("#count").text_content()
    page.select_option("#domain", "geometry")
    assert ["geometry-00001", "geometry-00003", "geometry-00005", "geometry-00007"] == listed(page)
    page.select_option("#outcome", "wrong")
    assert ["geometry-00007"] == listed(page)
    page.click("#clear")
    assert 10 == len(listed(page))
    page.select_option("#level", "2")
    assert ["algebra-00002", "geometry-00003"] == listed(page)
    page.select_option("#level", "")
    page.fill("#search", "x_{8}")
    assert ["algebra-00008"] == listed(page)
    page.fill("#search", "no such")
    assert "0 of 10 problems" == page.locator("#count").text_content()
    assert "None of the problems is like this. Clear shows all of them." == page.locator("#rows tbody").text_content()


@needs_browser
def test_the_list_sorts(opened: Opened) -> None:
    """By any column, either way; what was not measured stands last; the column says so to a reader of screens."""
    page = opened(page_of(RESULTS))
    tokens = page.get_by_role("button", name="tokens")
    tokens.click()
    assert "algebra-00000" == listed(page)[0]
    assert "gone" == listed(page)[-1]
    tokens.click()
    assert "algebra-00008" == listed(page)[0]
    assert "gone" == listed(page)[-1]
    assert "descending" == page.locator("#rows th[aria-sort]").get_attribute("aria-sort")


@needs_browser
def test_a_problem_opens_by_keyboard(opened: Opened) -> None:
    """To statement, reference, program, output, grade and timings; and closes again."""
    page = opened(page_of(RESULTS))
    opener = page.locator("#rows .open").nth(3)
    opener.focus()
    page.keyboard.press("Enter")
    detail = page.locator(".detail")
    detail.locator(".side").wait_for()
    text = detail.inner_text()
    for part in (
        "print(3)",
        "printed 3",
        "right by the rule exact",
        "3.00 s after 0.50 s",
        "42",
        "What is $6 \\cdot 7$?",
    ):
        assert part in text
    assert 1 == detail.locator(".statement math").count()
    assert "true" == opener.get_attribute("aria-expanded")
    page.keyboard.press("Space")
    assert 0 == page.locator(".detail").count()
    assert "false" == opener.get_attribute("aria-expanded")


@needs_browser
def test_thoughts_are_folded(opened: Opened) -> None:
    """They are long, and are shown when they are asked for."""
    completion = make_completion(reasoning="6 times <b>7</b>", reasoning_tokens=7)
    page = opened(page_of([attempt(1, completion=completion)]))
    page.locator("#rows .open").first.click()
    thoughts = page.locator(".thinking pre")
    thoughts.wait_for(state="attached")
    assert not thoughts.is_visible()
    page.locator(".thinking summary").click()
    assert "6 times <b>7</b>" == thoughts.inner_text()
    assert "7 of them thinking" in page.locator(".side .facts").inner_text()


@needs_browser
def test_a_problem_that_is_opened_and_closed_at_once_takes_no_other_with_it(opened: Opened) -> None:
    """A double click opens and closes it before its texts are unpacked."""
    page = opened(page_of(RESULTS))
    page.locator("#rows .open").nth(3).dblclick()
    assert 10 == len(listed(page))
    assert 0 == page.locator(".detail").count()


@needs_browser
def test_a_cell_of_the_heat_map_shows_its_problems(opened: Opened) -> None:
    """The counts stand in the cell; a click filters the list."""
    page = opened(page_of(RESULTS))
    cell = page.locator('.heat button[data-domain="algebra"][data-level="3"]')
    assert "100.0%1/15\N{EN DASH}100" == cell.inner_text().replace("\n", "")
    cell.click()
    assert ["algebra-00004"] == listed(page)


@needs_browser
def test_whatever_a_model_writes_is_text(opened: Opened) -> None:
    """Markup in statement, id, completion, program, output, answer, fault and judge runs nowhere and is seen."""
    hostile = [
        make_result(
            problem=make_problem(id=ATTACK, domain=ATTACK, statement=f"{ATTACK} $\\text{{{ATTACK}}}$", answer=ATTACK),
            completion=make_completion(text=ATTACK + "\x1b[31m\u202eabc\ud800"),
            program=ATTACK,
            execution=make_execution(stdout=ATTACK, stderr="x" * 1_000_000, detail=ATTACK, unsafe={ATTACK: ATTACK}),
            grade=make_grade(answer=ATTACK, rule=ATTACK, judgement=Judgement(rating=5, reason=ATTACK)),
        ),
        make_fault(ATTACK, problem=make_problem(id="b")),
    ]
    ground = Ground(status=Status.FAIL, subject=ATTACK, sentence=ATTACK)
    text = page_of(hostile, Decision(status=Status.FAIL, gate=ATTACK, grounds=(ground,)))
    assert "<img" not in text
    page = opened(text)
    for number in range(2):
        page.locator("#rows > tbody > tr:not(.detail) .open").nth(number).click()
        page.locator(".detail .side").nth(number).wait_for()
    assert 0 == page.locator("main img, main script").count()
    assert page.evaluate("window.hit") is None
    seen = page.locator("main").inner_text()
    assert seen.count("window.hit") > 10
    assert r"\x1b[31m\u202eabc\ud800" in seen
    assert "… 996000 more characters" in seen


@needs_browser
def test_the_policy_runs_no_other_script(opened: Opened, tmp_path: Path) -> None:
    """Even if markup came in, the Content-Security-Policy would stop it."""
    text = page_of(RESULTS)
    path = tmp_path / "other.html"
    path.write_text(text.replace("<main>", f"<main>{ATTACK}"), encoding="utf-8")
    page = opened(text).context.new_page()
    page.goto(path.as_uri())
    drawn(page)
    assert page.evaluate("window.hit") is None


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_telephone(browser: Browser, tmp_path: Path, scheme: Any) -> None:
    """At 390 px only tables and their like are wider than the screen; an opened problem takes no column's place."""
    path = tmp_path / "page.html"
    path.write_text(rich_page(), encoding="utf-8")
    page = browser.new_page(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    page.goto(path.as_uri())
    drawn(page)
    assert 390 == page.evaluate("document.documentElement.scrollWidth")
    assert page.locator("#rows .outcome").first.bounding_box()["x"] < 390  # type: ignore[index]
    before = page.locator("#rows .open").first.bounding_box()["width"]  # type: ignore[index]
    page.locator("#rows .open").first.click()
    page.locator(".detail .side").wait_for()
    assert before == page.locator("#rows .open").first.bounding_box()["width"]  # type: ignore[index]
    page.close()


@needs_browser
@pytest.mark.parametrize("count", [1_250, pytest.param(12_500, marks=pytest.mark.slow)])
def test_many_results_are_listed_by_the_hundred(opened: Opened, count: int) -> None:
    """The last page is there, and its last problem opens, of as many as the largest run has."""
    page = opened(page_of([attempt(number) for number in range(count)]))
    assert 100 == len(listed(page))
    assert f"{count:,} of {count:,} problems" == page.locator("#count").text_content()
    page.fill("#search", f"{count - 1}")
    page.locator("#rows .open").click()
    page.locator(".detail .side").first.wait_for()
    assert f"print({count - 1})" in page.locator(".detail").inner_text()
    page.fill("#search", "")
    page.get_by_role("button", name="Next").click()
    assert f"page 2 of {math.ceil(count / 100)}" in page.locator("#pager").inner_text()


@needs_browser
def test_charts_are_drawn(opened: Opened) -> None:
    """Domains, times, distributions, outcomes: each of the kinds that sections ask for, and the ring of a baseline."""
    page = opened(page_of(RESULTS, before=RESULTS))
    assert ["bars", "counts", "times", "generation", "execution"] == [
        figure.get_attribute("data-kind") for figure in page.locator("figure").all()
    ]
    assert 5 == page.locator("figure svg").count()
    assert 2 == page.locator('[data-kind="bars"] svg circle').count()


@needs_browser
def test_a_chart_of_another_kind_is_left_out(opened: Opened) -> None:
    """A section of somebody's that asks for one which the page does not know disturbs nothing."""
    made = report(RESULTS, [Odd])
    page = opened(render(made, Context(make_run_info()), RESULTS))
    assert "what it says" in page.locator("#odd").inner_text()
    assert 0 == page.locator("#odd figure").count()


class Odd:
    """A section with a chart of no kind."""

    name, title, schema = "odd", "Odd", dict[str, Any]()

    def add(self, result: ItemResult) -> None:
        """Take nothing."""

    def blocks(self, context: Context) -> Iterator[Block]:
        """Yield a text and a chart."""
        yield f"what it says of {context.info.model}"
        yield Chart("pie", "A pie")

    def as_json(self, context: Context) -> object:
        """Return a figure."""
        return context.info.samples


@needs_browser
@pytest.mark.parametrize("width", [1300, 390])
def test_nothing_lies_upon_anything_else(opened: Opened, width: int) -> None:
    """On a full page no block of a section overlaps the next, and no text of a chart is cut off by its frame.

    Nor does a text lie upon another of its chart, also after the window was made narrower.
    """
    page = opened(rich_page())
    page.set_viewport_size({"width": width, "height": 900})
    boxes = [each.bounding_box() for each in page.locator("main > section, main > nav").all()]
    edges = [(box["y"], box["y"] + box["height"]) for box in boxes if box]
    assert len(boxes) == len(edges)
    assert [] == [(above, below) for above, below in pairwise(edges) if below[0] < above[1]]
    for figure in page.locator("figure").all():
        frame, labels = figure.evaluate("each => each.getBoundingClientRect().toJSON()"), boxes_of_texts(figure)
        assert [] == [box for box in labels if box["left"] < frame["left"] or box["right"] > frame["right"]]
        assert [] == [(one, other) for one, other in combinations(labels, 2) if overlap(one, other)]


@needs_browser
@pytest.mark.parametrize("width", [1300, 390])
def test_domains_that_take_equally_long_are_told_apart(opened: Opened, width: int) -> None:
    """Their names stand below each other beside accuracy against time, though their points are one."""
    results = [
        attempt(number, problem=make_problem(id=f"p-{number}", domain=domain), completion=make_completion(seconds=5.0))
        for number, domain in enumerate([*Domain, "a_domain_with_a_name_that_is_longer_than_any_place_for_it"])
    ]
    page = opened(page_of(results))
    page.set_viewport_size({"width": width, "height": 900})
    figure = page.locator('[data-kind="times"]')
    for name in ("Prealgebra", "Number theory", "Precalculus", "A domain with"):
        assert 1 == figure.locator("svg text", has_text=name).count()
    labels = boxes_of_texts(figure)
    assert [] == [(one, other) for one, other in combinations(labels, 2) if overlap(one, other)]


_BOXES = "all => all.filter(each => each.textContent).map(each => each.getBoundingClientRect().toJSON())"


def boxes_of_texts(figure: Locator) -> list[dict[str, float]]:
    """Return where the texts of a chart stand."""
    found: list[dict[str, float]] = figure.locator("svg text").evaluate_all(_BOXES)
    return found


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    """Whether two texts have a place in common; a line's box is some pixels higher than its letters."""
    across = min(one["right"], other["right"]) - max(one["left"], other["left"])
    down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return across > 0 and down > 2


@needs_browser
def test_a_run_of_nothing_says_so(opened: Opened) -> None:
    """Sections, charts and list of no results are no empty frames."""
    page = opened(page_of([]))
    assert ["Pass rates", "Outcomes", "Problems"] == page.locator("nav.contents a").all_text_contents()
    assert "nothing was measured" in page.locator("#pass_rates").inner_text()
    assert 0 == page.locator("figure").count()
    assert "No result is recorded." == page.locator("#count").inner_text()
    assert not page.locator("#filters, #rows").first.is_visible()


@needs_browser
def test_two_runs_on_a_page(opened: Opened) -> None:
    """The paired difference first; problems that one of them lost are found, and both programs are shown."""
    page = opened(page_of_two())
    seen = page.locator("main").inner_text()
    for part in ("-16.7", "sampling.temperature was 0.0, now 1.0", "McNemar p 1.000"):
        assert part in seen
    page.select_option("#outcome", "lost by the second")
    assert ["algebra-00000"] == listed(page)
    page.locator("#rows .open").click()
    page.locator(".detail .side").first.wait_for()
    text = page.locator(".detail").inner_text()
    assert "print(0)" in text
    assert "print('worse')" in text
    assert 1 == page.locator('[data-kind="differences"] svg').count()


def at_equal_cost() -> str:
    """Render seven runs at equal cost, of which several end at the same rate, and two have names that need room."""
    problems = [(f"p{number}", 20 + number, "rwc"[number % 3]) for number in range(60)]
    runs = [[in_one(*each) for each in problems]]
    for run in range(6):
        tries = [15 + 5 * run] * (1 + run)
        runs.append(
            [
                passed_through(name, [tokens, *tries], f"{'c' * len(tries)}{'rw'[tokens % 5 < run % 2]}")
                if outcome == "c"
                else in_one(name, tokens, outcome)
                for name, tokens, outcome in problems
            ]
        )
    strategies = ["single", "resample", *(f"regenerate on {each}, verdict" for each in ("syntax", "names")), *"xyz"]
    found, left_out = at_cost([paths(run) for run in runs], [0, 1])
    shown = Shown(named(strategies), strategies, found, left_out)
    return "".join(render_at_cost(shown, [make_run_info(strategy=each) for each in strategies]))


@needs_browser
def test_runs_at_equal_cost_on_a_page(opened: Opened) -> None:
    """A picture for each measure, and one for each baseline; every run is named beside its curve."""
    page = opened(at_equal_cost())
    assert 3 == page.locator('[data-kind="costs"] svg').count()
    assert 2 * 3 == page.locator('[data-kind="differences"] svg').count()
    texts = page.locator('[data-kind="costs"] svg').first.locator("text").all_text_contents()
    assert {"1st single", "2nd resample", "3rd regenerate:syntax,verdict", "7th z"} <= set(texts)
    assert 0 == page.locator("#rows").count()


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 800, 1300])
def test_labels_of_curves_lie_apart(browser: Browser, tmp_path: Path, width: int, scheme: Any) -> None:
    """On every screen: none lies upon another or is cut off at the edge, and nothing is wider than the screen."""
    path = tmp_path / "page.html"
    path.write_text(at_equal_cost(), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page.goto(path.as_uri())
    drawn(page)
    for figure in page.locator("figure").all():
        frame, labels = figure.evaluate("each => each.getBoundingClientRect().toJSON()"), boxes_of_texts(figure)
        assert [] == [box for box in labels if box["left"] < frame["left"] or box["right"] > frame["right"]]
        assert [] == [(one, other) for one, other in combinations(labels, 2) if overlap(one, other)]
    assert width == page.evaluate("document.documentElement.scrollWidth")


def a_history() -> History:
    """Make twelve runs, of which the last six are much worse."""
    return history(
        past(
            f"run-{day}",
            make_run_info(problem_count=40, started=f"2026-01-{day:02}T03:00:00+00:00", commit=f"{day:040x}"),
            measured([attempt(number, OUTCOMES[number % 10 < (9 if day < 7 else 3)]) for number in range(40)]),
            Status.PASS,
            60.0,
        )
        for day in range(1, 13)
    )


OUTCOMES = (Outcome.WRONG, Outcome.CORRECT)


@needs_browser
def test_runs_over_time_on_a_page(opened: Opened) -> None:
    """A chart for each bucket, with the change; no list of problems."""
    page = opened(render_history(a_history()))
    seen = page.locator("main").inner_text()
    assert "overall -60.0 points" in seen
    assert ["drop"] == page.locator(".badge").all_inner_texts()
    assert 1 + 2 + 5 == page.locator('[data-kind="history"] svg').count()
    assert 0 == page.locator("#rows").count()


@needs_browser
def test_a_history_of_nothing_on_a_page(opened: Opened) -> None:
    """It says how to begin."""
    page = opened(render_history(History()))
    assert "pytest --mathbench-model=NAME" in page.locator("main").inner_text()


PAGES: dict[str, Callable[[], str]] = {
    "run": rich_page,
    "run of nothing": lambda: page_of([]),
    "two runs": page_of_two,
    "history": lambda: "".join(render_history(a_history())),
    "history of nothing": lambda: "".join(render_history(History())),
}
SCREENS: list[tuple[int, Literal["light", "dark"]]] = [(1300, "light"), (800, "dark"), (390, "light"), (390, "dark")]


@needs_browser
@pytest.mark.parametrize("kind", PAGES)
def test_everybody_can_use_the_page(browser: Browser, tmp_path: Path, kind: str) -> None:
    """On any screen axe-core finds nothing serious (contrast, names, ways by keyboard), and nothing is too wide."""
    path = tmp_path / "page.html"
    path.write_text(PAGES[kind](), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    drawn(page)
    if page.locator("#rows .open").count():
        page.locator("#rows .open").first.click()
        page.locator(".detail .side").first.wait_for()
    if page.locator("details.identity").count():
        page.locator("details.identity summary").first.click()
    for width, scheme in SCREENS:
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page).response["violations"]
        assert [] == [(each["id"], each["nodes"]) for each in found if each["impact"] in {"serious", "critical"}]
        assert width == page.evaluate("document.documentElement.scrollWidth")
    page.close()


def test_sections_are_there_where_there_is_something_to_show() -> None:
    """Without gates, judge and the like they have no heading; with nothing measured the page stands as well."""
    plain, full = page_of(RESULTS), rich_page()
    headings = [section.name for section in Report().sections]
    assert headings == [name for name in headings if f'id="{name}-title"' in full]
    assert ["pass_rates", "verdicts", "outcomes", "durations", "not_measured"] == [
        name for name in headings if f'id="{name}-title"' in plain
    ]
    assert "nothing was measured" in page_of(RESULTS[-1:])


def test_the_gates_come_first() -> None:
    """Their verdict is the first headline, and their numbers the first section."""
    full = rich_page()
    assert full.index("<dt>gates</dt>") < full.index("<dt>pass rate</dt>")
    assert full.index('id="gates"') < full.index('id="pass_rates"')
    assert '<dd class="fail">FAIL</dd>' in full


@needs_browser
def test_a_gate_has_its_trend(opened: Opened) -> None:
    """What it came to in earlier runs that had it, and now; other gates have none."""
    old, new = (
        Decision(
            status=status,
            gate="overall >= 60%",
            grounds=(Ground(status=status, subject="overall", sentence="so much", value=value),),
        )
        for status, value in ((Status.FAIL, 0.5), (Status.PASS, 0.7))
    )
    other = replace(new, gate="level1 >= 60%")
    page = opened(render(report(RESULTS), Context(make_run_info(), (new, other), earlier=[[old], [old], []]), RESULTS))
    assert 1 == page.locator(".trend").count()
    assert "earlier runs: FAIL, FAIL; this one: PASS" == page.locator(".trend").get_attribute("aria-label")
    assert 3 == page.locator(".trend circle").count()
    assert 1 == page.locator(".trend polyline").count()


def test_long_listings_fold() -> None:
    """What a live session leaves out is on the page, behind a click."""
    text = page_of([make_fault(f"cause {number}") for number in range(7)])
    assert "<summary>and 2 more</summary>" in text
    assert text.index("and 2 more") < text.index("1 × cause 6")


@needs_browser
def test_what_is_too_much_for_a_page_is_left_out_and_said(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first texts of right attempts and of others are there; of any other it says how to see them."""
    monkeypatch.setattr(page_module, "_MOST_TEXTS", 1)
    wrong = [attempt(number, Outcome.WRONG, grade=make_grade(correct=False)) for number in range(60, 120)]
    page = opened(page_of([*(attempt(number) for number in range(60)), *wrong]))
    assert "those of 20 are left out" in page.locator("#left").inner_text()
    expected = {
        "algebra-00000": "printed 0",
        "algebra-00058": "report --show algebra-00058",
        "algebra-00060": "printed 60",
        "geometry-00119": "report --show geometry-00119",
    }
    for name, told in expected.items():
        page.locator("#search").fill(name)
        page.get_by_role("button", name=name).click()
        page.locator(".detail", has_text=told).wait_for()


def test_a_page_is_written_piece_by_piece() -> None:
    """Texts are there before the last result was read: they are not gathered first."""
    read = 0

    def results() -> Iterator[ItemResult]:
        nonlocal read
        for number in range(200):
            read = number
            yield attempt(number)

    pieces = render(report(RESULTS), Context(make_run_info()), results())
    assert any('id="block' in piece or "block0" in piece for piece in pieces)
    assert read < 199


def test_a_page_of_945_problems_is_small() -> None:
    """Under 3 MB, even if each completion were 1,500 letters by chance, which hardly compress."""
    chance = random.Random(0)  # noqa: S311 - no secret
    results = [
        attempt(number, completion=make_completion(text="".join(chance.choices(string.ascii_letters, k=1500))))
        for number in range(945)
    ]
    assert len(page_of(results).encode()) < 3_000_000


def record(*results: ItemResult, **info: object) -> Path:
    """Record a run here."""
    with RunFolder.create(Path(".mathbench"), make_run_info(**info)) as folder:
        for result in results:
            folder.append(result)
    return folder.path


def test_the_command_writes_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Into the run's folder, or where it is told; against a baseline; a place that cannot be written is refused."""
    monkeypatch.chdir(tmp_path)
    run, other = record(*RESULTS), record(*RESULTS[1:])
    assert 0 == main(["report", str(run), "--html"])
    assert f"{run / PAGE}: 0." in capsys.readouterr().out
    assert "against the baseline" not in (run / PAGE).read_text()
    assert 0 == main(["report", str(run), "--html", "p.html", "--baseline", str(other)])
    assert "against the baseline" in Path("p.html").read_text()
    assert 0 == main(["compare", str(run), str(other), "--html", "c.html"])
    assert "two runs on the same problems" in Path("c.html").read_text()
    assert 0 != main(["report", str(run), "--html", "no/such/p.html"])
    assert 0 != main(["compare", str(run), str(other), str(run), "--html", "c.html"])
    errors = capsys.readouterr().err
    assert "p.html could not be written" in errors
    assert "a page compares two runs" in errors


def test_every_run_leaves_its_page(
    pytester: pytest.Pytester, server: ScriptedServer, problem_file: Callable[..., Path]
) -> None:
    """report.html lies in the run's folder; a baseline without gates is held against it, there and in the terminal."""
    source = problem_file(row("a", answer="42"), row("b", answer="43"))
    given = ["--mathbench-model=m", f"--mathbench-problems={source}", f"--mathbench-base-url={server.url}"]
    pytester.runpytest(*given, "--mathbench-output=one").stdout.fnmatch_lines(
        ["recorded in one/*; its page is report.html"]
    )
    (first,) = Path("one").iterdir()
    assert "against the baseline" not in (first / PAGE).read_text()
    told = pytester.runpytest(*given, "--mathbench-output=two", f"--mathbench-baseline={first}")
    told.stdout.fnmatch_lines(["pass rate * baseline * this run *", "2 pairs, 0 attempts without one*"])
    (second,) = Path("two").iterdir()
    assert "against the baseline" in (second / PAGE).read_text()
