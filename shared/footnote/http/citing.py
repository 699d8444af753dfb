"""What the forms of others make of citations: where the markers stand, and what they link to."""

import re

MARKER = re.compile(r" \[(\d+)\]")


def address_of(url: str | None, document_id: str) -> str:
    """Where a document is on the web, or, where nobody said that, what it is called here."""
    return url or f"urn:footnote:{document_id}"
