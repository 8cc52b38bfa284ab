"""What endpoints answer, in all their shapes: texts and thoughts are told apart, and each is counted once."""

import pytest

from pytest_mathbench.generation.answers import Answer, Manner, of_whole
from pytest_mathbench.records import Prompt, Request, Sampling

REQUEST = Request(prompt=Prompt(user="2 + 2?"), sampling=Sampling())
DRAFT = "First 6 times 7.\n```python\nprint(42)\n```\nBut wait,"


def apart(text: str, finish_reason: str = "stop", reasoning: str = "", *, opens_in_prompt: bool = False) -> Answer:
    """Take a text apart, as that of a model of this manner."""
    return Manner(opens_in_prompt).apart(Answer(text, finish_reason, reasoning))


@pytest.mark.parametrize(
    ("text", "thought", "answer"),
    [
        ("<think>6 times 7</think>42", "6 times 7", "42"),
        ("6 times 7</think>\n42", "6 times 7", "\n42"),
        ("[THINK]6 times 7[/THINK]42", "6 times 7", "42"),
        ("<seed:think>6 times 7</seed:think>42", "6 times 7", "42"),
        ("<think></think>42", "", "42"),
        ("42", "", "42"),
        ("Okay, so I take 6 times 7: 42", "", "Okay, so I take 6 times 7: 42"),
    ],
)
def test_thoughts_in_the_text_are_told_apart(text: str, thought: str, answer: str) -> None:
    """By the marks around them; a text that ends well and has no marks is an answer."""
    found = apart(text)
    assert thought == found.reasoning
    assert answer == found.text


def test_thoughts_of_both_kinds_are_kept() -> None:
    """Those that the endpoint tells apart come first."""
    assert "one\ntwo" == apart("<think>two</think>42", reasoning="one").reasoning


@pytest.mark.parametrize("text", ["<think>" + DRAFT, "Okay, so I need to multiply. " + DRAFT, "Hmm, " + DRAFT])
def test_a_thought_that_was_cut_off_leaves_no_answer(text: str) -> None:
    """Marked, or written as models think: the drafts in it are none."""
    found = apart(text, "length")
    assert "" == found.text
    assert DRAFT in found.reasoning


def test_a_template_that_opens_the_thought_is_learned_from_any_answer() -> None:
    """Before that, a text without marks is an answer; after it, one that was cut off is all thought."""
    manner = Manner()
    assert DRAFT == manner.apart(Answer(DRAFT, "length")).text
    manner.apart(Answer("6 times 7</think>42", "stop"))
    assert "" == manner.apart(Answer(DRAFT, "length")).text
    assert DRAFT == manner.apart(Answer(DRAFT, "stop")).text


def test_what_a_server_tells_apart_is_not_guessed_at() -> None:
    """Where thoughts came in a channel of their own, the text is the answer, as far as it goes."""
    assert DRAFT == apart(DRAFT, "length", "6 times 7", opens_in_prompt=True).text


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        ({"prompt_tokens": 10, "completion_tokens": 24, "total_tokens": 2594}, (2584, 2560)),
        (
            {"prompt_tokens": 10, "completion_tokens": 24, "completion_tokens_details": {"reasoning_tokens": 2560}},
            (2584, 2560),
        ),
        (
            {"prompt_tokens": 10, "completion_tokens": 2584, "completion_tokens_details": {"reasoning_tokens": 2560}},
            (2584, 2560),
        ),
    ],
    ids=["in the total alone", "beside the completion", "in the completion"],
)
def test_tokens_of_thoughts_count_once(usage: dict[str, object], tokens: tuple[int, int]) -> None:
    """Wherever a vendor counts them."""
    choice = {"index": 0, "message": {"content": "42"}, "finish_reason": "stop"}
    found = of_whole({"choices": [choice], "usage": usage}, REQUEST).usage
    assert tokens == (found.completion_tokens, found.reasoning_tokens)
