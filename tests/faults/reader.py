"""Somebody who reads all the time, and sees one whole edition or none."""

import re
import threading
from collections import Counter
from collections.abc import Sequence
from typing import Self

from footnote.domain.document import document_id_of, knowledge_base_of
from footnote.domain.errors import DatabaseUnavailableError
from footnote.postgres.connection import Database
from footnote.postgres.documents import PostgresDocuments
from footnote.postgres.passages import PostgresPassages
from footnote.postgres.search_indexes import PostgresSearchIndexes
from footnote.retrieval.bm25 import question_terms
from footnote.retrieval.port import Query
from tests.fakes import FakeEmbedder
from tests.faults.shelf import PARTS, chunks_of
from tests.faults.worker import FORM

A_PART = "a part"
_PAUSE_S = 0.02
_QUESTION = "Which sentence of which part stands in the manual?"


class Reader:
    """Reads documents through the API's own queries while the block runs."""

    def __init__(self, database_url: str, keys: Sequence[str]) -> None:
        self.seen: Counter[str] = Counter()
        self.partial: list[str] = []
        self.outages = 0
        self._keys = keys
        self._database = Database(database_url)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._database.close()

    def look(self, key: str) -> str:
        """What a reader sees now: the name of an edition, or nothing."""
        names = []
        for found in (self._listed(key), self._found(key)):
            names.append(_name(found))
            self.seen[names[-1]] += 1
            if names[-1] == A_PART:
                self.partial.append(f"{key}: {found}")
        return names[-1]

    def _read(self) -> None:
        while not self._stop.wait(_PAUSE_S):
            for key in self._keys:
                try:
                    self.look(key)
                except DatabaseUnavailableError:
                    self.outages += 1

    def _listed(self, key: str) -> tuple[str, ...]:
        rows = PostgresDocuments(self._database).chunks(document_id_of(key), after=-1, limit=500)
        return tuple(row["text"] for row in rows)

    def _found(self, key: str) -> tuple[str, ...]:
        """By a question, to all passages of the knowledge base, which holds this document only."""
        kb = knowledge_base_of(key)
        index = PostgresSearchIndexes(self._database, FORM).active(kb)
        (vector,) = FakeEmbedder().embed([_QUESTION])
        terms = question_terms(kb, _QUESTION)
        query = Query(index=index, vector=vector, terms=terms, top_k=10 * PARTS)
        passages = PostgresPassages(self._database).search(query).passages
        assert len({passage.version_id for passage in passages}) <= 1
        return tuple(p.text for p in sorted(passages, key=lambda passage: passage.ordinal))


def _name(found: tuple[str, ...]) -> str:
    """Which edition it is, if it is all of one."""
    if not found:
        return "nothing"
    told = re.search(r"edition (\d+)", " ".join(found))
    whole = told is not None and found == chunks_of(int(told.group(1)))
    return told.group() if told and whole else A_PART
