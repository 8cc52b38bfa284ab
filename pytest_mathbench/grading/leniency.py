"""What a generous reader would still take for the reference: other notations, and answers in a sentence."""

import re
from itertools import islice

from pytest_mathbench.answers import RATIONAL, AnswerType
from pytest_mathbench.grading.kinds import Expected, compare, readable
from pytest_mathbench.grading.normalize import MAX_ANSWER, READ_TEXT, answer_of, boxed, last_line, plain
from pytest_mathbench.grading.numeric import Literal, literal, names
from pytest_mathbench.grading.scalars import Decision
from pytest_mathbench.grading.syntax import CONSTANTS, Kind, Node, UnreadError
from pytest_mathbench.grading.texts import numeral

_DECIMAL_COMMA = re.compile(r"(?<![\d,.])(\d+),(\d{1,2}|(?<=\b0,)\d+)(?![\d,.])")
_SPACED_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?![\d.,])")
_NEGATION = re.compile(r"\b(?:not|no|never|nor|neither|false|incorrect|wrong|none|cannot)\b|n't", re.IGNORECASE)
_HEDGE = re.compile(
    r"\b(?:maybe|perhaps|probably|possibly|about|approximately|approx|roughly|around|nearly|almost|guess|either|or|between|"
    r"at least|at most|more than|less than|unknown|unsure|if|else)\b|\b(?:could|might|may) be\s*[\d$\\]|[≈~?]|\\sim",
    re.IGNORECASE,
)
_CHOSEN = re.compile(
    r"\(?([A-H])\)?[).:](?:\s+[^\s,;±\\].*)?|(?:option|choice|answer)\s+\(?([A-H])\)?\.?", re.IGNORECASE
)
_TRUTH = {"true": "yes", "false": "no"}
_FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$|\\\((.+?)\\\)|\\\[(.+?)\\\]")
_SAYS = re.compile(
    r".*(?:\b(?:is|are|equals|by|be|answer|result|total|value|get|obtain|have|gives)\b|:\s)\s*(.+)", re.IGNORECASE
)
_SENTENCE = re.compile(r"\b(?:is|are|equals|gives|get|obtain|have|find)\b[^$]*\$[^$]+\$[\s.!]*$")
_SENTENCES = re.compile(r"(?<=[^\W\d_]|[\d)}\]$%])[.!?]\s+(?=[A-Z\\$<\[])|\\n(?![a-z])")
_END = re.compile(r"I hope it is correct|<\|")
_CORRECTED = re.compile(r"\bnot\s+\S*\d\S*\s+(?:it's|it is|which is|but)\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?![\d])")
_OPERATOR = re.compile(r"[+*/^=<>!|_√(\[{\\-]")
_TEXT_AT_THE_END = re.compile(r"\s*\\(?:text|mbox|textbf|mathrm)\s*\{[^{}]*\}\s*$")
_UNITS = re.compile(
    r"\s*(?:percentage|percent|pct|points?|people|ways|yuan|euros?|€|m²|cm²|km²|m³|cm³|items?|students?|children|apples|"
    r"boxes|balls|marbles|pounds|kg|grams?|liters?|years?|weeks?|months?|hours?|minutes?|seconds?)\.?$",
    re.IGNORECASE,
)
_MARKS = re.compile(r"\*\*|[\u2700-\u27bf\U0001f300-\U0001faff]")
_DOUBLED = re.compile(r"\\\\(?=[A-Za-z])")
_LETTER = re.compile(r"\W*([A-Za-z])\s*=")
_PERCENT = re.compile(r"[%]|\bpercent\b")
_LABELLED = re.compile(r"[A-Za-z][A-Za-z ]{0,30}:\s*(?=\S)")
_LONGEST_SENTENCE = 400


