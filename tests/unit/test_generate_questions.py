"""Generating questions: an endpoint that is down is waited for, and what was paid for is kept."""

import json
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest

from footnote.domain.answer import Usage
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import ModelUnavailableError, UnprocessableError
from footnote.domain.prompt import Completion, Prompt
from footnote.evaluation.reply_file import KeptReply
from footnote.evaluation.sampling import SampledDocument
from footnote.generate_questions import (
    GenerationPlan,
    GenerationPorts,
    estimate,
    generate_questions,
)
from tests.asking import WordByWord, a_model

KB = KnowledgeBaseId("help")
PRICED = replace(a_model("small"), input_price=Decimal(1), output_price=Decimal(1))
PLAN = GenerationPlan(
    kb=KB, questions=3, unanswerable=0, seed=1, model=PRICED, concurrency=1, sleep=lambda _: None
)


@dataclass
class Pumps(WordByWord):
    """Chunks, and the model that writes of them; `down` counts the calls that fail first."""

    model: str = "small"
    count: int = 5
    down: int = 0
    calls: int = 0

    def sampled(self, _: KnowledgeBaseId) -> list[SampledDocument]:
        names = [f"{at}.md" for at in range(self.count)]
        return [SampledDocument(document_id=name, name=name, title="", chunks=1) for name in names]

    def text(self, document_id: str, ordinal: int) -> tuple[tuple[str, ...], str]:
        number = f"{document_id[0]}{ordinal}"
        return (), f"The pump{number} is flushed every {number} hours. " + "It is blue. " * 20

    def holds(self, kb: KnowledgeBaseId, words: str) -> bool:
        return words in kb

    def generate(self, prompt: Prompt, *, deadline_s: float) -> Completion:
        assert deadline_s > 0
        self.calls += 1
        if self.calls <= self.down:
            raise ModelUnavailableError("it is down", retry_after_s=7)
        quote = prompt.user.partition("\n")[2].partition(".")[0]
        kind = prompt.user.rpartition("of kind ")[2].partition(":")[0]
        _, pump, _, _, _, hours, _ = quote.split()
        reply = {"kind": kind, "answer": hours, "quote": quote, "missing": ""}
        text = json.dumps(reply | {"question": f"How often is the {pump} flushed?"})
        return Completion(text=text, usage=Usage(input_tokens=100, output_tokens=50))


@dataclass
class Kept:
    replies: dict[str, KeptReply] = field(default_factory=dict)

    def known(self) -> dict[str, KeptReply]:
        return dict(self.replies)

    def add(self, reply: KeptReply) -> None:
        self.replies[reply.asked] = reply


def ports(pumps: Pumps, kept: Kept) -> GenerationPorts:
    return GenerationPorts(chunks=pumps, generator=pumps, replies=kept)


def test_an_endpoint_is_waited_for_as_long_as_it_says() -> None:
    waits: list[float] = []
    made = generate_questions(replace(PLAN, sleep=waits.append), ports(Pumps(down=3), Kept()))
    assert len(made.questions) == 3
    assert waits == [7, 7, 7]
    assert made.usd == Decimal(450) / 1_000_000


def test_what_was_written_before_an_endpoint_went_down_is_not_asked_again() -> None:
    kept = Kept()
    generate_questions(replace(PLAN, questions=2), ports(Pumps(), kept))
    with pytest.raises(ModelUnavailableError):
        generate_questions(PLAN, ports(Pumps(down=99), kept))
    pumps = Pumps()
    made = generate_questions(PLAN, ports(pumps, kept))
    assert (len(made.questions), pumps.calls, made.calls) == (3, 1, 1)


def test_it_ends_where_the_chunks_do() -> None:
    made = generate_questions(replace(PLAN, questions=9), ports(Pumps(), Kept()))
    assert len(made.questions) == 5


def test_an_estimate_sends_nothing_and_tells_the_least_and_the_most() -> None:
    pumps = Pumps()
    told = estimate(PLAN, ports(pumps, Kept()))
    assert pumps.calls == 0
    assert told.calls == 3
    assert told.least_usd is not None
    assert told.most_usd == 3 * told.least_usd


def test_without_text_there_is_nothing_to_estimate() -> None:
    with pytest.raises(UnprocessableError, match="no document with enough text"):
        estimate(PLAN, ports(Pumps(count=0), Kept()))
