"""An answer that is told while it is written: early, never harmful, and in the end the same."""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import pytest

from footnote.answering.citations import DECLINED, cite
from footnote.answering.draft import Draft, read_draft
from footnote.answering.live import LiveAnswer
from footnote.domain.answer import Answer, AnswerStatus
from footnote.domain.passage import Passage
from footnote.domain.telling import Token, Transcript
from tests.adversary import DOCUMENT, Payload, leaks, payloads
from tests.listening import Listener
from tests.unit.answering.test_citations import BACKUPS, PRICES, passage

KEPT = "Backups are kept for 30 days. "
EVERY = payloads(10_000)


def told(
    pieces: Sequence[str], passages: Sequence[Passage] = (BACKUPS, PRICES)
) -> tuple[Listener, Draft, Answer]:
    listener, transcript = Listener(), Transcript()
    live = LiveAnswer(passages, transcript)
    for piece in pieces:
        for telling in live.read(piece):
            listener.hear(telling)
    for telling in live.end():
        listener.hear(telling)
    assert transcript.text == listener.text
    return listener, *live.outcome(truncated=False)


def in_pieces(text: str, source: random.Random) -> Iterator[str]:
    at = 0
    while at < len(text):
        size = source.choice([1, 2, 4, 4, 4, 9, 50, 4000])
        yield text[at : at + size]
        at += size


def test_words_of_the_passages_are_told_before_the_sentence_is_complete() -> None:
    listener, _, _ = told(["Backups", " are kept", " for 30", " days."])
    assert listener.moments[:3] == [
        "Backups are",
        "Backups are kept for",
        "Backups are kept for 30",
    ]


def test_a_word_that_no_passage_holds_waits_until_its_sentence_was_checked() -> None:
    listener, _, _ = told(["Backups stay ", "for 30 days. ", '[1: "kept for 30 days"]', " They"])
    assert listener.moments[:2] == ["Backups", "Backups stay for 30 days. [1]"]


def test_another_form_of_a_word_of_the_passages_is_told_at_once() -> None:
    listener, _, _ = told(["It keeps a backup ", "elsewhere "])
    assert listener.moments[0] == "It keeps a backup"
    assert "elsewhere" not in "".join(listener.moments)


def test_a_sentence_is_told_whole_with_its_marker_once_its_quote_was_found() -> None:
    listener, _, _ = told([KEPT, '[1: "Backups are kept for 30 days"]', " They run"])
    assert listener.moments[:2] == ["Backups are kept for 30 days.", f"{KEPT}[1]"]


def test_a_sentence_whose_quote_is_invented_is_taken_back_with_the_reason() -> None:
    listener, _, _ = told(["They run for 30 days. ", '[1: "They run for 30 days"] Backups'])
    assert listener.moments[:2] == ["They run for 30 days.", ""]
    assert listener.reasons[0] == "not_verbatim"


def test_a_sentence_without_a_source_is_taken_back_when_the_next_one_is_under_way() -> None:
    listener, _, answer = told(
        ["Backups run at night. ", "Backups are kept for 30 ", 'days. [1: "are kept for 30 days"]']
    )
    assert listener.moments[0] == "Backups run at night."
    assert "uncited" in listener.reasons
    assert listener.text == answer.text == f"{KEPT}[1]"


def test_a_date_in_the_middle_of_a_sentence_is_not_taken_for_its_end() -> None:
    dated = passage("Am 25. November werden die Preise erhöht und gelten dann ein Jahr.")
    words = ["Am ", "25. ", "Nov", "ember ", "werden ", "die ", "Preise "]
    listener, _, _ = told(words, [dated])
    assert listener.moments[-2:] == ["Am 25. November werden die Preise", ""]
    assert listener.reasons == ["uncited"]


def test_a_decline_is_never_told_as_a_sentence() -> None:
    not_told = passage("It is not in the documents that were sent.")
    listener, draft, answer = told(["NOT", " IN THE ", "DOCUMENTS"], [not_told])
    assert (listener.moments, draft.sentences, answer) == ([], (), DECLINED)


@pytest.mark.parametrize("kind", sorted({payload.kind for payload in EVERY}))
def test_no_payload_is_told_even_for_a_moment_and_the_end_is_as_if_read_at_once(kind: str) -> None:
    source, passages = random.Random(kind), [passage(DOCUMENT)]
    reached: dict[str, list[str]] = {}
    for payload in (one for one in EVERY if one.kind == kind):
        listener, draft, answer = told(list(in_pieces(payload.text, source)), passages)
        assert draft == read_draft(payload.text)
        assert answer == cite(draft, passages)
        assert listener.text == ("" if answer.status is AnswerStatus.DECLINED else answer.text)
        found = {leak for moment in listener.moments for leak in told_leaks(moment, answer)}
        if found:
            reached[payload.text[:150]] = sorted(found)
    assert reached == {}


def told_leaks(moment: str, answer: Answer) -> list[str]:
    return leaks(moment, [asdict(citation) for citation in answer.citations])


def test_no_payload_takes_long_to_tell() -> None:
    def seconds(payload: Payload) -> float:
        pieces = [payload.text[at : at + 16] for at in range(0, len(payload.text), 16)]
        began = time.process_time()
        told(pieces, [passage(DOCUMENT)])
        return time.process_time() - began

    taken = {
        one.text[:150]: seconds(one) for one in EVERY if one.kind in {"endless", "broken form"}
    }
    assert max(taken.values()) < 4.0, max(taken, key=taken.__getitem__)


def test_a_transcript_keeps_the_sentences_that_a_text_begins_with() -> None:
    transcript, listener = Transcript(), Listener()
    for sentence, text in enumerate(["One. [1]", " Two. [2]", " Three. [3]"]):
        for telling in transcript.say(sentence, text):
            listener.hear(telling)
    for telling in transcript.settle("One. [1] Other. [2]"):
        listener.hear(telling)
    assert listener.sentences == ["One. [1]", " Other. [2]"]
    assert listener.reasons == ["replaced"]
    assert list(transcript.settle(listener.text)) == []


def test_a_token_that_goes_on_with_a_sentence_carries_only_what_is_new() -> None:
    transcript = Transcript()
    first, second = (list(transcript.say(0, text)) for text in ("Backups are", "Backups are kept"))
    assert first == [Token(sentence=0, text="Backups are")]
    assert second == [Token(sentence=0, text=" kept")]
