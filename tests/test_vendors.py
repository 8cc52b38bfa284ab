"""Endpoints as vendors document them: measured rightly, or refused at the start with the sentence that helps."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from factories import results_of
from vendors import (
    CERTIFICATE,
    PROGRAM,
    Reply,
    Rule,
    Vendor,
    after,
    always,
    answers,
    chunk,
    first,
    message,
    openai_error,
    refuses,
    text_completion,
    wants,
)

from conftest import row
from pytest_mathbench.records import ItemResult

NO_MAX_TOKENS = refuses(
    "max_tokens",
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
)
AT_LEAST_16 = wants("max_completion_tokens", "integer below minimum value: expected >= 16", value=lambda n: n >= 16)
ONLY_1 = refuses(
    "temperature",
    "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
    unless=lambda value: value == 1,
)
NO_SEED = refuses(
    "seed",
    "",
    error=lambda _: Reply(
        {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]}, 422
    ),
)
NO_STREAM_OPTIONS = refuses("stream_options", "stream_options: Extra inputs are not permitted")
JSON = {"Content-Type": "application/json"}
BOTH = "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
THOUGHT = "Let me think. 6 times 7 is 42."


def both_refused(asked: Any) -> Reply | None:
    """Refuse the two together, as Claude's compatible API does."""
    return openai_error(BOTH) if {"temperature", "top_p"} <= asked.body.keys() else None


def thinks_only_streamed(asked: Any) -> Reply | None:
    """Refuse thinking in one piece, as DashScope does."""
    if asked.body.get("stream") or asked.body.get("enable_thinking") is False:
        return None
    return openai_error("parameter.enable_thinking must be set to false for non-streaming calls")


def long_only_streamed(asked: Any) -> Reply | None:
    """Refuse long answers in one piece, as Fireworks does."""
    if asked.body.get("stream") or asked.body["max_tokens"] <= 4096:
        return None
    return openai_error("Requests with max_tokens > 4096 must have stream=true")


def azure(asked: Any) -> Reply | None:
    """Want a version in the query and a key in a header of its own, and no other key."""
    if asked.query.get("api-version") != "2024-10-21":
        return Reply({"error": {"code": "404", "message": "Resource not found"}}, 404)
    if asked.headers.get("api-key") != "azure-secret" or "authorization" in asked.headers:
        return Reply({"error": {"code": "401", "message": "Access denied due to invalid subscription key"}}, 401)
    return None


def refuses_system(asked: Any) -> Reply | None:
    """Know no system role, as o1-mini did."""
    return openai_error(NO_SYSTEM) if asked.body["messages"][0]["role"] == "system" else None


def with_usage(whole: dict[str, Any], **usage: Any) -> dict[str, Any]:
    """The completion with another count."""
    return whole | {"usage": usage}


@dataclass(frozen=True)
class Case:
    """An endpoint, and what is said to it."""

    name: str
    rules: list[Rule]
    arguments: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)


PATCHED = '--mathbench-request={"max_tokens": null, "max_completion_tokens": "{max_tokens}"}'
GPT5 = '--mathbench-request={"max_tokens": null, "max_completion_tokens": "{max_tokens}", "temperature": null}'
WARM = ["--mathbench-temperature=0.7"]
STREAM = ["--mathbench-stream"]


def stream(*events: Any, end: str = "data: [DONE]\n\n", line: str = "\n") -> Reply:
    """A stream as it goes over the wire; texts among the events are lines of their own."""
    lines = (each if isinstance(each, str) else f"data: {json.dumps(each)}" for each in events)
    text = "".join(f"{each}{line}{line}" for each in lines) + end
    return Reply(text, headers={"Content-Type": "text/event-stream"})


def streamed(*events: Any, **more: Any) -> Rule:
    """Stream this where a stream is asked for."""
    return lambda asked: stream(*events, **more) if asked.body.get("stream") else None


USAGE = {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30}
ENDS = chunk("stop", USAGE)
NO_SYSTEM = "Unsupported value: 'messages[0].role' does not support 'system' with this model."
TOO_LARGE = (
    "'max_tokens' or 'max_completion_tokens' is too large: 8192. This model's maximum context length is 4096 "
    "tokens and your request has 50 input tokens"
)

