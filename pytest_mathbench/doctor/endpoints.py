"""A running endpoint: whether it is there, takes the key, has the model, and answers the run's own first request."""

import difflib
from collections.abc import Iterator

from pytest_mathbench import prompts
from pytest_mathbench.doctor.finding import Finding, State
from pytest_mathbench.errors import ConfigurationError, ServerError
from pytest_mathbench.pipeline import Questionnaire
from pytest_mathbench.records import Sampling
from pytest_mathbench.serving.endpoint import Endpoint
from pytest_mathbench.serving.named import given_endpoint
from pytest_mathbench.serving.probe import listed
from pytest_mathbench.settings import Settings

_PROBE_SECONDS = 10.0
_LOADING_SECONDS = 5.0
_NAMES = 5


def findings(settings: Settings) -> Iterator[Finding]:
    """Yield what is found, of each replica."""
    try:
        endpoint = given_endpoint(settings)
    except ConfigurationError as error:
        yield Finding.of("api key", error)
        return
    for lane in endpoint.lanes if endpoint else ():
        answers = None
        if settings.model:
            answers = _answers(lane, settings)
            yield answers
        if answers is None or answers.state == State.OK or "not found" in answers.found:
            yield _model(lane, answers=answers is not None and answers.state == State.OK)


def _answers(endpoint: Endpoint, settings: Settings) -> Finding:
    """Ask what a run asks first."""
    try:
        from pytest_mathbench.generation.trial import Trial  # its HTTP library is slow, and may be what is missing
    except ImportError as error:
        return Finding("endpoint", State.MISSING, f"it cannot be asked: {error}", "python -m pip install aiohttp")
    asked = Questionnaire(prompts.load(""), Sampling(), settings.request, settings.raw_prompt).trial()
    try:
        completion = Trial(endpoint=endpoint, loading_seconds=_LOADING_SECONDS).ask(asked)
    except ServerError as error:
        return Finding.of("endpoint", error)
    slow = "is there, and takes its time" if completion is None else f"answered within {completion.seconds:.1f} s"
    return Finding("endpoint", State.OK, f"{endpoint.base_url} {slow}")


def _model(endpoint: Endpoint, *, answers: bool) -> Finding:
    known = [str(model["id"]) for model in listed(endpoint, _PROBE_SECONDS)]
    if endpoint.model in known or (answers and not known):
        return Finding("model", State.OK, f"{endpoint.model}{' is listed' if known else ', of no list'}")
    near = difflib.get_close_matches(endpoint.model, known, _NAMES, 0.0)
    names = ", ".join(near if endpoint.model else known[:_NAMES]) or "the endpoint lists none"
    if answers:
        return Finding("model", State.OK, f"{endpoint.model} answers, and is not listed: {names}")
    found = f"{endpoint.model} is not listed" if endpoint.model else "no model is named"
    return Finding("model", State.MISSING, found, f"--mathbench-model=NAME, of {len(known)}: {names}")
