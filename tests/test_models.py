"""A model's name becomes what vLLM is given."""

import re
from pathlib import Path

import pytest

from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.serving.models import ALIASES, DEMO_MODEL, resolve


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder to work in, which is the home too; it holds a model and a folder that is none."""
    (tmp_path / "tuned").mkdir()
    (tmp_path / "tuned" / "config.json").write_text("{}")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("alias", ALIASES)
def test_an_alias_stands_for_a_hub_id(alias: str) -> None:
    """Every alias gives one owner/name, in the hub's letters."""
    assert re.fullmatch(r"[\w.-]+/[\w.-]+", resolve(alias))


def test_the_papers_default_is_known() -> None:
    """The alias that the README uses means the model that it names."""
    assert "mistralai/Mistral-7B-Instruct-v0.3" == resolve("mistral")


@pytest.mark.parametrize("name", ["org/model", "model", "org/model-7B_v0.1", DEMO_MODEL, "Mistral"])
def test_other_names_reach_vllm_unchanged(folder: Path, name: str) -> None:
    """What is neither alias nor folder is a hub id: vLLM knows better."""
    assert name == resolve(name)


@pytest.mark.parametrize("name", ["tuned", "./tuned", "tuned/", "empty/../tuned", "~/tuned"])
def test_a_model_folder_is_given_whole(folder: Path, name: str) -> None:
    """A local folder reaches vLLM as an absolute path, however it was written."""
    assert str((folder / "tuned").resolve()) == resolve(name)


def test_an_alias_wins_over_a_folder_of_its_name(folder: Path) -> None:
    """An alias means the same everywhere; ./mistral names the folder."""
    (folder / "tuned").rename(folder / "mistral")
    assert [ALIASES["mistral"], str((folder / "mistral").resolve())] == [resolve("mistral"), resolve("./mistral")]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("empty", "empty: no config.json in it"),
        ("./empty", "empty: no config.json in it"),
        ("", ".: no config.json in it"),
        ("./missing", "missing: no such folder"),
        ("../missing", "../missing: no such folder"),
        ("/missing/model", "/missing/model: no such folder"),
        ("~/missing", "missing: no such folder"),
        ("./tuned/config.json", "tuned/config.json: no such folder"),
        ("~nosuchuser/model", "~nosuchuser/model: Could not determine home directory"),
        ("x" * 5000, "File name too long"),
    ],
    ids=lambda value: value[:20],
)
def test_a_path_to_no_model_is_refused(folder: Path, name: str, reason: str) -> None:
    """A path that holds no model is named now, not by vLLM minutes later."""
    with pytest.raises(ConfigurationError, match=f"^model folder .*{re.escape(reason)}"):
        resolve(name)
