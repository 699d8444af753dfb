"""What the gate said of an encoder of one's own, and whether that lets it answer."""

from dataclasses import dataclass

PROMOTED = "promote"


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderVerdict:
    """The last verdict on an encoder; it counts beside the model `against` only."""

    model: str
    against: str
    decision: str
    reason: str


def turned_down(verdict: EncoderVerdict | None, answering: str) -> str | None:
    """Why an encoder should not take the place of the model that answers, as far as is known."""
    if verdict is None or verdict.against != answering or verdict.decision == PROMOTED:
        return None
    return f"the gate turned {verdict.model} down against {answering}: {verdict.reason}"


def not_shown(model: str, verdict: EncoderVerdict | None, answering: str) -> str | None:
    """Why it may not answer unless somebody insists: turned down, or not judged at all."""
    if verdict is None or verdict.against != answering:
        return f"{model} was not judged against {answering}, which answers"
    return turned_down(verdict, answering)
