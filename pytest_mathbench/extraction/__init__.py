"""Completion → program, or none.

The rules, in order; docs/extraction.md shows each with examples:

1. Thinking is not the answer, nor is what comes after a token that ends the model's turn.
2. Of the fenced blocks, those marked as Python are the candidates; without any, those marked as nothing.
3. Of the candidates, the last that prints is the program; without any that prints, the last.
4. Earlier candidates go before it if they bind names that it uses and lacks.
5. Where no block is marked as Python and none prints, the candidates are what prose leaves of the text before them.
6. The prompts of an interactive session, odd spaces and an indentation that all lines share are taken away.

A completion is hostile. Nothing here runs any of it, or takes more time than in proportion to its length.
"""

from pytest_mathbench.extraction.programs import Extracted, extract

__all__ = ["Extracted", "extract", "extract_program"]


def extract_program(completion: str) -> str | None:
    """Return the program in a model's completion, with a final newline, or None if it holds none."""
    extracted = extract(completion)
    return extracted.program if extracted else None
