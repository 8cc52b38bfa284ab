"""Data sets as others keep them: parquet files, a hub's folders, files without levels or domains, mapped columns."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import row
from pytest_mathbench.domains import NO_LEVEL, Domain
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.problems import load

Write = Callable[..., Path]

GSM8K = [
    {"question": "Ann has 2 boxes of 540 pens. How many pens?", "answer": "2 * 540 = <<2*540=1080>>1080\n#### 1,080"},
    {"question": "Bo has 3 pens and loses 5. How many?", "answer": "#### -2"},
]
AIME = [{"ID": "2031-I-1", "Problem": "Find $n$.", "Solution": "long", "Answer": 73}]
MATH = [
    {"problem": "Find $x$.", "level": "Level 4", "type": "Algebra", "solution": r"So $\boxed{\frac12}$."},
    {"problem": "Find $y$.", "level": "Level ?", "type": "Algebra", "solution": r"So $\boxed{2}$."},
]


def parquet(path: Path, rows: list[dict[str, Any]]) -> Path:
    """Write a parquet file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def test_a_file_without_domains_and_levels_is_one_bucket(problem_file: Write) -> None:
    """GSM8K's rows are read as they come: one domain with the file's name, no level, the answer after the marks."""
    found = load(str(problem_file(*GSM8K, name="gsm8k.jsonl"))).problems
    assert [("gsm8k-001", "1080"), ("gsm8k-002", "-2")] == [(problem.id, problem.answer) for problem in found]
    assert {("gsm8k", NO_LEVEL)} == {(problem.domain, problem.level) for problem in found}


def test_known_columns_are_found_in_any_case(problem_file: Write) -> None:
    """AIME's columns are capitalised, its ids its own, its answers numbers."""
    (problem,) = load(str(problem_file(*AIME, name="aime.jsonl"))).problems
    assert problem.id == "2031-I-1"
    assert problem.domain == "aime"
    assert problem.statement == "Find $n$."
    assert problem.answer == "73"


def test_columns_are_mapped(problem_file: Write) -> None:
    """A named column is taken, with domains of its own; one mapped to nothing is not looked at."""
    path = problem_file({"text": "Find $n$.", "final": "5", "category": "Group Theory", "level": "hard", "id": 3})
    columns = {"problem": "text", "answer": "final", "domain": "category", "level": "", "id": ""}
    (problem,) = load(str(path), columns=columns).problems
    assert problem.id == "group_theory-001"
    assert problem.domain == "group_theory"
    assert NO_LEVEL == problem.level


def test_a_mapped_column_that_is_not_there_is_named(problem_file: Write) -> None:
    """The error says what columns there are."""
    path = problem_file(row("a"))
    message = f"{path}: no column 'text' for problem; the columns are id, domain, level, problem, answer"
    with pytest.raises(ConfigurationError, match=f"^{re.escape(message)}$"):
        load(str(path), columns={"problem": "text"})


def test_a_file_without_answers_is_refused(problem_file: Write) -> None:
    """A data set that cannot be graded is no problem set."""
    path = problem_file({"question": "Find $n$."})
    with pytest.raises(ConfigurationError, match=f"^{re.escape(str(path))}, line 1: lacks the field 'answer'"):
        load(str(path))


def test_a_parquet_file_is_read(tmp_path: Path) -> None:
    """MATH as a hub keeps it: answers from the solutions' boxes, rows without a level counted and left out."""
    found = load(str(parquet(tmp_path / "math.parquet", MATH)))
    assert (r"\frac12",) == tuple(problem.answer for problem in found.problems)
    assert found.left_out == 1
    assert Domain.ALGEBRA == found.problems[0].domain
    assert found.problems[0].level == 4


def test_a_folder_of_parquet_files_is_one_set(tmp_path: Path) -> None:
    """Shards are read by name; equal ids of two are told apart by no rule, and refused."""
    parquet(tmp_path / "data" / "test-0.parquet", [row("a")])
    parquet(tmp_path / "data" / "test-1.parquet", [row("b")])
    assert ["a", "b"] == [problem.id for problem in load(str(tmp_path)).problems]
    again = parquet(tmp_path / "data" / "test-2.parquet", [row("a")])
    with pytest.raises(ConfigurationError, match=f"^{re.escape(str(again))}, row 1: repeats the id 'a'"):
        load(str(tmp_path))


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    """The file is named, and what the library says of it."""
    path = tmp_path / "set.parquet"
    path.write_bytes(b"PAR1 and nothing more")
    with pytest.raises(ConfigurationError, match=f"^{re.escape(str(path))}: not a parquet file that can be read: "):
        load(str(path))


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data set in a folder, as the library reads it from the hub's cache: two splits."""
    import datasets.config  # slow, and for these tests only

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    folder = tmp_path / "gsm8k"
    parquet(folder / "test-00000-of-00001.parquet", GSM8K)
    parquet(folder / "train-00000-of-00001.parquet", GSM8K[:1])
    return folder


def test_a_hubs_data_set_is_read(hub: Path) -> None:
    """By the datasets library itself: the test split unless another is named."""
    assert ["1080", "-2"] == [problem.answer for problem in load(f"hub:{hub}").problems]
    assert ["1080"] == [problem.answer for problem in load(f"hub:{hub}:train").problems]


def test_a_split_that_is_not_there_is_named(hub: Path) -> None:
    """The error says what splits there are."""
    with pytest.raises(ConfigurationError, match=r"no split 'validation'; it has "):
        load(f"hub:{hub}:validation")


def test_a_hub_that_cannot_be_reached_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline, the data set is named and the run ends before it begins."""
    import datasets.config  # slow, and for these tests only
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    with pytest.raises(ConfigurationError, match=r"^problem set hub:openai/gsm8k:main: \w+: "):
        load("hub:openai/gsm8k:main")


def test_variants_of_plain_problems_are_refused(problem_file: Write) -> None:
    """A file of problems has no families to draw from."""
    path = problem_file(row("a"))
    with pytest.raises(
        ConfigurationError, match=r"^variant 7: variants are drawn from families, and .* holds problems"
    ):
        load(str(path), (7,))
