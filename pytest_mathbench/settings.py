"""The settings of a run: what each is called, how it is read, what it defaults to.

`Settings` is the one table of options: the plugin makes `--mathbench-NAME` and the ini key `mathbench_NAME` of each
field, and `read` turns what the user wrote into a `Settings`.
"""

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any

from pytest_mathbench.domains import LEVELS, Domain, in_order
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.protocols import PROTOCOLS
from pytest_mathbench.verdicts import Verdict

DEFAULT_TIMEOUT_SECONDS = 10.0
"""A program's CPU time when pytest-timeout was given no limit."""

DEFAULT_API_KEY_ENV = "OPENAI_API_KEY"

LATEST = "latest"
"""The newest run of the output folder."""

POLICIES = ("strict", "auto", "off")
"""How much confinement is asked for; docs/sandbox.md."""

DEFAULT_JUDGE = "mistral-large-2411"
"""The judge of Evstafev 2025."""

STRATEGIES = ("single", "stepwise", "regenerate", "resample", "random")
"""How a completion comes to be; docs/strategies.md."""

TRIGGERS = ("syntax", "margin", "entropy", "verdict")
"""What a completion is regenerated for."""

JUDGING = ("off", "fallback", "all")
"""Which answers a judge is asked about."""

PRELOAD = (
    "sympy", "numpy", "scipy.optimize", "scipy.special", "math", "cmath", "fractions", "decimal", "statistics",
    "itertools", "collections", "functools", "datetime",
)  # fmt: skip
"""What is imported once for all programs; what is not installed is left out."""

COLUMNS = ("problem", "answer", "domain", "level", "id")
"""What the columns of a data set can be mapped to."""

_SIZE = re.compile(r"(\d{1,18})\s*([KMG]?)(?:i?B)?", re.IGNORECASE | re.ASCII)
_OWN_ARGUMENTS = {"--host", "--port", "--model", "--served-model-name", "--api-key"}
_POWERS = {"": 0, "K": 10, "M": 20, "G": 30}
_MAX_SIZE = 1 << 60  # what the kernel's limits can hold, with room for the interpreter


def _whole(minimum: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,18}", text.strip()) or int(text) < minimum:
            raise ValueError(f"expected a whole number of at least {minimum}")
        return int(text)

    return parse


def _number(minimum: float, maximum: float) -> Callable[[str], float]:
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


def _size(text: str) -> int:
    match = _SIZE.fullmatch(text.strip())
    size = int(match[1]) << _POWERS[match[2].upper()] if match else 0
    if not 0 < size <= _MAX_SIZE:
        raise ValueError("expected a size such as 512M or 1G")
    return size


def _domains(text: str) -> tuple[str, ...]:
    """Read names; whether the problem set has them is seen when it is loaded."""
    names = [name.strip().lower().replace("-", "_") for name in text.split(",") if name.strip()]
    if not names:
        raise ValueError(f"no domain is named; MATH's are {', '.join(Domain)}")
    return tuple(in_order(names))


def _levels(text: str) -> tuple[int, ...]:
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


def _seeds(text: str) -> tuple[int, ...]:
    pieces = [piece.strip() for piece in text.split(",")]
    if not all(re.fullmatch(r"\d{1,18}", piece, re.ASCII) for piece in pieces):
        raise ValueError("expected seeds: whole numbers separated by commas, of which 0 is the bundled set")
    return tuple(dict.fromkeys(map(int, pieces)))


def _columns(text: str) -> tuple[tuple[str, str], ...]:
    pieces = [piece.partition("=") for piece in text.split(",") if piece.strip()]
    pairs = tuple((part.strip(), column.strip()) for part, _, column in pieces)
    for (part, _), (_, equals, _) in zip(pairs, pieces, strict=True):
        if not equals or part not in COLUMNS:
            raise ValueError(f"expected NAME=COLUMN, where NAME is one of {', '.join(COLUMNS)}; found {part!r}")
    return pairs


def _sentences(text: str) -> tuple[str, ...]:
    return tuple(sentence.strip() for sentence in re.split(r"[;\n]", text) if sentence.strip())


