"""What endpoints answer, in all the shapes that they give it, → Answer.

Everything that is read here came over the wire and may be anything that JSON holds. The model's part is taken as it is,
an empty text included; what an endpoint did to it (a filter, a fault, a shape that is no answer) raises
`GenerationError`: it is never the model's.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pytest_mathbench.errors import GenerationError
from pytest_mathbench.generation import tokens
from pytest_mathbench.records import Request
from pytest_mathbench.serving.words import words_of
from pytest_mathbench.thinking import begins_as_thought, closes_unopened, split_thinking
from pytest_mathbench.tokens import Tokens

_TRUNCATED = {"length", "max_tokens", "model_length", "max_output_tokens"}
"""Finish reasons that mean the token limit; Mistral's is `model_length`."""

_WITHHELD = {
    "content_filter", "content-filter", "safety", "recitation", "blocklist", "prohibited_content", "spii", "sensitive",
    "error", "abort", "aborted", "cancelled", "canceled", "insufficient_system_resource", "network_error", "unknown",
}  # fmt: skip
"""Finish reasons of answers that the endpoint withheld or broke off; DeepSeek, Gemini, OpenRouter, vLLM, Zhipu."""

_REASONING = ("reasoning_content", "reasoning", "thinking", "reasoning_details")
_HOLDERS = ("text", "thinking", "content", "summary")
_SILENT = ("redacted", "reference", "reasoning", "thinking", "tool", "signature")
"""Types of parts that hold no text of an answer."""

_SHOWN = 300

CUT = "fault"
"""Our own finish reason: the answer was to be cut where no continuation could mend it, and was."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts, 0 where the endpoint does not count; `reasoning_tokens` None where it does not tell them apart.

    `cost` is the endpoint's own figure, in US dollars.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int | None = None
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered, and what an endpoint says of it."""

    text: str
    finish_reason: str
    reasoning: str = ""
    usage: Usage = Usage()
    first_token_seconds: float | None = None
    tokens: Tokens | None = None
    prompt_ids: tuple[int, ...] = ()


def of_whole(data: object, request: Request) -> Answer:
    """Read an answer that came in one piece. Raises `GenerationError`, with the endpoint's words, if it is none."""
    if isinstance(fault := words_of(data), str):
        raise GenerationError(f"the endpoint answered with an error: {fault}")
    choice = _first_choice(data)
    if choice is None:
        raise GenerationError(f"the endpoint's answer is not a chat completion: {str(data)[:_SHOWN]!r}")
    assert isinstance(data, dict)  # noqa: S101 - or it would have no choice
    message = choice.get("message")
    if request.prefix or request.raw:
        message = {"content": choice.get("text")}
    if not isinstance(message, dict):
        raise GenerationError(f"the endpoint's answer has no message: {str(data)[:_SHOWN]!r}")
    text, thought = _content(message.get("content"))
    if not text and isinstance(refusal := message.get("refusal"), str):
        text = refusal  # the model's own
    answer = Answer(
        text=text,
        finish_reason=_finish_reason(choice),
        reasoning=thought or _reasoning(message),
        usage=_usage(data.get("usage")),
    )
    _check(answer)
    return _with_tokens(answer, choice, data, request) if request.tokens else answer


def _with_tokens(answer: Answer, choice: Mapping[str, Any], data: Mapping[str, Any], request: Request) -> Answer:
    try:
        if request.prefix:
            found, prompt_ids = tokens.of_continuation(answer.text, choice), request.prefix.prompt_ids
        else:
            found, prompt_ids = tokens.of_chat(answer.text, choice), tuple(data.get("prompt_token_ids") or ())
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise GenerationError(f"the endpoint's answer lacks the tokens that were asked for: {error}") from None
    return replace(answer, tokens=found, prompt_ids=prompt_ids)


