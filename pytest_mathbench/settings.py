"""The settings of a run: what each is called, how it is read, what it defaults to.

`Settings` is the one table of options: the plugin makes `--mathbench-NAME` and the ini key `mathbench_NAME` of each
field, and `read` turns what the user wrote into a `Settings`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from pytest_mathbench import values
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.option import Kind, Option
from pytest_mathbench.option import option as _option
from pytest_mathbench.option import switch as _switch
from pytest_mathbench.protocols import PROTOCOLS
from pytest_mathbench.verdicts import Verdict

DEFAULT_TIMEOUT_SECONDS = 10.0
"""A program's CPU time when pytest-timeout was given no limit."""

OPENAI_API_KEY_ENV = "OPENAI_API_KEY"
"""Holds OpenAI's key, and is sent to OpenAI's own hosts only, unless it is named."""

LATEST = "latest"
"""The newest run of the output folder."""

ENGINES = ("vllm", "sglang")
"""What serves a model where no endpoint is named."""

POLICIES = ("strict", "auto", "off")
"""How much confinement is asked for; docs/sandbox.md."""

STRATEGIES = (
    "single", "stepwise", "regenerate", "penalty", "lookahead", "repair", "agree", "resample", "random",
)  # fmt: skip
"""How a completion comes to be; docs/strategies.md."""

TRIGGERS = ("syntax", "names", "margin", "entropy", "verdict")
"""What a completion is regenerated for."""

JUDGING = ("off", "fallback", "all")
"""Which answers a judge is asked about."""

DECIDE = ("end", "early")
"""When gates are decided; docs/gates.md."""

EXPORTERS = ("mlflow", "wandb", "comment", "huggingface", "lm-eval", "inspect")
"""What a finished run can be written for; docs/exporters.md."""

