"""Text of others → text that a terminal, a log or a page shows as it is, and does nothing else with."""

from functools import cache


def printable(text: str, keep: str = "") -> str:
    r"""Return a text with an escape such as `\x1b` or `\u202e` for whatever is not seen, or steers what is seen.

    These are control characters, line ends among them, marks of the direction of writing, characters without width,
    spaces other than the plain one, halves of characters, and what Unicode has not assigned: all that Python's `repr`
    escapes. Those to `keep`, such as a line feed, stay.
    """
    return text if text.isprintable() else text.translate(_escapes(keep))


class _Escapes(dict[int, str]):
    """What stands for a character, by its code; each is looked up once."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        self[code] = sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii")
        return self[code]


@cache
def _escapes(keep: str) -> _Escapes:
    return _Escapes({ord(sign): sign for sign in keep})
