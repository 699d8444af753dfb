"""Answers without any model: the passages' own sentences that fit the question best, verbatim."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from footnote.domain.answer import Usage
from footnote.domain.errors import ModelRefusedError, ModelUnavailableError
from footnote.domain.passage import Passage
from footnote.domain.prompt import Completion, Prompt, write_claim
from footnote.domain.sentences import sentence_spans
from footnote.wall_clock import within

MODEL = "extractive"
MOST_SENTENCES = 4
# A sentence that fits much worse than the best one adds words, not knowledge.
SHARE_OF_BEST = 0.75
LONGEST_QUOTE = 600
FEWEST_WORDS = 4
# So many sentences, chosen by their words, are compared by their meaning: about 3 ms each.
COMPARED = 40
# A short line without an end is most often a heading: it repeats the question's words, but says
# nothing of them. Code and rows of tables answer fewer questions than the sentences around them.
HEADING_WORDS, HEADING_WEIGHT, ROW_WEIGHT, CODE_WEIGHT = 8, 0.5, 0.85, 0.25
_FENCED = re.compile(r"^(```|~~~).*?(?:^\1|\Z)", re.MULTILINE | re.DOTALL)
_CLAIM_SIGN = re.compile(r"\[(?=\d{1,3}\s*:)")
# Up to a white space; a text without any, as in some scripts, is cut where it is too long.
_LAST_WORD = re.compile(r"(?<=\S)\s+\S*\Z|(?<=.)\S\Z")
_LIST_SIGN = re.compile(r"^(?:[-*+•>]\s+)+")
MEANING_WEIGHT, PASSAGE_WEIGHT = 0.5, 0.3


# One unit vector per text, in order.
type Embed = Callable[[Sequence[str]], list[list[float]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    number: int
    start: int
    text: str
    terms: Counter[str]
    in_code: bool
    rank_score: float
    score: float = 0.0


class ExtractiveGenerator:
    """Chooses sentences by shared words, by meaning, and by how well their passage was ranked."""

    model = MODEL

    def __init__(self, embed: Embed, term_counts: Callable[[str], Counter[str]]) -> None:
        self._embed = embed
        self._term_counts = term_counts

    def generate(self, prompt: Prompt, *, deadline_s: float) -> Completion:
        """The best sentences with their claims; by words alone where embeddings take too long."""
        sentences = self._by_words(prompt)
        try:
            ranked = within(deadline_s, lambda: self._by_meaning(prompt, sentences))
        except (TimeoutError, ModelUnavailableError, ModelRefusedError):
            ranked = sentences
        chosen = [
            sentence
            for sentence in ranked[:MOST_SENTENCES]
            if sentence.score >= ranked[0].score * SHARE_OF_BEST
        ]
        # The best passage first, but its sentences in the order in which they were written.
        passages = list(dict.fromkeys(sentence.number for sentence in chosen))
        chosen.sort(key=lambda sentence: (passages.index(sentence.number), sentence.start))
        return Completion(text="\n".join(map(_claimed, chosen)), usage=Usage())

    def stream(
        self, prompt: Prompt, *, deadline_s: float, most_s: float | None = None
    ) -> Iterator[str | Completion]:
        """The same, a sentence a piece: all of them are chosen before the first is told."""
        del most_s
        completion = self.generate(prompt, deadline_s=deadline_s)
        yield from completion.text.splitlines(keepends=True)
        yield completion

    def _by_words(self, prompt: Prompt) -> list[_Sentence]:
        sentences = list(self._sentences(prompt.passages))
        wanted = self._term_counts(prompt.question)
        holding = Counter(
            term for sentence in sentences for term in sentence.terms if term in wanted
        )
        weights = {term: math.log(1 + len(sentences) / (1 + holding[term])) for term in wanted}
        total = sum(weights.values()) or 1.0
        scored = [
            replace(
                sentence,
                score=sum(weights[term] for term in wanted if term in sentence.terms) / total,
            )
            for sentence in sentences
        ]
        return sorted(scored, key=lambda sentence: -sentence.score)[:COMPARED]

    def _by_meaning(self, prompt: Prompt, sentences: list[_Sentence]) -> list[_Sentence]:
        if not sentences:
            return []
        texts = [prompt.question, *(sentence.text for sentence in sentences)]
        question, *vectors = self._embed(texts)
        scored = [
            replace(
                sentence,
                score=_weight(sentence)
                * (
                    (1 - MEANING_WEIGHT) * sentence.score
                    + MEANING_WEIGHT * math.sumprod(question, vector)
                    + PASSAGE_WEIGHT * sentence.rank_score
                ),
            )
            for sentence, vector in zip(sentences, vectors, strict=True)
        ]
        return sorted(scored, key=lambda sentence: -sentence.score)

    def _sentences(self, passages: Sequence[Passage]) -> Iterator[_Sentence]:
        seen: set[str] = set()
        for number, passage in enumerate(passages, start=1):
            code = [found.span() for found in _FENCED.finditer(passage.text)]
            for start, end in sentence_spans(passage.text):
                text = _quotable(passage.text[start:end])
                # What only stands beside a passage helps who understands it, and nobody else.
                rank_score = passage.part_at(start).score
                if rank_score is None or text in seen or not _worth_quoting(text):
                    continue
                seen.add(text)
                yield _Sentence(
                    number=number,
                    start=start,
                    text=text,
                    terms=self._term_counts(text),
                    in_code=any(begin <= start < behind for begin, behind in code),
                    rank_score=rank_score,
                )


def _worth_quoting(text: str) -> bool:
    return len(text.split()) >= FEWEST_WORDS and not text.startswith("#")


def _quotable(text: str) -> str:
    """As much of a sentence as a quote may hold, in whole words: half a word stands nowhere."""
    if len(text) <= LONGEST_QUOTE:
        return text
    return _LAST_WORD.sub("", text[: LONGEST_QUOTE + 1])


def _weight(sentence: _Sentence) -> float:
    text = sentence.text
    if sentence.in_code:
        return CODE_WEIGHT
    if text.startswith("|"):
        return ROW_WEIGHT
    looks_like_a_heading = (
        text[0].isalnum() and text[-1] not in ".!?:;)" and len(text.split()) <= HEADING_WORDS
    )
    return HEADING_WEIGHT if looks_like_a_heading else 1.0


def _claimed(sentence: _Sentence) -> str:
    return f"{_readable(sentence.text)} {write_claim(sentence.number, sentence.text)}"


def _readable(quote: str) -> str:
    """A quote as a sentence of its own: on one line, without the signs of lists and tables."""
    if quote.startswith("|"):
        quote = " · ".join(cell.strip() for cell in quote.strip("| ").split("|"))
    # A document may hold what looks like a claim; it makes none.
    return _CLAIM_SIGN.sub("(", " ".join(_LIST_SIGN.sub("", quote).split()))
