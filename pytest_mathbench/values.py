"""What a user writes → values of options; each reader raises `ValueError` with what it expects."""

import json
import math
import re
import shlex
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pytest_mathbench.domains import LEVELS, Domain, in_order

COLUMNS = ("problem", "answer", "domain", "level", "id", "answer_type")
"""What the columns of a data set can be mapped to."""

OWN_FIELDS = {"model", "messages", "prompt", "n", "stream"}
"""Fields of a request's body that a benchmark cannot do without, or without setting itself."""

_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,200}")
_SIZE = re.compile(r"(\d{1,18})\s*([KMG]?)(?:i?B)?", re.IGNORECASE | re.ASCII)
_OWN_ARGUMENTS = {"--host", "--port", "--model", "--served-model-name", "--api-key"}
_POWERS = {"": 0, "K": 10, "M": 20, "G": 30}
_MAX_SIZE = 1 << 60  # what the kernel's limits can hold, with room for the interpreter


def whole(minimum: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from a minimum."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,18}", text.strip()) or int(text) < minimum:
            raise ValueError(f"expected a whole number of at least {minimum}")
        return int(text)

    return parse


def number(minimum: float, maximum: float) -> Callable[[str], float]:
    """Return a reader of numbers in a range."""

    def parse(text: str) -> float:
        message = f"expected a number from {minimum:g} to {maximum:g}"
        try:
            value = float(text)
        except ValueError:
            raise ValueError(message) from None
        if not minimum <= value <= maximum:
            raise ValueError(message)
        return value

    return parse


def price(text: str) -> tuple[float, ...]:
    """Read a price of a million tokens: of prompts, of completions, and of thoughts if they have one of their own."""
    message = "expected IN,OUT or IN,OUT,THINKING: what a million tokens cost, as in 0.15,0.6"
    try:
        amounts = tuple(map(float, text.split(",")))
    except ValueError:
        raise ValueError(message) from None
    if len(amounts) not in {2, 3} or not all(0 <= amount < math.inf for amount in amounts):
        raise ValueError(message)
    return amounts


def size(text: str) -> int:
    """Read a size in bytes, as in 512M."""
    match = _SIZE.fullmatch(text.strip())
    size = int(match[1]) << _POWERS[match[2].upper()] if match else 0
    if not 0 < size <= _MAX_SIZE:
        raise ValueError("expected a size such as 512M or 1G")
    return size


def domains(text: str) -> tuple[str, ...]:
    """Read names; whether the problem set has them is seen when it is loaded."""
    names = [name.strip().lower().replace("-", "_") for name in text.split(",") if name.strip()]
    if not names:
        raise ValueError(f"no domain is named; MATH's are {', '.join(Domain)}")
    return tuple(in_order(names))


def levels(text: str) -> tuple[int, ...]:
    """Read levels, as in 1,2 or 3-5."""
    chosen: set[int] = set()
    for part in text.split(","):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        ends = (first, last if dash else first)
        if any(end not in map(str, LEVELS) for end in ends):
            raise ValueError(f"unknown level {part.strip()!r}; levels are 1 to 5, as in 2 or 1,3 or 3-5")
        if ends[0] > ends[1]:
            raise ValueError(f"no level in {part.strip()!r}; a range runs upwards, as in 3-5")
        chosen.update(range(int(ends[0]), int(ends[1]) + 1))
    return tuple(sorted(chosen))


def seeds(text: str) -> tuple[int, ...]:
    """Read seeds, separated by commas."""
    pieces = [piece.strip() for piece in text.split(",")]
    if not all(re.fullmatch(r"\d{1,18}", piece, re.ASCII) for piece in pieces):
        raise ValueError("expected seeds: whole numbers separated by commas, of which 0 is the bundled set")
    return tuple(dict.fromkeys(map(int, pieces)))


def shard(text: str) -> tuple[int, int]:
    """Read one of so many parts, as in 1/4."""
    match = re.fullmatch(r"(\d{1,4})/(\d{1,4})", text.strip(), re.ASCII)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise ValueError("expected I/N, as in 1/4: one of N parts, counted from 1")
    return int(match[1]), int(match[2])


def columns(text: str) -> tuple[tuple[str, str], ...]:
    """Read which column holds what, as in problem=question,level=."""
    pieces = [piece.partition("=") for piece in text.split(",") if piece.strip()]
    pairs = tuple((part.strip(), column.strip()) for part, _, column in pieces)
    for (part, _), (_, equals, _) in zip(pairs, pieces, strict=True):
        if not equals or part not in COLUMNS:
            raise ValueError(f"expected NAME=COLUMN, where NAME is one of {', '.join(COLUMNS)}; found {part!r}")
    return pairs


