"""Completion → program, or none.

The rules, in order; docs/extraction.md shows each with an example:

1. Thinking is not the answer: text up to the last `</think>` is dropped, and a thought that never ends leaves nothing.
2. The rest is read as CommonMark, so fences nest, indent, open and close as a renderer would have them.
3. Blocks marked as Python are the candidates; without any, blocks marked as nothing.
4. Of the candidates, the last that prints; without any, the last.
5. A text with no block at all is a program from its first line of code to its last, if it prints.
"""

import re

_PYTHON = {"python", "py", "python3", "py3", "ipython", "python2"}
_NOT_READ = ["inline", "html_block", "code"]
"""Rules of CommonMark left out: only blocks matter, and a tag or a deep indentation must not swallow a fence."""
_THINKING = re.compile(r"</?(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_PRINTS = re.compile(r"(?<![\w.])print\s*\(|\bsys\.stdout\.write\s*\(")
_CODE_LINE = re.compile(
    r"\s+\S"  # indented
    r"|(?:import|from|def|class|for|while|if|elif|else|try|except|finally|with|return|assert|pass|raise)\b.*"
    r"|@\w|#|[)\]}]"
    r"|[A-Za-z_][\w.]*(?:\s*,\s*[A-Za-z_]\w*)*(?:\[.*\])?\s*(?::[^=]*)?[-+*/%|&^]{0,2}=(?!=)"  # an assignment
    r"|[A-Za-z_][\w.]*\(.*"  # a call
)
_FIRST_LINE = re.compile(
    r"import\s+\w|from\s+[\w.]+\s+import\b|def\s+\w+\(|class\s+\w|print\s*\(|[A-Za-z_]\w*\s*=[^=]"
    r"|for\s+\w.*\bin\b.*:\s*$"
)


def extract_program(completion: str) -> str | None:
    """Return the program in a model's completion, with a final newline, or None if it holds none."""
    answer = _without_thinking(completion)
    if answer is None:
        return None
    blocks = _blocks(answer)
    if not blocks:
        return _unfenced(answer)
    candidates = [code for language, code in blocks if language in _PYTHON]
    candidates = candidates or [code for language, code in blocks if not language]
    candidates = [code for code in candidates if code.strip()]
    printing = [code for code in candidates if _PRINTS.search(code)]
    return next(reversed(printing or candidates), None)


def _without_thinking(text: str) -> str | None:
    tags = list(_THINKING.finditer(text))
    if not tags:
        return text
    last = tags[-1]
    return text[last.end() :] if last[0].startswith("</") else None


def _blocks(markdown: str) -> list[tuple[str, str]]:
    """Return (language, code) of every fenced block, in order; the language in lower case, empty if not given."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - collecting items need not pay for it

    tokens = MarkdownIt("commonmark").disable(_NOT_READ).parse(markdown)
    return [(_language(token.info), _ended(token.content)) for token in tokens if token.type == "fence"]


def _ended(code: str) -> str:
    return code if code.endswith("\n") else code + "\n"


def _language(info: str) -> str:
    words = info.replace("{", " ").replace("}", " ").replace(":", " ").replace(",", " ").split()
    return words[0].lstrip(".").lower() if words else ""


def _unfenced(text: str) -> str | None:
    lines = text.split("\n")
    code = [number for number, line in enumerate(lines) if _CODE_LINE.match(line)]
    first = next((number for number in code if _FIRST_LINE.match(lines[number])), None)
    if first is None:
        return None
    program = "\n".join(lines[first : code[-1] + 1]) + "\n"
    return program if _PRINTS.search(program) else None