def decide_in_prose(output: str, answer: str, reference: str, wanted: Expected, rule: str) -> Decision:
    """Return whether an answer passes by a rule of leniency, and by which; else the rule by which it is wrong."""
    printed = plain(answer)
    for name, holds in (
        ("percent", _is_share(answer, printed, reference, wanted)),
        ("decimal comma", _with_point(printed, wanted)),
        ("base", _has_the_digits(printed, wanted)),
        ("lines", _line_by_line(output, wanted)),
        ("spaces", _word_by_word(printed, wanted)),
        ("words", _ends_with_words(answer, wanted)),
        ("choice", _names_the_choice(answer, wanted)),
        ("prose", _in_a_sentence(output, wanted)),
    ):
        if holds:
            return True, name
    return False, rule


def _equal(text: str, wanted: Expected) -> bool:
    return bool(text) and compare(text, wanted, lenient=True)[0]


def _number(text: str) -> Literal | None:
    try:
        return literal(readable(text, AnswerType.DECIMAL))
    except (UnreadError, RecursionError):
        return None


def _is_share(answer: str, printed: str, reference: str, wanted: Expected) -> bool:
    """Whether 0.28 stands for 28%."""
    if wanted.kind in {AnswerType.FRACTION, AnswerType.DECIMAL}:
        return _PERCENT.search(answer) is not None and _is_hundredfold(printed, wanted)
    if wanted.kind != AnswerType.PERCENT and "%" not in reference:
        return False
    ours, theirs = _number(printed), literal(wanted.node)
    return bool(ours and theirs and ours.value * 100 == theirs.value)


def _is_hundredfold(printed: str, wanted: Expected) -> bool:
    """Whether 75% stands for 3/4."""
    ours, theirs = _number(printed), literal(wanted.node)
    return bool(ours and theirs and ours.value == theirs.value * 100)


def _with_point(printed: str, wanted: Expected) -> bool:
    """Whether 2,74 stands for 2.74, on either side, or 1 000 for 1000."""
    if wanted.kind in RATIONAL and _SPACED_THOUSANDS.fullmatch(printed):
        return _equal(printed.replace(" ", ""), wanted)
    ours, theirs = (_DECIMAL_COMMA.sub(r"\1.\2", text) for text in (printed, wanted.text))
    if wanted.kind in {AnswerType.INTEGER, *RATIONAL, AnswerType.REAL}:
        return ours != printed and _equal(ours, wanted)
    if wanted.kind == AnswerType.LIST and not wanted.statement and theirs != wanted.text and _number(theirs):
        one, other = _number(ours), _number(theirs)
        return bool(one and other and one.value == other.value and one.digits)
    return False


def _has_the_digits(printed: str, wanted: Expected) -> bool:
    """Whether the answer names a base where the reference leaves it to the problem."""
    ours = numeral(printed)
    return bool(ours and ours[1] and wanted.kind == AnswerType.INTEGER and ours[0] == wanted.text)


_LISTS = {AnswerType.LIST, AnswerType.SET, AnswerType.TUPLES, AnswerType.TUPLE, AnswerType.VECTOR, AnswerType.VALUES}


def _count(node: Node) -> int:
    if node.kind == Kind.MATRIX:
        return len(node.parts) * len(node.parts[0].parts)
    return 2 if node.kind == Kind.SIGNS else len(node.parts) if node.kind in {Kind.GROUP, Kind.PAIRS} else 1


def _line_by_line(output: str, wanted: Expected) -> bool:
    """Whether the last lines hold the reference's members, one each."""
    if wanted.kind not in _LISTS or (count := _count(wanted.node)) < len("ab"):
        return False
    backwards = (line.strip() for line in reversed(output[-READ_TEXT:].splitlines()) if line.strip())
    lines = list(islice(backwards, count + 1))
    members = [plain(answer_of(line)) for line in reversed(lines)]
    if len(members) == count + 1 and members[0].endswith(":"):
        members = members[1:]
    return len(members) == count and all(members) and _equal(", ".join(members), wanted)


