"""A month like the days that a deployment has seen."""

from decimal import Decimal

import pytest

from footnote.costs.seen import Seen, seen_traffic, with_what_is_held
from footnote.costs.traffic import DAYS_A_MONTH, PRESETS
from footnote.domain.usage import Asked, Called, Usage
from tests.unit.costs.worked import MEASURED

USAGE = Usage(
    asked=Asked(questions=600),
    called=Called(calls=300, input_tokens=900_000, output_tokens=60_000, cost_usd=Decimal(1)),
    parts=(),
    models=(),
)
SEEN = Seen(days=30, usage=USAGE, documents=200, chunks=4000, database_bytes=80_000_000, changed=60)
NOTHING = Seen(
    days=30,
    usage=Usage(asked=Asked(), called=Called(), parts=(), models=()),
    documents=0,
    chunks=0,
    database_bytes=9_000_000,
    changed=0,
)


def test_questions_calls_tokens_and_changes_become_those_of_a_month() -> None:
    traffic = seen_traffic(SEEN, PRESETS["small"])
    assert traffic.questions_a_day == 20
    assert traffic.by_model == 0.5
    assert (traffic.input_tokens, traffic.output_tokens) == (3000, 200)
    assert traffic.documents == 200
    assert traffic.changed_a_month == round(60 / 30 * DAYS_A_MONTH)


def test_documents_are_as_long_and_chunks_as_large_as_they_are_there() -> None:
    held = with_what_is_held(MEASURED, SEEN)
    assert held.document.chunks == 20
    assert held.chunk.database_bytes == 20_000
    # Twice as many chunks take twice as long to read.
    assert held.document.processor_ms == pytest.approx(2 * MEASURED.document.processor_ms)
    assert held.question == MEASURED.question


def test_a_deployment_that_has_seen_nothing_is_idle_and_divides_nothing_by_zero() -> None:
    traffic = seen_traffic(NOTHING, PRESETS["small"])
    assert (traffic.questions_a_day, traffic.documents, traffic.changed_a_month) == (0, 0, 0)
    assert with_what_is_held(MEASURED, NOTHING) == MEASURED
