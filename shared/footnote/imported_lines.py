"""What an import brings besides documents: settings, what was learned, questions and their sums."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from footnote.domain.document import document_id_of
from footnote.domain.search_index import SearchIndex
from footnote.imported_documents import BYTES_TOGETHER
from footnote.transfer.knowledge_lines import (
    AdapterLine,
    ClassifierLine,
    IndexLine,
    KeyLine,
    RouteLine,
    SettingsLine,
)
from footnote.transfer.line import Line
from footnote.transfer.naming import Naming
from footnote.transfer.port import ImportReport, ImportRows
from footnote.transfer.question_lines import (
    ClusterLine,
    GoldenLine,
    PastCallsLine,
    PastQuestionsLine,
    QuestionLine,
)

_TOGETHER = 200

type Record = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Others:
    """Takes them line by line; where something is there already (`merge`), its settings stay."""

    rows: ImportRows
    index: SearchIndex | None
    naming: Naming
    report: ImportReport
    merge: bool
    _settings: SettingsLine | None = None
    _told: IndexLine | None = None
    _adapters: dict[int | None, int] = field(default_factory=dict)
    _classifiers: dict[tuple[str, int | None], int] = field(default_factory=dict)
    _waiting: list[Record] = field(default_factory=list)
    _kind: str = ""
    _first: int = 0
    _last: int = 0
    _size: int = 0

    def take(self, number: int, line: Line, size: int) -> None:
        """Go on by one line of so many bytes."""
        row = self._row(line)
        if row is not None:
            kind = row.pop("kind")
            full = len(self._waiting) >= _TOGETHER or self._size >= BYTES_TOGETHER
            if kind != self._kind or full:
                self._flush()
            if not self._waiting:
                self._first = number
            self._kind, self._last, self._size = kind, number, self._size + size
            self._waiting.append(row)
            return
        with self.rows.refusals(number, number):
            self._take_single(line)

    def finish(self) -> None:
        """Write what waits, and what is written last: rows that others wait for."""
        self._flush()
        if self._told:
            self.rows.count(self._told.languages)
            if self._is_same_model() and not self.merge:
                self.rows.put_fitted(self._told, self._adapters.get(self._told.adapter))
        if self._settings and not self.merge:
            self.rows.put_settings(self._settings.model_dump())

    def _take_single(self, line: Line) -> None:
        if isinstance(line, SettingsLine):
            self._settings = line
        elif isinstance(line, IndexLine):
            self._told = line
        elif isinstance(line, AdapterLine):
            self._take_adapter(line)
        elif isinstance(line, ClassifierLine):
            self._take_classifier(line)
        elif isinstance(line, KeyLine):
            self.report.keys.append(f"{line.name} ({line.key_kind})")
        elif isinstance(line, RouteLine):
            self.report.route = line.steps

    def _take_adapter(self, line: AdapterLine) -> None:
        if self.merge or not self._is_same_model():
            self.report.left_out["query adapters"] += 1
            return
        replaced = self._adapters.get(line.replaced)
        self._adapters[line.number] = self.rows.add_adapter(line, replaced)

    def _take_classifier(self, line: ClassifierLine) -> None:
        if self.merge:
            self.report.left_out["classifiers"] += 1
            return
        replaced = self._classifiers.get((line.classifier, line.replaced))
        number = self.rows.add_classifier(line, replaced)
        self._classifiers[line.classifier, line.number] = number

    def _row(self, line: Line) -> Record | None:
        """A line as a row that can wait for others of its kind."""
        made = _MADE.get(type(line))
        if made is None:
            return None
        row = made(self, line)
        if row is None:
            self.report.left_out["clusters of unanswered questions"] += 1
        return row

    def _golden(self, line: GoldenLine) -> Record:
        row = line.model_dump(mode="json")
        row["golden_id"] = self.naming.identity(line.golden_id)
        for answer in row["answers"]:
            answer["citations"] = [self._citation(told) for told in answer["citations"]]
        return row

    def _citation(self, told: Mapping[str, Any]) -> Record:
        """Of a document that is called otherwise here."""
        key = self.naming.key(str(told.get("key", "")))
        return {"document_id": document_id_of(key), "key": key, "quote": str(told.get("quote", ""))}

    def _question(self, line: QuestionLine) -> Record:
        row = line.model_dump(mode="json", exclude={"embedding", "embedding_model"})
        row["question_id"] = self.naming.identity(line.question_id)
        row["conversation_id"] = self.naming.conversation(line.conversation_id)
        for passage in (row["label"] or {}).get("passages", ()):
            passage["key"] = self.naming.key(passage["key"])
        usable = line.embedding is not None and self._has_model(line.embedding_model)
        row["embedding"] = _as_text(line.embedding) if line.embedding and usable else None
        return row

    def _cluster(self, line: ClusterLine) -> Record | None:
        """None where its embedding cannot be compared with others, or others are there already."""
        if self.merge or not self._has_model(line.embedding_model) or not line.members:
            return None
        row = line.model_dump(mode="json", exclude={"embedding", "embedding_model", "key"})
        members = {member.question_id for member in line.members}
        leader = line.leader if line.leader in members else line.members[0].question_id
        row["cluster_id"] = self.naming.identity(line.cluster_id)
        row["leader"] = self.naming.identity(leader)
        for member, told in zip(row["members"], line.members, strict=True):
            member["question_id"] = self.naming.identity(told.question_id)
        row["embedding"] = _as_text(line.embedding)
        row["document_id"] = document_id_of(self.naming.key(line.key)) if line.key else None
        row["content_hash"] = line.content_hash.hex() if line.content_hash else None
        return row

    def _sums(self, line: Line) -> Record:
        return line.model_dump(mode="json")

    def _has_model(self, name: str | None) -> bool:
        return self.index is not None and self.index.form.model == name

    def _is_same_model(self) -> bool:
        return self._told is not None and self._has_model(self._told.model)

    def _flush(self) -> None:
        if self._waiting:
            with self.rows.refusals(self._first, self._last):
                self.rows.add_rows(self._kind, self._waiting)
            self._waiting.clear()
            self._size = 0


# How each kind that waits becomes a row.
_MADE = cast(
    "Mapping[type[Line], Callable[[Others, Line], Record | None]]",
    {
        GoldenLine: Others._golden,
        QuestionLine: Others._question,
        ClusterLine: Others._cluster,
        PastQuestionsLine: Others._sums,
        PastCallsLine: Others._sums,
    },
)


def _as_text(vector: tuple[float, ...]) -> str:
    """A vector as Postgres reads it."""
    return f"[{','.join(map(str, vector))}]"
