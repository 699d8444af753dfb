"""What is told while models write one after the other: in the end exactly the answer."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from footnote.cascade import Written, write_answer
from footnote.cascade_ports import CascadePorts
from footnote.domain.ledger import ModelCall, Outcome
from footnote.domain.prompt import Completion
from footnote.domain.telling import Transcript
from tests.asking import ScriptedGenerator, seconds
from tests.listening import Listener
from tests.unit.test_cascade import (
    BACKUPS,
    CUT_OFF,
    DECLINE,
    DOWN,
    GOOD,
    LIE,
    NO_FORM,
    ports,
    task,
)

TRUE = f'{BACKUPS} [1: "{BACKUPS}"]'


def listen(models: CascadePorts, *names: str, shadow: str = "") -> tuple[Listener, Written]:
    listener = Listener()
    asked = replace(task(*names, shadow=shadow), transcript=Transcript())
    steps = write_answer(asked, models, seconds(25))
    while True:
        try:
            told = next(steps)
        except StopIteration as end:
            return listener, end.value
        if not isinstance(told, ModelCall):
            listener.hear(told)


def run(*scripts: Sequence[str | Completion | Exception]) -> tuple[Listener, Written]:
    models = [ScriptedGenerator(name, script) for name, script in zip("ab", scripts, strict=False)]
    return listen(ports(*models), *[model.model for model in models])


@pytest.mark.parametrize("first", [TRUE, GOOD, LIE, NO_FORM, DECLINE, CUT_OFF, DOWN])
@pytest.mark.parametrize("second", [TRUE, LIE, NO_FORM, DECLINE, DOWN])
def test_the_listener_holds_the_answer_in_the_end(
    first: str | Completion | Exception, second: str | Exception
) -> None:
    listener, written = run([first], [second])
    assert listener.text == written.answer.text


def test_words_are_told_before_the_sentence_is_complete() -> None:
    listener, _ = run([TRUE])
    assert listener.moments[:2] == ["Backups", "Backups are"]
    assert listener.reasons == []


def test_all_of_the_first_attempt_is_taken_back_when_the_second_one_begins() -> None:
    listener, written = run([f"{TRUE} {LIE}"], [GOOD])
    assert f"{BACKUPS} [1]" in listener.moments
    assert listener.reasons[-1] == Outcome.FAILED_VERIFICATION
    assert listener.text == written.answer.text == "They stay for thirty days. [1]"


def test_a_model_that_breaks_off_is_taken_back_and_asked_again() -> None:
    model = ScriptedGenerator("a", [TRUE], breaks_off=[1])
    listener, written = listen(ports(model), "a")
    assert listener.moments[1:4] == ["Backups are", "", "Backups"]
    assert listener.reasons == [Outcome.UNAVAILABLE]
    assert [call.outcome for call in written.calls] == [Outcome.UNAVAILABLE, Outcome.OK]


def test_where_every_model_breaks_off_the_extract_takes_its_place() -> None:
    model = ScriptedGenerator("a", [TRUE], breaks_off=[1, 2])
    listener, written = listen(ports(model), "a")
    assert (written.model, written.fallback) == ("extractive", Outcome.UNAVAILABLE)
    assert listener.text == f"{BACKUPS} [1]"
    assert len(written.calls) == 2


def test_what_was_verified_of_the_first_is_told_again_where_the_second_fails() -> None:
    listener, written = run([f"{TRUE} {LIE}"], [DOWN])
    assert (written.model, listener.text) == ("a", f"{BACKUPS} [1]")
    assert listener.reasons[-1] == Outcome.FAILED_VERIFICATION


def test_a_decline_is_told_as_the_text_of_the_reply() -> None:
    listener, written = run([DECLINE], [DECLINE])
    assert listener.moments == [written.answer.text] == ["The documents do not say."]


def test_a_shadow_is_never_heard() -> None:
    models = [ScriptedGenerator("a", [TRUE]), ScriptedGenerator("s", [LIE])]
    listener, written = listen(ports(*models), "a", shadow="s")
    assert len(written.calls) == 2
    assert listener.reasons == []
