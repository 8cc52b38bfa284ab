"""A thought is told from the answer after it, whatever marks stand between the two, and whatever is made up later."""

import pytest
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.thinking import MOST_MARKS, MOST_READ, Reply, begins_as_thought, closes_unopened, split_thinking

FAMILIES = {
    "DeepSeek": ("<think>", "</think>"),
    "capital": ("<THINK>", "</THINK>"),
    "with spaces": ("<think >", "< / think >"),
    "with attributes": ('<thinking budget="9">', "</thinking>"),
    "thought": ("<thought>", "</thought>"),
    "thoughts": ("<thoughts>", "</thoughts>"),
    "thought process": ("<thought_process>", "</thought_process>"),
    "reasoning": ("<reasoning>", "</reasoning>"),
    "reason": ("<reason>", "</reason>"),
    "reflection": ("<reflection>", "</reflection>"),
    "analysis": ("<analysis>", "</analysis>"),
    "scratchpad": ("<scratchpad>", "</scratchpad>"),
    "monologue": ("<inner_monologue>", "</inner_monologue>"),
    "internal thoughts": ("<internal_thoughts>", "</internal_thoughts>"),
    "chain": ("<chain_of_thought>", "</chain_of_thought>"),
    "Seed-OSS": ("<seed:think>", "</seed:think>"),
    "MiniMax": ("<mm:think>", "</mm:think>"),
    "Claude": ("<thinking>", "</thinking>"),
    "K2": ("<ifm|think_faster>", "</ifm|think_faster>"),
    "Hunyuan": ("<think:opensource>", "</think:opensource>"),
    "Hunyuan's token": ("<think_never_used_51bce0c785ca2f68>", "</think_never_used_51bce0c785ca2f68>"),
    "Magistral": ("[THINK]", "[/THINK]"),
    "brackets": ("[REASONING]", "[/REASONING]"),
    "Kimi-VL": ("◁think▷", "◁/think▷"),
    "Kimi K3": ("<|open|>think<|sep|>", "<|close|>think<|sep|>"),
    "Kimi K3, spaced": ("<|open|> think <|sep|>", "<|close|> think <|sep|>"),
    "Sky-T1": ("<|begin_of_thought|>", "<|end_of_thought|>"),
    "Command A": ("<|START_THINKING|>", "<|END_THINKING|>"),
    "a token": ("<|think|>", "<|/think|>"),
    "start and end": ("<|think_start|>", "<|think_end|>"),
    "fullwidth": ("<\uff5cthink\u2581start\uff5c>", "<\uff5cthink\u2581end\uff5c>"),
    "Gemma 4": ("<|channel>thought\n", "<channel|>"),
    "MedGemma": ("<unused94>thought\n", "<unused95>"),
    "Muse": ("to=self<|message|>", "<|eom|><|start|>assistant to=user<|message|>"),
    "harmony": (
        "<|channel|>analysis<|message|>",
        "<|end|><|start|>assistant<|channel|>final<|message|>",
    ),
    "harmony, a tool between": (
        "<|channel|>analysis<|message|>",
        "<|end|><|start|>assistant<|channel|>commentary to=functions.x <|constrain|>json<|message|>{}<|call|>"
        "<|start|>assistant<|channel|>final <|constrain|>text<|message|>",
    ),
    "harmony, malformed": ("<|channel|>commentary 2?", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    "harmony, tokens skipped": ("analysisWe need it.", "assistantfinal"),
    "Granite": ("Here is my thought process:", "Here is my response:"),
    "Granite, in short": ("Here's my thought process:", "Here's my response:"),
    "Ollama": ("Thinking...\n", "\n...done thinking.\n"),
}
pairs = pytest.mark.parametrize(("opening", "closing"), FAMILIES.values(), ids=FAMILIES)
MARKED = {name: pair for name, pair in FAMILIES.items() if pair[0][0] not in "HTa"}
marked = pytest.mark.parametrize(("opening", "closing"), MARKED.values(), ids=MARKED)


@pairs
def test_the_answer_is_what_follows_the_thought(opening: str, closing: str) -> None:
    """Whatever the family."""
    text = f"{opening}Is it 1?{closing}It is 2."
    reply = split_thinking(text)
    assert "It is 2." == reply.answer
    assert "It is 2." == text[reply.start :]
    assert "Is it 1?" in reply.thinking


@pairs
def test_a_thought_that_does_not_end_leaves_no_answer(opening: str, closing: str) -> None:
    """However it came to be cut off."""
    assert None is split_thinking(f"{opening}Is it 1? Or").answer


@marked
def test_a_second_thought_that_does_not_end_leaves_no_answer(opening: str, closing: str) -> None:
    """What was said between the two was not the last word. Marks in plain words count only where a text begins."""
    assert None is split_thinking(f"{opening}Is it 1?{closing}It is 1.{opening}Or").answer


@pytest.mark.parametrize("closing", [closing for _, closing in MARKED.values()])
def test_the_template_may_have_opened_the_thought(closing: str) -> None:
    """Then there is a closing mark alone."""
    reply = split_thinking(f"Is it 1?{closing}It is 2.")
    assert "It is 2." == reply.answer
    assert reply.thinking.startswith("Is it 1?")


@pytest.mark.parametrize(
    "text",
    [
        "It is 2.",
        "",
        "x < think > y",
        "steps[THINK] and f(x)[THINK]",
        'text.split("</think>")',
        "it says '<think>' there",
        "I use `<think>` for it",
        "<thin> <b> <div> <i>x</i>",
        "[think] = 2",
        "We think so, and the reasoning is this: </b>",
        "the analysis of analysisResult = 5",
        "analysisResult = 5",
        "analysis = [1]",
        "<think/>",
        "a <| b |> c",
        "<|python_tag|>print(2)",
    ],
)
def test_text_without_a_mark_is_the_answer(text: str) -> None:
    """A mark that is quoted is spoken of, and comparisons are none."""
    assert Reply("", text) == split_thinking(text)


TURNS = [
    *("<|endoftext|>", "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end_of_text|>", "<|end|>", "<|return|>", "<|eot|>"),
    *(
        "<|user|>",
        "<|observation|>",
        "<|END_OF_TURN_TOKEN|>",
        "<|END_RESPONSE|>",
        "<|end_of_solution|>",
        "<|im_start|>",
    ),
    *("</s>", "<eos>", "<end_of_turn>", "<start_of_turn>user", "<turn|>", "[EOS]", "[INST]"),
    *("<\uff5cend\u2581of\u2581sentence\uff5c>", "<\uff5cUser\uff5c>"),
]


@pytest.mark.parametrize("token", TURNS)
@pytest.mark.parametrize("before", ["", "<think>hm</think>"])
def test_the_answer_ends_with_the_turn(before: str, token: str) -> None:
    """What a model makes up behind it is no part of it, be it a thought that never ends."""
    assert "It is 2." == split_thinking(f"{before}It is 2.{token}\nIs it 3? <think> hm").answer


@pytest.mark.parametrize(
    "token", [*TURNS, "<|im_start|>assistant\n", "<|start_header_id|>assistant<|end_header_id|>", "<s>"]
)
def test_a_token_before_the_answer_ends_nothing(token: str) -> None:
    """A model may begin with a token of its own."""
    answer = split_thinking(f"\n{token} It is 2.").answer
    assert answer is not None
    assert answer.endswith(" It is 2.")


def test_a_token_in_a_thought_ends_nothing() -> None:
    """Harmony's messages end within a turn."""
    assert " It is 2." == split_thinking("<think>hm<|end|>hm</think> It is 2.").answer


@pytest.mark.parametrize("mark", ["<|im_end|>", "</think>", "<think>", "</s>", "[INST]", "◁think▷"])
@pytest.mark.parametrize("frame", ['"{}"', "'{}'", "`{}`", "'{}\\n'"])
def test_a_quoted_mark_is_none(mark: str, frame: str) -> None:
    """A program may print it."""
    text = f"print(2, {frame.format(mark)})"
    assert text == split_thinking(text).answer


def test_a_closing_mark_may_stand_before_a_fence() -> None:
    """Three backticks are no quotation."""
    assert "```python" == split_thinking("hm</think>```python").answer


def test_too_many_marks_leave_no_answer() -> None:
    """A text that is nothing else has none."""
    assert None is split_thinking("<think></think>" * MOST_MARKS + "It is 2.").answer


def test_marks_beyond_the_bound_are_not_looked_for() -> None:
    """No model writes as much."""
    thought = "<think>" + "x" * MOST_READ
    assert None is split_thinking(f"{thought}</think>It is 2.").answer


MARKS = [mark for pair in FAMILIES.values() for mark in pair]
TEXTS = st.lists(st.sampled_from([*MARKS, *TURNS, *"<>|/[]`'\"\n"]) | st.text(max_size=4), max_size=12).map("".join)


@PROPERTY
@given(TEXTS)
def test_any_text_is_taken_apart(text: str) -> None:
    """The answer is a part of the text, at its place."""
    reply = split_thinking(text)
    if reply.answer is not None:
        assert reply.answer == text[reply.start : reply.start + len(reply.answer)]


@PROPERTY
@given(TEXTS, st.sampled_from(["<think>", "[THINK]", "◁think▷", "<|channel|>analysis<|message|>"]))
def test_nothing_of_an_open_thought_is_answered(text: str, opening: str) -> None:
    """Unless the turn was over before."""
    reply = split_thinking(f"{text} {opening} draft")
    assert "draft" not in (reply.answer or "")


@PROPERTY
@given(TEXTS)
def test_an_answer_that_was_taken_out_stays_the_answer(text: str) -> None:
    """A recorded answer is taken apart once more before its program is looked for."""
    reply = split_thinking(text)
    if reply.answer is not None:
        assert reply.answer == split_thinking(text[reply.start :]).answer


@pytest.mark.parametrize(("text", "answer"), [("draft", None), ("draft</think>2", "2"), ("<think>draft</think>2", "2")])
def test_a_thought_that_the_prompt_opened_is_one_until_it_is_closed(text: str, answer: str | None) -> None:
    """Whether or not the model opens it once more."""
    assert answer == split_thinking(text, in_thought=True).answer


@pytest.mark.parametrize(
    ("text", "unopened"),
    [("draft</think>2", True), ("<think>draft</think>2", False), ("2", False), ("draft[/THINK]2", True)],
)
def test_a_thought_that_is_closed_and_was_not_opened_is_seen(text: str, *, unopened: bool) -> None:
    """The chat template has opened it."""
    assert unopened == closes_unopened(text)


@pytest.mark.parametrize(
    ("text", "is_thought"),
    [
        ("Okay, so I need to find x.", True),
        ("Alright, let's see.", True),
        ("Hmm, 6 times 7.", True),
        ("The user wants a program.", True),
        ("Okay, here is the program:", False),
        ("To solve this, we need to multiply.", False),
        ("Let's think step by step.", False),
        ("The user function multiplies.", False),
        ("", False),
    ],
)
def test_thoughts_begin_with_words_of_their_own(text: str, *, is_thought: bool) -> None:
    """What reasoning models begin with, and no model begins an answer with."""
    assert is_thought == begins_as_thought(text)
