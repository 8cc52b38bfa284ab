"""An OpenAI-compatible endpoint, and whether it answers."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pytest_mathbench.errors import NotAnsweringError, ServerError
from pytest_mathbench.record import Record

if TYPE_CHECKING:
    import openai

NO_KEY = "none"
"""Sent where no key is known: the client insists on one, servers without authentication ignore it."""

_PROBE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint(Record):
    """Where the model answers, and under which name. The key is left out of every representation."""

    base_url: str
    model: str
    api_key: str = field(default=NO_KEY, repr=False)

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine: no proxy of the environment may stand between."""
        return urlsplit(self.base_url).hostname in {"127.0.0.1", "localhost", "::1"}


def probe(endpoint: Endpoint, timeout: float = _PROBE_SECONDS, retries: int = 0, *, tokens: bool = False) -> None:
    """Ask for one token: the only proof that an endpoint works. With `tokens`, go on from it to another one.

    Raises `ServerError`, which says what to do, if no completion comes back: `NotAnsweringError` where a later try may
    succeed.
    """
    import openai  # noqa: PLC0415 - most of a second, which collecting must not cost

    where = f"{endpoint.base_url} (model {endpoint.model!r})"
    with openai.OpenAI(
        base_url=endpoint.base_url,
        api_key=endpoint.api_key,
        max_retries=retries,
        timeout=timeout,
        http_client=openai.DefaultHttpxClient(trust_env=False) if endpoint.is_local else None,
    ) as client:
        try:
            answer = client.chat.completions.create(
                model=endpoint.model, messages=[{"role": "user", "content": "1+1="}], max_tokens=1
            )
            if tokens and (missing := _missing(client, endpoint.model)):
                raise ServerError(
                    f"{where}: the endpoint {missing}, which the strategy needs; vLLM from 0.10.2 has it all, and "
                    "--mathbench-strategy=single needs none of it"
                )
        except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
            raise ServerError(
                f"{where}: the endpoint refuses the API key ({error.status_code}); "
                "--mathbench-api-key-env names the environment variable that holds it"
            ) from None
        except openai.NotFoundError as error:
            raise ServerError(
                f"{where}: not found ({_short(error)}); check the model's name, and that the URL ends in /v1"
            ) from None
        except openai.APITimeoutError:
            raise NotAnsweringError(f"{where}: no answer within {timeout:g} s") from None
        except openai.APIConnectionError as error:
            raise NotAnsweringError(f"{where}: unreachable ({error.__cause__ or error})") from None
        except openai.InternalServerError as error:
            raise NotAnsweringError(f"{where}: the server failed ({_short(error)})") from None
        except (openai.OpenAIError, ValueError) as error:
            raise ServerError(f"{where}: no completion came back ({_short(error)})") from None
    if not getattr(answer, "choices", None):
        raise ServerError(f"{where}: the answer is no chat completion; is this an OpenAI-compatible endpoint?")


def _missing(client: "openai.OpenAI", model: str) -> str:
    """Say what an endpoint lacks of what it takes to go on from a token; empty if nothing."""
    import openai  # noqa: PLC0415 - as above

    asked: dict[str, Any] = {"model": model, "max_tokens": 1, "extra_body": {"return_token_ids": True}}
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
