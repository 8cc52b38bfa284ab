"""A prompt that an endpoint has cut is told by the tokens that it counts."""

from dataclasses import replace

import pytest
from factories import PROPERTY, make_completion, make_request, make_result
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.analysis.cutprompts import is_cut, least_tokens
from pytest_mathbench.records import Prompt


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("", 0),
        ("What is six times seven?", 5),
        (r"\frac{1}{22}", 3),
        ("1234567", 3),
        ("x_1^2", 3),
        ("六乘七是多少", 1),
    ],
)
def test_a_text_has_at_least_so_many_tokens(text: str, least: int) -> None:
    """A word, or three digits, are one token at best."""
    assert least == least_tokens(text)


@PROPERTY
@given(st.text(), st.text())
def test_texts_have_what_their_parts_have(one: str, other: str) -> None:
    """A blank between two texts joins nothing."""
    assert least_tokens(one) + least_tokens(other) == least_tokens(f"{one} {other}")


@pytest.mark.parametrize(("counted", "cut"), [(200, False), (100, False), (89, True), (1, True), (0, False)])
def test_fewer_tokens_than_words_are_a_cut(counted: int, *, cut: bool) -> None:
    """An endpoint that does not count is not suspected."""
    request = replace(make_request(), prompt=Prompt(user="word " * 90, system="word " * 10))
    assert cut == is_cut(make_result(request=request, completion=make_completion(prompt_tokens=counted)))


def test_short_prompts_are_not_suspected() -> None:
    """A few tokens more or less are nothing."""
    assert not is_cut(make_result(completion=make_completion(prompt_tokens=1)))
