"""A model that thinks may think as long as its context lasts, where the run serves it and nothing else was said."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_mathbench.serving.context import tokens_left
from pytest_mathbench.settings import Settings

THINKS = "{% if enable_thinking is false %}<think></think>{% endif %}"
PROMPT = 1000
LEFT = 32_768 - 500 - 256


@pytest.fixture
def model(tmp_path: Path) -> Callable[..., Path]:
    """Lay out what of a model is looked at."""

    def make(template: Any = THINKS, *, as_file: bool = False, **config: Any) -> Path:
        folder = tmp_path / "model"
        folder.mkdir(exist_ok=True)
        (folder / "config.json").write_text(json.dumps(config or {"max_position_embeddings": 32_768}))
        (folder / "tokenizer_config.json").write_text(json.dumps({} if as_file else {"chat_template": template}))
        if as_file:
            (folder / "chat_template.jinja").write_text(template)
        return folder

    return make


@pytest.fixture(autouse=True)
def _on_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the build of vLLM be one for GPUs, whatever is installed here."""
    monkeypatch.setattr("pytest_mathbench.serving.vllm.runs_on_cpu", lambda _: False)


def left(model: Path | str, **settings: Any) -> int | None:
    """Ask what is left beside a prompt of 1,000 bytes."""
    return tokens_left(Settings(model=str(model), **settings), PROMPT)


@pytest.mark.parametrize("as_file", [False, True])
def test_a_model_that_thinks_has_what_its_context_leaves(model: Callable[..., Path], *, as_file: bool) -> None:
    """Its chat template tells that it does, in whichever file that is."""
    assert LEFT == left(model(as_file=as_file))


@pytest.mark.parametrize("template", ["{{ messages }}", None, "", 3])
def test_a_model_that_does_not_think_has_the_default(model: Callable[..., Path], template: Any) -> None:
    """Nothing in its template speaks of thoughts."""
    assert None is left(model(template))


def test_several_templates_are_looked_through(model: Callable[..., Path]) -> None:
    """As some models have them."""
    assert LEFT == left(model([{"name": "default", "template": THINKS}]))


@pytest.mark.parametrize(
    ("arguments", "context"),
    [
        (("--max-model-len", "8192"), 8192),
        (("--max-model-len=8k",), 8000),
        (("--max_model_len", "8K"), 8192),
    ],
)
def test_the_servers_own_context_counts(model: Callable[..., Path], arguments: tuple[str, ...], context: int) -> None:
    """What the user gives the server is less than what the model was made for."""
    assert context - 756 == left(model(), vllm_args=arguments)


@pytest.mark.parametrize("arguments", [("--context-length", "8192"), ("--context-length=8192",)])
def test_the_same_for_sglang(model: Callable[..., Path], arguments: tuple[str, ...]) -> None:
    """By the name that its option has."""
    assert 8192 - 756 == left(model(), engine="sglang", sglang_args=arguments)


def test_a_reasoning_parser_says_that_the_model_thinks(model: Callable[..., Path]) -> None:
    """Whatever its template says."""
    assert LEFT == left(model(""), vllm_args=("--reasoning-parser", "deepseek_r1"))


def test_the_smallest_of_a_models_lengths_counts(model: Callable[..., Path]) -> None:
    """Of a model that sees as well, those of its language part."""
    assert 4096 - 756 == left(model(text_config={"max_position_embeddings": 4096}))
    assert None is left(model(model_type="x"))


@pytest.mark.parametrize(
    "settings",
    [
        {"base_url": ("http://x/v1",)},
        {"replay": "latest"},
        {"request": '{"chat_template_kwargs": {"enable_thinking": false}}'},
        {"vllm_args": ("--max-model-len", "500")},
    ],
)
def test_where_it_is_not_ours_to_say_the_default_stays(model: Callable[..., Path], settings: dict[str, Any]) -> None:
    """A running endpoint, a recorded run, thinking that is switched off, a context that is too short."""
    assert None is left(model(), **settings)


def test_a_model_of_the_hub_is_looked_at_in_the_cache(
    model: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it was fetched, nothing is known of it."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    assert None is left("org/model")
    snapshots = tmp_path / "hub" / "models--org--model" / "snapshots"
    snapshots.mkdir(parents=True)
    model().rename(snapshots / "0123")
    assert LEFT == left("org/model")
