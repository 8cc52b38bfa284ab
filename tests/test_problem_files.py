"""Problem sets are loaded with stable ids and order, selected by cell, and refused with the place of the fault."""

import codecs
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from factories import PROPERTY, make_problem, shared_data
from hypothesis import example, given
from hypothesis import strategies as st

from conftest import row
from pytest_mathbench.answers import AnswerType
from pytest_mathbench.domains import LEVELS, Domain
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.problems import ProblemSet, bundled_folder, last_boxed, load, select
from pytest_mathbench.problems.sources import VERSION
from pytest_mathbench.records import Problem

Write = Callable[..., Path]


def _math_folder(root: Path, **problems: dict[str, Any]) -> Path:
    """Write Hendrycks' MATH as it is distributed; a keyword such as train__algebra__1 names a file."""
    for name, fields in problems.items():
        path = root.joinpath(*name.split("__")).with_suffix(".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        solution = f"It is $\\boxed{{{name[-1]}}}$."
        path.write_text(
            json.dumps({"problem": name, "level": "Level 3", "type": "Algebra", "solution": solution} | fields)
        )
    return root


def _ids(problem_set: ProblemSet) -> list[str]:
    return [problem.id for problem in problem_set.problems]


# Loading


def test_the_bundled_set_is_what_is_loaded_without_a_source() -> None:
    """The bundled set fills every cell of domain and level, sorted by domain."""
    bundled = load("")
    cells = Counter((problem.domain, problem.level) for problem in bundled.problems)
    domains = [problem.domain for problem in bundled.problems]
    assert f"bundled {VERSION}" == bundled.name
    assert {(domain, level) for domain in Domain for level in LEVELS} == set(cells)
    assert sorted(domains, key=lambda domain: list(Domain).index(Domain(domain))) == domains
    assert load(str(bundled_folder())).problems == bundled.problems


def test_an_earlier_bundled_set_is_loaded_by_its_name() -> None:
    """A baseline that was made with the first set can be run against again: it is what it was, to the hash."""
    first = load("bundled:1")
    assert first.name == "bundled 1"
    assert "93786ff9acc0f1634c7a5b2990c3c2206a748a95998f13180d764efea11e96c0" == first.sha256


def test_the_present_bundled_set_has_a_name_too() -> None:
    """Whoever names it gets what comes without a name."""
    assert load(f"bundled:{VERSION}") == load("")


def test_a_bundled_set_that_never_was_is_refused() -> None:
    """The error says which there are."""
    with pytest.raises(ConfigurationError, match=r"^problem set bundled:0: no such version .* bundled:1, bundled:2$"):
        load("bundled:0")


def test_an_earlier_bundled_set_has_no_variants() -> None:
    """Its families have changed since: a fresh draw would be of others."""
    with pytest.raises(ConfigurationError, match=r"^variant 7: variants are drawn from families, and bundled:1 holds"):
        load("bundled:1", (7,))


def test_a_row_is_read_as_it_is_written(problem_file: Write) -> None:
    """A row of the plugin's own format becomes a problem, field by field."""
    path = problem_file({"id": "x", "domain": "geometry", "level": 4, "problem": " What? ", "answer": "\\pi"})
    problem = Problem(
        id="x", domain=Domain.GEOMETRY, level=4, statement=" What? ", answer="\\pi", answer_type=AnswerType.REAL
    )
    loaded = load(str(path))
    assert (problem,) == loaded.problems
    assert {"x": f"{path}, line 1"} == loaded.places
    assert path in loaded.files


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"level": "Level 5"}, make_problem(id="a", level=5)),
        ({"level": "5"}, make_problem(id="a", level=5)),
        ({"domain": None, "subject": "Number Theory"}, make_problem(id="a", domain=Domain.NUMBER_THEORY)),
        (
            {"domain": None, "type": "Counting & Probability"},
            make_problem(id="a", domain=Domain.COUNTING_AND_PROBABILITY),
        ),
        ({"domain": "ALGEBRA "}, make_problem(id="a")),
        ({"answer": 5}, make_problem(id="a", answer="5")),
        ({"answer": 0.5}, make_problem(id="a", answer="0.5")),
        ({"answer": 27.0}, make_problem(id="a", answer="27")),
        ({"answer": 1e300}, make_problem(id="a", answer="1e+300")),
        ({"answer": ["2"]}, make_problem(id="a", answer="2")),
        ({"answer": [7]}, make_problem(id="a", answer="7")),
        ({"answer": None, "final_answer": ["\\pi"]}, make_problem(id="a", answer="\\pi")),
        (
            {"answer": "\\begin{pmatrix} 1 \\\\\n\t2 \\end{pmatrix}"},
            make_problem(id="a", answer="\\begin{pmatrix} 1 \\\\\n\t2 \\end{pmatrix}"),
        ),
        ({"answer": 0}, make_problem(id="a", answer="0")),
        ({"id": 7}, make_problem(id="7")),
        ({"id": None}, make_problem(id="algebra-1-001")),
        ({"id": ""}, make_problem(id="algebra-1-001")),
        ({"id": None, "unique_id": "test/algebra/17.json"}, make_problem(id="algebra-1-017")),
        ({"id": None, "unique_id": "train/algebra/1017.json"}, make_problem(id="algebra-1-train-1017")),
        ({"id": None, "unique_id": "17"}, make_problem(id="algebra-1-017")),
        ({"id": None, "unique_id": "v1.2"}, make_problem(id="algebra-1-v1.2")),
        ({"id": None, "unique_id": "."}, make_problem(id="algebra-1-001")),
        ({"source": "elsewhere"}, make_problem(id="a")),
    ],
)
def test_other_spellings_are_read(problem_file: Write, fields: dict[str, Any], expected: Problem) -> None:
    """The spellings of MATH's copies are understood, ids are made where there are none, other fields are ignored."""
    path = problem_file(row("a", problem="What is $6 \\cdot 7$?") | fields)
    (problem,) = load(str(path)).problems
    assert expected == replace(problem, answer_type=None)


