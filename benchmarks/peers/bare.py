"""The openai client with a semaphore and nothing else: what generation costs at least.

    python benchmarks/peers/bare.py URL REQUESTS.jsonl CONCURRENCY [LIMIT]

Started by generation.py. Each line of the file is what `chat.completions.create` takes. Prints, as JSON, the seconds
from the first request to the last answer, and the completions' tokens.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import openai


async def main(url: str, requests: list[dict[str, Any]], concurrency: int) -> None:
    """Ask for all, and tell."""
    places = asyncio.Semaphore(concurrency)
    async with openai.AsyncOpenAI(base_url=url, timeout=3600) as client:

        async def ask(arguments: dict[str, Any]) -> int:
            async with places:
                answer = await client.chat.completions.create(**arguments)
            return answer.usage.completion_tokens if answer.usage else 0

        start = time.monotonic()
        tokens = await asyncio.gather(*map(ask, requests))
        print(json.dumps({"seconds": time.monotonic() - start, "completion_tokens": sum(tokens)}))


if __name__ == "__main__":
    url, path, concurrency, *limit = sys.argv[1:]
    lines = Path(path).read_text(encoding="utf-8").splitlines()[: int(limit[0]) if limit else None]
    asyncio.run(main(url, [json.loads(line) for line in lines], int(concurrency)))
