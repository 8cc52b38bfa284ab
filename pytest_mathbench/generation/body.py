"""Request → the JSON body that is sent; the user's merge patch has the last word on it."""

import json
import re
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

from pytest_mathbench.generation import tokens
from pytest_mathbench.records import Prompt, Request, Sampling
from pytest_mathbench.values import OWN_FIELDS

_ABSENT = object()
"""What a placeholder stands for that has no value: the field is left out."""


_SYSTEM_ROLE = re.compile(r"\brole\b.{0,80}\bsystem\b|\bsystem\b.{0,40}\brole\b", re.IGNORECASE)
_TOO_MANY = re.compile(
    r"tokens\b.{0,200}(?:too large|too many|too long|valid range|maximum|at most|must be (?:less|<|at most)|exceed)"
    r"|maximum context length",
    re.IGNORECASE | re.DOTALL,
)
"""A limit on tokens that was set too high: the parameter itself is fine."""


def body_of(request: Request, model: str, *, stream: bool = False) -> dict[str, Any]:
    """Return the body of a request: only what was asked for, under the API's names, then patched as the user says."""
    body: dict[str, Any] = {"model": model, **_asked(request), **_sampling(request.sampling)}
    if request.json_schema:
        schema = {"name": "answer", "schema": json.loads(request.json_schema), "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif request.json_object:
        body["response_format"] = {"type": "json_object"}
    if stream:
        told = {"continuous_usage_stats": True} if request.cut else {}  # vLLM's: of what is cut, too
        body |= {"stream": True, "stream_options": {"include_usage": True, **told}}
    return merged(body, _filled(json.loads(request.patch), request.sampling)) if request.patch else body


def patch_hint(words: str, body: Mapping[str, Any]) -> str:
    """Say which patch removes the parameters that a refusal names; empty if it names none that was sent."""
    if _SYSTEM_ROLE.search(words):
        return "\n→ without it: leave --mathbench-system out, and put its text into the prompt (--mathbench-prompt)"
    if _TOO_MANY.search(words):
        return "\n→ ask for fewer tokens: --mathbench-max-tokens"
    ours = (name for name in body if name not in OWN_FIELDS)
    named = [name for name in ours if re.search(rf"(?<![A-Za-z_]){re.escape(name)}(?![A-Za-z_])", words)]
    if not named:
        return ""
    patch: dict[str, Any] = dict.fromkeys(named)
    if "max_tokens" in patch and "max_completion_tokens" in words:
        patch["max_completion_tokens"] = "{max_tokens}"
    return f"\n→ without it: --mathbench-request='{json.dumps(patch)}'"


def merged(target: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Apply a JSON merge patch (RFC 7396): null removes a field, objects are merged, all else replaces."""
    result = dict(target)
    for name, value in patch.items():
        if value is None or value is _ABSENT:
            result.pop(name, None)
        elif isinstance(value, dict):
            former = result.get(name)
            result[name] = merged(former if isinstance(former, dict) else {}, value)
        else:
            result[name] = value
    return result


def _filled(patch: Any, sampling: Sampling) -> Any:  # any JSON
    """Put this request's values in the place of the placeholders; `{null}` is TOML's way to say null."""
    values = {"{seed}": _ABSENT if sampling.seed is None else sampling.seed, "{max_tokens}": sampling.max_tokens}
    if isinstance(patch, dict):
        return {name: _filled(value, sampling) for name, value in patch.items()}
    if isinstance(patch, list):
        return [_filled(value, sampling) for value in patch]
    if patch == "{null}":
        return None
    return values.get(patch, patch) if isinstance(patch, str) else patch


def _asked(request: Request) -> dict[str, Any]:
    if request.raw:
        return {"prompt": request.prompt.user}
    if request.prefix:
        asked: dict[str, Any] = {
            "prompt": [*request.prefix.prompt_ids, *request.prefix.ids],
            "logprobs": tokens.TOP,
        }
    elif request.tokens:
        asked = {"messages": _messages(request.prompt), "logprobs": True, "top_logprobs": tokens.TOP}
    else:
        return {"messages": _messages(request.prompt)}
    asked["return_token_ids"] = True  # vLLM's
    if request.allowed:
        asked["structured_outputs"] = {"regex": beginning(request.lead, request.allowed)}  # vLLM's
    if request.forbidden:
        penalties = request.penalties or (100,) * len(request.forbidden)  # the API's "never"
        asked["logit_bias"] = {str(token): -lost for token, lost in zip(request.forbidden, penalties, strict=True)}
    return asked


def beginning(lead: str, names: Sequence[str]) -> str:
    """Return the regular expression of a text that begins with one of some names, after a `lead`.

    A name ends where no letter follows. As a choice of texts instead, one would end where the model ends its answer,
    which it hardly wants after `sin` in `sinh`: it would make the longest of them.
    """
    escaped = re.sub(r"([^\w\s])", r"\\\1", lead).replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return rf"{escaped}({'|'.join(names)})([^A-Za-z0-9_][\s\S]*)?"


def _messages(prompt: Prompt) -> list[dict[str, str]]:
    system = [{"role": "system", "content": prompt.system}] if prompt.system else []
    said = zip(cycle(("user", "assistant")), (prompt.user, *prompt.turns), strict=False)
    return [*system, *({"role": role, "content": content} for role, content in said)]


def _sampling(sampling: Sampling) -> dict[str, Any]:
    """Temperature is always said, since 0 is nobody's default; the rest only where it differs from all defaults."""
    parameters: dict[str, Any] = {"temperature": sampling.temperature, "max_tokens": sampling.max_tokens}
    if sampling.top_p != 1.0:
        parameters["top_p"] = sampling.top_p
    if sampling.seed is not None:
        parameters["seed"] = sampling.seed
    return parameters