@dataclass(slots=True)
class Manner:
    """How a model writes its thoughts down, as far as its answers have shown."""

    opens_in_prompt: bool = False
    """Whether its chat template opens the thought, so that only the end of one is marked in its text."""

    def apart(self, answer: Answer) -> Answer:
        """Move the thoughts that stand in an answer's text to its reasoning.

        An answer whose tokens ran out and whose text has no marks is all thought if the model's template opens one, or
        if it begins with words that models think in: a draft in it is no answer.
        """
        self.opens_in_prompt = self.opens_in_prompt or closes_unopened(answer.text)
        cut_off = answer.finish_reason == "length" and not answer.reasoning
        reply = split_thinking(
            answer.text, in_thought=cut_off and (self.opens_in_prompt or begins_as_thought(answer.text))
        )
        if reply.answer is not None and not reply.start:
            return answer
        thoughts = "\n".join(filter(str.strip, (answer.reasoning, reply.thinking)))
        text = "" if reply.answer is None else answer.text[reply.start :]
        return replace(answer, text=text, reasoning=thoughts)


class Stream:
    """Joins the chunks of a streamed answer."""

    def __init__(self, start: float, request: Request) -> None:
        """`start` is when the answer to `request` was asked for, by the monotonic clock."""
        self.pieces = 0
        """Chunks that brought text, thought or answer: about as many as tokens."""
        self.latest = ""
        """What the last of them brought."""
        self._start = start
        self._request = request
        self._ids: list[int] = []
        self._prompt_ids: list[int] = []
        self._logprobs: dict[str, list[Any]] = {}
        self._first: float | None = None
        self._answers = False
        self._text: list[str] = []
        self._thoughts: list[str] = []
        self._finish_reason: object = None
        self._usage: object = None

    @property
    def thought_is_over(self) -> bool:
        """Whether an answer has begun after a thought that the endpoint tells apart."""
        return self._answers and bool(self._thoughts)

    @property
    def lines(self) -> str:
        """The answer's whole lines so far."""
        text = "".join(self._text)
        return text[: text.rfind("\n") + 1]

    def add(self, chunk: object) -> None:
        """Take a chunk. Raises `GenerationError` for one that tells of an error."""
        if isinstance(fault := words_of(chunk), str):
            raise GenerationError(f"the endpoint's stream broke off with an error: {fault}")
        if not isinstance(chunk, dict):
            return
        self._usage = chunk.get("usage") or self._usage
        choice = _first_choice(chunk)
        if choice is None:
            return
        self._finish_reason = choice.get("finish_reason") or self._finish_reason
        if self._request.tokens:
            self._add_tokens(chunk, choice)
        delta = {"content": choice["text"]} if "text" in choice else choice.get("delta")
        if not isinstance(delta, dict):
            return
        text, thought = _content(delta.get("content"))
        thought = thought or _reasoning(delta)
        if not text and isinstance(refusal := delta.get("refusal"), str):
            text = refusal
        if text or thought:
            self.pieces += 1
            self.latest = thought or text
            self._first = self._first or time.monotonic() - self._start
            self._answers = self._answers or bool(text.strip())
            self._text.append(text)
            if thought:
                self._thoughts.append(thought)

    def _add_tokens(self, chunk: Mapping[str, Any], choice: Mapping[str, Any]) -> None:
        self._prompt_ids = chunk.get("prompt_token_ids") or self._prompt_ids
        self._ids += choice.get("token_ids") or ()
        for name, column in (choice.get("logprobs") or {}).items():
            if isinstance(column, list):
                self._logprobs.setdefault(name, []).extend(column)

    def answer(self) -> Answer:
        """Return the whole. Raises `GenerationError` if the stream ended before the answer did."""
        if self._finish_reason is None:
            raise GenerationError(f"the endpoint's stream ended without a finish reason, after {self.pieces} pieces")
        answer = self._so_far(_finish_reason({"finish_reason": self._finish_reason}))
        _check(answer)
        return answer

    def cut(self, length: int) -> Answer:
        """Return the answer as it was when its text had so many characters; it ends there.

        Only the tokens up to there count. Without tokens they are counted as the endpoint does by now, or by pieces.
        """
        answer = self._so_far(CUT)
        if answer.tokens:
            kept = answer.tokens.before(sum(start < length for start in answer.tokens.starts()))
            usage = Usage(len(answer.prompt_ids), len(kept.ids))
            return replace(answer, text="".join(kept.texts), tokens=kept, usage=usage)
        usage = answer.usage if answer.usage.completion_tokens else replace(answer.usage, completion_tokens=self.pieces)
        return replace(answer, text=answer.text[:length], usage=usage)

    def _so_far(self, finish_reason: str) -> Answer:
        answer = Answer(
            text="".join(self._text),
            finish_reason=finish_reason,
            reasoning="".join(self._thoughts),
            usage=_usage(self._usage),
            first_token_seconds=self._first,
        )
        if not self._request.tokens:
            return answer
        choice = {"logprobs": self._logprobs, "token_ids": self._ids}
        return _with_tokens(answer, choice, {"prompt_token_ids": self._prompt_ids}, self._request)


