"""Hostile files among normal ones in one batch of the ingest function: all of them end."""

import pytest

from tests.hostile_corpus import HostileFile, hostile_files
from tests.integration.test_ingest_function import (
    Deployed,
    deployed,  # noqa: F401 - the fixture
)

pytestmark = pytest.mark.integration
IN_THE_BATCH = (
    "docx-flat-bomb", "docx-password", "xlsx-xxe-file", "xml-laughs", "html-deep", "pdf-form-loop",
    "pdf-a-million-pages", "png-pixel-bomb", "eml-message-in-message", "json-deep", "txt-a-program",
)  # fmt: skip
FILES = [file for file in hostile_files() if file.id in IN_THE_BATCH]


def _key(file: HostileFile) -> str:
    return f"help/{file.id}.{file.filename.rpartition('.')[2]}"


def test_a_batch_of_hostile_files_leaves_the_normal_ones_unharmed(
    deployed: Deployed,
) -> None:
    assert len(FILES) == len(IN_THE_BATCH)
    normal = {f"help/good{number}.md": f"# Good {number}\n\nA text.\n" for number in range(3)}
    texts = iter(normal.items())
    batch = []
    for number, file in enumerate(FILES):
        batch.append(deployed.put(_key(file), file.build()))
        if number % 4 == 0:
            key, text = next(texts)
            batch.append(deployed.put(key, text.encode()))
    assert deployed.call(*batch) == []
    assert {deployed.status(key) for key in normal} == {"ready"}
    ended = {file.id: deployed.status(_key(file)) for file in FILES}
    assert [name for file in FILES if ended[name := file.id] not in file.ends.split("|")] == []