PRELOAD = (
    "sympy", "numpy", "scipy.optimize", "scipy.special", "math", "cmath", "fractions", "decimal", "statistics",
    "itertools", "collections", "functools", "datetime",
)  # fmt: skip
"""What is imported once for all programs; what is not installed is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the user asked for, checked one value at a time."""

    model: str = _option("", "NAME", "Model under test: an alias (mathbench models), a hub id or a local folder")
    base_url: tuple[str, ...] = _option(
        (),
        "URL",
        "Use this running OpenAI-compatible endpoint instead of starting vLLM; replicas are separated by commas",
        values.base_urls,
    )
    api_key_env: str = _option(
        "", "VARIABLE", "Environment variable that holds the endpoint's API key (OpenAI's own: OPENAI_API_KEY)"
    )
    headers: tuple[tuple[str, str], ...] = _option(
        (),
        "HEADER=VARIABLE",
        "HTTP headers of every request, and the environment variables that hold their values, separated by commas",
        values.header_variables,
    )
    query: tuple[tuple[str, str], ...] = _option(
        (), "QUERY", "Query string of every request, as in api-version=2024-10-21", values.query
    )
    request: str = _option(
        "",
        "JSON",
        'Merge patch on the body of every request, as in {"top_k": 20, "temperature": null}: null removes a field, '
        "{max_tokens} and {seed} stand for the run's",
        values.patch,
        kind=Kind.TABLE,
    )
    vllm_args: tuple[str, ...] = _option(
        (), "ARGS", "Further arguments for the vLLM server, in one string", values.engine_arguments
    )
    engine: str = _option(
        ENGINES[0], "NAME", "Engine of a server of the run's own: vllm or sglang", values.one_of(ENGINES)
    )
    sglang_args: tuple[str, ...] = _option(
        (), "ARGS", "Further arguments for the SGLang server, in one string", values.engine_arguments
    )
    adapter: str = _option("", "NAME", "LoRA adapter that is asked, of those that the server has loaded")
    server_timeout: float = _option(
        600.0, "SECONDS", "How long the vLLM server may take until its first answer", values.number(1, 86400)
    )
    server_restarts: int = _option(2, "N", "How often a vLLM server that died is started again", values.whole(0))
    protocol: str = _option(
        "",
        "NAME",
        "Measure as a paper did: sets the options that it states (mathbench protocol); evstafev2025",
        values.one_of(PROTOCOLS),
    )
    problems: str = _option(
        "",
        "SOURCE",
        "Problem set: a .jsonl or .parquet file, a MATH folder, hub:NAME, a .py file of families (default: bundled)",
    )
    columns: tuple[tuple[str, str], ...] = _option(
        (), "NAME=COLUMN", "Columns of the problem set, as in problem=question,domain=category,level=", values.columns
    )
    variant: tuple[int, ...] = _option(
        (),
        "SEED",
        "Fresh problems of the bundled families, drawn with this seed; 0,SEED adds the bundled set",
        values.seeds,
    )
    domain: tuple[str, ...] = _option((), "NAMES", "Only these domains, separated by commas", values.domains)
    level: tuple[int, ...] = _option((), "LEVELS", "Only these levels, as in 1,2 or 3-5", values.levels)
    shard: tuple[int, int] | None = _option(
        None, "I/N", "Only the I-th of N parts of the selection, each with its share of every cell", values.shard
    )
    limit: int | None = _option(None, "N", "Only the first N problems of the selection", values.whole(1))
    per_cell: int | None = _option(None, "N", "Draw N problems from each domain and level", values.whole(1))
    seed: int = _option(0, "N", "Seed of the drawing and of the sampling", values.whole(0))
    temperature: float = _option(0.0, "T", "Sampling temperature", values.number(0, 2))
    top_p: float = _option(1.0, "P", "Nucleus sampling: the probability mass to draw from", values.number(0.001, 1))
    max_tokens: int = _option(
        0,
        "N",
        "Longest completion, in tokens: 1024, or what the context leaves if the run serves a model that thinks",
        values.whole(1),
        default_text="",
    )
    samples: int = _option(1, "N", "Completions per problem, each with its own seed", values.whole(1))
    strategy: str = _option(
        STRATEGIES[0],
        "NAME",
        "How a completion is made: single, stepwise (a token a request), regenerate (mended where it goes wrong), "
        "penalty (the same, softly), lookahead (where in doubt), repair (told what is wrong), agree (the most frequent "
        "answer), or the controls resample and random",
        values.one_of(STRATEGIES),
    )
    triggers: tuple[str, ...] = _option(
        ("syntax", "verdict"),
        "NAMES",
        "What is regenerated for: syntax errors, names that mean nothing, the sandbox's verdict, tokens of small "
        "margin or large entropy",
        values.some_of(*TRIGGERS),
    )
    margin: float = _option(
        0.05, "P", "Trigger margin: a token whose probability leads the next one's by less", values.number(0, 1)
    )
    entropy: float = _option(
        1.5, "NATS", "Trigger entropy, and lookahead: a token whose distribution has more", values.number(0, 100)
    )
    cut: bool = _switch("Stream the strategy's completions, and cut each at the first fault that nothing can mend")
    regenerations: int = _option(8, "N", "How often a completion is regenerated at most", values.whole(1))
    token_budget: int = _option(
        4096, "N", "Tokens that may be made for one completion, with all that is thrown away", values.whole(1)
    )
    concurrency: int = _option(
        64, "N", "Requests in flight at once; fewer while the server pushes back", values.whole(1)
    )
    request_timeout: float = _option(
        1800.0, "SECONDS", "How long a completion may take, retries included", values.number(1, 86400)
    )
    raw_prompt: bool = _switch("Have the prompt gone on with, as a text (/completions): for a base model")
    stream: bool = _switch("Stream the completions, which records the time to the first token")
    watch: bool = _switch("Show the text of a completion while it is made; completions are streamed for that")
    allow_unencrypted_workers: bool = _switch(
        "Let xdist's workers on other hosts be reached unencrypted (--tx socket=…)"
    )
    prompt: str = _option("", "FILE", "Prompt template instead of the built-in one; {problem} marks the statement")
    system: str = _option("", "FILE", "System prompt that goes before every problem; none is sent without")
    memory: int = _option(
        1 << 30,
        "SIZE",
        "Memory that a program may use beyond the warm interpreter's",
        values.size,
        default_text="1G",
    )
    sandbox: str = _option(
        POLICIES[0],
        "POLICY",
        "Confine programs: strict (or refuse to run), auto (as far as possible), off",
        values.one_of(POLICIES),
    )
    scratch: int | None = _option(
        None, "SIZE", "Folder of its own that a program may write in; needs bubblewrap", values.size
    )
    preload: tuple[str, ...] = _option(
        PRELOAD, "MODULES", "What programs find imported already, separated by commas", values.modules
    )
    echo: bool = _switch("Print the value of a program's last line where that is an expression")
    verdict: Verdict = _option(  # noqa: RUF009 - a field, as all others
        Verdict.STRICT,
        "VERDICT",
        "Whose word is the outcome: strict or lenient symbols, or the judge",
        values.one_of(Verdict),
    )
    judge: str = _option(
        "",
        "WHICH",
        "Judge no answer (off), those that strict symbols reject (fallback: default with a judge's endpoint) or all",
        values.one_of(JUDGING),
    )
    judge_model: str = _option("", "NAME", "Model that judges")
    judge_base_url: tuple[str, ...] = _option(
        (), "URL", "OpenAI-compatible endpoint of the judge; replicas as for the model", values.base_urls
    )
    judge_api_key_env: str = _option(
        "", "VARIABLE", "Environment variable that holds the judge's API key (OpenAI's own: OPENAI_API_KEY)"
    )
    judge_headers: tuple[tuple[str, str], ...] = _option(
        (), "HEADER=VARIABLE", "HTTP headers of requests to the judge, as for the model", values.header_variables
    )
    judge_query: tuple[tuple[str, str], ...] = _option(
        (), "QUERY", "Query string of requests to the judge", values.query
    )
    judge_request: str = _option(
        "", "JSON", "Merge patch on the body of requests to the judge", values.patch, kind=Kind.TABLE
    )
    price: tuple[float, ...] = _option(
        (),
        "IN,OUT[,THINKING]",
        "What a million tokens cost, for the report and for gates; else the endpoint's own figure counts",
        values.price,
    )
    judge_price: tuple[float, ...] = _option(
        (), "IN,OUT[,THINKING]", "What a million tokens of the judge cost", values.price
    )
    gates: tuple[str, ...] = _option(
        (),
        "GATES",
        "What the run must meet, as in 'overall >= 60%', separated by semicolons or lines",
        values.sentences,
        kind=Kind.LINES,
    )
    fail_under: float | None = _option(
        None, "PERCENT", "The gate 'overall >= PERCENT%': fail the run below this pass rate", values.number(0, 100)
    )
    unmeasured: int = _option(
        0, "N", "Attempts that may be left not measured before gates are inconclusive", values.whole(0)
    )
    decide: str = _option(
        DECIDE[0],
        "WHEN",
        "Decide the gates at the end of the run, or early: on the first problems, in a random order, that are enough",
        values.one_of(DECIDE),
    )
    baseline: str = _option(
        "", "RUN", "What gates compare with: a run's folder, a baseline's file, or a name (mathbench baseline save)"
    )
    output: str = _option(".mathbench", "FOLDER", "Where runs are recorded, one folder each")
    export: tuple[tuple[str, str], ...] = _option(
        (),
        "NAME[:WHERE]",
        f"Hand the finished run to another tool ({', '.join(EXPORTERS)}), once or more",
        values.named_places(*EXPORTERS),
        kind=Kind.REPEATED,
    )
    resume: str = _option(
        "",
        "RUN",
        f"Go on with a run that was stopped: its folder or the folder's name (alone: {LATEST})",
        kind=Kind.OPTIONAL,
    )
    replay: str = _option("", "RUN", "Take the completions from this recorded run; no model is asked")
    reuse: tuple[str, ...] = _option(
        (), "RUNS", "Take what these recorded runs have asked for already from them, and ask for the rest", values.names
    )

    @property
    def streams(self) -> bool:
        """Whether completions are streamed."""
        return self.stream or self.watch

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
    ("base_url", "sglang_args", "with a running endpoint no server is started"),
    ("raw_prompt", "system", "a text has no system prompt: put it into the --mathbench-prompt"),
    ("replay", "reuse", "a replay takes all completions from one run"),
    ("replay", "base_url", "recorded completions need no endpoint"),
    ("replay", "vllm_args", "recorded completions need no server"),
    ("replay", "sglang_args", "recorded completions need no server"),
)


