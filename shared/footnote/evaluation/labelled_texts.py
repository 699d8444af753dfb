"""Labelled texts: CSV or JSON lines with `text` and `label`, each mistake with its line."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from footnote.domain.errors import UnprocessableError
from footnote.evaluation.lines import lines_of, parsed, reason

MOST_TEXTS = 100_000
LONGEST_TEXT = 20_000
_MISTAKES_SHOWN = 5


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
    mistakes: list[str] = []
    found: dict[str, tuple[int, LabelledText]] = {}
    try:
        for line, values in lines_of(path):
            try:
                row = _Row.model_validate(parsed(values))
                known = found.setdefault(
                    row.text, (line, LabelledText(text=row.text, label=row.label))
                )
                if known[1].label != row.label:
                    mistakes.append(
                        f"line {line}: the text of line {known[0]} has another label there"
                    )
            except ValueError as error:
                mistakes.append(f"line {line}: {reason(error)}")
    except (UnicodeDecodeError, csv.Error) as error:
        message = f"{path} holds no labelled texts: {error}"
        raise UnprocessableError(message) from error
    if len(found) > MOST_TEXTS:
        mistakes.append(f"{len(found)} texts are too many, {MOST_TEXTS} are taken")
    if mistakes or not found:
        shown = "\n  ".join(mistakes[:_MISTAKES_SHOWN] or ["it is empty"])
        message = f"{path} holds no labelled texts, nothing was learned:\n  {shown}"
        raise UnprocessableError(message)
    return [one for _, one in found.values()]
