"""Files of every format, written from a word list with a fixed seed, with what must be found."""

import csv
import io
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import batched
from pathlib import Path

from tests.builders import Type, docx, eml, pdf, pptx, xlsx

_WORDS = re.findall(
    r"\w+",
    "account adapter address archive battery button cable channel charge clean cloth colour "
    "connect contract copper corner cover current customer damage delivery device display door "
    "energy engine error failure filter firmware garden glass handle heating invoice journey "
    "kitchen label ladder lamp letter machine manual market metal minute mirror monitor network "
    "number office orange order packet paper payment period pipe plastic pocket power pressure "
    "printer profile pump quality queue reader record region repair report reset river router "
    "sample screen season sensor service shelf signal silver socket spring station storage "
    "summer supply switch system table ticket tower traffic tunnel update valve voltage warranty "
    "water weather window winter wire",
)
_VERBS = ("must", "shall", "should", "may", "can", "will")
_LINE_CHARS = 85
_LINES_PER_PAGE = 45
_EXPECTED = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A file, and texts that stand in it."""

    path: Path
    expected: tuple[str, ...]


class _Writer:
    """Prose whose every sentence is said once; `texts` is all that was said."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - the same files in every run
        self.texts: list[str] = []

    def sentence(self) -> str:
        words = self._random.choices(_WORDS, k=self._random.randint(8, 16))
        words.insert(2, self._random.choice(_VERBS))
        return self._said(" ".join(words).capitalize() + f" {len(self.texts)}.")

    def heading(self) -> str:
        words = self._random.choices(_WORDS, k=4)
        return self._said(" ".join(words).title())

    def paragraph(self) -> str:
        return " ".join(self.sentence() for _ in range(4))

    def row(self) -> list[str]:
        name, colour = self._random.choices(_WORDS, k=2)
        cells = [f"{name}-{len(self.texts)}", colour, str(self._random.randint(1_000, 9_999))]
        self.texts.append(cells[0])
        return cells

    def sections(self, count: int) -> Iterator[tuple[str, list[str]]]:
        for _ in range(count):
            yield self.heading(), [self.paragraph() for _ in range(5)]

    def _said(self, text: str) -> str:
        self.texts.append(text)
        return text


def make_samples(folder: Path, size: int) -> list[Sample]:
    """One file of each format; `size` is about the number of pages of running text."""
    folder.mkdir(parents=True, exist_ok=True)
    samples = []
    for seed, (extension, make) in enumerate(_MAKERS.items()):
        writer = _Writer(seed)
        path = folder / f"sample.{extension}"
        path.write_bytes(make(writer, size))
        step = max(1, len(writer.texts) // _EXPECTED)
        samples.append(Sample(path=path, expected=tuple(writer.texts[::step])))
    return samples


def _markdown(writer: _Writer, size: int) -> bytes:
    parts = [f"## {title}\n\n" + "\n\n".join(body) for title, body in writer.sections(size)]
    return "\n\n".join(parts).encode()


def _text(writer: _Writer, size: int) -> bytes:
    parts = [f"{title}\n\n" + "\n\n".join(body) for title, body in writer.sections(size)]
    return "\n\n".join(parts).encode()


def _html(writer: _Writer, size: int) -> bytes:
    parts = [
        f"<h2>{title}</h2>" + "".join(f"<p>{text}</p>" for text in body)
        for title, body in writer.sections(size)
    ]
    rows = "".join(f"<tr><td>{'</td><td>'.join(writer.row())}</td></tr>" for _ in range(20))
    page = f"<html><body><main>{''.join(parts)}<table>{rows}</table></main></body></html>"
    return page.encode()


def _rows(writer: _Writer, size: int) -> list[list[str]]:
    return [["part", "colour", "price"], *(writer.row() for _ in range(size * 40))]


def _csv(writer: _Writer, size: int) -> bytes:
    target = io.StringIO()
    csv.writer(target).writerows(_rows(writer, size))
    return target.getvalue().encode()


def _tsv(writer: _Writer, size: int) -> bytes:
    return "\n".join("\t".join(row) for row in _rows(writer, size)).encode()


def _xlsx(writer: _Writer, size: int) -> bytes:
    return xlsx({"Prices": [list(row) for row in _rows(writer, size)]})


def _docx(writer: _Writer, size: int) -> bytes:
    blocks = [
        block
        for title, body in writer.sections(size)
        for block in (("Heading 1", title), *(("Normal", text) for text in body))
    ]
    return docx(*blocks, table=[["part", "colour", "price"], *(writer.row() for _ in range(20))])


def _pptx(writer: _Writer, size: int) -> bytes:
    slides = ((writer.heading(), f"{writer.sentence()}\n{writer.sentence()}") for _ in range(size))
    return pptx(*slides)


def _pdf(writer: _Writer, size: int) -> bytes:
    lines: list[tuple[str, str]] = []
    for title, body in writer.sections(size):
        lines += [("", ""), (Type.BOLD, title), ("", "")]
        for text in body:
            lines += [(Type.BODY, line) for line in _wrapped(text)] + [("", "")]
    return pdf([list(page) for page in batched(lines, _LINES_PER_PAGE)])


def _wrapped(text: str) -> Iterator[str]:
    line = ""
    for word in text.split():
        if len(line) + len(word) > _LINE_CHARS:
            yield line
            line = ""
        line += f" {word}" if line else word
    yield line


def _eml(writer: _Writer, size: int) -> bytes:
    body = "\n\n".join(writer.paragraph() for _ in range(size))
    return eml(subject=writer.heading(), plain=body)


_MAKERS: dict[str, Callable[[_Writer, int], bytes]] = {
    "md": _markdown,
    "txt": _text,
    "html": _html,
    "csv": _csv,
    "tsv": _tsv,
    "xlsx": _xlsx,
    "docx": _docx,
    "pptx": _pptx,
    "pdf": _pdf,
    "eml": _eml,
}
