"""What an endpoint itself says of an error, in whatever shape it says it."""

import json

KEY = "--mathbench-api-key-env names the environment variable that holds it"
"""What to do where an endpoint refuses the API key."""

NAME = "check the model's name, and that the URL ends in /v1"
"""What to do where it knows no such model or address."""

WAY = "see that the server runs and listens there, and that neither a firewall nor a proxy (HTTPS_PROXY) stands between"
"""What to do where nobody answers."""

_MOST = 600
"""Characters that are shown of it."""


def words_in(content: bytes) -> str:
    """Return an endpoint's own words about an error: out of its JSON, or else the whole text."""
    try:
        words = words_of(json.loads(content))
    except (ValueError, RecursionError):
        words = None
    return (words or " ".join(content.decode("utf-8", "replace").split()))[:_MOST]


def way_out(words: str) -> str:
    """Say what helps where an endpoint says that its model has no chat template; empty for all else it says."""
    if "chat template" not in words.lower() and "chat_template" not in words:
        return ""
    return (
        "\n→ the model has no chat template: it is a base model, which continues texts and answers no messages. Give "
        "it one (a vLLM server of the run: --mathbench-vllm-args='--chat-template FILE'), ask it for texts with a "
        "few-shot prompt (--mathbench-raw-prompt --mathbench-prompt=FILE), or name the version of it that was tuned "
        "to instructions"
    )


def words_of(data: object) -> str | None:
    """Return what an error body says, in any of the usual shapes; None if it tells of no error."""
    if isinstance(data, list) and len(data) == 1:  # Gemini's
        data = data[0]
    if not isinstance(data, dict):
        return None
    error = data.get("error")
    if not error and "choices" not in data:
        if data.get("object") == "error" or "detail" in data or ("message" in data and "code" in data):
            error = data.get("message") or data.get("detail")
        elif "error_message" in data:
            error = data["error_message"]
    if not error:
        return None
    if isinstance(error, dict):
        parts = [error.get("message") or error.get("detail") or error.get("type") or json.dumps(error)]
        metadata = error.get("metadata")
        if isinstance(metadata, dict) and metadata.get("raw"):
            parts.append(metadata["raw"])  # a router's: what the provider behind it said
        return " ".join(" ".join(str(part).split()) for part in parts)[:_MOST]
    if isinstance(error, list):  # FastAPI's: where, and what
        return "; ".join(map(_located, error))[:_MOST]
    return " ".join(str(error).split())[:_MOST]


def code_of(data: object) -> str:
    """Return an error body's code and type, in lower case; empty if it has none."""
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    error = data.get("error", data) if isinstance(data, dict) else None
    if not isinstance(error, dict):
        return ""
    return " ".join(str(error[name]).lower() for name in ("code", "type", "status") if error.get(name))


def _located(detail: object) -> str:
    if not isinstance(detail, dict):
        return str(detail)
    place = ".".join(str(part) for part in detail.get("loc", ()) if part != "body")
    return f"{place}: {detail.get('msg', detail)}" if place else str(detail.get("msg", detail))
