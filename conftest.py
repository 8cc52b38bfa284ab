"""Tests that need a real vLLM server run only when they are asked for: `pytest -m vllm` (make test-vllm)."""

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the vllm tests out of ordinary runs."""
    if "vllm" in config.option.markexpr:
        return
    chosen = [item for item in items if item.get_closest_marker("vllm") is None]
    if len(chosen) < len(items):
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = chosen