def _policy(text: str) -> str:
    if text not in POLICIES:
        raise ValueError(f"expected one of {', '.join(POLICIES)}")
    return text


def _verdict(text: str) -> Verdict:
    if text not in set(Verdict):
        raise ValueError(f"expected one of {', '.join(Verdict)}")
    return Verdict(text)


def _judging(text: str) -> str:
    if text not in JUDGING:
        raise ValueError(f"expected one of {', '.join(JUDGING)}")
    return text


def _protocol(text: str) -> str:
    if text not in PROTOCOLS:
        raise ValueError(f"expected one of {', '.join(PROTOCOLS)}")
    return text


def _strategy(text: str) -> str:
    if text not in STRATEGIES:
        raise ValueError(f"expected one of {', '.join(STRATEGIES)}")
    return text


def _triggers(text: str) -> tuple[str, ...]:
    names = {name.strip() for name in text.split(",") if name.strip()}
    if not names or names - set(TRIGGERS):
        raise ValueError(f"expected some of {', '.join(TRIGGERS)}, separated by commas")
    return tuple(name for name in TRIGGERS if name in names)


def _modules(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if wrong := [name for name in names if not all(part.isidentifier() for part in name.split("."))]:
        raise ValueError(f"{wrong[0]!r} is no module name")
    return names


def _yes_or_no(text: str) -> bool:
    known = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}
    if text.strip().lower() not in known:
        raise ValueError("expected yes or no")
    return known[text.strip().lower()]


def _vllm_arguments(text: str) -> tuple[str, ...]:
    words = tuple(shlex.split(text))
    if ours := [word for word in words if word.partition("=")[0] in _OWN_ARGUMENTS]:
        raise ValueError(f"{ours[0]} is set by the plugin itself")
    return words


