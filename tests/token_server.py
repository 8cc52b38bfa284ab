"""A scripted endpoint that speaks tokens as vLLM does: ids, logprobs, going on from ids, forbidden ids."""

import json
import math
import re
import threading
from collections.abc import Sequence
from typing import Any

from conftest import ScriptedServer

END = 0
_PROMPT = 10_000
_FIRST = 0.6
_SECOND = 0.58
"""Of a token in doubt; else the others share what the first leaves in halves."""


class TokenServer(ScriptedServer):
    """Plays a model that knows some texts, each a sequence of tokens, and prefers them in this order.

    After a prefix it goes on as the first text does that begins so; what is forbidden there leaves the next. A token
    may be a part of a character: `bytes`. Those in `doubtful` are hardly likelier than the next choice. With a
    temperature the seed chooses.
    """

    def __init__(self, *texts: Sequence[str | bytes]) -> None:
        self.vocabulary: list[bytes] = [b"<end>"]
        self.prefer(*texts)
        self.doubtful: set[str] = set()
        self.lacks: set[str] = set()
        self.refuses: set[str] = set()
        self._guard = threading.Lock()
        super().__init__()

    def prefer(self, *texts: Sequence[str | bytes]) -> None:
        """Know these texts, and no others."""
        self.texts = [[self.id_of(token) for token in text] for text in texts]

    def id_of(self, token: str | bytes) -> int:
        """Return a token's id; a new token gets one."""
        data = token.encode() if isinstance(token, str) else token
        if data not in self.vocabulary:
            self.vocabulary.append(data)
        return self.vocabulary.index(data)

    def answer(self, body: dict[str, Any], _: str | None) -> tuple[int, str]:
        with self._guard:
            self.requests.append(body)
        going_on = "prompt" in body
        if "structured_outputs" in body and "structured_outputs" in self.refuses:
            return 400, json.dumps({"error": {"message": "structured_outputs: extra fields are not permitted"}})
        if going_on and "completions" in self.lacks:
            return 404, json.dumps({"error": {"message": "no such route"}})
        if going_on:
            prefix = [token for token in body["prompt"] if token < _PROMPT]
        else:
            prefix = []
            if body["messages"][-1]["content"] == "1+1=":
                body = body | {"max_tokens": 1}
        ids, tops, finish_reason = self._generate(prefix, body)
        answer = self._shown(ids, tops, finish_reason, going_on=going_on)
        return 200, json.dumps(answer) if not body.get("stream") or "streams" in self.lacks else _streamed(answer)

    def _generate(self, prefix: list[int], body: dict[str, Any]) -> tuple[list[int], list[dict[int, float]], str]:
        """Make tokens; an answer that is held to a regular expression is the first text's rest that matches it."""
        biases = {int(token): bias for token, bias in (body.get("logit_bias") or {}).items()}
        forbidden = {token for token, bias in biases.items() if bias == -100}
        ids: list[int] = []
        tops: list[dict[int, float]] = []
        while len(ids) < body.get("max_tokens", 100):
            begun = [*prefix, *ids]
            held = "" if "structured_outputs" in self.lacks else body.get("structured_outputs", {}).get("regex", "")
            following = [
                (*text, END)[len(begun)]
                for text in self.texts
                if text[: len(begun)] == begun
                and (not held or re.fullmatch(held, self._shown_text(text[len(prefix) :])))
            ]
            ranked = [token for token in dict.fromkeys(following) if token not in forbidden] or [END]
            tops.append(self._distribution(ranked))
            ranked.sort(key=lambda token: -tops[-1][token] - biases.get(token, 0))
            place = (body.get("seed") or 0) % len(ranked) if body.get("temperature") else 0
            ids.append(ranked[place])
            if ids[-1] == END:
                return ids, tops, "stop"
        return ids, tops, "length"

    def _shown_text(self, ids: list[int]) -> str:
        return b"".join(self.vocabulary[token] for token in ids).decode(errors="replace")

    def _distribution(self, ranked: list[int]) -> dict[int, float]:
        if len(ranked) == 1:
            return {ranked[0]: 0.0}
        doubtful = self.vocabulary[ranked[0]].decode(errors="ignore") in self.doubtful
        others = [_SECOND if doubtful and not place else 0.2 / 2**place for place in range(len(ranked) - 1)]
        return {token: math.log(p) for token, p in zip(ranked, [_FIRST, *others], strict=True)}

    def _shown(
        self, ids: list[int], tops: list[dict[int, float]], finish_reason: str, *, going_on: bool
    ) -> dict[str, Any]:
        shown, pending = [], b""
        for token in ids:
            pending += self.vocabulary[token]
            try:
                shown.append(pending.decode())
                pending = b""
            except UnicodeDecodeError:
                shown.append("")
        text = "".join(piece for token, piece in zip(ids, shown, strict=True) if token != END)
        choice: dict[str, Any] = {"index": 0, "finish_reason": finish_reason}
        if "ids" not in self.lacks:
            choice["token_ids"] = ids
        named = [
            {self.vocabulary[token].decode(errors="replace"): logprob for token, logprob in top.items()} for top in tops
        ]
        own = [top[token] for token, top in zip(ids, tops, strict=True)]
        if going_on:
            choice |= {
                "text": text,
                "logprobs": {"tokens": shown, "top_logprobs": named, "token_logprobs": own, "text_offset": []},
            }
        else:
            choice["message"] = {"role": "assistant", "content": text}
            content = [
                {
                    "token": piece,
                    "bytes": list(piece.encode()),
                    "logprob": top[token],
                    "top_logprobs": [{"token": name, "bytes": None, "logprob": p} for name, p in names.items()],
                }
                for token, piece, top, names in zip(ids, shown, tops, named, strict=True)
            ]
            choice["logprobs"] = None if "logprobs" in self.lacks else {"content": content}
        usage = {"prompt_tokens": 3, "completion_tokens": len(ids), "total_tokens": 3 + len(ids)}
        answer = {"id": "x", "object": "chat.completion", "created": 0, "model": "tokens", "choices": [choice]}
        return answer | {"usage": usage, "prompt_token_ids": [_PROMPT, _PROMPT + 1, _PROMPT + 2]}


def _streamed(answer: dict[str, Any]) -> str:
    """Split an answer into server-sent events, one a token, each with the usage so far."""
    (whole,) = answer["choices"]
    shown = (whole.get("logprobs") or {}).get("content") or []
    texts = [each["token"] for each in shown] or (whole.get("logprobs") or {}).get("tokens") or []
    ids = whole.get("token_ids", [0] * len(texts))
    events = []
    for place, (token, text) in enumerate(zip(ids, texts, strict=True)):
        choice: dict[str, Any] = {"index": 0, "token_ids": [token]}
        text = "" if token == END else text  # noqa: PLW2901 - what is shown of it
        if "message" in whole:
            choice |= {"delta": {"content": text}, "logprobs": {"content": [shown[place]]}}
        else:
            columns = whole["logprobs"].items()
            choice |= {"text": text, "logprobs": {name: column[place : place + 1] for name, column in columns}}
        choice["finish_reason"] = whole["finish_reason"] if place == len(texts) - 1 else None
        usage = {"prompt_tokens": 3, "completion_tokens": place + 1}
        chunk = {"choices": [choice], "usage": usage}
        events.append(chunk | ({"prompt_token_ids": answer["prompt_token_ids"]} if not place else {}))
    return "".join(f"data: {json.dumps(event)}\n\n" for event in [*events, {"choices": [], "usage": answer["usage"]}])
