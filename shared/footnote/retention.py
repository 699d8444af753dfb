"""Every hour: forgets the visitors of the hour, and questions that are older than they may be."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from footnote.domain.retention import Forgotten
from footnote.observability import FORGOTTEN, logger, measure

# Small enough that nobody who asks waits for a page's locks.
_PAGE = 500
# Of the 15 minutes that the function has; the next hour goes on.
LONGEST_S = 120.0


class Questions(Protocol):
    """Where questions are kept."""

    def forget_page(self, days: int, most: int) -> Forgotten:
        """Forget at most so many of what is older than these days, the oldest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPorts:
    """What forgetting needs from outside; `visitors` forgets those of the last hour."""

    questions: Questions
    visitors: Callable[[], int]
    days: int


def forget(ports: RetentionPorts, *, seconds: float = LONGEST_S) -> Forgotten:
    """Forget all that is over, a page at a time, until nothing is left or the time is up.

    Raises:
        DatabaseUnavailableError: Postgres cannot be reached.
    """
    visitors, deadline = ports.visitors(), time.monotonic() + seconds
    forgotten = page = ports.questions.forget_page(ports.days, _PAGE)
    while page and time.monotonic() < deadline:
        page = ports.questions.forget_page(ports.days, _PAGE)
        forgotten += page
    logger.info(
        "forgotten",
        questions=forgotten.questions,
        answers=forgotten.answers,
        visitors=visitors,
        older_than_days=ports.days,
    )
    measure({FORGOTTEN: forgotten.questions})
    return forgotten