def _option(
    default: Any,  # noqa: ANN401 - of the field's own type
    metavar: str,
    summary: str,
    parse: Callable[[str], Any] = str,
) -> Any:  # noqa: ANN401 - stands for the field, as dataclasses.field does
    return field(default=default, metadata={"metavar": metavar, "help": summary, "parse": parse})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the user asked for, checked one value at a time."""

    model: str = _option("", "NAME", "Model under test: an alias (mathbench models), a hub id or a local folder")
    base_url: str = _option("", "URL", "Use this running OpenAI-compatible endpoint instead of starting vLLM")
    api_key_env: str = _option(
        DEFAULT_API_KEY_ENV, "VARIABLE", "Environment variable that holds the endpoint's API key"
    )
    vllm_args: tuple[str, ...] = _option(
        (), "ARGS", "Further arguments for the vLLM server, in one string", _vllm_arguments
    )
    server_timeout: float = _option(
        600.0, "SECONDS", "How long the vLLM server may take to answer first", _number(1, 86400)
    )
    server_restarts: int = _option(2, "N", "How often a vLLM server that died is started again", _whole(0))
    protocol: str = _option(
        "",
        "NAME",
        "Measure as a paper did: sets the options that it states (mathbench protocol); evstafev2025",
        _protocol,
    )
    problems: str = _option(
        "",
        "SOURCE",
        "Problem set: a .jsonl or .parquet file, a MATH folder, hub:NAME, a .py file of families (default: bundled)",
    )
    columns: tuple[tuple[str, str], ...] = _option(
        (), "NAME=COLUMN", "Columns of the problem set, as in problem=question,domain=category,level=", _columns
    )
    variant: tuple[int, ...] = _option(
        (), "SEED", "Fresh problems of the bundled families, drawn with this seed; 0,SEED adds the bundled set", _seeds
    )
    domain: tuple[str, ...] = _option((), "NAMES", "Only these domains, separated by commas", _domains)
    level: tuple[int, ...] = _option((), "LEVELS", "Only these levels, as in 1,2 or 3-5", _levels)
    limit: int | None = _option(None, "N", "Only the first N problems of the selection", _whole(1))
    per_cell: int | None = _option(None, "N", "Draw N problems from each domain and level", _whole(1))
    seed: int = _option(0, "N", "Seed of the drawing and of the sampling", _whole(0))
    temperature: float = _option(0.0, "T", "Sampling temperature", _number(0, 2))
    top_p: float = _option(1.0, "P", "Nucleus sampling: the probability mass to draw from", _number(0.001, 1))
    max_tokens: int = _option(1024, "N", "Longest completion, in tokens", _whole(1))
    samples: int = _option(1, "N", "Completions per problem, each with its own seed", _whole(1))
    strategy: str = _option(
        STRATEGIES[0],
        "NAME",
        "How a completion is made: single, stepwise (a token a request), regenerate (mended where it goes wrong), or "
        "the controls resample and random",
        _strategy,
    )
    triggers: tuple[str, ...] = _option(
        ("syntax", "verdict"),
        "NAMES",
        "What is regenerated for: syntax errors, the sandbox's verdict, tokens of small margin or large entropy",
        _triggers,
    )
    margin: float = _option(
        0.05, "P", "Trigger margin: a token whose probability leads the next one's by less", _number(0, 1)
    )
    entropy: float = _option(1.5, "NATS", "Trigger entropy: a token whose distribution has more", _number(0, 100))
    regenerations: int = _option(8, "N", "How often a completion is regenerated at most", _whole(1))
    token_budget: int = _option(
        4096, "N", "Tokens that may be made for one completion, with all that is thrown away", _whole(1)
    )
    concurrency: int = _option(64, "N", "Requests in flight at once; fewer while the server pushes back", _whole(1))
    request_timeout: float = _option(
        1800.0, "SECONDS", "How long a completion may take, retries included", _number(1, 86400)
    )
    stream: bool = _option(
        default=False,
        metavar="",  # a switch
        summary="Stream the completions, which records the time to the first token",
        parse=_yes_or_no,
    )
    prompt: str = _option("", "FILE", "Prompt template instead of the built-in one; {problem} marks the statement")
    memory: int = _option(1 << 30, "SIZE", "Memory that a program may use beyond the warm interpreter's", _size)
    sandbox: str = _option(
        POLICIES[0], "POLICY", "Confine programs: strict (or refuse to run), auto (as far as possible), off", _policy
    )
    scratch: int | None = _option(
        None, "SIZE", "Folder of its own that a program may write in; needs bubblewrap", _size
    )
    preload: tuple[str, ...] = _option(
        PRELOAD, "MODULES", "What programs find imported already, separated by commas", _modules
    )
    echo: bool = _option(
        default=False,
        metavar="",  # a switch
        summary="Print the value of a program's last line where that is an expression",
        parse=_yes_or_no,
    )
    verdict: Verdict = _option(  # noqa: RUF009 - a field, as all others
        Verdict.STRICT, "VERDICT", "Whose word is the outcome: strict or lenient symbols, or the judge", _verdict
    )
    judge: str = _option(
        "",
        "WHICH",
        "Judge no answer (off), those that strict symbols reject (fallback: default with a judge's endpoint) or all",
        _judging,
    )
    judge_model: str = _option(DEFAULT_JUDGE, "NAME", "Model that judges")
    judge_base_url: str = _option("", "URL", "OpenAI-compatible endpoint of the judge")
    judge_api_key_env: str = _option(
        DEFAULT_API_KEY_ENV, "VARIABLE", "Environment variable that holds the judge's API key"
    )
    gates: tuple[str, ...] = _option(
        (), "GATES", "What the run must bear out, as in 'overall >= 60%', separated by semicolons or lines", _sentences
    )
    fail_under: float | None = _option(
        None, "PERCENT", "The gate 'overall >= PERCENT%': fail the run below this pass rate", _number(0, 100)
    )
    unmeasured: int = _option(0, "N", "Attempts that may be left not measured before gates are inconclusive", _whole(0))
    baseline: str = _option(
        "", "RUN", "What gates compare with: a run's folder, a baseline's file, or a name (mathbench baseline save)"
    )
    output: str = _option(".mathbench", "FOLDER", "Where runs are recorded, one folder each")
    resume: str = _option(
        "", "[RUN]", f"Go on with a run that was stopped: its folder or the folder's name (alone: {LATEST})"
    )
    replay: str = _option("", "RUN", "Take the completions from this recorded run; no model is asked")

    @property
    def all_gates(self) -> tuple[str, ...]:
        """The gates as sentences, that of `fail_under` among them."""
        return (*((f"overall >= {self.fail_under:g}%",) if self.fail_under is not None else ()), *self.gates)

    @property
    def judging(self) -> str:
        """Which answers a judge is asked about: who names an endpoint for one wants one."""
        return self.judge or ("fallback" if self.judge_base_url else "off")


_EXCLUSIVE = (
    ("base_url", "vllm_args", "with a running endpoint no vLLM server is started"),
    ("replay", "base_url", "recorded completions need no endpoint"),
    ("replay", "vllm_args", "recorded completions need no server"),
)


def options() -> tuple[Field[Any], ...]:
    """Return the fields of `Settings`: name, default, and `metavar`, `help` and `parse` in the metadata."""
    return fields(Settings)


def default_text(option: Field[Any]) -> str:
    """Return an option's default as `--help` shows it; empty where the help text already tells."""
    value = option.default
    if value is MISSING or value is None or value is False or value in ("", ()):
        return ""
    if isinstance(value, tuple):
        return ",".join(value)
    return "1G" if option.name == "memory" else f"{value:g}" if isinstance(value, float) else str(value)


