"""Finds the handlers and the sample documents: they live beside the package in the repository."""

from dataclasses import dataclass
from pathlib import Path

from footnote.domain.errors import SettingsError

SAMPLE_KNOWLEDGE_BASE = "footnote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A checkout of Footnote."""

    root: Path

    def handler(self, function: str) -> Path:
        """The file that holds the handler of a function."""
        return self.root / "functions" / function / "handler.py"

    def sample_documents(self) -> list[Path]:
        """Footnote's own documentation, as the sample knowledge base."""
        return [self.root / "README.md", *sorted((self.root / "docs").rglob("*.md"))]


def find_repository() -> Repository:
    """The checkout that this package runs from.

    Raises:
        SettingsError: the package was installed without the repository.
    """
    repository = Repository(root=Path(__file__).resolve().parents[3])
    missing = [name for name in ("api", "ingest") if not repository.handler(name).is_file()]
    if missing:
        message = (
            "`footnote up` runs the handlers in functions/ of a checkout, and there is none for "
            f"{' and '.join(missing)} in {repository.root}. Clone the repository and run `make run`"
        )
        raise SettingsError(message)
    return repository
