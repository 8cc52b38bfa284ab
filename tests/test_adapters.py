"""LoRA adapters: one that a server does not know, or ignores, is refused; requests ask it by its name."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from factories import results_of
from vendors import Asked, Reply, Rule, Vendor, message, openai_error

from conftest import WORKERS, row
from pytest_mathbench.errors import ServerError
from pytest_mathbench.recording.recorded import read_info
from pytest_mathbench.serving.adapters import check_adapter
from pytest_mathbench.serving.endpoint import Endpoint

BASE = {"id": "m", "object": "model", "created": 0, "owned_by": "vllm", "root": "/models/m", "parent": None}
TUNED = BASE | {"id": "tuned", "root": "/adapters/tuned", "parent": "m"}


def with_logprobs(logprobs: dict[str, float]) -> Rule:
    """Answer as vLLM does that is asked for log probabilities: each model its own."""

    def answer(asked: Asked) -> Reply | None:
        if not asked.body.get("logprobs"):
            return None
        whole = message()
        token = {"token": "x", "logprob": logprobs[asked.body["model"]], "bytes": [120], "top_logprobs": []}
        whole["choices"][0]["logprobs"] = {"content": [token] * 8}
        return Reply(whole)

    return answer


def no_logprobs(asked: Asked) -> Reply | None:
    """Refuse to tell them, as some endpoints do."""
    return openai_error("logprobs is not supported") if asked.body.get("logprobs") else None


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    """A server that has loaded an adapter."""
    with Vendor() as server:
        server.pages["/v1/models"] = {"object": "list", "data": [BASE, TUNED]}
        yield server


def check(vendor: Vendor, adapter: str = "tuned") -> None:
    """Check an adapter of the model m."""
    check_adapter(Endpoint(base_url=vendor.url, model=adapter), adapter, "m")


def test_an_adapter_that_answers_otherwise_passes(vendor: Vendor) -> None:
    """Base and adapter are each asked once, by their names."""
    vendor.rules = [with_logprobs({"m": -0.5, "tuned": -0.6})]
    check(vendor)
    assert ["tuned", "m"] == [asked.body["model"] for asked in vendor.asked]


def test_an_unknown_adapter_is_refused(vendor: Vendor) -> None:
    """What the server knows is named, and how one is loaded."""
    with pytest.raises(ServerError, match=r"knows no such adapter; it knows 'm', 'tuned'.*--lora-modules other=FOLDER"):
        check(vendor, "other")
    assert [] == vendor.asked


@pytest.mark.parametrize("same", [-0.5, -0.50001])
def test_an_ignored_adapter_is_refused(vendor: Vendor, same: float) -> None:
    """A server may list an adapter and serve the base model all the same (vLLM's issue 55193)."""
    vendor.rules = [with_logprobs({"m": -0.5, "tuned": same})]
    with pytest.raises(ServerError, match="just as it does without it"):
        check(vendor)


@pytest.mark.parametrize("rules", [[no_logprobs], []], ids=["refused", "left out"])
def test_where_probabilities_are_not_told_the_list_has_to_do(vendor: Vendor, rules: list[Rule]) -> None:
    """Whether the adapter is ignored cannot be seen there."""
    vendor.rules = rules
    check(vendor)


def test_where_there_is_no_list_probabilities_have_to_do(vendor: Vendor) -> None:
    """An endpoint that lists nothing is asked all the same."""
    vendor.pages.clear()
    vendor.rules = [with_logprobs({"m": -0.5, "tuned": -0.5})]
    with pytest.raises(ServerError, match="just as it does without it"):
        check(vendor)


# The option


@pytest.fixture
def run(
    pytester: pytest.Pytester, vendor: Vendor, problem_file: Callable[..., Path]
) -> Callable[..., pytest.RunResult]:
    """Run two problems on the endpoint."""
    source = problem_file(row("a-1"), row("a-2"))
    vendor.rules = [with_logprobs({"m": -0.5, "tuned": -0.6, "m:tuned": -0.6})]

    def start(*arguments: Any) -> pytest.RunResult:
        return pytester.runpytest("--mathbench-model=m", f"--mathbench-problems={source}", *arguments)

    return start


@WORKERS
def test_adapter_is_what_is_asked(run: Callable[..., pytest.RunResult], vendor: Vendor, workers: str) -> None:
    """By every request; it is shown and recorded, and the run is replayed under it alone."""
    result = run("--mathbench-adapter=tuned", f"--mathbench-base-url={vendor.url}", workers)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["mathbench: model m with the adapter tuned on *"])
    (folder,) = Path(".mathbench").iterdir()
    assert "tuned" == read_info(folder).adapter
    assert {"tuned"} == {asked.body["model"] for asked in vendor.asked if not asked.body.get("logprobs")}
    run("--mathbench-adapter=tuned", f"--mathbench-replay={folder}", "--mathbench-output=again").assert_outcomes(
        passed=2
    )
    refused = run(f"--mathbench-replay={folder}", "--mathbench-output=other")
    refused.stderr.fnmatch_lines(["*cannot be replayed*adapter was 'tuned', now ''*"])
    assert 2 == len(results_of(folder))


def test_an_adapter_of_sglang_is_asked_by_both_names(run: Callable[..., pytest.RunResult], vendor: Vendor) -> None:
    """As SGLang wants it."""
    given = ["--mathbench-engine=sglang", f"--mathbench-base-url={vendor.url}"]
    run("--mathbench-adapter=tuned", *given).assert_outcomes(passed=2)
    assert "m:tuned" == vendor.asked[-1].body["model"]


def test_an_unknown_adapter_ends_at_start(run: Callable[..., pytest.RunResult], vendor: Vendor) -> None:
    """Before any problem is asked."""
    result = run("--mathbench-adapter=other", f"--mathbench-base-url={vendor.url}")
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    result.stderr.fnmatch_lines(["*the server knows no such adapter; it knows 'm', 'tuned'*"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--mathbench-adapter=tuned"], "no adapter 'tuned' is loaded; give --mathbench-vllm-args='--enable-lora"),
        (
            ["--mathbench-adapter=tuned", "--mathbench-vllm-args=--enable-lora --lora-modules other=x"],
            "no adapter 'tuned' is loaded",
        ),
        (["--mathbench-adapter=tuned", "--mathbench-engine=sglang"], "--enable-lora --lora-paths tuned=FOLDER"),
        (
            ["--mathbench-engine=sglang", "--mathbench-vllm-args=--seed 7"],
            "vllm-args are for another engine",
        ),
        (["--mathbench-sglang-args=--tp 2"], "--mathbench-sglang-args are for another engine"),
        (["--mathbench-engine=other"], "expected one of vllm, sglang"),
    ],
)
def test_what_cannot_be_served_is_refused_before_a_server_is_started(
    run: Callable[..., pytest.RunResult], arguments: list[str], said: str
) -> None:
    """By one sentence that says what to give."""
    result = run(*arguments)
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    assert said in result.stderr.str()
