"""`footnote checkpoint list`: a person reads it in a narrow terminal, too."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from footnote.cli.registered import print_checkpoints
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.fine_tuning import Checkpoint, CheckpointState, Provider
from footnote.postgres.checkpoints import AffectedDocument

BASE = "ft:gpt-4.1-mini-2025-04-14:the-acme-company-of-springfield:support:Bq7Zr1xK:ckpt-step-1200"
NEW = Checkpoint(
    kb=KnowledgeBaseId("help"),
    name="support-1",
    provider=Provider.OPENAI,
    base_model=BASE,
    base_url="",
    remote_name="",
    key_ref="",
    dataset="support@2",
    dataset_id=1,
    prompt_version="",
    metrics={},
    sunset=None,
    state=CheckpointState.CANDIDATE,
    verdict=None,
    affected=0,
    gone=0,
    created_at=datetime(2026, 11, 29, tzinfo=UTC),
)


def test_long_names_of_models_are_told_whole(capsys: pytest.CaptureFixture[str]) -> None:
    print_checkpoints([(NEW, [])])
    told = capsys.readouterr().out.splitlines()
    assert told == ["support-1: candidate, not judged yet", f"  of {BASE}, learned from support@2"]


def test_what_a_checkpoint_waits_for_and_lost_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    verdict = {"decision": "promote", "gain": 0.0421}
    one = replace(NEW, verdict=verdict, sunset=date(2027, 1, 6), affected=3)
    print_checkpoints([(one, [AffectedDocument(key="help/a.md", deleted=True, rows=3)])])
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "support-1: candidate, judged: promote (+0.042)"
    assert told[2:] == [
        "  serves until 2027-01-06",
        "  3 rows that it learned from show text that is there no more",
        "support-1: help/a.md was deleted; 3 rows show it.",
    ]
