"""Hostile text → HTML that is only what it looks like: formulas, highlighted programs, visible control characters."""

import html
import re
from functools import lru_cache
from xml.etree import ElementTree as ET

from latex2mathml.converter import convert_to_element
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

SHOWN = 4000
"""How many characters of a text a page shows."""

_FORMULA = re.compile(
    r"(?<!\\)\$\$(?P<block>.+?)(?<!\\)\$\$|(?<!\\)\$(?P<inline>.+?)(?<!\\)\$|\\\[(?P<display>.+?)\\\]|\\\((?P<round>.+?)\\\)",
    re.DOTALL,
)
_LONGEST_FORMULA = 2000
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

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_PICTURES = 0x2400
"""Where Unicode has pictures of the first 32 control characters."""


def shown(text: str, most: int = SHOWN) -> str:
    """Return a text as a page shows it: cut, saying so; what would steer a terminal or turn its order made visible."""
    cut = text[:most] + (f"\n… {len(text) - most} more characters" if len(text) > most else "")
    return _CONTROL.sub(_visible, cut.replace("\r\n", "\n"))


def program(text: str) -> str:
    """Return a Python program as HTML with pygments' class names."""
    return str(highlight(shown(text), PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)))


@lru_cache(maxsize=1 << 12)
def statement(latex: str) -> str:
    """Return a text with formulas between dollar signs, or in LaTeX's brackets, as HTML with MathML."""
    latex = shown(latex)
    parts, end = [], 0
    for match in _FORMULA.finditer(latex):
        parts.append(_plain(latex[end : match.start()]))
        display = bool(match["block"] or match["display"])
        inner = match["block"] or match["inline"] or match["display"] or match["round"]
        parts.append(formula(inner, display=display) or f"<code>{html.escape(match[0])}</code>")
        end = match.end()
    return "".join([*parts, _plain(latex[end:])])


@lru_cache(maxsize=1 << 14)
def formula(latex: str, *, display: bool = False) -> str:
    """Return LaTeX as MathML; nothing if it cannot be read as such."""
    if len(latex) > _LONGEST_FORMULA:
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
        element.text = html.unescape(element.text) if element.text else element.text
        for name in element.attrib.keys() - _ATTRIBUTES:
            del element.attrib[name]
    return all(element.tag.removeprefix(f"{{{_MATHML}}}") in _ELEMENTS for element in root.iter())


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    return chr(_PICTURES + code) if code < 0x20 else f"<U+{code:04X}>"  # noqa: PLR2004 - the C0 block
