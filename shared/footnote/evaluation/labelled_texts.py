"""Labelled texts: CSV or JSON lines with `text` and `label`, each mistake with its line."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from footnote.evaluation.lines import read_lines

MOST_TEXTS = 100_000
LONGEST_TEXT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledText:
    """A text with the one label that it has."""

    text: str
    label: str


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    text: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT)
    ]
    label: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$"
        ),
    ]


def read_labelled_texts(path: Path) -> list[LabelledText]:
    """The texts of a `.csv` file with a header, or of a file with a JSON object a line.

    Raises:
        UnprocessableError: a line is no labelled text, or one text has two labels; names the lines.
    """
    first: dict[str, tuple[int, str]] = {}

    def read(line: int, values: object) -> LabelledText | None:
        row = _Row.model_validate(values)
        there, label = first.setdefault(row.text, (line, row.label))
        if label != row.label:
            message = f"the text of line {there} has another label there"
            raise ValueError(message)
        return LabelledText(text=row.text, label=row.label) if there == line else None

    def too_many(_: object) -> list[str]:
        many = len(first) > MOST_TEXTS
        return [f"{len(first)} texts are too many, {MOST_TEXTS} are taken"] if many else []

    found = read_lines(path, "holds no labelled texts, none was used", read, too_many)
    return [one for one in found if one is not None]
