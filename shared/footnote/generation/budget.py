"""How the time that is left is shared out between the attempts to get an answer written."""

MOST_ATTEMPTS = 2
# Whoever comes first gets more: most answers are written at the first attempt.
FIRST_SHARE = 0.6
# What the rest of a question takes: checking quotes, extracts where no model answers, the ledger.
RESERVE_SHARE, MOST_RESERVE_S = 0.15, 3.0
# With less than this no model gets to its first word.
SHORTEST_ATTEMPT_S = 0.1
# Of the reserve, what extracts, a shadow that is not done, and the ledger may take.
EXTRACT_SHARE, SHADOW_SHARE, LEDGER_SHARE = 0.4, 0.4, 0.5
MOST_EXTRACT_S, MOST_SHADOW_S, MOST_LEDGER_S = 1.5, 2.0, 1.0
# What looking an answer up may take, and keeping one: it saves seconds, and must not cost any.
CACHE_SHARE, MOST_CACHE_S = 0.1, 0.5


def attempt_s(left_s: float, attempts_left: int) -> float:
    """Seconds for the next attempt, of those left for the question; 0 where none is worth it."""
    usable = left_s - min(MOST_RESERVE_S, RESERVE_SHARE * left_s)
    share = usable * FIRST_SHARE if attempts_left > 1 else usable
    return share if attempts_left > 0 and share >= SHORTEST_ATTEMPT_S else 0.0


def pause_s(left_s: float, retry_after_s: float | None, jitter_s: float) -> float | None:
    """Seconds to wait before the same endpoint is asked again; None where that does not fit."""
    pause = jitter_s if retry_after_s is None else retry_after_s
    return pause if attempt_s(left_s - pause, 1) else None


def extract_s(left_s: float) -> float:
    """Seconds in which the meaning of sentences may be compared; after that their words decide."""
    return min(MOST_EXTRACT_S, EXTRACT_SHARE * left_s)


def shadow_s(left_s: float) -> float:
    """Seconds that an answer waits for its shadow."""
    return min(MOST_SHADOW_S, SHADOW_SHARE * left_s)


def cache_s(left_s: float) -> float:
    """Seconds that an answer which was given before may take to be found, or to be kept."""
    return min(MOST_CACHE_S, CACHE_SHARE * left_s)


def ledger_s(left_s: float) -> float:
    """Seconds that an answer waits for its entry in the ledger."""
    return min(MOST_LEDGER_S, LEDGER_SHARE * left_s)
