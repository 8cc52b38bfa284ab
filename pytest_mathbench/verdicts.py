"""Whose word it is whether an answer is right."""

from enum import StrEnum


class Verdict(StrEnum):
    """Who decides whether an answer is right; docs/grading.md."""

    STRICT = "strict"
    LENIENT = "lenient"
    JUDGE = "judge"