# What people reported in public, by repository and number of the issue.
REPORTED = [
    Case("openai/openai-python#1145: usage is null", [answers(message() | {"usage": None})]),
    Case(
        "open-webui#10682: usage is null in every chunk",
        [streamed(chunk(content=PROGRAM) | {"usage": None}, ENDS)],
        STREAM,
    ),
    Case(
        "GenieX#801: choices are null in a chunk", [streamed(chunk(content=PROGRAM), ENDS, {"choices": None})], STREAM
    ),
    Case(
        "a delta is null",
        [streamed(chunk(content=PROGRAM), {"choices": [{"delta": None, "finish_reason": "stop"}]})],
        STREAM,
    ),
    Case(
        "openrouter: comments keep a stream alive",
        [streamed(": OPENROUTER PROCESSING", chunk(content=PROGRAM), ENDS)],
        STREAM,
    ),
    Case("lines end in CRLF", [streamed(chunk(content=PROGRAM), ENDS, line="\r\n")], STREAM),
    Case("pi#7441: a stream has no [DONE]", [streamed(chunk(content=PROGRAM), ENDS, end="")], STREAM),
    Case(
        "OmniRoute#8210: a stream begins with an error and no choices",
        [first(1, streamed({"choices": [], "error": {"code": 502, "message": "Worker local total request limit"}}))],
        STREAM,
    ),
    Case("openrouter: blanks before an answer", [lambda _: Reply("\n \n" + json.dumps(message()), headers=JSON)]),
    Case("cloudflare: a page with 524", [first(1, always("<html>524: a timeout occurred</html>", 524))]),
    Case("reasoning fields that are null", [answers(message(reasoning=None, reasoning_content=None, tool_calls=None))]),
    Case(
        "thoughts come token by token",
        [streamed(*[chunk(reasoning="hm") for _ in range(9)], chunk(content=PROGRAM), ENDS)],
        STREAM,
    ),
    Case("forgecode#1177: no system role is needed", [refuses_system]),
]


