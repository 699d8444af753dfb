"""Question out: retrieve, decide whether the documents tell, generate, verify."""

import time
import uuid
from dataclasses import dataclass

from footnote.answering.citations import DECLINED, cite
from footnote.answering.draft import read_draft
from footnote.answering.prompt import build_prompt
from footnote.domain.answer import Answer, Usage
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.passage import Retrieval
from footnote.domain.search_index import SearchIndex
from footnote.embedding.port import Embedders
from footnote.generation.port import Generator
from footnote.retrieval.bm25 import question_terms
from footnote.retrieval.in_corpus import answerable
from footnote.retrieval.last_known import LastKnownIndexes
from footnote.retrieval.port import PassageSearch, Query


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPorts:
    """What answering questions needs from outside."""

    indexes: LastKnownIndexes
    embedders: Embedders
    passages: PassageSearch
    generator: Generator
    deadline_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, and how it came about; `timings_ms` by step."""

    question_id: str
    answer: Answer
    model: str
    usage: Usage
    retrieval: Retrieval
    timings_ms: dict[str, float]


def retrieve(question: str, kb: KnowledgeBaseId, top_k: int, ports: AskPorts) -> Retrieval:
    """The passages for a question, best first.

    Raises:
        TransientError: the embedding model or the database is down.
    """
    index = ports.indexes.active(kb)
    found = search_index(question, index, top_k, ports)
    if found.active_index in (None, index.index_id):
        return found
    return search_index(question, ports.indexes.fresh(kb), top_k, ports)


def search_index(question: str, index: SearchIndex, top_k: int, ports: AskPorts) -> Retrieval:
    """The passages of one index; the question is embedded by its model, so none are mixed."""
    (vector,) = ports.embedders(index.form.model).embed([question])
    terms = question_terms(index.kb, question)
    return ports.passages.search(Query(index=index, vector=vector, terms=terms, top_k=top_k))


def ask(question: str, kb: KnowledgeBaseId, top_k: int, ports: AskPorts) -> Reply:
    """Answer a question from a knowledge base, or decline.

    Raises:
        TransientError: a model or the database is down.
        ModelRefusedError: the model endpoint rejects the request.
    """
    began = time.perf_counter()
    retrieval = retrieve(question, kb, top_k, ports)
    retrieved = time.perf_counter()
    answer, usage = DECLINED, Usage()
    if answerable(retrieval, retrieval.embedding_model):
        prompt = build_prompt(question, retrieval.passages)
        completion = ports.generator.generate(prompt, deadline_s=ports.deadline_s)
        answer = cite(read_draft(completion.text), retrieval.passages)
        usage = completion.usage
    done = time.perf_counter()
    return Reply(
        question_id=str(uuid.uuid4()),
        answer=answer,
        model=ports.generator.model,
        usage=usage,
        retrieval=retrieval,
        timings_ms={
            "retrieval": round((retrieved - began) * 1e3, 1),
            "answer": round((done - retrieved) * 1e3, 1),
            "total": round((done - began) * 1e3, 1),
        },
    )
