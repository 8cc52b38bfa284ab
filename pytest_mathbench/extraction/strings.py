"""How Python's string literals look, as parts of regular expressions that never go back over what they have read."""

import re

_END = r"\Z"
_TRIPLE = (
    r"(?:'{3}(?:[^'\\]++|\\[\s\S]|'(?!''))*+(?:'{3}|%(end)s)"
    r"|\"{3}(?:[^\"\\]++|\\[\s\S]|\"(?!\"\"))*+(?:\"{3}|%(end)s))"
)
_SINGLE = r"(?:'(?!'')(?:[^'\\\n]++|\\[\s\S])*+'?|\"(?!\"\")(?:[^\"\\\n]++|\\[\s\S])*+\"?)"
_NEVER = r"(?!)"

STRING = rf"(?:{_TRIPLE % {'end': _END}}|{_SINGLE})"
"""A literal; one in triple quotes that never ends takes the rest of the text, another the rest of its line."""

UP_TO_AN_OPEN_STRING = re.compile(rf"(?:[^#'\"]++|#[^\n]*+|{_TRIPLE % {'end': _NEVER}}|{_SINGLE})*+")
"""Code, up to a text in triple quotes that does not end; all of it if there is none."""

_NOT_CODE = re.compile(rf"(#[^\n]*+|{STRING})")
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_WITHOUT_WIDTH = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_ODD = re.compile(f"[{_SPACES}{_WITHOUT_WIDTH}]")
_PLAIN = dict.fromkeys(map(ord, _SPACES), " ") | dict.fromkeys(map(ord, _WITHOUT_WIDTH), "")


def with_plain_spaces(program: str) -> str:
    """Return a program with plain spaces for those that Python cannot read, but for those in strings."""
    if not _ODD.search(program):
        return program
    pieces = _NOT_CODE.split(program)
    pieces[::2] = [piece.translate(_PLAIN) for piece in pieces[::2]]
    return "".join(pieces)
