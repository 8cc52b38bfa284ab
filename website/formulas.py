"""Formulas between dollar signs as MathML: an extension of Python-Markdown for the documentation site.

GitHub shows them by itself. MathML needs no script and no font from elsewhere; the page of a run has it as well.
"""

from re import Match
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor

from pytest_mathbench.reporting.markup import formula


class Formula(InlineProcessor):
    """Between `$` and `$` in the line, between `$$` and `$$` on a line of its own."""

    def handleMatch(self, m: Match[str], data: str) -> tuple[str, int, int]:  # noqa: ARG002, N802 - the base class's names
        """Raise ValueError for what is no LaTeX: it is a mistake of the page."""
        mathml = formula(m["latex"], display=m["sign"] == "$$")
        if not mathml:
            raise ValueError(f"no formula: {m[0]}")
        return self.md.htmlStash.store(mathml), m.start(), m.end()


class Formulas(Extension):
    """Put formulas before escapes and emphasis, behind code spans."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the base class's name
        """Register the pattern."""
        md.inlinePatterns.register(Formula(r"(?P<sign>\$\$?)(?P<latex>[^$]+)(?P=sign)", md), "formula", 185)


def makeExtension(**options: Any) -> Extension:  # noqa: N802 - the name and the signature that Markdown calls
    """Make the extension."""
    return Formulas(**options)
