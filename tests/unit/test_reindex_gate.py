"""An encoder answers where it was shown to find more than the model that answers now."""

import pytest

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.encoder_verdict import EncoderVerdict
from footnote.reindex import against_answering, against_building

KB = KnowledgeBaseId("help")
MINE, LOCAL, HOSTED = "mine-0123456789ab-w7a8", "all-MiniLM-L6-v2-w7a8", "large/1536"


class Judged:
    """What one knowledge base knows of encoders."""

    def __init__(self, decision: str | None = None, against: str = LOCAL) -> None:
        self.known: dict[str, EncoderVerdict] = {}
        if decision:
            self.known[MINE] = EncoderVerdict(
                model=MINE, against=against, decision=decision, reason="no gain"
            )

    def find(self, kb: KnowledgeBaseId, model: str) -> EncoderVerdict | None:
        assert kb == KB
        return self.known.get(model)


def test_one_that_was_promoted_is_built_and_answers() -> None:
    for rule in (against_building, against_answering):
        assert rule(KB, MINE, LOCAL, Judged("promote")) is None


@pytest.mark.parametrize("decision", ["refuse", "cannot tell"])
def test_one_that_was_turned_down_is_neither_built_nor_answers(decision: str) -> None:
    for rule in (against_building, against_answering):
        why = rule(KB, MINE, LOCAL, Judged(decision))
        assert why == f"the gate turned {MINE} down against {LOCAL}: no gain"


@pytest.mark.parametrize("known", [Judged(), Judged("promote", against=HOSTED)])
def test_one_that_was_not_judged_beside_what_answers_is_built_but_does_not_answer(
    known: Judged,
) -> None:
    assert against_building(KB, MINE, LOCAL, known) is None
    assert "was not judged against" in str(against_answering(KB, MINE, LOCAL, known))


def test_the_gate_of_encoders_says_nothing_of_other_models() -> None:
    for rule in (against_building, against_answering):
        assert rule(KB, LOCAL, MINE, Judged()) is None
        assert rule(KB, HOSTED, LOCAL, Judged()) is None
        assert rule(KB, MINE, MINE, Judged("refuse")) is None
