"""Hostile text → HTML that is only what it looks like: formulas, highlighted programs, visible control characters.

Of each text a page shows the first `SHOWN` characters, and formulas up to half of that, so that neither the highlighter
nor the converter has more than tens of milliseconds to spend on one, whatever is in it.
"""

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from xml.etree import ElementTree as ET

from latex2mathml.converter import convert_to_element
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from pytest_mathbench.printable import printable

SHOWN = 4000
"""How many characters of a text a page shows."""

_SIGN = re.compile(r"\\[\s\S]|\$\$?")
_CLOSING = {"$": "$", "$$": "$$", r"\(": r"\)", r"\[": r"\]"}
_DISPLAYED = {"$$", r"\["}
LONGEST_FORMULA = 2000
_MATHML = "http://www.w3.org/1998/Math/MathML"
_ELEMENTS = {
    "math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "mstyle", "mpadded",
    "mphantom", "mfenced", "menclose", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts",
    "mtable", "mtr", "mlabeledtr", "mtd", "merror",
}  # fmt: skip
_ATTRIBUTES = {
    "xmlns", "display", "displaystyle", "scriptlevel", "mathvariant", "stretchy", "fence", "separator", "form",
    "lspace", "rspace", "minsize", "maxsize", "movablelimits", "accent", "accentunder", "linethickness", "notation",
    "width", "height", "depth", "columnalign", "columnlines", "rowlines", "columnspacing", "rowspacing",
}  # fmt: skip
"""What a formula may consist of: no link, no style, no script, whatever LaTeX asks for."""

_UNSEEN = "\n\t\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2061\u2062\u2063\u2064"
"""Spaces, and operators that are understood: sin&#x2061;x."""


def shown(text: str, most: int = SHOWN) -> str:
    """Return a text as a page shows it: printable, and cut, saying so."""
    cut = text[:most] + (f"\n… {len(text) - most} more characters" if len(text) > most else "")
    return printable(cut.replace("\r\n", "\n"), keep="\n\t")


def program(text: str) -> str:
    """Return a Python program as HTML with pygments' class names."""
    return str(highlight(shown(text), PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)))


@lru_cache(maxsize=1 << 12)
def statement(latex: str) -> str:
    """Return a text with formulas between dollar signs, or in LaTeX's brackets, as HTML with MathML."""
    latex = shown(latex)
    parts, end = [], 0
    for first, last, opening in _formulas(latex):
        parts.append(_plain(latex[end:first]))
        inner = latex[first + len(opening) : last - len(opening)]
        mathml = formula(inner, display=opening in _DISPLAYED)
        parts.append(mathml or f"<code>{html.escape(latex[first:last])}</code>")
        end = last
    return "".join([*parts, _plain(latex[end:])])


def _formulas(latex: str) -> Iterator[tuple[int, int, str]]:
    """Yield from and to where formulas stand, with their brackets, and with which.

    A bracket that is never closed is looked for once: from there on, it opens nothing.
    """
    unclosed: set[str] = set()
    place = 0
    while opening := _SIGN.search(latex, place):
        place = opening.end()
        if opening[0] not in _CLOSING or opening[0] in unclosed:
            continue
        end = _end(latex, opening.end(), _CLOSING[opening[0]])
        if end is None:
            unclosed.add(opening[0])
        elif end > opening.end() + len(opening[0]):
            yield opening.start(), end, opening[0]
            place = end


def _end(latex: str, place: int, closing: str) -> int | None:
    while sign := _SIGN.search(latex, place):
        if sign[0].startswith(closing):
            return sign.start() + len(closing)
        place = sign.end()
    return None


@lru_cache(maxsize=1 << 14)
def formula(latex: str, *, display: bool = False) -> str:
    """Return LaTeX as MathML; nothing if it cannot be read as such."""
    if len(latex) > LONGEST_FORMULA or not latex.replace("\n", " ").isprintable():
        return ""
    try:
        element = convert_to_element(latex, display="block" if display else "inline")
    except Exception:  # noqa: BLE001 - LaTeX by anybody makes the parser raise anything
        return ""
    return ET.tostring(element, encoding="unicode") if _tame(element) else ""


def _plain(text: str) -> str:
    return html.escape(text.replace("\\$", "$"))


def _tame(root: ET.Element) -> bool:
    """Leave nothing in a formula but mathematics; say whether it is all there still."""
    for element in root.iter():
        # latex2mathml writes entities, and would not escape text: both are the serialiser's matter here.
        element.text = printable(html.unescape(element.text), _UNSEEN) if element.text else element.text
        for name in element.attrib.keys() - _ATTRIBUTES:
            del element.attrib[name]
    return all(element.tag.removeprefix(f"{{{_MATHML}}}") in _ELEMENTS for element in root.iter())
