"""Cursors: where a page of a list ended, as a word that callers hand back unread."""

import base64
import binascii

from footnote.domain.errors import InvalidRequestError

BAD_CURSOR = "the cursor is not one that this API gave"


def write_cursor(last: str) -> str:
    """A place as a word for URLs."""
    return base64.urlsafe_b64encode(last.encode()).decode()


def read_cursor(cursor: str) -> str:
    """The place; empty for no cursor.

    Raises:
        InvalidRequestError: this API did not give it.
    """
    try:
        last = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError) as error:
        raise InvalidRequestError(BAD_CURSOR) from error
    if "\0" in last:
        raise InvalidRequestError(BAD_CURSOR)
    return last
