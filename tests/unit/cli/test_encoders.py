"""What people and programs are told of an encoder."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from footnote.cli.application import app
from footnote.cli.encoders import as_json_value, print_encoder
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.search_index import IndexForm, SearchIndex
from footnote.embedding.build_encoder import BuiltEncoder
from footnote.embedding.model_folder import BuiltModel
from footnote.evaluation.bootstrap import Difference
from footnote.evaluation.gate import Decision, Verdict
from footnote.judge_encoder import EncoderTrial
from footnote.judged import Judged
from tests.new_process import forget_what_was_built
from tests.tiny_encoder import save_encoder

GAIN = Difference(
    old=0.8, new=0.9, value=0.1, low=0.05, high=0.15, detectable=0.04, questions=40, clusters=40
)
BUILT = BuiltEncoder(
    built=BuiltModel(
        model="mine-0123456789ab-w7a8",
        dimension=384,
        max_tokens=256,
        figures={"lowest_cosine": 0.9931, "mean_cosine": 0.996},
    ),
    folder=Path("/models/mine"),
    size=23_600_000,
)


def trial(decision: Decision, **told: Any) -> EncoderTrial:
    form = IndexForm(model="local", dimension=384, chunk_chars=800)
    return EncoderTrial(
        index=SearchIndex(kb=KnowledgeBaseId("help"), index_id=1, model_id=1, form=form),
        model=BUILT.built.model,
        questions=40,
        documents=40,
        left_out=0,
        chunks=90,
        judged=(Judged(name="MRR", difference=GAIN),),
        verdict=Verdict(decision=decision, reason="for a reason", **told),
    )


def printed(capsys: pytest.CaptureFixture[str], found: EncoderTrial | None, *, told: bool) -> str:
    print_encoder(BUILT, found, kb="help", told_what_it_learned=told)
    return " ".join(capsys.readouterr().out.split())


def test_a_better_encoder_comes_with_the_commands_that_put_it_in_force(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = printed(capsys, trial(Decision.PROMOTE, leaked=("q1",)), told=True)
    assert "0.993 at least, 0.996 on average" in out
    assert "Better: for a reason." in out
    assert "1 left out, which it learned from" in out
    wanted = "reindex -k help --embedding-model mine-0123456789ab-w7a8 --chunk-chars 800"
    assert wanted in out
    assert "--switch" in out
    assert "--learned-from" not in out


def test_one_that_is_not_shown_to_be_better_comes_without_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = printed(capsys, trial(Decision.CANNOT_TELL), told=False)
    assert "Not promoted, for a reason. local goes on answering." in out
    assert "give --learned-from" in out
    assert "reindex" not in out


def test_one_that_was_not_judged_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, None, told=False)
    assert "It is not judged" in out
    assert "--embedding-model mine-0123456789ab-w7a8 footnote" in out


def test_programs_are_told_the_same() -> None:
    told = as_json_value(BUILT, trial(Decision.PROMOTE))
    assert told["embedding_model"] == "mine-0123456789ab-w7a8"
    assert told["judged"]["better"] is True
    assert told["judged"]["figures"][0]["low"] == 0.05
    assert as_json_value(BUILT, None)["judged"] is None


@pytest.fixture
def new_process() -> Iterator[None]:
    forget_what_was_built()
    yield
    forget_what_was_built()


@pytest.mark.usefixtures("new_process")
def test_the_command_builds_into_the_cache_and_ends_in_words_where_it_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = save_encoder(tmp_path / "mine")
    built = CliRunner().invoke(app, ["tune", "encoder", str(folder), "--json"])
    assert built.exit_code == 0
    assert len(list((tmp_path / "cache/footnote/models/encoders").glob("mine-*-w7a8"))) == 1
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    refused = CliRunner().invoke(app, ["tune", "encoder", str(folder)])
    assert refused.exit_code == 2
    lonely = ["tune", "encoder", str(folder), "--learned-from", str(folder / "config.json")]
    assert CliRunner().invoke(app, lonely).exit_code == 2
