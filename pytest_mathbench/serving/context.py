"""How many tokens a model's context leaves for an answer, as far as its files and the server's arguments tell."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pytest_mathbench.serving.engines import arguments_of, engine_of
from pytest_mathbench.serving.models import resolve
from pytest_mathbench.serving.weights import folder_of
from pytest_mathbench.settings import Settings

_THINKS = re.compile(r"<think|</think|enable_thinking|\[THINK\]|<seed:think|reasoning_effort|reasoning_content")
"""In a chat template: the model thinks before it answers, unless it is told not to."""

_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*([kKmM]?)")
_UNITS = {"": 1, "k": 1000, "K": 1024, "m": 10**6, "M": 1 << 20}
_BYTES_PER_TOKEN = 2
"""Of prompts, at least: mathematics in LaTeX has about three."""

_TEMPLATE_TOKENS = 256
"""What a chat template adds, at most."""


def tokens_left(settings: Settings, longest_prompt: int) -> int | None:
    """Return how many tokens the context leaves beside the longest prompt (in bytes), if the run's own model thinks.

    None where it does not, where the user switched that off, or where it cannot be known before the server is started.
    """
    if settings.base_url or settings.replay or re.search(r'"(?:enable_)?thinking": false', settings.request):
        return None
    folder = folder_of(resolve(settings.model))
    if not (_names_a_parser(arguments_of(settings)) or (folder and _THINKS.search(_template(folder)))):
        return None
    context = _length(engine_of(settings).context or "") or (_own_context(folder) if folder else None)
    if context is None:
        return None
    left = context - longest_prompt // _BYTES_PER_TOKEN - _TEMPLATE_TOKENS
    return left if left > 0 else None


def _names_a_parser(arguments: Sequence[str]) -> bool:
    return any(word.replace("_", "-").partition("=")[0] == "--reasoning-parser" for word in arguments)


def _template(folder: Path) -> str:
    """Return the chat template of a model, in whichever of its files; empty if it has none."""
    try:
        return (folder / "chat_template.jinja").read_text(encoding="utf-8")
    except (OSError, ValueError):
        template = _json(folder / "tokenizer_config.json").get("chat_template")
        return template if isinstance(template, str) else json.dumps(template or "")


def _own_context(folder: Path) -> int | None:
    """Return the context that a model was made for."""
    config = _json(folder / "config.json")
    inner = config.get("text_config")
    lengths = [
        config.get("max_position_embeddings"),
        inner.get("max_position_embeddings") if isinstance(inner, dict) else None,
        _json(folder / "tokenizer_config.json").get("model_max_length"),
    ]
    return min((length for length in lengths if type(length) is int and length > 0), default=None)


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _length(text: str) -> int | None:
    match = _LENGTH.fullmatch(text)
    return int(float(match[1]) * _UNITS[match[2]]) if match else None
