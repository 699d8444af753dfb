"""The page that says which formats are supported, and what of them is kept, is true."""

import email
import email.policy
import io
import re
import zipfile
from pathlib import Path

import pytest

from footnote.domain.errors import SkippedDocumentError
from footnote.parsing import ParsingLimits, partition
from tests.format_samples import SAMPLES, Sample

PAGE = Path(__file__).parents[3] / "docs" / "formats.md"


# A claim ends at a comma or semicolon that stands in no parentheses.
CLAIMS_APART = re.compile(r"[;,] (?:and )?(?![^(]*\))")
# What takes more than one small file to show, and where that is done.
SHOWN_ELSEWHERE = {
    "rows of tables": "partition_documents:test_a_row_of_figures_in_a_pdf_stays_one_line",
    "tables and notes": "partition_documents:test_a_pptx_has_a_page_for_each_slide_and_the_notes",
    "each piece with its header": (
        "partition_text_formats:test_csv_becomes_tables_with_the_header_on_each"
    ),
    "values as last computed": "workbooks:test_numbers_are_shown_as_in_their_cells",
    "the text that is recognised": "ocr_documents:test_the_text_of_a_picture_is_found",
}
# There is no text in them that could be found.
WITHOUT_TEXT = {"pictures", "charts", "forms' scripts", "everything else"}


def _rows() -> list[list[str]]:
    table = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in table[1:]]


def _documented() -> list[str]:
    return [ending for row in _rows() for ending in re.findall(r"`(\w+)`", row[1])]


def _claims(cell: int) -> set[tuple[str, str]]:
    """What the page says, each with the first ending of its format."""
    return {
        (re.findall(r"`(\w+)`", row[1])[0], claim)
        for row in _rows()
        if row[cell]
        for claim in CLAIMS_APART.split(row[cell])
    }


def _packed(sample: Sample) -> str:
    """All that a file holds, shown or not."""
    parts = [sample.content]
    if zipfile.is_zipfile(io.BytesIO(sample.content)):
        with zipfile.ZipFile(io.BytesIO(sample.content)) as archive:
            parts = [archive.read(name) for name in archive.namelist()]
    if sample.name.endswith(".eml"):
        message = email.message_from_bytes(sample.content, policy=email.policy.default)
        parts += [part.get_content() for part in message.iter_attachments()]
    return b"\n".join(parts).decode(errors="replace")


def _shown(sample: Sample) -> str:
    elements = partition(sample.content, sample.name, ParsingLimits()).elements
    return "\n\n".join(
        f"{element.kind} {element.depth} {element.page or '-'} {element.text}"
        for element in elements
    )


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.name for sample in SAMPLES])
def test_what_the_page_says_is_kept_is_found_and_what_is_dropped_is_not(sample: Sample) -> None:
    shown = _shown(sample)
    assert {claim for claim, text in sample.kept.items() if text not in shown} == set()
    for claim, text in sample.dropped.items():
        assert text not in shown, claim
        assert text.split()[-1] in _packed(sample), claim


def test_every_claim_of_the_page_has_its_sample() -> None:
    def sampled(side: str) -> set[tuple[str, str]]:
        return {
            (sample.name.rpartition(".")[2], claim)
            for sample in SAMPLES
            for claim in getattr(sample, side)
        }

    kept = {claim for claim in _claims(2) - sampled("kept") if claim[1] not in SHOWN_ELSEWHERE}
    dropped = {claim for claim in _claims(3) - sampled("dropped") if claim[1] not in WITHOUT_TEXT}
    assert (kept, dropped) == (set(), set())
    assert sampled("kept") | sampled("dropped") <= _claims(2) | _claims(3)


def test_what_is_shown_elsewhere_is_shown_there() -> None:
    for place in SHOWN_ELSEWHERE.values():
        module, _, test = place.partition(":")
        assert f"def {test}(" in (Path(__file__).parent / f"test_{module}.py").read_text()


def test_the_table_has_the_endings_that_have_a_reader_and_no_others() -> None:
    with pytest.raises(SkippedDocumentError) as skipped:
        partition(b"x", "a.unknown", ParsingLimits())
    registered = str(skipped.value).rpartition("supported are ")[2].split(", ")
    assert sorted(_documented()) == sorted(registered)
