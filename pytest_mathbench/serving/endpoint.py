"""An OpenAI-compatible endpoint, and whether it answers."""

import os
import re
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pytest_mathbench.errors import NotAnsweringError, ServerError
from pytest_mathbench.record import Record
from pytest_mathbench.serving.words import KEY, NAME, WAY, way_out

if TYPE_CHECKING:
    import openai

_SECRET = re.compile(r"key|token|secret|password|passwd|sig(?:nature)?$|auth|credential|\bcode\b", re.IGNORECASE)
"""Names of query parameters that may hold what nobody is to read."""

NO_KEY = "none"
"""Sent where no key is known: the client insists on one, servers without authentication ignore it."""

_PROBE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint(Record):
    """Where the model answers, and under which name; what every request carries there.

    `replicas` are further addresses of the same model. The key and the headers are left out of every representation.
    """

    base_url: str
    model: str
    api_key: str = field(default=NO_KEY, repr=False)
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    query: dict[str, str] = field(default_factory=dict)
    replicas: tuple[str, ...] = ()

    @property
    def lanes(self) -> "tuple[Endpoint, ...]":
        """One endpoint for each address."""
        return tuple(replace(self, base_url=url, replicas=()) for url in (self.base_url, *self.replicas))

    def __hash__(self) -> int:
        """Endpoints name services."""
        return hash((self.base_url, self.model))

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine: no proxy of the environment may stand between."""
        return urlsplit(self.base_url).hostname in {"127.0.0.1", "localhost", "::1"}


def without_secrets(query: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return a query as it may be shown and recorded: with an ellipsis for values that may be secret."""
    return {name: "…" if _SECRET.search(name) else value for name, value in query}


def client_settings(endpoint: Endpoint) -> dict[str, Any]:
    """Return what an OpenAI client is made with; `per_request` goes along with each call, `http` to its HTTP client."""
    import openai  # most of a second, which collecting must not cost

    anonymous = endpoint.api_key == NO_KEY  # what nobody gave is not sent
    return {
        "base_url": endpoint.base_url,
        "api_key": endpoint.api_key,
        "default_headers": endpoint.headers,
        "default_query": endpoint.query,
        "per_request": {"extra_headers": {"Authorization": openai.Omit()}} if anonymous else {},
        # No proxy may stand before this machine, but certificates that the user trusts are trusted.
        "http": {"verify": _trusted()} if endpoint.is_local else {},
    }


@contextmanager
def asking(
    endpoint: Endpoint, timeout: float = _PROBE_SECONDS, retries: int = 1
) -> "Iterator[tuple[openai.OpenAI, dict[str, Any]]]":
    """Yield a client of an endpoint, and what goes along with each of its calls."""
    import openai  # as above

    settings = client_settings(endpoint)
    more, http = settings.pop("per_request"), settings.pop("http")
    transport = openai.DefaultHttpxClient(trust_env=not endpoint.is_local, **http)
    with openai.OpenAI(max_retries=retries, timeout=timeout, http_client=transport, **settings) as client:
        yield client, more


def models(client: "openai.OpenAI", more: Mapping[str, Any]) -> list[str]:
    """Return the models that an endpoint lists; none where it does not tell. `more` goes along with the call."""
    import openai  # as above

    try:
        return [model.id for model in client.models.list(**more).data or ()]
    except (openai.OpenAIError, ValueError, AttributeError):  # the client takes a page for a list
        return []


def same_model(endpoint: Endpoint) -> None:
    """See that all replicas serve one model, as far as they tell. Raises `ServerError` if they do not."""
    import openai  # as above

    told: dict[str, dict[str, Any]] = {}
    for lane in endpoint.lanes if endpoint.replicas else ():
        with asking(lane) as (client, more):
            try:
                models = client.models.list(**more).data
            except openai.OpenAIError:
                continue  # not every endpoint tells
        of_ours = next((model.to_dict() for model in models or () if model.id == lane.model), {})
        told[lane.base_url] = {name: of_ours[name] for name in ("root", "parent", "max_model_len") if name in of_ours}
    for url, found in told.items():
        first, expected = next(iter(told.items()))
        if found != expected:
            raise ServerError(
                f"{url} serves another model than {first}: {found} and {expected}; replicas must serve the same"
            )


