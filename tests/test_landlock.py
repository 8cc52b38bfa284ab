"""Landlock's rules: what may be read, save what is hidden."""

import os
from pathlib import Path

import pytest

from pytest_mathbench.sandbox import landlock
from pytest_mathbench.sandbox.layers import probe

needs_landlock = pytest.mark.skipif(not probe().landlock, reason="no Landlock here")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A library with an answer in it, and a link that leads out."""
    for name in ("library/module.py", "library/data/table.txt", "library/data/answers.jsonl", "outside/secret.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "library/link").symlink_to(tmp_path / "outside")
    return tmp_path


def readable(tree: Path, hidden: list[Path]) -> set[str]:
    """Return the files that a confined process reads of the tree."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        landlock.Ruleset([tree / "library"], hidden).enter()
        found = []
        for name in ("module.py", "data/table.txt", "data/answers.jsonl", "link/secret.txt", "../outside/secret.txt"):
            try:
                found.append((tree / "library" / name).read_text())
            except PermissionError:
                continue
        os.write(writing, "\n".join(found).encode())
        os._exit(0)
    os.close(writing)
    with open(reading) as pipe:  # noqa: PTH123 - a descriptor
        lines = pipe.read().split()
    os.wait()
    return set(lines)


@needs_landlock
def test_a_tree_is_read_and_nothing_beside_it(tree: Path) -> None:
    """Links and dots lead nowhere else."""
    assert {"library/module.py", "library/data/table.txt", "library/data/answers.jsonl"} == readable(tree, [])


@needs_landlock
def test_what_is_hidden_is_not_read(tree: Path) -> None:
    """A file in a readable tree may be hidden, and its neighbours stay readable."""
    hidden = [tree / "library/data/answers.jsonl"]
    assert {"library/module.py", "library/data/table.txt"} == readable(tree, hidden)


@needs_landlock
def test_a_hidden_folder_hides_all_in_it(tree: Path) -> None:
    """A folder is hidden as a whole, whatever path names it."""
    assert {"library/module.py"} == readable(tree, [tree / "library/../library/data"])


@needs_landlock
def test_an_interpreter_may_live_beside_the_problems(tree: Path) -> None:
    """To hide a folder that holds a readable tree hides what is beside the tree."""
    assert readable(tree, []) == readable(tree, [tree])


@needs_landlock
def test_what_was_taken_away_meanwhile_is_no_fault(tree: Path) -> None:
    """A package that is uninstalled beside a start needs no rule."""
    made = landlock.Ruleset([tree / "gone", tree], [])
    os.close(made._descriptor)


def test_rules_split_no_more_than_they_must(tree: Path) -> None:
    """Only the folders on the way to what is hidden are taken apart."""
    library = tree / "library"
    assert [library] == list(landlock._parts(library, set()))
    parts = list(landlock._parts(library, {library / "data" / "answers.jsonl"}))
    assert [library / "data" / "table.txt", library / "module.py"] == parts