def _check_judge(settings: Settings, written: Mapping[str, tuple[str, str]]) -> None:
    """See that a judge who is asked can be, and that one whose word counts is asked."""
    asked = settings.judging != "off" or settings.judge_model != DEFAULT_JUDGE
    if asked and not settings.judge_base_url:
        text, place = written["judge" if "judge" in written else "judge_model"]
        raise ConfigurationError(f"{place}: {text!r}: a judge needs an endpoint; give --mathbench-judge-base-url")
    if settings.verdict == Verdict.JUDGE and settings.judging == "off":
        text, place = written["verdict"]
        raise ConfigurationError(f"{place}: {text!r}: no judge is asked; give --mathbench-judge-base-url")


def _of_protocol(written: Mapping[str, tuple[str, str]]) -> Mapping[str, tuple[str, str]]:
    """Return what the protocol that is asked for decides; what else is written wins."""
    name, _ = written.get("protocol", ("", ""))
    if name not in PROTOCOLS:  # none; or a wrong one, of which `read` tells
        return {}
    return {option: (text, f"the protocol {name}") for option, text in PROTOCOLS[name].settings.items()}


def deviations(settings: Settings) -> dict[str, str]:
    """Return in what settings depart from the protocol that they follow: option → what it is, and was to be."""
    if not settings.protocol:
        return {}
    stated = PROTOCOLS[settings.protocol].settings
    found = {option.name: getattr(settings, option.name) for option in options() if option.name in stated}
    return {name: f"{found[name]} instead of {text}" for name, text in stated.items() if str(found[name]) != text}


def read(written: Mapping[str, tuple[str, str]]) -> Settings:
    """Make settings of what the user wrote: option name → (text, where it was written).

    Raises `ConfigurationError`, which names the place, for a value that cannot be read or for options that
    exclude each other.
    """
    values: dict[str, Any] = {}
    written = {**_of_protocol(written), **written}
    for option in options():
        if option.name not in written:
            continue
        text, place = written[option.name]
        try:
            values[option.name] = option.metadata["parse"](text)
        except ValueError as error:
            raise ConfigurationError(f"{place}: {text!r}: {error}") from None
    for one, other, why in _EXCLUSIVE:
        if values.get(one) and values.get(other):
            raise ConfigurationError(
                f"{written[one][1]} and {written[other][1]} exclude each other: {why}; drop one of them"
            )
    settings = Settings(**values)
    _check_judge(settings, written)
    if settings.stream and settings.strategy != STRATEGIES[0]:
        raise ConfigurationError(
            f"{written['stream'][1]}: the strategy {settings.strategy} needs whole answers; drop the streaming"
        )
    if settings.samples > 1 and settings.temperature == 0:
        raise ConfigurationError(
            f"{written['samples'][1]}: at temperature 0 all {settings.samples} samples would be the same; "
            "give a --mathbench-temperature"
        )
    return settings
