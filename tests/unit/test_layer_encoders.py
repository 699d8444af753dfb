"""Encoders of one's own in the layer: whole, or the build ends."""

from pathlib import Path

import pytest
from layers.build import copy_encoders

from footnote.embedding.build_encoder import build_encoder
from footnote.embedding.local import LocalEmbedder
from tests.tiny_encoder import save_encoder


def test_encoders_come_beside_the_layers_model_and_embed_there(tmp_path: Path) -> None:
    built = build_encoder(save_encoder(tmp_path / "mine"), tmp_path / "encoders", print)
    copy_encoders(tmp_path / "encoders", tmp_path / "artifact" / "encoders")
    copied = LocalEmbedder(tmp_path / "artifact" / "encoders" / built.built.model)
    assert copied.embed(["a router"]) == LocalEmbedder(built.folder).embed(["a router"])


def test_an_encoder_that_was_copied_in_part_ends_the_build_of_the_layer(tmp_path: Path) -> None:
    built = build_encoder(save_encoder(tmp_path / "mine"), tmp_path / "encoders", print)
    graph = built.folder / "model.onnx"
    graph.write_bytes(graph.read_bytes()[:-1])
    with pytest.raises(SystemExit, match=r"model\.onnx is not what was built"):
        copy_encoders(tmp_path / "encoders", tmp_path / "artifact")
    assert not (tmp_path / "artifact").exists()


def test_without_encoders_the_layer_has_no_folder_of_them(tmp_path: Path) -> None:
    copy_encoders(tmp_path / "nowhere", tmp_path / "artifact")
    assert not (tmp_path / "artifact").exists()