def test_blank_lines_are_no_rows(problem_file: Write) -> None:
    """Blank lines may stand anywhere, and count in the numbers that make ids."""
    path = problem_file("", row("a"), "  ", row(""))
    assert ["a", "algebra-1-004"] == _ids(load(str(path)))


def test_a_line_separator_in_a_string_splits_no_line(problem_file: Write) -> None:
    """JSON strings may hold U+2028, U+0085 and form feeds' like: only a line feed ends a row."""
    statement = "one\u2028two\u2029three\x85four"
    path = problem_file(json.dumps(row("a", problem=statement), ensure_ascii=False), row("b"))
    assert [statement, "Problem b."] == [problem.statement for problem in load(str(path)).problems]


def test_a_windows_file_is_read(tmp_path: Path) -> None:
    """Lines may end as they do on Windows."""
    path = tmp_path / "set.jsonl"
    path.write_bytes(b"".join(json.dumps(row(name)).encode() + b"\r\n" for name in "ab"))
    assert ["a", "b"] == _ids(load(str(path)))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path, encoding: str) -> None:
    """Windows and spreadsheets write one before UTF-8, and UTF-16 behind one."""
    path = tmp_path / "set.jsonl"
    mark = "\ufeff" if encoding[-3:] in ("-le", "-be") else ""
    text = "".join(json.dumps(row(name, problem="½?"), ensure_ascii=False) + "\r\n" for name in "ab")
    path.write_bytes((mark + text).encode(encoding))
    assert ["a", "b"] == _ids(load(str(path)))
    assert "½?" == load(str(path)).problems[0].statement


def test_files_with_byte_order_marks_may_be_put_together(problem_file: Write) -> None:
    """Then there is one before any line."""
    path = problem_file("\ufeff" + json.dumps(row("a")), "\ufeff" + json.dumps(row("b")), "\ufeff")
    assert ["a", "b"] == _ids(load(str(path)))


def test_a_math_folders_file_may_have_a_byte_order_mark(tmp_path: Path) -> None:
    """As any text file."""
    root = _math_folder(tmp_path, test__algebra__1={})
    path = root / "test" / "algebra" / "1.json"
    path.write_bytes(codecs.BOM_UTF8 + path.read_bytes())
    assert ["algebra-3-001"] == _ids(load(str(root)))


