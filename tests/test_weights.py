"""A model's files: where they are, and whether an interrupted download left them whole."""

import json
import struct
from pathlib import Path

import pytest

from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.serving.weights import check_local, folder_of, lacking, partial_bytes, size_of


def weights(path: Path, size: int = 64, *, lost: int = 0) -> None:
    """Write a file of weights in the format of safetensors, of which the last bytes may be lost. It takes no room."""
    header = json.dumps({"__metadata__": {}, "w": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}).encode()
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(header)) + header)
        file.truncate(8 + len(header) + size - lost)


def test_whole_weights_pass(tmp_path: Path) -> None:
    """As long as their header says; the format knows no other sum."""
    weights(tmp_path / "model.safetensors")
    check_local(str(tmp_path))
    assert [] == lacking(tmp_path)
    assert 64 < size_of(tmp_path)


def test_weights_that_are_cut_short_are_told(tmp_path: Path) -> None:
    """With how much is there, and how to get the rest."""
    weights(tmp_path / "model.safetensors", 5000, lost=1000)
    with pytest.raises(ConfigurationError) as caught:
        check_local(str(tmp_path))
    found, _, cure = str(caught.value).partition("\n→ ")
    assert ", as after an interrupted download or copy, or without git lfs" in found
    assert "model.safetensors has 4,094 of 5,094 bytes" in found
    assert cure.startswith("fetch or copy it again")


@pytest.mark.parametrize("content", [b"", b"1234", b"version https://git-lfs.github.com/spec/v1\n", b"\xff" * 100])
def test_what_is_no_file_of_weights_is_told(tmp_path: Path, content: bytes) -> None:
    """The pointer that git leaves without lfs, among others."""
    (tmp_path / "model.safetensors").write_bytes(content)
    assert ["model.safetensors is no file of weights, or cut short"] == lacking(tmp_path)


def test_a_part_that_the_index_names_is_missed(tmp_path: Path) -> None:
    """A download of several files may have been interrupted between two."""
    weights(tmp_path / "model-1.safetensors")
    index = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    assert ["model-2.safetensors is missing"] == lacking(tmp_path)


def test_an_index_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """It may have been cut short itself."""
    (tmp_path / "model.safetensors.index.json").write_text('{"weight_map": {')
    assert ["model.safetensors.index.json cannot be read"] == lacking(tmp_path)


def test_what_the_hubs_cache_lacks_is_the_engines_to_fetch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a local folder is refused; what came of an interrupted download is counted."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    snapshot = tmp_path / "models--org--name" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").touch()
    (snapshot / "model.safetensors").symlink_to("../../blobs/gone")
    (tmp_path / "models--org--name" / "blobs").mkdir()
    (tmp_path / "models--org--name" / "blobs" / "x.incomplete").write_bytes(bytes(1000))
    check_local("org/name")
    assert snapshot == folder_of("org/name")
    assert ["model.safetensors is missing"] == lacking(snapshot)
    assert 1000 == partial_bytes("org/name")
