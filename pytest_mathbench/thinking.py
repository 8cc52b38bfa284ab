"""A model's text → what it thought, and what it answered, by whatever marks it sets between the two.

Every mark is looked for by one expression that takes a bounded number of steps at any place, and the text is gone
through once, so a text of any shape costs time in proportion to its length.
"""

import re
from dataclasses import dataclass

MOST_MARKS = 10_000
"""A text with more of them never comes to an answer."""

MOST_READ = 2_000_000
"""Characters of a text in which marks are looked for: more than any model writes."""

# What a thought is called in a mark: <think>, <seed:think>, <|begin_of_thought|>, <think_fast>, <reasoning_process> …
_THOUGHT = (
    r"(?:(?:think|thought)[\w.-]{0,60}|reason(?:ing)?(?:_\w{1,20})?|reflection|analysis|scratch_?pad"
    r"|(?:inner|internal)_(?:monologue|thoughts?)|chain_of_thought|deliberation|rationale)"
)
_ELEMENT = rf"(?:[\w.-]{{1,20}}[:|])?{_THOUGHT}(?:[\s:=][^<>]{{0,80}})?(?<!/)>"
_NAME = r"[\w▁]{0,40}(?:think|thought|reason)[\w▁]{0,40}"
# A token that ends the model's turn, or begins one.
_TURN = (
    r"(?:endoftext|end_of_text|endofprompt|im_end|eot(?:_id)?|eom_id|eos|return|end[▁_]of[▁_]sentence"
    r"|end_?of_?turn(?:_token)?|end_response|end_of_solution|endofassistant|user|observation|assistant)[|\uff5c]>"
    r"|(?:im_start|start_header_id)\|>(?:assistant\b(?:<\|end_header_id\|>)?)?"
    r"|start\|>(?!assistant)|(?:end|eom)\|>(?!<\|start\|>assistant)"  # a message's end need not be the turn's
)
# A mark in quotation marks, or in a code span, is spoken of: it is a program's text, or a sentence about marks.
_MARK = re.compile(
    rf"""
    (?:<(?:
        (?=/s>|\s?/?\s?[a-z][\w.:|-]{{2}})(?:
            (?P<closes_element>\s?/\s?{_ELEMENT})                    # </think>, </seed:think>
          | (?P<opens_element>{_ELEMENT})
          | (?P<turns_element>(?:/s|eos|end_of_turn|start_of_turn|turn\|)>)
          | (?P<closes_gemma>channel\|>)
          | (?P<opens_medgemma>unused94>) | (?P<closes_medgemma>unused95>)
        )
      | [|\uff5c](?=/?[\w▁]{{1,60}}[|\uff5c]?>)(?:
            (?P<closes_token>(?:(?:/|end|close){_NAME}|(?:think|thought|reason)\w{{0,20}}[_▁/]end)[|\uff5c]>)
          | (?P<opens_token>{_NAME}[|\uff5c]>)                             # <|begin_of_thought|>, <|START_THINKING|>
          | (?P<closes_kimi>close\|>\s{{0,4}}think\s{{0,4}}<\|sep\|>)
          | (?P<opens_kimi>open\|>\s{{0,4}}think\s{{0,4}}<\|sep\|>)
          | (?P<closes_harmony>channel\|>\s{{0,4}}final\b
                (?:[^<\n]{{0,80}}(?:<\|constrain\|>[^<\n]{{0,40}})?<\|message\|>)?)
          | (?P<opens_harmony>channel\|?>)                            # analysis, commentary, or what a model makes up
          | (?P<closes_muse>(?<=to=user<\|)message\|>) | (?P<opens_muse>(?<=to=self<\|)message\|>)
          | (?P<turns_token>{_TURN}|turn>)
        )
    )
    | \[(?=[/A-Z])(?:
        (?P<closes_bracket>/(?:think|thinking|thought|reasoning)\])   # Magistral
      | (?P<opens_bracket>(?<![\w\])]\[)(?-i:THINK|THINKING|THOUGHT|REASONING)\])
      | (?P<turns_bracket>(?<![\w\])]\[)(?-i:EOS|INST)\])
    )
    | ◁(?: (?P<closes_triangle>/think▷) | (?P<opens_triangle>think▷) )  # Kimi VL
    )(?![\"'\\]|`(?!``))
    """,
    re.IGNORECASE | re.VERBOSE,
)

_SPELLED = (
    (re.compile(r"Here(?:'s| is) my thought process:"), ("Here is my response:", "Here's my response:")),  # Granite
    (re.compile(r"Thinking\.\.\.\n"), ("\n...done thinking.\n",)),  # Ollama's own
    # Harmony whose special tokens were left out when it was decoded: "analysisWe need to … assistantfinal42".
    (re.compile(r"analysis(?=[A-Z][\w']{0,20},? [a-z])"), ("assistantfinal",)),
)
"""Marks in plain words count only where a text begins with the first."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's text, taken apart. `answer` is None where the text ends within a thought, however it came to end.

    `start` is where the answer begins in the text. What is after the answer (a next turn that the model went on to
    make up) is in neither.
    """

    thinking: str
    answer: str | None
    start: int = 0


_OPENING_WORDS = re.compile(
    r"\s*(?:(?:okay|ok|alright|all right|hmm+)[,.…]{0,3}\s+(?:(?:so|now|first|well)[,\s]\s*)?"
    r"(?:I\b|I'm|let me|let's|we\b|the (?:user|problem|question)|there\b|what\b|this (?:is|problem|question))"
    r"|the user (?:wants|is asking|asks|asked|gave|has)|hmm+[,.…])",
    re.IGNORECASE,
)


def begins_as_thought(text: str) -> bool:
    """Whether a text without marks begins with words that models think in, and do not answer in."""
    return _OPENING_WORDS.match(text) is not None


def closes_unopened(text: str) -> bool:
    """Whether a text closes a thought that it did not open: the chat template did."""
    first = next(_MARK.finditer(text, 0, MOST_READ), None)
    return first is not None and (first.lastgroup or "").startswith("closes")


def split_thinking(text: str, *, in_thought: bool = False) -> Reply:
    """Tell a thought from the answer that follows it.

    Whatever comes before a closing mark is thought, with or without an opening one: many a chat template writes that
    into the prompt. A mark that opens a thought and is not followed by one that closes it leaves no answer.
    A text that begins `in_thought`, since the prompt opened one, has none either where no mark closes it.
    """
    for opening, closings in _SPELLED:
        if opened := opening.match(text):
            ends = [(at, at + len(closing)) for closing in closings if (at := text.find(closing, 0, MOST_READ)) >= 0]
            end, start = min(ends, default=(len(text), None))
            thinking = text[opened.end() : end]
            return Reply(thinking, None) if start is None else Reply(thinking, text[start:], start)
    return _split(text, inside=in_thought)


def _split(text: str, *, inside: bool) -> Reply:
    begin = start = end = 0  # of the thought and of the answer; where the thought ends
    for number, mark in enumerate(_MARK.finditer(text, 0, MOST_READ)):
        if number == MOST_MARKS:
            return Reply(text[begin:], None)
        kind, _, _ = (mark.lastgroup or "").partition("_")
        if kind == "closes":
            inside, end, start = False, mark.start(), mark.end()
        elif kind == "opens":
            if not (start or text[: mark.start()].strip()):
                begin = mark.end()
            inside = True
        elif not inside:
            if text[start : mark.start()].strip():
                return Reply(text[begin:end], text[start : mark.start()], start)
            start = mark.end()
    return Reply(text[begin:], None) if inside else Reply(text[begin:end], text[start:], start)
