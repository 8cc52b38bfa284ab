"""One completion after another for the same request, each with chances of its own."""

import hashlib
from dataclasses import replace

from pytest_mathbench.records import Request

_RETRY_TEMPERATURE = 0.8
"""Of all but the first, at least: the same prompt at temperature 0 gives the same text. Chen et al. 2021."""


def draw(request: Request, number: int) -> Request:
    """Return the request for a completion of this number; 0 is the request itself.

    The seed is made of the request and the number, so that whoever draws for a request draws the same completions,
    cut or not.
    """
    if not number:
        return request
    digest = hashlib.sha256(f"{replace(request, cut=False).key}:{number}".encode()).digest()
    sampling = replace(
        request.sampling,
        temperature=max(request.sampling.temperature, _RETRY_TEMPERATURE),
        seed=int.from_bytes(digest[:4]) >> 1,
    )
    return replace(request, sampling=sampling)
