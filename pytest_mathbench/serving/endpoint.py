"""An OpenAI-compatible endpoint: where it is, and what every request carries there."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from pytest_mathbench.record import Record

_SECRET = re.compile(r"key|token|secret|password|passwd|sig(?:nature)?$|auth|credential|\bcode\b", re.IGNORECASE)
"""Names of query parameters that may hold what nobody is to read."""

NO_KEY = "none"
"""Stands for a key where none is known; then none is sent."""


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
