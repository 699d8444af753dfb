"""BM25 as an inner product: the part that a chunk knows of itself, apart from the idf of the query.

score(q, d) = sum over the terms of q of  idf(t) * tf * (K1 + 1) / (tf + K1 * (1 - B + B * |d| / L))

after Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), 3.2.
L is their average length. Chunks have a bounded length by construction, so here L is a constant:
a chunk's part then never changes when other chunks come and go, and only the idf is looked up.

Words that follow each other count as pairs besides: a passage that holds them side by side speaks
of what they mean together. A pair's idf is made of those of its words, so that none is counted.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from footnote.domain.chunk import Chunk
from footnote.domain.document import KnowledgeBaseId
from footnote.retrieval.languages import DEFAULT_LANGUAGE, language_of
from footnote.retrieval.stop_words import STOP_WORDS
from footnote.retrieval.terms import both_counts, pair_counts, written_terms

K1 = 1.2
B = 0.75
LENGTH_PIVOT = 100.0
CONTEXT_WEIGHT = 2
# Of the idf of both words of a pair: docs/decisions/0001.
PAIR_WEIGHT = 0.3
# Large enough that two words of one knowledge base hardly ever meet, within pgvector's limit of
# 10^9 dimensions for a sparsevec.
TERM_SPACE = 2**29


@dataclass(frozen=True, slots=True, kw_only=True)
class LexicalVector:
    """The BM25 part of each term and of each pair of terms of a chunk, by their ids."""

    terms: dict[int, float]
    pairs: dict[int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionTerm:
    """The id of a term, how often it stands in a question, and the word that it is a form of.

    The forms of one word in several languages have the same `word`: the id of the first of them.
    """

    term: int
    word: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TermPair:
    """The id of a pair that stands in a question, and those of its two terms."""

    pair: int
    first: int
    second: int


def lexical_vector(
    kb: KnowledgeBaseId, names: Sequence[str], chunk: Chunk, language: str
) -> LexicalVector:
    """What lexical search knows of a chunk: its own words, its headings and `names`.

    `names` is what the whole document is called: names and headings say what a chunk is about, so
    their words count `CONTEXT_WEIGHT` times in each of its chunks.
    """
    context = " ".join(dict.fromkeys((*names, *chunk.heading_path)))
    counts, pairs = both_counts(chunk.text, language=language)
    context_counts, context_pairs = both_counts(context, language=language)
    for term, count in context_counts.items():
        counts[term] += CONTEXT_WEIGHT * count
    pairs.update(context_pairs)
    terms = counts.total()
    # Most stand once or twice: each weight is worked out once.
    weights = {tf: _weight(tf, terms) for tf in {*counts.values(), *pairs.values()}}
    pair_ids = _places(f"{kb}\0{first}\0{second}" for first, second in pairs)
    return LexicalVector(
        terms={term_id(kb, term): weights[tf] for term, tf in counts.items()},
        pairs={pair: weights[tf] for pair, tf in zip(pair_ids, pairs.values(), strict=True)},
    )


def question_terms(
    kb: KnowledgeBaseId, question: str, languages: Sequence[str] = (DEFAULT_LANGUAGE,)
) -> tuple[QuestionTerm, ...]:
    """A question's terms, each word stemmed as in every language that the documents are in.

    The forms of one word count as one: the most frequent is the one that the documents use.
    """
    said, words = _content(question), dict[str, int]()
    found: dict[int, QuestionTerm] = {}
    for language in languages:
        counts = Counter(
            (words.setdefault(written, term_id(kb, term)), term_id(kb, term))
            for written, term in written_terms(said, language=language)
        )
        for (word, term), count in counts.items():
            known = found.get(term)
            if known is None or count > known.count:
                word = known.word if known else word
                found[term] = QuestionTerm(term=term, word=word, count=count)
    return tuple(found.values())


def question_pairs(
    kb: KnowledgeBaseId, question: str, languages: Sequence[str] = (DEFAULT_LANGUAGE,)
) -> tuple[TermPair, ...]:
    """The pairs of terms that stand side by side in a question, in each of some languages."""
    said = _content(question)
    pairs = {pair: None for language in languages for pair in pair_counts(said, language=language)}
    ids = _places(f"{kb}\0{first}\0{second}" for first, second in pairs)
    return tuple(
        TermPair(pair=pair, first=term_id(kb, first), second=term_id(kb, second))
        for pair, (first, second) in zip(ids, pairs, strict=True)
    )


def _content(question: str) -> str:
    """A question without the small words of its own language: elsewhere they may be words."""
    stop_words = STOP_WORDS.get(language_of(question, otherwise=""), frozenset())
    return " ".join(word for word in question.split() if word.lower() not in stop_words)


def _weight(tf: int, terms: int) -> float:
    """The part of BM25 that does not depend on the query, of what stands `tf` times in a chunk."""
    return tf * (K1 + 1) / (tf + K1 * (1 - B + B * terms / LENGTH_PIVOT))


@lru_cache(maxsize=262_144)
def term_id(kb: KnowledgeBaseId, term: str) -> int:
    """The place, from 1 to TERM_SPACE, of a knowledge base's term in the one index of all.

    Those of pairs are not remembered: there are too many.
    """
    (place,) = _places([f"{kb}\0{term}"])
    return place


def _places(names: Iterable[str]) -> list[int]:
    digests = [blake2b(name.encode(), digest_size=8).digest() for name in names]
    return [int.from_bytes(digest) % TERM_SPACE + 1 for digest in digests]
