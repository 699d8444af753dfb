"""Search in Postgres: question to passages in one round trip."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pgvector import HalfVector
from psycopg import sql

from footnote.domain.document import DocumentId
from footnote.domain.fusion import DEFAULT_WEIGHTS, Candidate
from footnote.domain.knowledge_base import KnowledgeBaseSettings
from footnote.domain.passage import Evidence, Part, Passage, Retrieval, Shares
from footnote.postgres.connection import Database, Step
from footnote.postgres.filters import condition_of, contained_in
from footnote.postgres.queries import load_queries
from footnote.retrieval.bm25 import PAIR_WEIGHT, TERM_SPACE
from footnote.retrieval.port import Query

CANDIDATES = 100
# Up to 50,000 chunks, and in the largest indexes, which is pgvector's limit: docs/decisions/0025.
EF_SEARCH, WIDEST_EF_SEARCH = 120, 1000
# Bits tell less than floats: so many times the candidates are looked at once more, in any index.
RERANKED_FOR_ONE, BITS_EF_SEARCH = 4, 400
# So many rows the HNSW index looks at before it gives up: more take longer than to scan them all.
SCAN_LIMIT = 40_000
# Up to this many chunks an exact scan is as quick as the HNSW index, and never misses one.
EXACT_BELOW = 15_000
EVERYTHING = 10**9
POSTING_BUDGET = 4_000
# In an index of more chunks than can be scanned, so many postings of rare terms are read, and of
# the rarest of the others so many sets, each expected in no more chunks: docs/decisions/0023.
RARE_POSTINGS = 500
CONJUNCTION_TERMS, CONJUNCTIONS, CONJUNCTION_ROWS = 5, 10, 800
# Reading and scoring a row takes two microseconds; in one the index walks along ten postings.
CONJUNCTION_BUDGET, WALKED_BUDGET = 2_500, 30_000
COVERAGE_PASSAGES = 3


class PostgresPassages:
    """Hybrid search over one knowledge base."""

    def __init__(
        self,
        database: Database,
        *,
        exact_below: int = EXACT_BELOW,
        scan_limit: int = SCAN_LIMIT,
    ) -> None:
        self._database = database
        self._exact_below = exact_below
        self._scan_limit = scan_limit
        self._sql = load_queries("search.sql")
        holds_all = sql.SQL(self._sql["holds_all"])
        self._holds_all = sql.SQL(" or ").join(
            holds_all.format(place=sql.Literal(place)) for place in range(1, CONJUNCTIONS + 1)
        )
        self._wishes = load_queries("knowledge_bases.sql")["get_settings"]

    def search(self, query: Query) -> Retrieval:
        """The best passages; see `PassageSearch.search`."""
        return self._search(query, self._exact_below)

    def search_exactly(self, query: Query, *, seconds: float) -> Retrieval:
        """The same without the HNSW index; see `ExactSearch.search_exactly`."""
        return self._search(replace(query, seconds=seconds), EVERYTHING)

    def candidates(self, query: Query, also: Sequence[int] = ()) -> list[Candidate]:
        """See `CandidateSearch.candidates`."""
        every: dict[str, object] = {"exact_below": self._exact_below, "top_k": EVERYTHING}
        if also:
            every["also"] = list(also)
        rows, _ = self._rows(query, every)
        return [_candidate(row) for row in rows if row["chunk_id"] is not None]

    def _search(self, query: Query, exact_below: int) -> Retrieval:
        rows, wish = self._rows(query, {"exact_below": exact_below})
        return Retrieval(
            passages=tuple(
                _passage(rank, row)
                for rank, row in enumerate(rows, start=1)
                if row["document_id"] is not None
            ),
            index_as_of=rows[0]["index_as_of"],
            evidence=Evidence(
                cosine=rows[0]["best_cosine"],
                coverage=rows[0]["coverage"],
                bm25=rows[0]["best_bm25"],
                margin=rows[0]["margin"],
            ),
            calibration=tuple(rows[0]["calibration"]) if rows[0]["calibration"] else None,
            active_index=rows[0]["active_index"],
            languages=tuple(rows[0]["languages"]),
            embedding_model=query.index.form.model,
            exact=rows[0]["exact"],
            quantized=rows[0]["quantized"],
            adapter=rows[0]["adapter_id"],
            settings=KnowledgeBaseSettings.of(wish or {}),
        )

    def _rows(
        self, query: Query, limits: dict[str, object]
    ) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
        """What was found, and how the knowledge base wants to be answered."""
        statement, filtering = self._statement(query, also="also" in limits)
        parameters = _parameters(query) | filtering | limits
        (_, found, wishes) = self._database.run_within(
            query.index.kb,
            # Planning takes as long as running, and longer of what is short.
            Step(statement=self._sql["settings"], parameters=self._settings(query), prepare=True),
            Step(statement=statement, parameters=parameters, prepare=True),
            Step(statement=self._wishes, parameters=parameters, prepare=True),
        )
        return found, wishes[0] if wishes else None

    def _settings(self, query: Query) -> dict[str, object]:
        return {
            "kb": query.index.kb,
            "index_id": query.index.index_id,
            "ef_search": BITS_EF_SEARCH if query.index.quantized else EF_SEARCH,
            "widest": BITS_EF_SEARCH if query.index.quantized else WIDEST_EF_SEARCH,
            "scan_limit": str(self._scan_limit),
            **_time_limit(query),
        }

    def _statement(self, query: Query, *, also: bool) -> tuple[sql.Composed, dict[str, object]]:
        """The search, with the condition of the filter where one is given, and its parameters."""
        fragments: dict[str, sql.Composable] = {
            "dimension": sql.Literal(query.index.form.dimension),
            "model_id": sql.Literal(query.index.model_id),
            "candidates": sql.Literal(max(CANDIDATES, query.top_k)),
            "reranked": sql.Literal(RERANKED_FOR_ONE * max(CANDIDATES, query.top_k)),
            "holds_all": self._holds_all,
            "also": sql.SQL(self._sql["also"] if also else ""),
            **dict.fromkeys(("matches", "within", "admitted"), sql.SQL("true")),
        }
        parameters: dict[str, object] = {"filtered": query.filter is not None, "contained": None}
        if query.filter is not None:
            condition = condition_of(query.filter)
            fragments["matches"] = condition.statement
            fragments["within"] = sql.SQL(self._sql["within"])
            fragments["admitted"] = sql.SQL(self._sql["admitted"]).format(
                matches=condition.statement
            )
            parameters |= {"contained": contained_in(query.filter), **condition.parameters}
        nearest = self._sql["nearest_by_bits" if query.index.quantized else "nearest"]
        fragments["nearest"] = sql.SQL(nearest).format(**fragments)
        return sql.SQL(self._sql["search"]).format(**fragments), parameters


def _time_limit(query: Query) -> dict[str, str]:
    """What Postgres calls no limit is zero, so the shortest is a millisecond."""
    seconds = query.seconds
    return {"milliseconds": "0" if seconds is None else str(max(1, round(seconds * 1000)))}


def _parameters(query: Query) -> dict[str, object]:
    return {
        "kb": query.index.kb,
        "index_id": query.index.index_id,
        "vector": HalfVector(query.vector) if query.vector else None,
        "plain": _plain(query),
        "terms": [term.term for term in query.terms],
        "words": [term.word for term in query.terms],
        "counts": [term.count for term in query.terms],
        "pairs": [pair.pair for pair in query.pairs],
        "firsts": [pair.first for pair in query.pairs],
        "seconds": [pair.second for pair in query.pairs],
        "pair_weight": PAIR_WEIGHT,
        "term_space": TERM_SPACE,
        "posting_budget": POSTING_BUDGET,
        "large": EXACT_BELOW,
        "rare_postings": RARE_POSTINGS,
        "conjunction_terms": CONJUNCTION_TERMS,
        "conjunction_rows": CONJUNCTION_ROWS,
        "conjunction_budget": CONJUNCTION_BUDGET,
        "walked_budget": WALKED_BUDGET,
        "weights": list(query.weights) if query.weights else None,
        "default_weights": list(DEFAULT_WEIGHTS),
        "coverage_passages": COVERAGE_PASSAGES,
        "top_k": query.top_k,
        "beside": query.beside,
    }


def _plain(query: Query) -> HalfVector | None:
    vector = query.plain or query.vector
    return HalfVector(vector) if vector else None


def _candidate(row: dict[str, Any]) -> Candidate:
    return Candidate(
        chunk_id=row["chunk_id"],
        key=row["key"],
        scores=(row["by_meaning"], row["by_words"], row["by_document"]),
        by_words=row["lexical"],
    )


def _passage(rank: int, row: dict[str, Any]) -> Passage:
    return Passage(
        rank=rank,
        score=float(row["score"]),
        cosine=float(row["cosine"]),
        bm25=float(row["bm25"]),
        document_id=DocumentId(row["document_id"]),
        key=row["key"],
        version_id=row["indexed_version_id"],
        title=row["title"],
        url=row["url"],
        page=row["page"],
        heading_path=tuple(row["heading_path"]),
        ordinal=row["ordinal"],
        start=row["start_offset"],
        text=row["text"],
        page_breaks=tuple(row["page_breaks"]),
        content_hash=row["content_hash"],
        beside=tuple(_part(part) for part in row["beside"]),
        shares=_shares(row),
    )


def _shares(row: dict[str, Any]) -> Shares:
    meaning, words, document = row["fusion"]
    return Shares(
        meaning=float(meaning * row["by_meaning"]),
        words=float(words * row["by_words"]),
        document=float(document * row["by_document"]),
    )


def _part(row: dict[str, Any]) -> Part:
    content_hash = bytes.fromhex(row["content_hash"])
    return Part(**row | {"page_breaks": tuple(row["page_breaks"]), "content_hash": content_hash})