def test_problems_without_a_level_are_left_out_of_a_file(problem_file: Write) -> None:
    """They are counted, as from a MATH folder; the ids of the others are those of their own lines."""
    path = problem_file(row("", level="Level ?"), row(""), row("", level="?"), row("", level="Level 2"))
    loaded = load(str(path))
    assert ["algebra-1-002", "algebra-2-004"] == _ids(loaded)
    assert 2 == loaded.left_out


def test_problems_without_a_level_are_left_out_of_a_folder(problem_file: Write, tmp_path: Path) -> None:
    """Those of all its files are counted, under whatever name the levels have."""
    problem_file(row("a") | {"level": None, "Level": "Level ?"}, row("b") | {"level": None, "Level": 3}, name="1.jsonl")
    problem_file(row("c", level="Level ?"), row("d"), name="2.jsonl")
    loaded = load(str(tmp_path))
    assert ["b", "d"] == _ids(loaded)
    assert 2 == loaded.left_out


def test_a_level_that_is_not_looked_at_leaves_nothing_out(problem_file: Write) -> None:
    """Whoever wants no levels gets all problems."""
    loaded = load(str(problem_file(row("a", level="Level ?"), row("b"))), columns={"level": ""})
    assert ["a", "b"] == _ids(loaded)


@pytest.mark.parametrize(
    "text", ["one\nuses two lines", "a\ttab", "a\x0cpage", "\nu = 5", "\nequal", "C:\\temp", "\ran"]
)
def test_a_statement_may_have_lines_and_tabs(problem_file: Write, text: str) -> None:
    """Only what is surely a command that lost its backslash is refused in it."""
    assert text == load(str(problem_file(row("a", problem=text)))).problems[0].statement


def test_a_folder_of_files_is_one_set(problem_file: Write, tmp_path: Path) -> None:
    """The files of a folder are read by name, and their problems sorted by domain; a row's own place stays."""
    problem_file(row("p", domain="precalculus"), row("a2"), name="2.jsonl")
    problem_file(row("a3"), row("pre", domain="prealgebra"), name="3.jsonl")
    problem_file("no problems", name="README.md")
    assert ["pre", "a2", "a3", "p"] == _ids(load(str(tmp_path)))


