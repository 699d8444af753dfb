"""What answering questions needs from outside; by itself it loads nothing of how that is done."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footnote.answer_cache import AnswerCache
    from footnote.cascade_ports import CascadePorts
    from footnote.classify import ClassifyPorts
    from footnote.follow_up import Conversations
    from footnote.generation.recent_models import RecentModels
    from footnote.metering import Purse
    from footnote.recording import Ledger
    from footnote.retrieve import RetrievePorts


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPorts:
    """What `ask` calls, and what finds the passages it answers from."""

    retrieve: "RetrievePorts"
    models: "RecentModels"
    cascade: "CascadePorts"
    purse: "Purse"
    ledger: "Ledger"
    answers: "AnswerCache | None" = None
    conversations: "Conversations | None" = None
    classify: "ClassifyPorts | None" = None