def options() -> tuple[Option, ...]:
    """Return the options that make up `Settings`, in the order of its fields."""
    return tuple(Option(name=setting.name, **setting.metadata) for setting in fields(Settings))


def _check_judge(settings: Settings, written: Mapping[str, tuple[str, str]]) -> None:
    """See that a judge who is asked can be, and that one whose word counts is asked."""
    if settings.verdict == Verdict.JUDGE and settings.judging == "off":
        text, place = written["verdict"]
        raise ConfigurationError(f"{place}: {text!r}: no judge is asked; give --mathbench-judge-base-url")
    if settings.judging == "off" and not settings.judge_model:
        return
    named = "judge" if "judge" in written else "judge_model" if "judge_model" in written else "judge_base_url"
    text, place = written[named]
    if not settings.judge_base_url:
        raise ConfigurationError(f"{place}: {text!r}: a judge needs an endpoint; give --mathbench-judge-base-url")
    if not settings.judge_model:
        raise ConfigurationError(f"{place}: {text!r}: a judge needs a model; name one with --mathbench-judge-model")


def _of_protocol(written: Mapping[str, tuple[str, str]]) -> Mapping[str, tuple[str, str]]:
    """Return what the protocol that is asked for decides; what else is written wins."""
    name, _ = written.get("protocol", ("", ""))
    if name not in PROTOCOLS:  # none; or a wrong one, of which `read` tells
        return {}
    return {option: (text, f"the protocol {name}") for option, text in PROTOCOLS[name].settings.items()}


