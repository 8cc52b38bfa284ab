"""Texts of nasty shapes and of any length: what a completion may be, whoever wrote it."""

from collections.abc import Callable
from functools import partial

BLOCK = "```python\nprint(1)\n```\n"


def repeated(unit: str, length: int, before: str = "", after: str = "") -> str:
    """Repeat a unit up to about a length."""
    return before + unit * max(1, (length - len(before) - len(after)) // len(unit)) + after


def _of(unit: str, before: str = "", after: str = "") -> Callable[[int], str]:
    return partial(repeated, unit, before=before, after=after)


SHAPES: dict[str, Callable[[int], str]] = {
    # Fences and what is between them
    "fences": _of("```\n"),
    "fences in one line": _of("``` "),
    "Python fences": _of("```python\n"),
    "Python fences with code": _of("```python x\n"),
    "one-line blocks": _of("```python print(1)```\n"),
    "blocks": _of(BLOCK),
    "tildes": _of("~~~\n"),
    "one fence": _of("`"),
    "fences at line ends": _of("x```\n", BLOCK),
    "fences behind colons": _of("a:```\n"),
    "shorter fences": _of("```\n", "`````python\n"),
    "fences in strings": _of("'''\n```\n", "```python\n"),
    "strings in fences": _of("```python\n'''\n```\n"),
    "quoted fences": _of("> ```\n"),
    "indented fence": _of("   x = 1\n", "   ```python\n"),
    "tabs under a tab": _of("\t\tx = 1\n", "\t```python\n"),
    "spaces under a tab": _of("    x = 1\n", "\t```python\n"),
    "quotations of one fence": _of("> x = 1\n", ">> ```python\n"),
    "code, then fences": lambda length: "x = 1\n" * 4000 + repeated("```\n", length),
    # Markdown
    "quotations": _of("> "),
    "lists": _of("- "),
    "numbered lists": _of("1. "),
    "list items": _of("- a\n"),
    "references": _of("[a]: b\n"),
    "tags": _of("<div>\n"),
    "emphasis": _of("*a_"),
    # Thinking and turns
    "opened thoughts": _of("<think>"),
    "thoughts": _of("<think></think>"),
    "half marks": _of("<think "),
    "prefixed marks": _of("<seed:"),
    "small tags": _of("<s>"),
    "ends of turns": _of("<|end|>"),
    "half tokens": _of("<|a"),
    "long tokens": _of("<|" + "think" * 11),
    "channels": _of("<|channel|>analysis<|message|>"),
    "triangles": _of("◁"),
    "a long thought": _of("x = 1\n", "<think>", f"</think>\n{BLOCK}"),
    # Code
    "the attack of an issue": _of("]:", "x = 1\na[", "\nx"),
    "code": _of("x = 1\n"),
    "calls": _of("print(1)\n"),
    "print": _of("print "),
    "print and spaces": _of(" ", "```python\nprint"),
    "attributes": _of("a."),
    "targets": _of("a,"),
    "loops": _of("for x in "),
    "prompts": _of(">>> x\n"),
    "prompts in a block": _of(">>> x\n", "```python\n", "```"),
    "names": _of("a=b\n", "```python\nx = 1\n```\n```python\n", "print(c)\n```"),
    "a language, then code": _of("x=1\n", "python\n"),
    "nested brackets": _of("(", "```python\nprint("),
    "digits": _of("1", "```python\nprint(", ")\n```"),
    # Signs
    "brackets": _of("["),
    "less-than signs": _of("<"),
    "backslashes": _of("\\"),
    "backslashes in a block": _of("\\", "```python\n"),
    "quotes": _of("'", "```python\n"),
    "open strings": _of('"a\n', "```python\n"),
    "hashes": _of("#"),
    "equals signs": _of("="),
    "line ends": _of("\n"),
    "Windows' line ends": _of("\r\n"),
    "spaces": _of(" "),
    "no-break spaces": _of("\u00a0", "```python\n", "print(1)\n```"),
    "letters and no-break spaces": _of("a\u00a0", "```python\n", "print(1)\n```"),
    "combining marks": _of("\u0301", "e"),
    "surrogates": _of("\ud800"),
    "nulls": _of("\0"),
    "families": _of("\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}"),
    "one word": _of("x"),
    "prose": _of("This is a sentence of prose.\n"),
    "dollar signs": _of("$"),
    "LaTeX": _of(r"\frac{1}{2} \left( x \right)^{2} "),
}