RIGHT = [
    *REPORTED,
    Case("plain", []),
    Case("plain streamed", [], STREAM),
    Case("openai o-series", [NO_MAX_TOKENS, AT_LEAST_16], [PATCHED]),
    Case("gpt-5", [NO_MAX_TOKENS, AT_LEAST_16, ONLY_1], [GPT5]),
    Case("gpt-5 streamed", [NO_MAX_TOKENS, AT_LEAST_16, ONLY_1], [GPT5, *STREAM]),
    Case("reasoning effort", [wants("reasoning_effort", "x")], ['--mathbench-request={"reasoning_effort": "low"}']),
    Case("claude 4.1", [both_refused]),
    Case("claude 4.7", [refuses("temperature", "deprecated")], ['--mathbench-request={"temperature": null}']),
    Case(
        "kimi k2.5",
        [ONLY_1, wants("top_p", "invalid top_p: only 0.95 is allowed", value=lambda p: p == 0.95)],
        ["--mathbench-temperature=1", "--mathbench-top-p=0.95"],
    ),
    Case("tgi", [refuses("top_p", "`top_p` must be > 0.0 and < 1.0", unless=lambda p: 0 < p < 1)]),
    Case("dashscope, thinking off", [thinks_only_streamed], ['--mathbench-request={"enable_thinking": false}']),
    Case("dashscope streamed", [thinks_only_streamed], STREAM),
    Case("fireworks streamed", [long_only_streamed], [*STREAM, "--mathbench-max-tokens=8192"]),
    Case("mistral greedy", [NO_SEED]),
    Case(
        "mistral warm",
        [NO_SEED, wants("random_seed", "no seed", value=lambda seed: isinstance(seed, int))],
        [*WARM, '--mathbench-request={"seed": null, "random_seed": "{seed}"}'],
    ),
    Case("mistral streamed", [NO_STREAM_OPTIONS], [*STREAM, '--mathbench-request={"stream_options": null}']),
    Case("gemini warm without seed", [NO_SEED], [*WARM, '--mathbench-request={"seed": null}']),
    Case(
        "magistral: content in parts",
        [answers(message([{"type": "thinking", "thinking": [{"text": THOUGHT}]}, {"type": "text", "text": PROGRAM}]))],
    ),
    Case("content as one part", [answers(message({"type": "text", "text": PROGRAM}))]),
    Case("deepseek: reasoning_content", [answers(message(reasoning_content=THOUGHT))]),
    Case("deepseek streamed", [answers(message(reasoning_content=THOUGHT))], STREAM),
    Case("openrouter: reasoning", [answers(message(reasoning=THOUGHT, reasoning_details=[{"text": THOUGHT}]))]),
    Case("openrouter: a busy provider told with 200", [first(2, always({"error": {"message": "busy", "code": 429}}))]),
    Case("openrouter: a failing provider told with 200", [first(1, always({"error": {"message": "x", "code": 502}}))]),
    Case(
        "azure",
        [azure],
        ["--mathbench-query=api-version=2024-10-21", "--mathbench-headers=api-key=AZURE_KEY"],
        {"AZURE_KEY": "azure-secret"},
    ),
    Case("a rate limit in seconds", [first(3, always({"error": {"message": "slow"}}, 429, Retry_After="0.05"))]),
    Case("a rate limit in milliseconds", [first(3, always({"error": {"message": "slow"}}, 429, retry_after_ms="20"))]),
    Case("overloaded", [first(2, always({"error": {"type": "overloaded_error"}}, 529, Retry_After="0"))]),
    Case("llama.cpp while loading", [first(2, always({"error": {"code": 503, "message": "Loading model"}}, 503))]),
    Case("finish reason eos_token", [answers(message(finish_reason="eos_token"))]),
    Case("finish reason end_turn", [answers(message(finish_reason="end_turn"))]),
    Case(
        "a system prompt",
        [wants("messages", "no system", value=lambda messages: messages[0]["role"] == "system")],
        ["--mathbench-system=system.txt"],
    ),
    Case(
        "top-k, stop and template arguments",
        [wants("top_k", "x"), wants("chat_template_kwargs", "x")],
        ['--mathbench-request={"top_k": 20, "stop": ["END"], "chat_template_kwargs": {"enable_thinking": false}}'],
    ),
]


REFUSED = [
    (Case("openai o-series", [NO_MAX_TOKENS]), "'max_tokens' is not supported"),
    (Case("openai o-series: the patch", [NO_MAX_TOKENS]), PATCHED.replace("=", "='", 1)),
    (Case("gpt-5: the patch", [ONLY_1]), "--mathbench-request='{\"temperature\": null}'"),
    (Case("mistral warm", [NO_SEED], WARM), "seed: Extra inputs are not permitted"),
    (Case("mistral streamed: the patch", [NO_STREAM_OPTIONS], STREAM), '{"stream_options": null}'),
    (Case("dashscope", [thinks_only_streamed]), "enable_thinking must be set to false"),
    (Case("fireworks", [long_only_streamed], ["--mathbench-max-tokens=8192"]), "must have stream=true"),
    (Case("azure without version", [azure]), "Resource not found"),
    (Case("lm studio: an error as a string", [always({"error": "No models loaded."}, 400)]), "No models loaded."),
    (Case("a gateway's 403", [always({"message": "missing x-team", "code": "E7"}, 403)]), "missing x-team"),
    (Case("fastapi", [always({"detail": "unknown model"}, 422)]), "unknown model"),
    (Case("vllm's own shape", [always({"object": "error", "message": "max_tokens is too large"}, 400)]), "too large"),
    (Case("a wrong key", [always({"error": {"message": "bad key"}}, 401)]), "--mathbench-api-key-env"),
    (Case("an html page", [always("<html>Bad gateway</html>", 400)]), "Bad gateway"),
    (Case("no quota", [lambda _: openai_error("You exceeded your quota", 429, code="insufficient_quota")]), "quota"),
    (Case("forgecode#1177: no system role", [refuses_system], ["--mathbench-system=system.txt"]), NO_SYSTEM),
    (
        Case("the same: the way out", [refuses_system], ["--mathbench-system=system.txt"]),
        "leave --mathbench-system out",
    ),
    (Case("vllm: more than the context", [lambda _: openai_error(TOO_LARGE)]), "ask for fewer tokens: --mathbench-max"),
    (
        Case(
            "deepseek: a range",
            [lambda _: openai_error("Invalid max_tokens value, the valid range of max_tokens is [1, 8]")],
        ),
        "ask for fewer tokens: --mathbench-max-tokens",
    ),
    (
        Case(
            "gemini: an error in a list",
            [always('[{"error": {"code": 400, "message": "bad seed"}}]', 400, Content_Type="application/json")],
        ),
        "refused (400): bad seed",
    ),
    (Case("a login page with 200", [always("<html>Sign in</html>")]), "is this an OpenAI-compatible endpoint?"),
    (Case("an empty answer with 200", [always("")]), "is not JSON"),
    (Case("openrouter: no credits", [lambda _: openai_error("Insufficient credits", 402)]), "Insufficient credits"),
    (
        Case("groq: too large for the tier", [lambda _: openai_error("Request too large for model", 413)]),
        "Request too large",
    ),
    (
        Case("ollama: not pulled", [lambda _: openai_error('model "m" not found, try pulling it first', 404)]),
        "try pulling it first",
    ),
    (Case("no such model", [lambda _: openai_error("The model `m` does not exist", 404)]), "does not exist"),
]


