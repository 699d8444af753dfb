"""The check of a draft alone, without the model that is asked next when it fails."""

import time
from dataclasses import asdict

import pytest

from footnote.answering.citations import cite
from footnote.answering.draft import read_draft
from tests.adversary import DOCUMENT, TRUE_SENTENCE, Payload, leaks, payloads
from tests.unit.answering.test_citations import passage

EVERY = payloads(10_000)
KINDS = sorted({payload.kind for payload in EVERY})


def reached(payload: Payload) -> list[str]:
    answer = cite(read_draft(payload.text), [passage(DOCUMENT)])
    return leaks(answer.text, [asdict(citation) for citation in answer.citations])


@pytest.mark.parametrize("kind", KINDS)
def test_no_payload_gets_past_the_check(kind: str) -> None:
    found = {one.text[:150]: reached(one) for one in EVERY if one.kind == kind}
    assert {text: leak for text, leak in found.items() if leak} == {}


def test_every_payload_would_be_seen_if_it_got_past() -> None:
    assert [one.text[:150] for one in EVERY if not leaks(one.text, [])] == []


def test_the_truth_beside_an_attack_is_still_told() -> None:
    beside = [one for one in EVERY if one.wrapping in {"beside the truth", "behind the truth"}]
    lost = [
        one.text[:150]
        for one in beside
        if TRUE_SENTENCE not in cite(read_draft(one.text), [passage(DOCUMENT)]).text
    ]
    assert len(lost) <= 0.05 * len(beside), lost


def test_no_payload_takes_long_to_check() -> None:
    def seconds(payload: Payload) -> float:
        began = time.process_time()
        reached(payload)
        return time.process_time() - began

    slowest = max((one for one in EVERY if one.kind in {"endless", "broken form"}), key=seconds)
    assert seconds(slowest) < 2.0, slowest.text[:150]