def _trusted() -> ssl.SSLContext:
    """Trust what the environment says, as the HTTP client does for other hosts."""
    return ssl.create_default_context(
        cafile=os.environ.get("SSL_CERT_FILE") or None, capath=os.environ.get("SSL_CERT_DIR") or None
    )


def probe(
    endpoint: Endpoint, timeout: float = _PROBE_SECONDS, retries: int = 0, *, tokens: bool = False, raw: bool = False
) -> None:
    """Ask for one token: the only proof that an endpoint works. With `tokens`, go on from it to another one.

    With `raw` a text is gone on with, which takes no chat template.

    Raises `ServerError`, which says what to do, if no completion comes back: `NotAnsweringError` where a later try may
    succeed.
    """
    import openai  # most of a second, which collecting must not cost

    where = f"{endpoint.base_url} (model {endpoint.model!r})"
    with asking(endpoint, timeout, retries) as (client, more):
        try:
            asked: dict[str, Any] = {"model": endpoint.model, "max_tokens": 1, **more}
            answer: Any = (
                client.completions.create(prompt="1+1=", **asked)
                if raw
                else client.chat.completions.create(messages=[{"role": "user", "content": "1+1="}], **asked)
            )
            if tokens and (missing := _missing(client, {"model": endpoint.model, **more})):
                raise ServerError(
                    f"{where}: the endpoint {missing}, which the strategy needs; vLLM from 0.10.2 has it all, and "
                    "--mathbench-strategy=single needs none of it"
                )
        except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
            raise ServerError(f"{where}: the endpoint refuses the API key ({error.status_code})\n→ {KEY}") from None
        except openai.NotFoundError as error:
            raise ServerError(f"{where}: not found ({_short(error)})\n→ {NAME}") from None
        except openai.APITimeoutError:
            raise NotAnsweringError(f"{where}: no answer within {timeout:g} s") from None
        except openai.APIConnectionError as error:
            raise NotAnsweringError(f"{where}: unreachable ({error.__cause__ or error})\n→ {WAY}") from None
        except openai.InternalServerError as error:
            raise NotAnsweringError(f"{where}: the server failed ({_short(error)})") from None
        except (openai.OpenAIError, ValueError) as error:
            raise ServerError(f"{where}: no completion came back ({_short(error)}){way_out(str(error))}") from None
    if not getattr(answer, "choices", None):
        raise ServerError(f"{where}: the answer is no chat completion\n→ is this an OpenAI-compatible endpoint? {NAME}")


def _missing(client: "openai.OpenAI", always: Mapping[str, Any]) -> str:
    """Say what an endpoint lacks of what it takes to go on from a token; empty if nothing.

    `always` goes along with each call.
    """
    import openai  # as above

    asked: dict[str, Any] = {**always, "max_tokens": 1, "extra_body": {"return_token_ids": True}}
    try:
        answer = client.chat.completions.create(
            messages=[{"role": "user", "content": "1+1="}], logprobs=True, top_logprobs=2, **asked
        )
    except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
        return f"gives no logprobs or token ids ({_short(error)})"
    choice: Any = answer.choices[0]
    ids = [*(getattr(answer, "prompt_token_ids", None) or ()), *(getattr(choice, "token_ids", None) or ())]
    if not getattr(choice.logprobs, "content", None):
        return "gives no logprobs"
    if not ids or not getattr(choice, "token_ids", None):
        return "gives no token ids (return_token_ids)"
    try:
        more = client.completions.create(prompt=ids, logprobs=2, logit_bias={str(ids[-1]): -100}, **asked)
    except (openai.BadRequestError, openai.NotFoundError, openai.UnprocessableEntityError) as error:
        return f"does not go on from token ids in /completions ({_short(error)})"
    if not getattr(more.choices[0].logprobs, "tokens", None) or not getattr(more.choices[0], "token_ids", None):
        return "gives no logprobs or token ids in /completions"
    return ""


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