NOT_MEASURED = [
    (Case("azure: a filtered answer", [answers(message("", "content_filter"))]), "content_filter"),
    (Case("openrouter: finish reason error", [answers(message("half an", "error"))]), "'error'"),
    (Case("deepseek: no resources", [answers(message("", "insufficient_system_resource"))]), "insufficient_system"),
    (Case("content that is no text", [answers(message([{"type": "image_url", "image_url": {}}]))]), "not text"),
    (Case("content that is a number", [answers(message(42))]), "not text"),
    (Case("the program among the thoughts", [answers(message(None, reasoning_content=PROGRAM))]), "reasoning parser"),
    (Case("the same, streamed", [answers(message(None, reasoning_content=PROGRAM))], STREAM), "reasoning parser"),
    (Case("no choices", [always({"id": "x", "choices": []})]), "not a chat completion"),
    (
        Case(
            "azure: a filtered prompt",
            [lambda _: openai_error("The prompt triggered a filter", 400, code="content_filter")],
        ),
        "filter",
    ),
    (
        Case(
            "vercel/ai#19165: a stream without a finish reason",
            [streamed(chunk(content=PROGRAM), {"choices": [], "usage": USAGE})],
            STREAM,
        ),
        "without a finish reason",
    ),
    (
        Case("lmstudio#1602: all of it among the thoughts", [answers(message("", reasoning_content=f"So: {PROGRAM}"))]),
        "reasoning parser",
    ),
]


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    """A vendor's endpoint."""
    server = Vendor()
    yield server
    server.close()


