"""BM25 as an inner product: the part that a chunk knows of itself, apart from the idf of the query.

score(q, d) = sum over the terms of q of  idf(t) * tf * (K1 + 1) / (tf + K1 * (1 - B + B * |d| / L))

after Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), 3.2.
L is their average length. Chunks have a bounded length by construction, so here L is a constant:
a chunk's part then never changes when other chunks come and go, and only the idf is looked up.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from footnote.domain.chunk import Chunk
from footnote.domain.document import KnowledgeBaseId
from footnote.retrieval.languages import DEFAULT_LANGUAGE, language_of
from footnote.retrieval.stop_words import STOP_WORDS
from footnote.retrieval.terms import term_counts

K1 = 1.2
B = 0.75
LENGTH_PIVOT = 100.0
CONTEXT_WEIGHT = 2
# Large enough that two words of one knowledge base hardly ever meet, within pgvector's limit of
# 10^9 dimensions for a sparsevec.
TERM_SPACE = 2**29


def lexical_vector(
    kb: KnowledgeBaseId, names: Sequence[str], chunk: Chunk, language: str
) -> dict[int, float]:
    """Term ids and the BM25 part of each, of a chunk's own words, its headings and `names`.

    `names` is what the whole document is called: names and headings say what a chunk is about, so
    their words count `CONTEXT_WEIGHT` times in each of its chunks.
    """
    context = " ".join(dict.fromkeys((*names, *chunk.heading_path)))
    counts = term_counts(chunk.text, language=language)
    for term, count in term_counts(context, language=language).items():
        counts[term] += CONTEXT_WEIGHT * count
    return {term_id(kb, term): weight for term, weight in term_frequency_weights(counts).items()}


def question_terms(
    kb: KnowledgeBaseId, question: str, languages: Sequence[str] = (DEFAULT_LANGUAGE,)
) -> dict[int, int]:
    """The ids of a question's terms in each of some languages, and how often each stands in it.

    A word is stemmed as in every language that the documents are in. What is no word of a language
    stands in none of its chunks, and so counts nothing.
    """
    stop_words = STOP_WORDS.get(language_of(question, otherwise=""), frozenset())
    said = " ".join(word for word in question.split() if word.lower() not in stop_words)
    counts: Counter[str] = Counter()
    for language in languages:
        counts |= term_counts(said, language=language)
    return {term_id(kb, term): count for term, count in counts.items()}


def term_frequency_weights(counts: Counter[str]) -> dict[str, float]:
    """Each term's part of the BM25 score that does not depend on the query."""
    norm = K1 * (1 - B + B * counts.total() / LENGTH_PIVOT)
    return {term: tf * (K1 + 1) / (tf + norm) for term, tf in counts.items()}


@lru_cache(maxsize=262_144)
def term_id(kb: KnowledgeBaseId, term: str) -> int:
    """The place, from 1 to TERM_SPACE, of a knowledge base's term in the one index of all."""
    digest = hashlib.blake2b(f"{kb}\0{term}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) % TERM_SPACE + 1
