"""The local embedding model: faithful to the published one, and safe to build and to share."""

import json
import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from footnote.domain.errors import SettingsError
from footnote.embedding import build_local_model as building
from footnote.embedding.build_encoder import build_encoder
from footnote.embedding.build_local_model import build_local_model
from footnote.embedding.local import LocalEmbedder
from footnote.embedding.model_folder import MANIFEST_FILE, MODEL, default_model_dir, is_complete
from tests.minilm_reference import FOLDER, MiniLMReference

pytestmark = pytest.mark.integration

TEXTS = [
    "This is an example sentence",
    "How do I rotate the TLS certificate of the ingress router?",
    "oc adm policy add-scc-to-user anyuid -z default && kubectl get pods --all-namespaces",
    "Total net sales were $89,498 million, an increase of 8% (2022: $82,959 million).",
    "The committee adjourned without a vote. " * 15,
    "z",
]


@pytest.fixture(scope="module")
def embedder() -> LocalEmbedder:
    build_local_model(default_model_dir(), print)
    return LocalEmbedder(default_model_dir())


def test_quantised_vectors_stay_close_to_the_full_precision_model(embedder: LocalEmbedder) -> None:
    exact = MiniLMReference().embed(TEXTS)
    for reference, vector in zip(exact, embedder.embed(TEXTS), strict=True):
        assert math.sumprod(reference, vector) > 0.99


def test_the_reference_model_makes_the_vectors_once_recorded() -> None:
    # Recorded on 2026-11-22; guards the reference itself against a change of heart.
    (vector,) = MiniLMReference().embed(TEXTS[:1])
    assert vector[:4] == pytest.approx([0.0676569, 0.0634959, 0.0487131, 0.0793050], abs=1e-6)


def test_text_after_the_256th_token_does_not_count(embedder: LocalEmbedder) -> None:
    kept, changed = embedder.embed(["word " * 254 + "tail", "word " * 254 + "other end entirely"])
    assert kept == pytest.approx(changed, abs=1e-6)


def test_many_threads_share_one_embedder(embedder: LocalEmbedder) -> None:
    expected = embedder.embed(TEXTS)
    with ThreadPoolExecutor(8) as pool:
        for vectors in pool.map(embedder.embed, [TEXTS] * 16):
            assert vectors == expected


def test_one_thread_makes_the_same_vectors_as_several(embedder: LocalEmbedder) -> None:
    assert LocalEmbedder(default_model_dir(), threads=1).embed(TEXTS) == embedder.embed(TEXTS)


def test_building_twice_gives_the_same_files_and_the_second_time_writes_none(
    tmp_path: Path,
) -> None:
    build_local_model(tmp_path / "model", print)
    build_local_model(tmp_path / "again", print)
    manifest = json.loads((tmp_path / "model" / MANIFEST_FILE).read_bytes())
    assert manifest == json.loads((tmp_path / "again" / MANIFEST_FILE).read_bytes())
    assert manifest["model"] == MODEL
    lines: list[str] = []
    build_local_model(tmp_path / "model", lines.append)
    assert lines == [f"{tmp_path / 'model'} holds the model already"]


def test_a_build_that_was_cut_off_is_finished_by_the_next(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"half a fi")
    assert not is_complete(tmp_path)
    build_local_model(tmp_path, print)
    assert len(LocalEmbedder(tmp_path).embed(["works"])) == 1


def test_other_weights_than_the_pinned_ones_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(SettingsError, match=r"not the pinned model\.safetensors"):
        build_local_model(tmp_path, print)
    assert not list(tmp_path.iterdir())


def test_the_published_encoder_saved_as_a_folder_builds_to_the_very_same_graph(
    tmp_path: Path, embedder: LocalEmbedder
) -> None:
    made = build_encoder(FOLDER, tmp_path, print)
    graph = made.folder / "model.onnx"
    assert graph.read_bytes() == (default_model_dir() / "model.onnx").read_bytes()
    assert LocalEmbedder(made.folder).embed(TEXTS) == embedder.embed(TEXTS)
    assert made.lowest > 0.99