@pytest.fixture
def measure(
    pytester: pytest.Pytester, vendor: Vendor, problem_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> Callable[[Case], pytest.RunResult]:
    """Run three problems on a case's endpoint."""
    problems = problem_file(row("a-1"), row("a-2"), row("a-3"))

    def run(case: Case) -> pytest.RunResult:
        vendor.rules = case.rules
        for name, value in case.environment.items():
            monkeypatch.setenv(name, value)
        Path("system.txt").write_text("You write Python.\n")
        given = ["--mathbench-model=m", f"--mathbench-problems={problems}", f"--mathbench-base-url={vendor.url}"]
        return pytester.runpytest(*given, *case.arguments)

    return run


def recorded() -> list[ItemResult]:
    """The results of the run that was made here."""
    (folder,) = Path(".mathbench").iterdir()
    return results_of(folder)


@pytest.mark.parametrize("case", RIGHT, ids=lambda case: case.name)
def test_what_can_be_asked_is_measured(measure: Callable[[Case], pytest.RunResult], case: Case) -> None:
    """Said what the endpoint wants to hear, all three problems are right."""
    measure(case).assert_outcomes(passed=3)


@pytest.mark.parametrize(("case", "said"), REFUSED, ids=lambda each: each.name if isinstance(each, Case) else "")
def test_what_cannot_be_asked_is_refused_at_the_start(
    measure: Callable[[Case], pytest.RunResult], vendor: Vendor, case: Case, said: str
) -> None:
    """The endpoint's own words are shown before any item runs, with the way out where there is one."""
    result = measure(case)
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    assert said in result.stderr.str()
    assert len(vendor.asked) <= 3


@pytest.mark.parametrize(("case", "said"), NOT_MEASURED, ids=lambda each: each.name if isinstance(each, Case) else "")
def test_an_endpoints_fault_is_never_the_models(
    measure: Callable[[Case], pytest.RunResult], vendor: Vendor, case: Case, said: str
) -> None:
    """What an endpoint withholds or garbles in mid-run is not measured, with the cause."""
    measure(
        Case(case.name, [first(2, answers(message())), *case.rules], [*case.arguments, "--mathbench-concurrency=1"])
    )
    outcomes = {result.problem.id: result.outcome for result in recorded()}
    assert {"a-1": "correct", "a-2": None, "a-3": None} == outcomes
    assert all(said in str(result.fault) for result in recorded() if result.fault)


def test_quota_that_runs_out_ends_the_run(measure: Callable[[Case], pytest.RunResult], vendor: Vendor) -> None:
    """Nothing more is asked for once there is no more to be had, and the answer that came is kept."""
    used_up = after(2, lambda _: openai_error("You exceeded your quota", 429, code="insufficient_quota"))
    measure(Case("", [used_up], ["--mathbench-concurrency=1"]))
    assert 3 == len(vendor.asked)
    assert ["correct"] == [result.outcome for result in recorded() if result.outcome]


@pytest.mark.parametrize(
    ("whole", "thought", "tokens"),
    [
        (with_usage(message(), prompt_tokens=10, completion_tokens=24, total_tokens=2594), "", (2584, 2560)),
        (
            with_usage(
                message(reasoning_content=THOUGHT),
                prompt_tokens=10,
                completion_tokens=20,
                total_tokens=30,
                completion_tokens_details={"reasoning_tokens": 12},
            ),
            THOUGHT,
            (20, 12),
        ),
        (message(reasoning_content=THOUGHT), THOUGHT, (20, None)),
    ],
    ids=["thoughts left out of the count", "thoughts counted apart", "thoughts not counted apart"],
)
@pytest.mark.parametrize("streamed", [[], STREAM], ids=["whole", "streamed"])
def test_thoughts_are_recorded_and_counted(
    measure: Callable[[Case], pytest.RunResult],
    whole: dict[str, Any],
    thought: str,
    tokens: tuple[int, int | None],
    streamed: list[str],
) -> None:
    """Text and thought are kept apart; tokens of thoughts count, also where a vendor leaves them out."""
    measure(Case("", [answers(whole)], streamed))
    completion = recorded()[0].completion
    assert completion
    assert PROGRAM == completion.text
    assert thought == completion.reasoning
    assert tokens == (completion.completion_tokens, completion.reasoning_tokens)


@pytest.mark.parametrize("streamed", [[], STREAM], ids=["whole", "streamed"])
def test_thoughts_in_the_text_are_recorded_as_thoughts(
    measure: Callable[[Case], pytest.RunResult], streamed: list[str]
) -> None:
    """A server without a reasoning parser leaves the marks in: they end up neither in the answer nor uncounted."""
    measure(Case("", [answers(message(f"<think>{THOUGHT}</think>{PROGRAM}"))], streamed))
    completion = recorded()[0].completion
    assert completion
    assert THOUGHT == completion.reasoning
    assert PROGRAM == completion.text
    assert 0 < completion.thinking_tokens < completion.completion_tokens


@pytest.mark.parametrize("streamed", [[], STREAM], ids=["whole", "streamed"])
def test_a_draft_in_a_thought_that_was_cut_off_is_not_run(
    measure: Callable[[Case], pytest.RunResult], streamed: list[str]
) -> None:
    """A template that opens the thought itself leaves no mark in it: the first request shows that it does."""
    whole = message(f"We try {PROGRAM} and check", "length")
    draft = answers(with_usage(whole, prompt_tokens=100, completion_tokens=1024, total_tokens=1124))
    result = measure(Case("", [first(1, answers(message("1 and 1 is 2.</think>2"))), draft], streamed))
    result.stdout.fnmatch_lines(["outcomes: 3 cut_off; 0 not measured", "cut off: 3/3 100.0%*all 1,024 tokens went*"])
    assert {None} == {each.program for each in recorded()}
    assert {"cut_off"} == {each.outcome for each in recorded()}


@pytest.mark.parametrize("how", [["--mathbench-strategy=single"], STREAM], ids=["whole", "streamed"])
def test_a_certificate_of_ones_own_is_trusted_where_the_environment_says_so(
    pytester: pytest.Pytester, problem_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, how: list[str]
) -> None:
    """An endpoint on this machine with a self-signed certificate: SSL_CERT_FILE names it; without, it is refused."""
    source = problem_file(row("a-1"))
    with Vendor(tls=True) as vendor:
        given = ["--mathbench-model=m", f"--mathbench-problems={source}", f"--mathbench-base-url={vendor.url}", *how]
        refused = pytester.runpytest(*given)
        assert pytest.ExitCode.USAGE_ERROR == refused.ret
        assert "CERTIFICATE_VERIFY_FAILED" in refused.stderr.str()
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        pytester.runpytest(*given).assert_outcomes(passed=1)


def test_a_proxy_of_the_environment_is_used_for_other_hosts(
    pytester: pytest.Pytester, problem_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """HTTP_PROXY, as everywhere: the proxy is asked for the whole address."""
    source = problem_file(row("a-1"))
    with Vendor() as proxy:
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, proxy.url.removesuffix("/v1"))
        given = ["--mathbench-model=m", f"--mathbench-problems={source}"]
        pytester.runpytest(*given, "--mathbench-base-url=http://models.invalid/v1").assert_outcomes(passed=1)
        assert {"models.invalid"} == {asked.headers["host"] for asked in proxy.asked}


# Cost


def test_price_makes_tokens_money(measure: Callable[[Case], pytest.RunResult]) -> None:
    """10 tokens of a prompt and 20 of a completion, three times; a gate holds the run to it."""
    price = ["--mathbench-price=10000,1000", "--mathbench-gates=cost <= 0.36; cost per right answer <= 0.11"]
    result = measure(Case("", [], price))
    result.stdout.fnmatch_lines(
        ["  PASS  cost <= 0.36", "  FAIL  cost per right answer <= 0.11", "cost: 0.360 for 3 *"]
    )
    assert pytest.ExitCode.TESTS_FAILED == result.ret


def test_an_endpoints_own_cost_is_taken(measure: Callable[[Case], pytest.RunResult]) -> None:
    """As OpenRouter tells it; without it and without a price a gate on cost cannot be decided."""
    told = answers(with_usage(message(), prompt_tokens=10, completion_tokens=20, total_tokens=30, cost=0.5))
    result = measure(Case("", [told], ["--mathbench-gates=cost <= 2"]))
    result.stdout.fnmatch_lines(["cost: 1.50 for 3 attempts, by the endpoint, in US$; 0.500 a right answer"])
    untold = measure(Case("", [], ["--mathbench-gates=cost <= 2"]))
    untold.stdout.fnmatch_lines(["*cost: the endpoint does not tell it; give --mathbench-price"])
    assert 6 == untold.ret


def test_judge_price_makes_the_judges_tokens_money(measure: Callable[[Case], pytest.RunResult], vendor: Vendor) -> None:
    """Apart from the model's."""

    def rates(asked: Any) -> Reply | None:
        return Reply(message('{"reason": "same", "rating": 5}')) if asked.body["model"] == "j" else None

    judge = [f"--mathbench-judge-base-url={vendor.url}", "--mathbench-judge-model=j", "--mathbench-judge=all"]
    result = measure(Case("", [rates], [*judge, "--mathbench-price=1,1", "--mathbench-judge-price=1000,0"]))
    result.stdout.fnmatch_lines(["cost: * for 3 attempts, by 1 / 1 a million tokens; *; judging 0.0300 more"])


@pytest.mark.parametrize("price", ["-1,2", "1", "1,2,3,4", "cheap", "1,nan", "1,inf"])
def test_a_price_that_is_none_is_refused(
    measure: Callable[[Case], pytest.RunResult], vendor: Vendor, price: str
) -> None:
    """Before anything is asked."""
    result = measure(Case("", [], [f"--mathbench-price={price}"]))
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    result.stderr.fnmatch_lines(["*expected IN,OUT or IN,OUT,THINKING*"])
    assert [] == vendor.asked


NO_TEMPLATE = (
    "As of transformers v4.44, default chat template is no longer allowed, so you must provide a chat template if the "
    "tokenizer does not define one."
)


def test_a_base_model_is_refused_with_the_way_out(measure: Callable[[Case], pytest.RunResult]) -> None:
    """In the server's words, which vLLM has had for years; and what helps."""
    result = measure(Case("", [lambda _: openai_error(NO_TEMPLATE)]))
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    assert NO_TEMPLATE in result.stderr.str()
    assert "--mathbench-vllm-args='--chat-template FILE'" in result.stderr.str()
    assert "--mathbench-raw-prompt --mathbench-prompt=FILE" in result.stderr.str()


def test_a_prompt_that_was_cut_is_warned_of(
    pytester: pytest.Pytester, vendor: Vendor, problem_file: Callable[..., Path]
) -> None:
    """Ollama counts what it kept, and says nothing (its issues 3839 and 17427): words are counted against that."""
    long = row("a-1") | {"problem": "What is six times seven? " * 50}
    vendor.rules = [answers(with_usage(message(), prompt_tokens=130, completion_tokens=20))]
    given = ["--mathbench-model=m", f"--mathbench-problems={problem_file(long, row('a-2'))}"]
    result = pytester.runpytest(*given, f"--mathbench-base-url={vendor.url}")
    said = "prompts cut off, it seems: of 1 prompt the endpoint counted fewer tokens than it has words*num_ctx*"
    result.stdout.fnmatch_lines([said])
    result.assert_outcomes(passed=2)


# Base models


FEW_SHOT = "Problem: What is $1 + 1$?\nProgram:\n```python\nprint(2)\n```\n\nProblem: {problem}\nProgram:\n"


def goes_on(asked: Any) -> Reply:
    """Answer texts only, as a base model's server does."""
    if not asked.path.endswith("/v1/completions"):
        return openai_error(NO_TEMPLATE)
    whole = text_completion()
    return stream(whole) if asked.body.get("stream") else Reply(whole)


@pytest.mark.parametrize(
    ("how", "workers"), [([], "-n0"), (STREAM, "-n0"), (STREAM, "-n1")], ids=["whole", "streamed", "in a worker"]
)
def test_raw_prompt_is_gone_on_with(
    measure: Callable[[Case], pytest.RunResult], vendor: Vendor, how: list[str], workers: str
) -> None:
    """A few-shot prompt goes to /completions as it is, patched as the user says; that is shown and recorded."""
    Path("few-shot.txt").write_text(FEW_SHOT)
    given = ["--mathbench-raw-prompt", "--mathbench-prompt=few-shot.txt", '--mathbench-request={"stop": ["Problem:"]}']
    result = measure(Case("", [goes_on], [*given, *how, workers]))
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["mathbench: every prompt is a text to go on with (/completions)"])
    assert {"/v1/completions"} == {asked.path for asked in vendor.asked}
    assert FEW_SHOT.replace("{problem}", "Problem a-1.") in [asked.body["prompt"] for asked in vendor.asked]
    assert all(["Problem:"] == asked.body["stop"] and "messages" not in asked.body for asked in vendor.asked)


@pytest.mark.parametrize("other", ["--mathbench-system=system.txt", "--mathbench-strategy=stepwise"])
def test_what_wants_messages_does_not_go_with_a_raw_prompt(
    measure: Callable[[Case], pytest.RunResult], vendor: Vendor, other: str
) -> None:
    """It is refused before anything is asked."""
    result = measure(Case("", [], ["--mathbench-raw-prompt", other]))
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    assert [] == vendor.asked
