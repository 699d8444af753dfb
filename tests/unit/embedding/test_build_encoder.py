"""An encoder of somebody's own: built as its weights say, or refused with what to do."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from footnote.domain.errors import SettingsError, UnprocessableError
from footnote.embedding.bert_reference import BertReference
from footnote.embedding.bert_shape import BertShape, Pooling
from footnote.embedding.build_encoder import LOWEST_COSINE, SAMPLE, BuiltEncoder, build_encoder
from footnote.embedding.local import LocalEmbedder
from footnote.embedding.model_folder import encoders_dir, is_encoder, read_manifest
from tests.tiny_encoder import (
    CLS,
    TINY,
    Tensors,
    change_json,
    modules,
    random_weights,
    safetensors,
    save_encoder,
    tokenizer,
    write_json,
)

type Harm = Callable[[Path], object]


def build(folder: Path) -> BuiltEncoder:
    return build_encoder(folder, folder.parent / "encoders", lambda _: None)


def at_full_precision(shape: BertShape, weights: Tensors) -> list[list[float]]:
    cut = tokenizer()
    cut.enable_truncation(shape.max_tokens)
    reference = BertReference(weights, shape)
    return [reference.vector(cut.encode(text).ids).tolist() for text in SAMPLE]


def cosines(one: list[list[float]], other: list[list[float]]) -> list[float]:
    return [math.sumprod(left, right) for left, right in zip(one, other, strict=True)]


@pytest.mark.parametrize("shape", [TINY, CLS], ids=["mean", "cls"])
def test_the_built_graph_computes_what_the_weights_say(shape: BertShape, tmp_path: Path) -> None:
    made = build(save_encoder(tmp_path / "mine", shape))
    embedder = LocalEmbedder(made.folder)
    vectors = embedder.embed(SAMPLE)
    near = cosines(at_full_precision(shape, random_weights(shape)), vectors)
    assert min(near) == pytest.approx(made.lowest, abs=1e-6)
    assert made.mean > 0.98
    assert (embedder.model, embedder.dimension) == (made.built.model, shape.width)
    assert cosines(vectors, vectors) == pytest.approx([1.0] * len(SAMPLE), abs=1e-5)


@pytest.mark.parametrize(
    "other",
    [
        replace(TINY, pooling=Pooling.CLS),
        replace(TINY, heads=2),
        replace(TINY, layers=1),
        replace(TINY, max_tokens=8),
    ],
    ids=["pooling", "heads", "layers", "tokens"],
)
def test_a_graph_of_another_shape_would_not_pass_for_it(other: BertShape, tmp_path: Path) -> None:
    made = build(save_encoder(tmp_path / "mine"))
    near = cosines(
        at_full_precision(other, random_weights(TINY)), LocalEmbedder(made.folder).embed(SAMPLE)
    )
    assert min(near) < LOWEST_COSINE


@pytest.mark.parametrize("kind", ["F16", "BF16"])
def test_weights_of_16_bits_make_nearly_the_same_vectors(kind: str, tmp_path: Path) -> None:
    whole = build(save_encoder(tmp_path / "whole"))
    half = build(save_encoder(tmp_path / "half", kind=kind))
    texts = [LocalEmbedder(one.folder).embed(SAMPLE) for one in (whole, half)]
    assert min(cosines(*texts)) > 0.98
    assert whole.built.model != half.built.model


def test_an_encoder_is_named_after_its_folder_and_all_that_makes_its_vectors(
    tmp_path: Path,
) -> None:
    first = build(save_encoder(tmp_path / "My Encoder_v2"))
    assert first.built.model.startswith("my-encoder-v2-")
    assert is_encoder(first.built.model)
    assert first.folder == tmp_path / "encoders" / first.built.model
    others = [
        save_encoder(tmp_path / "a" / "My Encoder_v2", weights=random_weights(TINY, 2)),
        save_encoder(tmp_path / "b" / "My Encoder_v2", replace(TINY, pooling=Pooling.CLS)),
        save_encoder(tmp_path / "c" / "My Encoder_v2", replace(TINY, max_tokens=20)),
    ]
    names = {build_encoder(one, tmp_path / "encoders", print).built.model for one in others}
    assert len(names | {first.built.model}) == 4


def test_the_same_weights_are_built_once_and_a_half_built_folder_anew(tmp_path: Path) -> None:
    folder = save_encoder(tmp_path / "mine")
    first = build(folder)
    lines: list[str] = []
    again = build_encoder(folder, tmp_path / "encoders", lines.append)
    assert again == first
    assert not any("quantising" in line for line in lines)
    (first.folder / "manifest.json").unlink()
    assert build(folder) == first
    assert [one.name for one in (tmp_path / "encoders").iterdir()] == [first.built.model]


def test_pooling_in_the_newer_form_and_a_transformer_in_a_folder_of_its_own(
    tmp_path: Path,
) -> None:
    folder = save_encoder(tmp_path / "mine", CLS)
    expected = LocalEmbedder(build(folder).folder).embed(SAMPLE)
    write_json(folder / "1_Pooling/config.json", {"pooling_mode": "cls"})
    listed = modules("Transformer", "Pooling")
    listed[0]["path"] = "0_Transformer"
    write_json(folder / "modules.json", listed)
    (folder / "0_Transformer").mkdir()
    for name in ("config.json", "sentence_bert_config.json", "tokenizer.json", "model.safetensors"):
        (folder / name).rename(folder / "0_Transformer" / name)
    assert LocalEmbedder(build(folder).folder).embed(SAMPLE) == expected


def test_what_every_bert_is_saved_with_and_makes_no_vector_is_left_out(tmp_path: Path) -> None:
    pooler = {
        "pooler.dense.weight": np.ones((32, 32), "f4"),
        "pooler.dense.bias": np.ones(32, "f4"),
    }
    folder = save_encoder(tmp_path / "mine", weights=random_weights(TINY) | pooler)
    assert build(folder).mean > 0.98


def test_a_pickle_beside_safetensors_is_not_even_opened(tmp_path: Path) -> None:
    folder = save_encoder(tmp_path / "mine")
    (folder / "pytorch_model.bin").symlink_to("/nowhere/at/all")
    assert build(folder).mean > 0.98


def changed(**changes: object) -> Harm:
    return lambda folder: change_json(folder / "config.json", **changes)


def stored(kind: str = "F32", without: str = "", **other: object) -> Harm:
    """Other weights; a tensor is named with underscores for dots."""

    def harm(folder: Path) -> None:
        weights = random_weights(TINY) | {name.replace("__", "."): at for name, at in other.items()}
        weights.pop(without, None)
        (folder / "model.safetensors").write_bytes(safetensors(weights, kind))  # type: ignore[arg-type]

    return harm


def removed(name: str) -> Harm:
    return lambda folder: (folder / name).unlink()


def written(name: str, value: object) -> Harm:
    return lambda folder: write_json(folder / name, value)


def only_a_pickle(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def in_parts(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "model-00001-of-00002.safetensors")
    write_json(folder / "model.safetensors.index.json", {})


def cut_off(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])


def a_long_header(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes((2**60).to_bytes(8, "little") + b"{}")


def wrapped(folder: Path) -> None:
    weights = {f"bert.{name}": tensor for name, tensor in random_weights(TINY).items()}
    (folder / "model.safetensors").write_bytes(safetensors(weights))


def with_capitals(folder: Path) -> None:
    kept = json.loads((folder / "tokenizer.json").read_text())
    write_json(folder / "tokenizer.json", kept | {"normalizer": None})
    change_json(folder / "sentence_bert_config.json", do_lower_case=True)


NOT_FINITE = np.full(32, np.nan, "f4")
FAULTS: dict[str, tuple[Harm, str]] = {
    "no modules": (removed("modules.json"), r"modules\.json is missing.*SentenceTransformer\.save"),
    "no config": (removed("config.json"), r"config\.json cannot be read"),
    "no tokenizer": (removed("tokenizer.json"), r"tokenizer\.json is missing.*use_fast"),
    "no weights": (removed("model.safetensors"), r"model\.safetensors is missing"),
    "only a pickle": (only_a_pickle, r"pytorch_model\.bin is a pickle.*never is.*which writes"),
    "weights in parts": (in_parts, "in several files: save them as one"),
    "weights cut off": (cut_off, "no safetensors file, or only a part"),
    "a header without end": (a_long_header, "no safetensors file, or only a part"),
    "another architecture": (changed(model_type="xlm-roberta"), "type xlm-roberta.*type bert"),
    "its own code": (
        changed(auto_map={"AutoModel": "modeling.Model"}),
        "code of its own.*never run",
    ),
    "a decoder": (changed(is_decoder=True), "of a decoder"),
    "another activation": (changed(hidden_act="relu"), "hidden_act relu"),
    "relative positions": (changed(position_embedding_type="relative_key"), "relative_key"),
    "heads that do not fit": (changed(num_attention_heads=5), "shared out to 5 heads"),
    "too many layers": (changed(num_hidden_layers=1000), "num_hidden_layers: .*24"),
    "no number": (changed(hidden_size="wide"), "hidden_size: "),
    "a wider config": (changed(intermediate_size=64), r"is 48 x 32, by config\.json it is 64 x 32"),
    "more layers": (changed(num_hidden_layers=3), r"lacks encoder\.layer\.2.* and 13 more"),
    "fewer layers": (changed(num_hidden_layers=1), r"also holds encoder\.layer\.1.* 13 more"),
    "a tensor less": (
        stored(without="embeddings.LayerNorm.bias"),
        r"lacks embeddings\.LayerNorm\.bias: the config\.json beside it",
    ),
    "a wrapper": (wrapped, "save the encoder alone"),
    "an adapter": (stored(lora__weight=np.ones((2, 2))), r"lora\.weight.*merge adapters"),
    "whole numbers": (stored("I32"), "is I32: save it as one of F32, F16, BF16"),
    "not finite": (
        stored(embeddings__LayerNorm__bias=NOT_FINITE),
        "not finite: the training went wrong",
    ),
    "a dense module": (
        written("modules.json", modules("Transformer", "Pooling", "Dense")),
        "names the modules Transformer, Pooling, Dense",
    ),
    "a module outside": (
        written(
            "modules.json", [{"path": "../..", "type": one} for one in ("Transformer", "Pooling")]
        ),
        r"'\.\./\.\.', which is no folder beside it",
    ),
    "no list of modules": (written("modules.json", {}), r"modules\.json is not as it should be"),
    "another pooling": (written("1_Pooling/config.json", {"pooling_mode": "max"}), "pools by max"),
    "two poolings": (
        written(
            "1_Pooling/config.json",
            {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": True},
        ),
        "pools by cls and mean",
    ),
    "no pooling": (written("1_Pooling/config.json", {}), "pools by nothing"),
    "prompts": (
        written("config_sentence_transformers.json", {"prompts": {"query": "query: "}}),
        "has a prompt, query: 'query: '",
    ),
    "no tokenizer at all": (written("tokenizer.json", {}), "no tokenizer that can be read"),
    "another's tokenizer": (changed(vocab_size=50), "of another model: it has tokens up to"),
    "capitals": (with_capitals, "do_lower_case is set"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_folder_that_cannot_be_built_is_refused_with_what_to_do(
    fault: str, tmp_path: Path
) -> None:
    harm, told = FAULTS[fault]
    folder = save_encoder(tmp_path / "mine")
    harm(folder)
    with pytest.raises(UnprocessableError, match=told):
        build(folder)
    encoders = tmp_path / "encoders"
    assert not encoders.exists() or not list(encoders.iterdir())


def test_no_folder_at_all_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(UnprocessableError, match="is no folder with an encoder"):
        build(tmp_path / "nowhere")


def test_prompts_that_are_empty_change_nothing(tmp_path: Path) -> None:
    folder = save_encoder(tmp_path / "mine")
    write_json(folder / "config_sentence_transformers.json", {"prompts": {"query": "", "x": ""}})
    assert build(folder).mean > 0.98


def test_weights_that_8_bits_cannot_hold_are_refused(tmp_path: Path) -> None:
    """One weight of each row dwarfs all others, so that these become zero."""
    weights = random_weights(TINY)
    for name, tensor in weights.items():
        if tensor.ndim == 2 and "LayerNorm" not in name:
            tensor[:, 0] = 500.0
    folder = save_encoder(tmp_path / "mine", weights=weights)
    with pytest.raises(UnprocessableError, match=r"lowest cosine .* 0\.95 is needed"):
        build(folder)
    assert not list((tmp_path / "encoders").iterdir())


def test_encoders_lie_beside_the_local_model() -> None:
    assert encoders_dir(Path("/opt/model")) == Path("/opt/encoders")


@pytest.mark.parametrize(
    "name", ["../../etc", "text-embedding-3-small/1536", "a/b-0123456789ab-w7a8"]
)
def test_no_other_name_is_taken_for_an_encoders(name: str) -> None:
    assert not is_encoder(name)


def test_a_damaged_manifest_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(SettingsError, match="is damaged: delete the folder"):
        read_manifest(tmp_path)
