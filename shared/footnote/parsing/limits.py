"""What parsing one file may cost before it is given up."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsingLimits:
    """Caps that `partition` checks itself; time and memory are the sandbox's to enforce.

    `max_unpacked_bytes` is the sum over a zip archive's entries, `max_zip_ratio` unpacked by packed
    size. `max_text_chars` bounds what is kept of a document, all elements together: some 20,000
    chunks, about as many as one transaction replaces within an invocation. `max_cells` bounds those
    of its tables, empty ones included. With `ocr` the text of pictures is recognised, in
    `ocr_languages` as Tesseract names them (`eng+deu`), on at most `max_ocr_pages` of a document.
    """

    max_bytes: int = 100 * MEGABYTE
    max_unpacked_bytes: int = 400 * MEGABYTE
    max_zip_ratio: float = 200.0
    max_zip_entries: int = 20_000
    max_pages: int = 5_000
    max_text_chars: int = 20_000_000
    max_nesting: int = 200
    max_elements: int = 500_000
    max_cells: int = 20_000_000
    max_image_pixels: int = 80_000_000
    ocr: bool = False
    ocr_languages: str = "eng"
    max_ocr_pages: int = 100
    ocr_page_timeout_s: float = 30.0

    @property
    def max_reply_bytes(self) -> int:
        """What a document within the limits takes at most on its way out of the sandbox."""
        return 4 * self.max_text_chars + 64 * self.max_elements + MEGABYTE
