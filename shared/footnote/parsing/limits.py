"""What parsing one file may cost before it is given up."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsingLimits:
    """Caps that `partition` checks itself; time and memory are the sandbox's to enforce.

    `max_unpacked_bytes` is the sum over a zip archive's entries, `max_zip_ratio` unpacked by packed
    size. `max_text_chars` bounds what is kept of a document, all elements together.
    """

    max_bytes: int = 50 * MEGABYTE
    max_unpacked_bytes: int = 400 * MEGABYTE
    max_zip_ratio: float = 200.0
    max_zip_entries: int = 20_000
    max_pages: int = 5_000
    max_text_chars: int = 20_000_000
    max_nesting: int = 200
