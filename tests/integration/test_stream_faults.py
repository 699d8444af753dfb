"""Whatever a model endpoint does while it streams: an end in time, and the text of the answer."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from footnote.circuit_breaker import CircuitBreakers
from tests.integration.test_model_faults import (
    FAULTS,
    FUZZED,
    SLOW,
    Asker,
    asker,
    fuzzed,
    servers,
    timed,
)
from tests.openai_test_server import (
    ChatReply,
    Fault,
    body,
    hang,
    raw,
    reset,
    trickle_on,
)
from tests.unit.test_cascade import BACKUPS, GOOD

__all__ = ["asker", "servers"]
pytestmark = pytest.mark.integration
TRUE = f'{BACKUPS} [1: "{BACKUPS}"]'
MIDWAY: dict[str, Fault] = {
    "hang": hang,
    "trickle": trickle_on,
    "reset": reset,
    "no end": raw(b""),
    "garbage": raw(b"\x00\xff garbage\n\n"),
    "no JSON": raw(b'data: {"choices": [\n\n'),
    "an error": raw(b'data: {"error": {"message": "overloaded"}}\n\ndata: [DONE]\n\n'),
    "another form": raw(b'data: {"choices": 7}\n\n'),
    "endless": raw(b"data: " + b"x" * 2**23),
}


def breaking(times: int, fault: Fault) -> Iterator[ChatReply]:
    """Breaks off behind a few pieces, so many times."""
    for _ in range(times):
        yield ChatReply(text=TRUE, breaks_at=4, breaks=fault)
    while True:
        yield ChatReply(text=GOOD)


@pytest.fixture
def streaming(asker: Asker) -> Iterator[Asker]:
    chat = asker.chat.chat
    yield asker
    asker.chat.chat = chat


def test_without_faults_the_small_model_is_heard_as_it_writes(streaming: Asker) -> None:
    heard = streaming.listen()
    assert heard.content("done")["model"] == "small"
    assert heard.moments[0] == "They"
    assert heard.content("done")["usage"]["output_tokens"] > 0


def test_a_model_that_refuses_stream_options_is_asked_without_them(streaming: Asker) -> None:
    streaming.chat.refused_parameters = frozenset({"stream_options"})
    try:
        assert streaming.listen().content("done")["model"] == "small"
    finally:
        streaming.chat.refused_parameters = frozenset()


def test_a_server_that_knows_no_streams_is_heard_at_its_end(streaming: Asker) -> None:
    whole = {"choices": [{"message": {"content": GOOD}, "finish_reason": "stop"}]}
    streaming.chat.faults.append(body(json.dumps(whole).encode()))
    assert streaming.listen().content("done")["model"] == "small"


@pytest.mark.parametrize("name", MIDWAY)
def test_a_model_that_breaks_off_is_taken_back_and_the_next_one_heard(
    streaming: Asker, name: str
) -> None:
    replies = breaking(1, MIDWAY[name])
    streaming.chat.chat = lambda _: next(replies)
    heard = replace(streaming, time_s=4.0 if name in {"hang", "trickle"} else 20.0).listen()
    assert heard.moments[0] == "Backups"
    assert heard.reasons[0] in {"unavailable", "refused"}
    assert heard.content("done")["model"] == "large"


@pytest.mark.parametrize("name", MIDWAY)
def test_where_both_break_off_the_extract_is_heard_in_time(streaming: Asker, name: str) -> None:
    replies = breaking(9, MIDWAY[name])
    streaming.chat.chat = lambda _: next(replies)
    heard = replace(streaming, time_s=4.0 if name in {"hang", "trickle"} else 20.0).listen()
    assert heard.content("done")["model"] == "extractive"
    assert heard.text == f"{BACKUPS} [1]"
    assert len(streaming.chat.requests) == 2


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_before_the_first_piece_leaves_the_extract_in_time(
    streaming: Asker, name: str
) -> None:
    streaming.chat.faults.extend([FAULTS[name]] * 9)
    heard = timed(streaming, name).listen()
    assert heard.content("done")["model"] == "extractive"
    assert len(streaming.chat.requests) == 2
    assert name in SLOW or heard.reasons == []


def test_an_outage_is_remembered_by_the_same_breakers(streaming: Asker) -> None:
    streaming.chat.faults.extend([reset] * 99)
    for _ in range(4):
        streaming.listen()
    asked = len(streaming.chat.requests)
    streaming.ask()
    assert len(streaming.chat.requests) == asked


def test_a_thousand_fuzzed_streams_end_with_the_text_of_the_answer(streaming: Asker) -> None:
    source = random.Random(20261126)
    never_held = CircuitBreakers(clock=count(0.0, 1e6).__next__)
    fuzzing = replace(streaming, breakers=never_held)
    models = set()
    for _ in range(FUZZED):
        fuzzing.chat.faults.extend(fuzzed_stream(source) for _ in range(2))
        models.add(fuzzing.listen().content("done")["model"])
        fuzzing.chat.faults.clear()
    assert models == {"small", "large", "extractive"}
    assert len(fuzzing.ledger.entries) == FUZZED


def fuzzed_stream(source: random.Random) -> Fault:
    """Chunks with some things wrong, or what is no stream at all."""
    if source.random() < 0.2:
        return fuzzed(source, {"choices": [{"message": {"content": GOOD}}]})
    chunks = [fuzzed_chunk(source, piece) for piece in ChatReply(text=TRUE).pieces]
    if source.random() < 0.2:
        source.shuffle(chunks)
    if source.random() < 0.8:
        chunks.append(b"data: [DONE]\n\n")
    content = b"".join(chunks)
    if source.random() < 0.2:
        content = content[: source.randrange(len(content))]
    return body(content, "text/event-stream", source.choice([200] * 9 + [429, 500]))


def fuzzed_chunk(source: random.Random, piece: str) -> bytes:
    chunk: dict[str, Any] = {"choices": [{"index": 0, "delta": {"content": piece}}]}
    spoilt = source.random()
    if spoilt > 0.05:
        return f"data: {json.dumps(chunk)}\n\n".encode()
    odd: list[Any] = [
        *(b"", b"\n", b": a comment\n\n", b"event: ping\ndata: {}\n\n", b"data:\n\n"),
        *(b"data: null\n\n", b'data: {"choices": [{}]}\n\n', b"data: [DONE]\n\n", b"\xff\xfe\n"),
        b'data: {"choices": [{"delta": {"content": null}, "finish_reason": "length"}]}\n\n',
        b'data: {"choices": [{"delta": {"content": 7}}]}\n\n',
        b'data: {"choices": [{"delta": {"content": "\\ud800\\u0000<b>"}}]}\n\n',
        b'data: {"choices": [], "usage": {"prompt_tokens": "many"}}\n\n',
    ]
    return bytes(source.choice(odd))
