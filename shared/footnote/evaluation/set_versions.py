"""Question sets kept in a folder: every version a file whose name is the hash of what it holds."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from footnote.domain.errors import NotFoundError, UnprocessableError
from footnote.evaluation.question_set import Question

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_ORDER = "versions"
_HASH_CHARS, _SHOWN_CHARS = 12, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SetVersion:
    """One version of a set; other commands name it by its file."""

    name: str
    version: str
    path: Path


def set_name(path: Path) -> str:
    """What a file with questions is called: `support@3f2a9c1d` of a set, else folder and file."""
    home = path.resolve().parent
    return (
        f"{home.name}@{path.stem[:_SHOWN_CHARS]}"
        if (home / _ORDER).is_file()
        else f"{home.name}/{path.name}"
    )


class SetFolder:
    """`FOLDER/NAME/HASH.jsonl`, and the order in which versions came in `FOLDER/NAME/versions`."""

    def __init__(self, folder: Path) -> None:
        """It need not be there yet."""
        self._folder = folder

    def add(self, name: str, questions: Sequence[Question]) -> SetVersion:
        """Keep a version, which becomes the newest; the same questions are the same version.

        Raises:
            UnprocessableError: the name cannot be one.
        """
        content = lines_of(questions)
        version = hashlib.sha256(content).hexdigest()[:_HASH_CHARS]
        home = self.home(name)
        home.mkdir(parents=True, exist_ok=True)
        path = home / f"{version}.jsonl"
        path.write_bytes(content)
        earlier = [one for one in self._order(name) if one != version]
        (home / _ORDER).write_text("".join(f"{one}\n" for one in [*earlier, version]))
        return SetVersion(name=name, version=version, path=path)

    def every(self) -> list[SetVersion]:
        """Every version of every set, the newest of each first."""
        names = sorted(one.parent.name for one in self._folder.glob(f"*/{_ORDER}"))
        return [one for name in names for one in self._of(name)]

    def find(self, named: str) -> SetVersion:
        """A version as people name it: `support`, which is its newest, or `support@3f2a`.

        Raises:
            NotFoundError: there is no such set or version.
            UnprocessableError: a part of a hash that several versions have.
        """
        name, _, version = named.partition("@")
        found = [one for one in self._of(name) if one.version.startswith(version)]
        if not found:
            message = (
                f"there is no question set {named} in {self._folder}; `footnote eval set list"
                f" --sets {self._folder}` shows them"
            )
            raise NotFoundError(message)
        if version and len(found) > 1:
            message = f"several versions begin with {version}: write more of it"
            raise UnprocessableError(message)
        return found[0]

    def _of(self, name: str) -> list[SetVersion]:
        return [
            SetVersion(name=name, version=one, path=self.home(name) / f"{one}.jsonl")
            for one in reversed(self._order(name))
        ]

    def _order(self, name: str) -> list[str]:
        file = self.home(name) / _ORDER
        return file.read_text().split() if file.exists() else []

    def home(self, name: str) -> Path:
        """Where the versions of a set are, and what they were made of.

        Raises:
            UnprocessableError: the name cannot be one.
        """
        if not _NAME.fullmatch(name):
            message = f"{name!r} is no name for a question set: lower case letters, digits, . _ -"
            raise UnprocessableError(message)
        return self._folder / name


def lines_of(questions: Iterable[Question]) -> bytes:
    """Questions as JSON lines, which read as the same questions again."""
    rows = (
        {
            "id": one.question_id,
            "question": one.text,
            "answers": one.answers,
            "old_answers": one.old_answers,
            "answerable": one.answerable,
            "gold_docs": one.gold_documents,
            "gold_texts": one.gold_texts,
            "topic_doc": one.cluster,
            # Only where they say something: what has none keeps its version.
            **({"generated": True} if one.generated else {}),
            **({"kind": one.kind} if one.kind else {}),
        }
        | ({"output_schema": one.output_schema} if one.output_schema is not None else {})
        for one in questions
    )
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
