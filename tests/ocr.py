"""hOCR as Tesseract writes it, and a recogniser that answers with it."""

from dataclasses import dataclass, field

from PIL.Image import Image

from footnote.domain.errors import FailedDocumentError

Box = tuple[int, int, int, int]


def ocr_line(
    text: str,
    *,
    box: Box = (100, 100, 900, 140),
    confidence: int = 95,
    size: int = 40,
    angle: int = 0,
) -> str:
    """A paragraph of one line; `box` and `size` are pixels."""
    left, top, right, bottom = box
    place = f"bbox {left} {top} {right} {bottom}"
    words = " ".join(
        f"<span class='ocrx_word' title='{place}; x_wconf {confidence}'>{word}</span>"
        for word in text.split()
    )
    title = f"{place}; textangle {angle}; x_size {size}.5; x_descenders 7; x_ascenders 9"
    return f"<p class='ocr_par'><span class='ocr_line' title='{title}'>{words}</span></p>"


def hocr(*lines: str, size: tuple[int, int] = (1000, 2000)) -> bytes:
    """A page of these lines."""
    page = f"<div class='ocr_page' title='bbox 0 0 {size[0]} {size[1]}; ppageno 0'>"
    area = f"<div class='ocr_carea'>{''.join(lines)}</div>" if lines else ""
    return f"<html xmlns='http://www.w3.org/1999/xhtml'><body>{page}{area}</div></body></html>".encode()


@dataclass(slots=True)
class FakeRecognition:
    """A page whose text is known already; `None` is one that takes too long."""

    text: str | None
    stopped: bool = False

    def hocr(self) -> bytes:
        self.stopped = True
        if self.text is None:
            msg = "recognising the text of a page took longer than 30 s"
            raise FailedDocumentError(msg)
        return hocr(ocr_line(self.text)) if self.text else hocr()

    def stop(self) -> None:
        self.stopped = True


@dataclass(slots=True)
class FakeRecogniser:
    """Gives one of the texts to each picture, in the order in which they come."""

    texts: list[str | None]
    pictures: list[Image] = field(default_factory=list)
    started: list[FakeRecognition] = field(default_factory=list)

    def start(self, picture: Image) -> FakeRecognition:
        self.pictures.append(picture)
        self.started.append(FakeRecognition(self.texts[len(self.started)]))
        return self.started[-1]