def _first_choice(data: object) -> Mapping[str, Any] | None:
    choices = data.get("choices") if isinstance(data, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    return choice if isinstance(choice, dict) else None


def _finish_reason(choice: Mapping[str, Any]) -> str:
    reason = choice.get("finish_reason")
    if not isinstance(reason, str) or not reason:
        raise GenerationError(f"the endpoint's answer has no finish reason: {str(choice)[:_SHOWN]!r}")
    if reason.lower() in _WITHHELD:
        cause = words_of(choice) or choice.get("native_finish_reason") or choice.get("content_filter_results")
        raise GenerationError(
            f"the endpoint withheld the answer or broke it off (finish reason {reason!r}"
            f"{f': {str(cause)[:_SHOWN]}' if cause else ''})"
        )
    return "length" if reason.lower() in _TRUNCATED else reason


def _content(content: object) -> tuple[str, str]:
    """Return the text and the thoughts of a message's content: none, a string, or a list of parts."""
    if content is None:
        return "", ""
    parts = content if isinstance(content, list) else [content]
    read = [_part(part) for part in parts]
    return "".join(text for text, _ in read), "".join(thought for _, thought in read)


def _part(part: object) -> tuple[str, str]:
    """Return the text and the thoughts of one part; Mistral's thoughts are a list of parts themselves."""
    if isinstance(part, str):
        return part, ""
    if isinstance(part, dict):
        if thought := part.get("thinking") or part.get("reasoning"):
            return "", _flat(thought)
        if isinstance(text := part.get("text"), str):
            return text, ""
        if str(part.get("type", "")).startswith(_SILENT):
            return "", ""
    raise GenerationError(f"the endpoint's answer is not text: {str(part)[:_SHOWN]!r}")


def _reasoning(message: Mapping[str, Any]) -> str:
    """Return the thoughts that a message carries beside its content; several names of one thing count once."""
    return next((thought for name in _REASONING if (thought := _flat(message.get(name)))), "")


def _flat(thought: object) -> str:
    """Return the text of a thought: a string, an object that holds one, or a list of them."""
    if isinstance(thought, str):
        return thought
    if isinstance(thought, dict):
        return next(
            (found for name in ("text", "thinking", "content", "summary") if (found := _flat(thought.get(name)))), ""
        )
    return "".join(map(_flat, thought)) if isinstance(thought, Iterable) else ""


def _usage(usage: object) -> Usage:
    if not isinstance(usage, dict):
        return Usage()
    prompt, completion = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    details = usage.get("completion_tokens_details")
    reasoning = (
        _count(details, "reasoning_tokens") if isinstance(details, dict) and "reasoning_tokens" in details else None
    )
    unaccounted = _count(usage, "total_tokens") - prompt - completion
    if unaccounted > 0:  # Gemini and xAI leave the thoughts out of completion_tokens; the total has them
        completion += unaccounted
        reasoning = max(reasoning or 0, unaccounted)
    elif reasoning and reasoning > completion:  # others leave them out of the total as well
        completion += reasoning
    cost = usage.get("cost")
    return Usage(
        prompt_tokens=prompt,
        completion_tokens=completion,
        reasoning_tokens=reasoning,
        cost=float(cost) if isinstance(cost, int | float) and not isinstance(cost, bool) and cost >= 0 else None,
    )


def _count(usage: Mapping[str, Any], name: str) -> int:
    value = usage.get(name, 0)
    return value if type(value) is int and value >= 0 else 0


def _check(answer: Answer) -> None:
    """See that the answer is where it belongs: a server that takes it for a thought is set up wrongly."""
    if not answer.text.strip() and answer.finish_reason != "length" and _holds_a_program(answer.reasoning):
        raise GenerationError(
            "the answer is empty and the program is in the reasoning: the server's reasoning parser does not fit the "
            "model (vLLM: --reasoning-parser), or thinking wants to be switched off through --mathbench-request"
        )


def _holds_a_program(reasoning: str) -> bool:
    return "```" in reasoning or "print(" in reasoning
