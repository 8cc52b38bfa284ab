"""The endpoints that the user named, with the keys and headers that the environment holds for them."""

import os
from urllib.parse import urlsplit

from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.serving.endpoint import NO_KEY, Endpoint
from pytest_mathbench.serving.engines import asked_model
from pytest_mathbench.settings import OPENAI_API_KEY_ENV, Settings


def given_endpoint(settings: Settings) -> Endpoint | None:
    """Return the running endpoint that the user named, if any. Raises `ConfigurationError` if its key is missing."""
    model = asked_model(settings)
    return _endpoint(settings.base_url, model, settings.api_key_env, settings.headers, settings.query)


def judge_endpoint(settings: Settings) -> Endpoint | None:
    """Return the endpoint of the judge, if one is asked. Raises `ConfigurationError` if its key is missing."""
    if settings.judging == "off":
        return None
    return _endpoint(
        settings.judge_base_url,
        settings.judge_model,
        settings.judge_api_key_env,
        settings.judge_headers,
        settings.judge_query,
    )


def _endpoint(
    addresses: tuple[str, ...],
    model: str,
    key_variable: str,
    headers: tuple[tuple[str, str], ...],
    query: tuple[tuple[str, str], ...],
) -> Endpoint | None:
    """Return the endpoint at these addresses; None if there is none."""
    if not addresses:
        return None
    if not key_variable and all(_is_openai(address) for address in addresses):
        key_variable = OPENAI_API_KEY_ENV
    return Endpoint(
        base_url=addresses[0],
        replicas=addresses[1:],
        model=model,
        api_key=_variable(key_variable, "the API key") if key_variable else NO_KEY,
        headers={name: _variable(variable, f"the header {name}") for name, variable in headers},
        query=dict(query),
    )


def _is_openai(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    return host == "openai.com" or host.endswith(".openai.com")


def _variable(name: str, what: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise ConfigurationError(
            f"the environment variable {name} should hold {what}, but is not set\n→ export {name}=…, in the "
            "shell or the job that starts this"
        )
    if not value.isprintable():
        raise ConfigurationError(f"the environment variable {name}, which holds {what}, has control characters in it")
    return value
