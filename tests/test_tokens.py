"""Tokens are mapped to the text that they make, however it is split."""

from itertools import pairwise

import pytest
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.generation.tokens import align

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.text("aé→😀 \n\t", max_size=30)


@st.composite
def split_texts(draw: st.DrawFn) -> tuple[str, list[bytes]]:
    """Any text, and its UTF-8 split anywhere, in mid-character too, with tokens of no byte among them."""
    text = draw(TEXTS)
    data = text.encode()
    cuts = sorted(draw(st.lists(st.integers(0, len(data)), max_size=40)))
    return text, [data[start:end] for start, end in pairwise([0, *cuts, len(data)])]


def as_vllm_shows(tokens: list[bytes]) -> list[bytes]:
    """A character that is split is shown whole with its last token, and the tokens before it are empty."""
    shown, pending = [], b""
    for token in tokens:
        pending += token
        whole = pending.decode(errors="ignore").encode()
        shown.append(whole)
        pending = pending[len(whole) :]
    return shown


@PROPERTY
@given(split_texts())
def test_any_split_of_any_text_maps_back_exactly(given_: tuple[str, list[bytes]]) -> None:
    """Shares joined are the text, and each character is its last byte's token's: as vLLM shows tokens."""
    text, tokens = given_
    shares = align(text, tokens)
    assert text == "".join(shares)
    assert len(tokens) == len(shares)
    assert [share.decode() for share in as_vllm_shows(tokens)] == list(shares)


@PROPERTY
@given(split_texts())
def test_both_ways_of_showing_split_characters_are_one(given_: tuple[str, list[bytes]]) -> None:
    """Servers that tell bytes and servers that tell whole characters get the same shares."""
    text, tokens = given_
    assert align(text, tokens) == align(text, as_vllm_shows(tokens))


@PROPERTY
@given(split_texts(), st.data())
def test_tokens_that_are_not_shown_have_no_share(given_: tuple[str, list[bytes]], data: st.DataObject) -> None:
    """Special tokens may stand anywhere between characters: they take nothing from the others."""
    text, split = given_
    tokens = as_vllm_shows(split)
    place = data.draw(st.integers(0, len(tokens)))
    shares = align(text, [*tokens[:place], b"<|special|>", *tokens[place:]])
    expected = [token.decode() for token in tokens]
    assert shares[place] == ""
    assert (*expected[:place], *expected[place:]) == shares[:place] + shares[place + 1 :]


def test_a_space_that_the_decoder_drops_is_no_matter() -> None:
    """A text that begins with a token of a leading space may have lost it."""
    assert ("print", "(", "1", ")") == align("print(1)", [b" print", b"(", b"1", b")"])


def test_a_character_that_was_cut_off_belongs_to_the_last_token() -> None:
    """What a decoder shows for half a character at the end is the last token's."""
    assert ("a", "\ufffd") == align("a\ufffd", [b"a", b""])


@pytest.mark.parametrize("tokens", [[], [b"a"], [b"b", b"a"], [b"ab", b"cd"]])
def test_tokens_that_do_not_make_the_text_are_refused(tokens: list[bytes]) -> None:
    """A server whose tokens are not those of its text is not trusted with positions."""
    with pytest.raises(ValueError, match="the tokens stop matching at"):
        align("abc", tokens)