def sentences(text: str) -> tuple[str, ...]:
    """Read sentences, separated by semicolons or line breaks."""
    return tuple(sentence.strip() for sentence in re.split(r"[;\n]", text) if sentence.strip())


def patch(text: str) -> str:
    """Read a JSON merge patch (RFC 7396) on a request's body; return it as JSON in one spelling, empty for none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f'expected a JSON object, as in {{"top_k": 20, "temperature": null}} ({error})') from None
    if not isinstance(found, dict):
        raise ValueError('expected a JSON object, as in {"top_k": 20, "temperature": null}')  # noqa: TRY004 - bad text
    if taken := sorted(OWN_FIELDS & found.keys()):
        raise ValueError(f"{taken[0]!r} is set by the plugin itself")
    return json.dumps(found, sort_keys=True) if found else ""


def header_variables(text: str) -> tuple[tuple[str, str], ...]:
    """Read HTTP headers and the environment variables that hold their values, as in api-key=AZURE_KEY."""
    pairs = _pairs(text)
    for name, variable in pairs:
        if not _HEADER.fullmatch(name) or not _VARIABLE.fullmatch(variable):
            raise ValueError(f"expected HEADER=VARIABLE, separated by commas; found {name}={variable}")
    return pairs


def query(text: str) -> tuple[tuple[str, str], ...]:
    """Read a query string, as in api-version=2024-10-21."""
    return tuple(parse_qsl(text.lstrip("?"), keep_blank_values=True, strict_parsing=bool(text.strip("? "))))


def base_urls(text: str) -> tuple[str, ...]:
    """Read the addresses of one or more replicas, separated by commas."""
    urls = tuple(url.strip().rstrip("/") for url in text.split(",") if url.strip())
    for url in urls:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"expected an address such as http://host:8000/v1; found {url!r}")
        if parts.query:
            raise ValueError(f"{url!r} has a query string: it goes into --mathbench-query")
    return tuple(dict.fromkeys(urls))


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    pieces = [piece.partition("=") for piece in text.split(",") if piece.strip()]
    return tuple((name.strip(), value.strip()) for name, _, value in pieces)


def one_of(names: Iterable[str]) -> Callable[[str], Any]:
    """Return a reader of one of these names; members of an enumeration are read as such."""
    known = {str(name): name for name in names}

    def parse(text: str) -> str:
        if text not in known:
            raise ValueError(f"expected one of {', '.join(known)}")
        return known[text]

    return parse


def some_of(*known: str) -> Callable[[str], tuple[str, ...]]:
    """Return a reader of one or more of these names, separated by commas."""

    def parse(text: str) -> tuple[str, ...]:
        names = {name.strip() for name in text.split(",") if name.strip()}
        if not names or names - set(known):
            raise ValueError(f"expected some of {', '.join(known)}, separated by commas")
        return tuple(name for name in known if name in names)

    return parse


def named_places(*known: str) -> Callable[[str], tuple[tuple[str, str], ...]]:
    """Return a reader of lines, each of one of these names, or of a name and a place, as in NAME:PLACE."""

    def parse(text: str) -> tuple[tuple[str, str], ...]:
        pieces = [line.strip().partition(":") for line in text.splitlines() if line.strip()]
        if unknown := [name for name, _, _ in pieces if name not in known]:
            raise ValueError(f"expected one of {', '.join(known)}, or NAME:WHERE; found {unknown[0]!r}")
        return tuple(dict.fromkeys((name, place) for name, _, place in pieces))

    return parse


def names(text: str) -> tuple[str, ...]:
    """Read names of any kind, separated by commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def modules(text: str) -> tuple[str, ...]:
    """Read names of modules."""
    found = names(text)
    if wrong := [name for name in found if not all(part.isidentifier() for part in name.split("."))]:
        raise ValueError(f"{wrong[0]!r} is no module name")
    return found


def yes_or_no(text: str) -> bool:
    """Read a switch."""
    known = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}
    if text.strip().lower() not in known:
        raise ValueError("expected yes or no")
    return known[text.strip().lower()]


def engine_arguments(text: str) -> tuple[str, ...]:
    """Read a command line's words, of which some are ours to set."""
    words = tuple(shlex.split(text))
    if ours := [word for word in words if word.partition("=")[0] in _OWN_ARGUMENTS]:
        raise ValueError(f"{ours[0]} is set by the plugin itself")
    return words
