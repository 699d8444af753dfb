"""Messages that failed: when they are delivered again."""

from dataclasses import dataclass
from typing import Protocol

from footnote.domain.errors import FootnoteError
from footnote.observability import logger

FIRST_RETRY_S = 5
LONGEST_RETRY_S = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message, and how often it was received."""

    message_id: str
    body: str
    receipt_handle: str
    receive_count: int


class Redelivery(Protocol):
    """The queue that the messages are of."""

    def retry_after(self, receipt_handle: str, *, seconds: int) -> None:
        """Let a message that failed be received again after so many seconds."""
        ...


def retry_later(delivery: Delivery, queue: Redelivery) -> None:
    """Without this a message that failed would wait for the whole visibility timeout."""
    try:
        queue.retry_after(delivery.receipt_handle, seconds=retry_delay_s(delivery.receive_count))
    except FootnoteError as error:
        logger.warning("the retry was not brought forward", error=str(error))


def retry_delay_s(receive_count: int) -> int:
    """Seconds until a message that failed is received again: 5, 15, 45, 135, 405, 900."""
    return int(min(FIRST_RETRY_S * 3 ** (receive_count - 1), LONGEST_RETRY_S))
