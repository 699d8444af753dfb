"""Office files, PDFs, pictures and markup that are made to harm: each ends, and harms nothing."""

from collections.abc import Iterator

import pytest

from footnote.parsing import SandboxedParser
from tests.hostile.trial import Trial
from tests.hostile_corpus import HostileFile, binary_files

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    folder = tmp_path_factory.mktemp("worker")
    with pytest.MonkeyPatch.context() as patch, SandboxedParser(timeout_s=55) as parser:
        patch.setenv("TMPDIR", str(folder))
        yield Trial(parser, folder)


@pytest.mark.parametrize("file", binary_files(), ids=lambda file: file.id)
def test_a_hostile_file_ends_with_a_reason_and_leaves_nothing(
    trial: Trial, file: HostileFile
) -> None:
    trial.check(file)