def _word_by_word(printed: str, wanted: Expected) -> bool:
    """Whether a line holds the members with spaces between them, as print(*members) does."""
    if wanted.kind not in _LISTS or len(printed.split()) != _count(wanted.node) or "," in printed:
        return False
    members = printed.split()
    return all(map(_is_value, members)) and _equal(", ".join(members), wanted)


def _is_value(text: str) -> bool:
    """Whether a word is a number by itself, and none that lacks a sign."""
    try:
        return not names(readable(text, AnswerType.REAL)) - CONSTANTS
    except (UnreadError, RecursionError):
        return False


def _ends_with_words(answer: str, wanted: Expected) -> bool:
    if wanted.kind != AnswerType.TEXT or _NEGATION.search(answer) or _HEDGE.search(answer):
        return False
    said = plain(answer).casefold().rstrip(".! ")
    name = wanted.text.casefold()
    if re.search(r"[\d,;/&]|\band\b", said.removesuffix(name)):
        return False
    return _TRUTH.get(said) == name or (said.endswith(name) and not said.removesuffix(name)[-1:].isalnum())


def _names_the_choice(answer: str, wanted: Expected) -> bool:
    if wanted.kind != AnswerType.CHOICE or _NEGATION.search(answer) or _HEDGE.search(answer):
        return False
    named = _CHOSEN.fullmatch(plain(answer))
    return bool(named and (named[1] or named[2]).upper() == wanted.text.strip("().").upper())


def _in_a_sentence(output: str, wanted: Expected) -> bool:
    r"""Whether the last sentence says the answer: in a box, in dollar signs, after `is`, with a unit, or alone."""
    if wanted.kind in {AnswerType.TEXT, AnswerType.CHOICE}:
        return False
    clause = _clause(output)
    named = _LETTER.match(clause)
    if named and wanted.label and named[1] != wanted.label:
        return False
    if _NEGATION.search(clause) or _HEDGE.search(_FORMULA.sub(" ", clause)):
        return False
    return any(_equal(candidate, wanted) for candidate in dict.fromkeys(_candidates(clause)) if candidate)


def _clause(output: str) -> str:
    """Return the clause that says the answer: of the final answer, where it is called so, else the last one."""
    text = last_line(output)
    if (final := text.casefold().rfind("final answer")) >= 0:
        text = _END.split(text[final + len("final answer") :])[0].lstrip(" :").rstrip()
        text = _SENTENCES.split(text)[0]
    else:
        text = _SENTENCES.split(_END.split(text)[0].rstrip())[-1]
    return _CORRECTED.split(text)[-1].strip()[-MAX_ANSWER:]


def _candidates(clause: str) -> list[str]:
    clause = _DOUBLED.sub(r"\\", clause) if r"\begin" not in clause else clause
    found = [
        boxed(clause),
        clause.lstrip("= "),
        _TEXT_AT_THE_END.sub("", clause),
        _MARKS.sub(" ", clause),
        clause.replace("$", ""),
    ]
    formulas = [next(group for group in match.groups() if group) for match in _FORMULA.finditer(clause)]
    if formulas and (len(set(formulas)) == 1 or _SENTENCE.search(clause)):
        found.append(formulas[-1])
    if says := _SAYS.search(clause[-_LONGEST_SENTENCE:]):
        found.append(says[1].strip().strip('*"').replace('\\"', "").replace("$", "").rstrip(".! "))
    if labelled := _LABELLED.match(clause):
        found.append(clause[labelled.end() :])
    numbers = _NUMBER.findall(clause)
    if len(numbers) == 1 and not clause[: clause.find(numbers[0])].strip().endswith("-"):
        numbers.append(_DECIMAL_COMMA.sub(r"\1.\2", numbers[0]))
        found += numbers if re.search(r"[A-Za-z]{3}|[€£]", clause) and not _OPERATOR.search(clause) else []
    texts = [plain(each) for each in found if each]
    return texts + [plain(_UNITS.sub("", each)) for each in texts]