def test_the_home_folder_is_found(problem_file: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A leading ~ is the user's home, also where no shell has replaced it."""
    problem_file(row("a"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert ["a"] == _ids(load("~/set.jsonl"))


def test_math500_is_read() -> None:
    """MATH-500 loads as it is distributed, with ids that name domain, level and number."""
    problem_set = load(str(shared_data("math500.jsonl")))
    ids = _ids(problem_set)
    first = problem_set.problems[0]
    assert len(ids) == 500
    assert len(set(ids)) == 500
    assert ids[0] == "precalculus-2-807"
    assert Domain.PRECALCULUS == first.domain
    assert first.level == 2
    assert first.answer == "\\left( 3, \\frac{\\pi}{2} \\right)"


def test_math500s_answers_are_its_solutions_boxes() -> None:
    """The rule that reads MATH's solutions finds the answers that MATH-500 gives."""
    rows = [json.loads(line) for line in shared_data("math500.jsonl").read_text(encoding="utf-8").splitlines()]
    found = [(last_boxed(fields["solution"]) or "").replace(" ", "") for fields in rows]
    given_ = [fields["answer"].replace(" ", "") for fields in rows]
    assert [] == [pair for pair in zip(given_, found, strict=True) if pair[0] != pair[1]]


def test_a_math_folder_is_read(tmp_path: Path) -> None:
    """Numbers order a subject's files, the split is named where it is not the test split, answers are the boxes."""
    root = _math_folder(
        tmp_path,
        train__algebra__2={},
        test__algebra__10={},
        test__algebra__9={},
        test__geometry__1={"type": "Geometry", "level": "Level 5"},
        test__prealgebra__7={"type": "Prealgebra"},
    )
    loaded = load(str(root))
    assert [
        "prealgebra-3-007",
        "algebra-3-009",
        "algebra-3-010",
        "algebra-3-train-002",
        "geometry-5-001",
    ] == _ids(loaded)
    assert ["7", "9", "0", "2", "1"] == [problem.answer for problem in loaded.problems]
    assert loaded.left_out == 0


def test_one_split_of_a_math_folder_is_read(tmp_path: Path) -> None:
    """Without splits above them, subjects give the ids of the test split."""
    root = _math_folder(tmp_path, train__algebra__2={})
    assert ["algebra-3-002"] == _ids(load(str(root / "train")))


def test_problems_without_a_level_are_left_out_of_a_math_folder(tmp_path: Path) -> None:
    """MATH gives three problems "Level ?": they are counted, not refused, and stay counted in a selection."""
    root = _math_folder(tmp_path, train__algebra__1={"level": "Level ?"}, train__algebra__2={})
    loaded = load(str(root))
    selected = select(loaded)
    assert ["algebra-3-train-002"] == _ids(loaded)
    assert loaded.left_out == 1
    assert selected.left_out == 1


# Refusing


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON: "),
        ("[" * 100_000, "not JSON: "),
        ("9" * 5000, "not JSON: "),
        ("[1]", "expected a JSON object, found list"),
        ("null", "expected a JSON object, found NoneType"),
        (row("b") | {"problem": None}, "lacks the field 'problem' (it is empty)"),
        (row("b") | {"answer": " "}, "lacks the field 'answer' (it is empty)"),
        (row("b") | {"answer": ["5", "6"]}, "the field 'answer' is a list of 2 answers; one is graded"),
        (row("b") | {"answer": []}, "the field 'answer' is a list of 0 answers; one is graded"),
        (row("b") | {"answer": [["5"]]}, "lacks the field 'answer'"),
        (row("b") | {"answer": [" "]}, "lacks the field 'answer'"),
        (row("b") | {"answer": float("nan")}, "lacks the field 'answer'"),
        (row("b") | {"answer": float("inf")}, "lacks the field 'answer'"),
        (row("b") | {"answer": "7" * 5001}, "an answer of 5001 characters; at most 5000 are graded"),
        (row("b") | {"answer": "\frac{1}{2}"}, r"the field 'answer' holds '\x0crac': JSON takes a single backslash"),
        (row("b") | {"answer": "3\text{ cm}"}, r"holds '\text'"),
        (row("b") | {"answer": "2\beta"}, r"holds '\x08eta'"),
        (row("b") | {"answer": "\binom52"}, r"holds '\x08inom'"),
        (row("b") | {"answer": "(1, 2\right)"}, r"holds '\right'"),
        (row("b") | {"answer": "x \neq 2"}, r"holds '\neq'"),
        (row("b") | {"answer": "2 \times 3"}, r"holds '\times'"),
        (row("b") | {"answer": "\vec v"}, r"the field 'answer' holds the control character '\x0b'"),
        (row("b") | {"answer": "4\x00"}, r"the field 'answer' holds the control character '\x00'"),
        (row("b") | {"answer": "4\x1b[31m"}, r"the field 'answer' holds the control character '\x1b'"),
        (row("b") | {"problem": "Find \frac12."}, r"the field 'problem' holds '\x0crac'"),
        (row("b") | {"problem": "Let \theta = 1."}, r"the field 'problem' holds '\theta'"),
        (row("b") | {"id": "x" * 201}, "an id has at most 200 printable characters"),
        (row("b") | {"id": "\x1b[31m"}, "an id has at most 200 printable characters"),
        (row("b") | {"id": None, "unique_id": "test/\u202ea"}, "an id has at most 200 printable characters"),
        (row("b") | {"id": ["b"]}, "the id must be a number or text; found ['b']"),
        (row("b") | {"answer": True}, "lacks the field 'answer'"),
        (row("b") | {"domain": ""}, "lacks the field 'domain'"),
        (row("b") | {"domain": "topology"}, "unknown domain 'topology'; the domains are prealgebra, algebra"),
        (row("b") | {"domain": ["algebra"]}, "unknown domain ['algebra']"),
        (row("b") | {"level": 6}, "'level' must be 1 to 5"),
        (row("b") | {"level": 2.5}, "found 2.5"),
        (row("b") | {"level": True}, "found True"),
        (row("b") | {"level": "²"}, "found '²'"),
        *[
            ({name: value for name, value in row("b").items() if name != missing}, reason)
            for missing, reason in (
                ("problem", "lacks the field 'problem'"),
                ("answer", "lacks the field 'answer'"),
                ("domain", "lacks the field 'domain'"),
                ("level", "'level' must be 1 to 5, as in 3 or \"Level 3\"; found None"),
            )
        ],
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_a_bad_row_is_refused_with_its_place(problem_file: Write, line: Any, reason: str) -> None:
    """An error names file and line, and what is wrong there."""
    path = problem_file(row("a"), line)
    with pytest.raises(ConfigurationError, match=f"^{re.escape(f'{path}, line 2: ')}.*{re.escape(reason)}"):
        load(str(path))


@pytest.mark.parametrize("content", [b"", b"\n  \n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """A file without a row is named."""
    path = tmp_path / "set.jsonl"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=f"^{re.escape(str(path))}: the file is empty$"):
        load(str(path))


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    """A file in another encoding is named."""
    path = tmp_path / "set.jsonl"
    path.write_bytes(b'{"problem": "\xff"}\n')
    with pytest.raises(ConfigurationError, match=f"^{re.escape(str(path))}: .*utf-8"):
        load(str(path))


@pytest.mark.parametrize("source", ["missing.jsonl", "missing/", "~nosuchuser/set.jsonl", "x" * 5000])
def test_a_missing_source_is_refused(tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that leads nowhere is named, whatever the reason."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match=f"^problem set {re.escape(source.rstrip('/'))}: "):
        load(source)


def test_a_repeated_id_is_refused_with_both_places(problem_file: Write, tmp_path: Path) -> None:
    """Two rows of one id are both named, be they in one file or in two."""
    first = problem_file(row("b"), row("a"), name="1.jsonl")
    second = problem_file(row("c"), row("d"), row("a"), name="2.jsonl")
    message = f"{second}, line 3: repeats the id 'a' of {first}, line 2"
    with pytest.raises(ConfigurationError, match=f"^{re.escape(message)}$"):
        load(str(tmp_path))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"solution": "It is 5."}, "the solution has no \\boxed{} answer"),
        ({"solution": "It is $\\boxed{}$."}, "the solution has no \\boxed{} answer"),
        ({"solution": "It is $\\boxed{5$."}, "the solution has no \\boxed{} answer"),
        ({"solution": ""}, "the field 'solution' is empty"),
        ({"problem": ""}, "lacks the field 'problem' (it is empty)"),
        ({"type": "Topology"}, "unknown domain 'Topology'"),
        ({"level": "Level 6"}, "found 'Level 6'"),
    ],
)
def test_a_bad_file_of_a_math_folder_is_refused(tmp_path: Path, fields: dict[str, Any], reason: str) -> None:
    """An error in a MATH folder names the file."""
    root = _math_folder(tmp_path, test__algebra__1={}, test__algebra__2=fields)
    place = root / "test" / "algebra" / "2.json"
    with pytest.raises(ConfigurationError, match=f"^{re.escape(f'{place}: ')}.*{re.escape(reason)}"):
        load(str(root))


def test_a_folder_without_problems_is_refused(tmp_path: Path) -> None:
    """A folder that holds neither kind of file is named."""
    (tmp_path / "problems.txt").write_text("none")
    with pytest.raises(ConfigurationError, match=f"^problem set {re.escape(str(tmp_path))}: it holds neither"):
        load(str(tmp_path))


@PROPERTY
@given(st.dictionaries(st.sampled_from(("id", "unique_id", "level", "domain", "answer")), st.integers() | st.text()))
@example({"id": None, "unique_id": ".."})
@example({"id": None, "unique_id": "/"})
@example({"id": None, "unique_id": ".json"})
def test_any_row_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, fields: dict[str, Any]) -> None:
    """Whatever stands in a row, it becomes one problem with an id, or a `ConfigurationError` with the line."""
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_text(json.dumps(row("a") | fields))
    try:
        (problem,), refusal = load(str(path)).problems, ""
    except ConfigurationError as error:
        problem, refusal = make_problem(), str(error)
    assert problem.id
    assert refusal.startswith(f"{path}, line 1: " if refusal else "")


# Selecting

GRID = ProblemSet(
    "grid",
    tuple(
        make_problem(id=f"{domain}-{level}-{number}", domain=domain, level=level)
        for number in range(5)
        for domain in Domain
        for level in LEVELS
    ),
    left_out=3,
)
SOME_DOMAINS = st.lists(st.sampled_from(Domain), min_size=1, unique=True)
SOME_LEVELS = st.lists(st.sampled_from(LEVELS), min_size=1, unique=True)
SEEDS = st.integers(min_value=0)


@PROPERTY
@given(SOME_DOMAINS, SOME_LEVELS, st.none() | st.integers(1, 5), SEEDS)
def test_a_selection_is_in_the_order_of_the_set(
    domains: list[Domain], levels: list[int], per_cell: int | None, seed: int
) -> None:
    """Selecting leaves out, it never reorders; name and count of the left-out stay."""
    selected = select(GRID, domains=domains, levels=levels, per_cell=per_cell, seed=seed)
    chosen = set(selected.problems)
    assert [problem for problem in GRID.problems if problem in chosen] == list(selected.problems)
    assert GRID.name == selected.name
    assert GRID.left_out == selected.left_out


@PROPERTY
@given(SOME_DOMAINS, SOME_LEVELS)
def test_a_selection_has_all_of_its_domains_and_levels(domains: list[Domain], levels: list[int]) -> None:
    """Without a draw, every problem of the cells is selected and no other."""
    selected = select(GRID, domains=domains, levels=levels).problems
    assert [p for p in GRID.problems if p.domain in domains and p.level in levels] == list(selected)


@PROPERTY
@given(SOME_DOMAINS, SOME_LEVELS, st.integers(1, 5), SEEDS)
def test_a_draw_takes_the_same_number_from_each_cell(
    domains: list[Domain], levels: list[int], per_cell: int, seed: int
) -> None:
    """`per_cell` draws exactly so many from each chosen domain and level."""
    selected = select(GRID, domains=domains, levels=levels, per_cell=per_cell, seed=seed).problems
    cells = Counter((problem.domain, problem.level) for problem in selected)
    assert {(domain, level): per_cell for domain in domains for level in levels} == cells


@PROPERTY
@given(st.integers(1, 4), SEEDS, SOME_DOMAINS)
def test_a_smaller_draw_is_part_of_a_larger(per_cell: int, seed: int, domains: list[Domain]) -> None:
    """With one seed, drawing more per cell, or from more domains, keeps what was drawn."""
    smaller = select(GRID, domains=domains, levels=LEVELS, per_cell=per_cell, seed=seed).problems
    larger = select(GRID, per_cell=per_cell + 1, seed=seed).problems
    assert set() == set(smaller) - set(larger)


def test_a_draw_depends_on_the_seed_and_the_ids_only() -> None:
    """The same seed draws the same ids, from a shuffled set too; another seed draws others."""
    backwards = ProblemSet("backwards", GRID.problems[::-1])
    first, again, other = (
        {problem.id for problem in select(grid, per_cell=2, seed=seed).problems}
        for grid, seed in ((GRID, 0), (backwards, 0), (GRID, 1))
    )
    assert first == again != other


def test_a_draw_is_spread_over_families_and_pairs_variants() -> None:
    """No family comes twice before each has come once, and a variant's draw is the bundled set's counterpart."""
    grid = tuple(
        make_problem(id=f"algebra-1-{family}-{mark}{number}", family=family, variant=variant)
        for variant, mark in ((0, ""), (7, "v7-"))
        for family in "abc"
        for number in range(9)
    )
    bundled, fresh = (
        [p for p in select(ProblemSet("both", grid), per_cell=4).problems if p.variant == variant] for variant in (0, 7)
    )
    assert {"a", "b", "c"} == {problem.family for problem in bundled}
    assert len(bundled) == 4
    assert [problem.id for problem in bundled] == [problem.id.replace("v7-", "") for problem in fresh]


def test_the_draw_is_what_it_was() -> None:
    """A seed draws the same problems in every version: published results name it."""
    drawn = select(GRID, domains=[Domain.ALGEBRA], levels=(1, 2), per_cell=2, seed=0)
    assert ["algebra-1-1", "algebra-2-2", "algebra-1-3", "algebra-2-3"] == _ids(drawn)


@pytest.mark.parametrize(("limit", "count"), [(None, 175), (1, 1), (174, 174), (175, 175), (1000, 175)])
def test_a_limit_keeps_the_first(limit: int | None, count: int) -> None:
    """`limit` cuts the selection after so many problems."""
    selected = select(GRID, limit=limit)
    assert GRID.problems[:count] == selected.problems


def test_a_cell_with_too_few_is_named() -> None:
    """A draw that a cell cannot fill is refused: nothing is silently drawn smaller."""
    few = ProblemSet("few", GRID.problems[:36])  # two of prealgebra level 1, one of each other cell
    with pytest.raises(ConfigurationError, match=r"^2 problems per cell: prealgebra level 2 has only 1; ask for fewer"):
        select(few, per_cell=2)


def test_an_empty_selection_is_refused() -> None:
    """A selection of nothing names the set."""
    only_geometry = ProblemSet("shapes", (make_problem(domain=Domain.GEOMETRY),))
    with pytest.raises(ConfigurationError, match=r"^problem set shapes: no problem has the chosen domain and level$"):
        select(only_geometry, levels=[5])


def test_the_hash_tells_sets_apart() -> None:
    """Every field of every problem, and their order, is in the set's hash; its name is not."""
    one, two = make_problem(id="1"), make_problem(id="2")
    sets = [(), (one,), (one, two), (two, one), (one, make_problem(id="2", answer="43"))]
    hashes = [ProblemSet("x", problems).sha256 for problems in sets]
    assert len(sets) == len(set(hashes))
    assert hashes[1] == ProblemSet("y", (one,)).sha256


# Boxed answers


@pytest.mark.parametrize(
    ("solution", "answer"),
    [
        ("so $x = \\boxed{5}$.", "5"),
        ("$\\boxed{1}$, no, $\\boxed{ \\frac{1}{2} }$", "\\frac{1}{2}"),
        ("$\\fbox{7}$", "7"),
        ("$\\boxed 9$ and more", "9"),
        ("$\\boxed {3}$", "3"),
        ("$\\boxed{\\{1, 2\\}}$", "\\{1, 2\\}"),
        ("$\\boxed{\\left\\{ 1 \\right.}$", "\\left\\{ 1 \\right."),
        ("$\\boxed{\\begin{pmatrix} 1 \\\\{2} \\end{pmatrix}}$", "\\begin{pmatrix} 1 \\\\{2} \\end{pmatrix}"),
        ("$\\boxed{\\text{(A)}\n}$", "\\text{(A)}"),
        ("$\\boxed{}$", None),
        ("$\\boxed{5$", None),
        ("$\\boxed$", None),
        ("It is 5.", None),
        ("", None),
    ],
)
def test_the_last_box_is_the_answer(solution: str, answer: str | None) -> None:
    """What the last box holds is the answer, with its own braces, escaped ones and line breaks."""
    assert answer == last_boxed(solution)


BALANCED = st.recursive(
    st.text(alphabet="a1+ ,^_", max_size=4) | st.sampled_from(["\\{", "\\}", "\\\\", "\\frac", "\n"]),
    lambda inner: st.lists(inner, max_size=4).map("".join) | inner.map("{{{}}}".format),
)


@PROPERTY
@given(st.text(alphabet="ab {}$\\"), BALANCED, st.text(alphabet="ab {}$\\."))
def test_a_box_is_found_with_balanced_braces(before: str, content: str, after: str) -> None:
    """Whatever stands around it, a box gives exactly its content."""
    expected = content.strip() or None
    assert expected == last_boxed(f"{before}\\boxed{{{content}}}{after}")
