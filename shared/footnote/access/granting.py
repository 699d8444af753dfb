"""Who may make, replace and end keys: nobody hands out more than they hold."""

from footnote.domain.access import AccessKey, Caller, Limits, NewKey
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import ForbiddenError

_UNLIMITED = Limits()


def check_may_manage(caller: Caller) -> None:
    """Refuse a caller whose key is bounded in a way that a new key would get around.

    Raises:
        ForbiddenError: another key would have limits of its own beside those of the caller's, or
            would be valid for longer than it is.
    """
    key = caller.key
    if key is None:
        return
    if key.limits != _UNLIMITED or key.origins:
        message = "a key with limits or origins makes, replaces and ends no keys; use one without"
        raise ForbiddenError(message)
    if key.expires_at is not None:
        message = "this key was replaced and ends soon; use the one that it was replaced by"
        raise ForbiddenError(message)


def check_may_grant(caller: Caller, new: NewKey) -> None:
    """Refuse to make a key that permits more than the caller's own.

    Raises:
        ForbiddenError: it reaches a knowledge base that the caller's does not, or see
            `check_may_manage`.
    """
    check_may_manage(caller)
    if not is_within(caller, new.knowledge_bases):
        own = ", ".join(caller.knowledge_bases)
        message = f"this key can make keys for its own knowledge bases only: name some of {own}"
        raise ForbiddenError(message)


def oversees(caller: Caller, key: AccessKey) -> bool:
    """Whether the caller may know of a key: it reaches nothing that the caller does not."""
    return is_within(caller, key.knowledge_bases)


def is_within(caller: Caller, wanted: tuple[KnowledgeBaseId, ...]) -> bool:
    """Whether the caller reaches all of these knowledge bases; none named means all there are."""
    own = caller.knowledge_bases
    return not own or (bool(wanted) and set(wanted) <= set(own))
