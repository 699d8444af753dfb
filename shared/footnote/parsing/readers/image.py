"""Pictures of text (scans, photographs, screenshots) through optical character recognition."""

import io
import warnings
from collections.abc import Iterator
from contextlib import closing

from PIL import Image, ImageOps

from footnote.domain.errors import FailedDocumentError, SkippedDocumentError
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.ocr.pages import PageToRead, read_pages
from footnote.parsing.ocr.scans import check_count
from footnote.parsing.ocr.tesseract import NEEDS_OCR, Recogniser, Tesseract
from footnote.parsing.ocr.type_sizes import with_even_sizes
from footnote.parsing.pdf_layout.elements import elements_of, largest_heading_of_first_page
from footnote.parsing.reading import Reading

# Each is a decoder that a stranger's bytes reach, so only what is promised.
_DECODERS = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP")
_POINTS_PER_PIXEL = 72 / 200
# Tesseract wants letters of about twenty pixels; what is meant for a screen has half of that.
_SMALL_SIDE, _LARGE_SIDE = 1_200, 5_000


def read(content: bytes, limits: ParsingLimits, recogniser: Recogniser | None = None) -> Reading:
    """The paragraphs, headings and tables that can be recognised; a TIFF's pages one by one.

    `recogniser` is Tesseract unless given.
    """
    if not limits.ocr:
        msg = f"the text of a picture {NEEDS_OCR}"
        raise SkippedDocumentError(msg)
    with warnings.catch_warnings(action="ignore"), closing(_opened(content, limits)) as image:
        pages = _pages(image, limits)
        lines = with_even_sizes(list(read_pages(pages, recogniser or Tesseract(limits))))
    if not any(lines):
        msg = "no text was found in the picture"
        raise SkippedDocumentError(msg)
    elements = list(elements_of(lines))
    return Reading(elements=elements, title=largest_heading_of_first_page(elements))


def _opened(content: bytes, limits: ParsingLimits) -> Image.Image:
    try:
        return Image.open(io.BytesIO(content), formats=_DECODERS)
    except Image.DecompressionBombError as error:
        raise FailedDocumentError(_too_large(limits)) from error
    except OSError as error:
        msg = "the picture is damaged, or of a kind that is not supported"
        raise FailedDocumentError(msg) from error


def _pages(image: Image.Image, limits: ParsingLimits) -> Iterator[PageToRead]:
    # The further frames of other formats are a film.
    count = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
    check_count(count, limits)
    for index in range(count):
        image.seek(index)
        if image.width * image.height > limits.max_image_pixels:
            raise FailedDocumentError(_too_large(limits))
        picture = _plain(image)
        width = max(picture.width * _POINTS_PER_PIXEL, 1.0)
        yield PageToRead(number=index + 1, picture=picture, width=width)


def _too_large(limits: ParsingLimits) -> str:
    return f"the picture has more than {limits.max_image_pixels:,} pixels"


def _plain(image: Image.Image) -> Image.Image:
    """Upright, on white, in colours or shades of grey, neither tiny nor huge."""
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I;16"):
        upright = upright.point(lambda shade: shade / 256)
    if upright.has_transparency_data:
        solid = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", solid.size, "white"), solid)
    grey = upright.mode in ("1", "L", "I", "F") or upright.mode.startswith("I;16")
    return _sized(upright.convert("L" if grey else "RGB"))


def _sized(picture: Image.Image) -> Image.Image:
    longest = max(picture.size)
    if longest < _SMALL_SIDE:
        return picture.resize((2 * picture.width, 2 * picture.height), Image.Resampling.LANCZOS)
    if longest > _LARGE_SIDE:
        picture.thumbnail((_LARGE_SIDE, _LARGE_SIDE))
    return picture
