from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from footnote.domain.document import DocumentStatus, ObjectVersion
from footnote.domain.order import (
    Known,
    Verdict,
    compare_sequencers,
    judge,
    judge_sidecar,
    judge_version,
)

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def known(sequencer: str, status: DocumentStatus = DocumentStatus.READY) -> Known:
    return Known(sequencer=sequencer, status=status, claim=1, indexed_at=NOON)


@pytest.mark.parametrize(
    ("left", "right", "order"),
    [
        ("0055AED6DCD90281E5", "0055AED6DCD90281E6", -1),
        ("0A", "0A00", 0),
        ("0A1", "0A", 1),
        ("0a", "0A", 0),
        ("", "0", 0),
    ],
)
def test_sequencers_are_padded_on_the_right_and_compared_as_strings(
    left: str, right: str, order: int
) -> None:
    assert compare_sequencers(left, right) == order
    assert compare_sequencers(right, left) == -order


def test_the_first_event_of_a_key_is_news() -> None:
    assert judge("0A", None) is Verdict.ACCEPT


def test_an_older_event_than_the_one_known_does_nothing() -> None:
    assert judge("0A", known("0B")) is Verdict.STALE


def test_a_late_put_does_not_resurrect_a_deleted_document() -> None:
    assert judge("0A", known("0B", DocumentStatus.DELETED)) is Verdict.STALE


def test_the_same_event_again_does_nothing_once_its_work_is_done() -> None:
    assert judge("0A", known("0A")) is Verdict.DUPLICATE


def test_the_same_event_again_is_taken_up_where_its_work_was_cut_off() -> None:
    assert judge("0A", known("0A", DocumentStatus.PROCESSING)) is Verdict.ACCEPT


@pytest.mark.parametrize(
    ("status", "before", "verdict"),
    [
        (DocumentStatus.READY, timedelta(hours=3), Verdict.STALE),
        (DocumentStatus.FAILED, timedelta(hours=3), Verdict.STALE),
        # Whoever finished it then may have read the bucket before that.
        (DocumentStatus.READY, timedelta(minutes=9), Verdict.ACCEPT),
        (DocumentStatus.READY, -timedelta(hours=3), Verdict.ACCEPT),
        (DocumentStatus.PENDING, timedelta(hours=3), Verdict.ACCEPT),
    ],
)
def test_what_was_asked_for_is_old_once_it_was_done_since(
    status: DocumentStatus, before: timedelta, verdict: Verdict
) -> None:
    assert judge("", known("0A", status), NOON - before) is verdict


@pytest.mark.parametrize("status", list(DocumentStatus))
def test_an_event_without_a_sequencer_always_counts(status: DocumentStatus) -> None:
    assert judge("", known("0B", status)) is Verdict.ACCEPT


@pytest.mark.parametrize("sequencer", ["0A", "0B", ""])
def test_a_sidecar_without_a_document_is_no_news(sequencer: str) -> None:
    assert judge_sidecar(sequencer, None) is Verdict.DUPLICATE
    assert judge_sidecar(sequencer, known("0A", DocumentStatus.DELETED)) is Verdict.DUPLICATE


def test_a_sidecars_events_have_an_order_of_their_own() -> None:
    described = replace(known("0F"), sidecar_sequencer="0B")
    verdicts = [judge_sidecar(sequencer, described) for sequencer in ("0A", "0B", "0C", "")]
    assert verdicts == [Verdict.STALE, Verdict.DUPLICATE, Verdict.ACCEPT, Verdict.ACCEPT]


def test_a_sidecars_event_is_taken_up_again_where_its_documents_work_was_cut_off() -> None:
    described = replace(known("0F", DocumentStatus.PROCESSING), sidecar_sequencer="0B")
    assert judge_sidecar("0B", described) is Verdict.ACCEPT


@pytest.mark.parametrize(
    ("dropped", "shown", "status", "verdict"),
    [
        ("v1", "v2", DocumentStatus.READY, Verdict.STALE),
        ("v1", "v2", DocumentStatus.FAILED, Verdict.STALE),
        ("v2", "v2", DocumentStatus.READY, Verdict.ACCEPT),
        ("v1", "v2", DocumentStatus.PROCESSING, Verdict.ACCEPT),
        ("marker", None, DocumentStatus.DELETED, Verdict.ACCEPT),
        (None, "v2", DocumentStatus.READY, Verdict.ACCEPT),
        ("null", "v2", DocumentStatus.READY, Verdict.ACCEPT),
        ("v1", "null", DocumentStatus.READY, Verdict.ACCEPT),
    ],
)
def test_the_end_of_a_version_that_readers_do_not_have_is_no_news(
    dropped: str | None,
    shown: str | None,
    status: DocumentStatus,
    verdict: Verdict,
) -> None:
    end = end_of(dropped, sequencer="")
    assert judge_version(end, replace(known("0A", status), version_id=shown)) is verdict


@pytest.mark.parametrize(
    ("sequencer", "verdict"),
    [("09", Verdict.STALE), ("0A", Verdict.DUPLICATE), ("0B", Verdict.ACCEPT)],
)
def test_where_the_end_of_a_version_comes_in_an_order_that_alone_decides(
    sequencer: str, verdict: Verdict
) -> None:
    # Told again when readers have another version, it would be news for the first time.
    end = end_of("v1", sequencer=sequencer)
    assert judge_version(end, replace(known("0A"), version_id="v2")) is verdict


def end_of(version_id: str | None, *, sequencer: str) -> ObjectVersion:
    return ObjectVersion(
        bucket="b",
        key="help/a.md",
        sequencer=sequencer,
        version_id=version_id,
        event_time=NOON,
        dropped=True,
    )