_UNSTATED = ("system", "request", "judge_request")
"""What no protocol asks for: it changes what is sent."""


def deviations(settings: Settings) -> dict[str, str]:
    """Return in what settings depart from the protocol that they follow: option → what it is, and was to be."""
    if not settings.protocol:
        return {}
    stated = PROTOCOLS[settings.protocol].settings
    found = {option.name: getattr(settings, option.name) for option in options() if option.name in stated}
    departures = {name: f"{found[name]} instead of {text}" for name, text in stated.items() if str(found[name]) != text}
    added = {name: getattr(settings, name) for name in _UNSTATED}
    return departures | {name: f"{value} instead of none" for name, value in added.items() if value}


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
            values[option.name] = option.parse(text)
        except ValueError as error:
            raise ConfigurationError(f"{place}: {text!r}: {error}") from None
    for one, other, why in _EXCLUSIVE:
        if values.get(one) and values.get(other):
            raise ConfigurationError(
                f"{written[one][1]} and {written[other][1]} exclude each other: {why}; drop one of them"
            )
    settings = Settings(**values)
    _check_judge(settings, written)
    if settings.samples > 1 and settings.temperature == 0:
        raise ConfigurationError(
            f"{written['samples'][1]}: at temperature 0 all {settings.samples} samples would be the same; "
            "give a --mathbench-temperature"
        )
    return settings
