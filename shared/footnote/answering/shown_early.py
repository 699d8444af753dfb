"""Which words of a sentence may be shown before its quotes have been checked."""

import re
from collections.abc import Sequence

from footnote.answering.citations import LONGEST_SENTENCE_CHARS
from footnote.answering.draft import DECLINE
from footnote.answering.languages import Language, language_of
from footnote.answering.plain import plain
from footnote.domain.passage import Passage

_CORE = r"[^\W_]+(?:[-'\u2019.,][^\W_]+)*"
_WORDS = re.compile(_CORE)
# A word with the punctuation of running text around it, and nothing that could be a link, a tag, a
# marker or code.
_PLAIN_WORD = re.compile(
    rf"[\"'\u201c\u2018(*]*({_CORE})[\"'\u201d\u2019)*%,;:.!?]*|[-*+\u2022\u2013]"
)
_SPACED_WORD = re.compile(r"[ \n]*(\S+)")
_DECLINE_BEGINS = " ".join(DECLINE.split()[:2]).casefold()


class EarlyWords:
    """The words of the passages in any of their forms, and the small words between them.

    With these alone nobody can name a source, an address, a number or a name that the documents do
    not hold; the first word of any other kind waits, with all behind it, until the sentence was
    checked. A false sentence made of such words can be seen for a moment, and is taken back.
    """

    def __init__(self, passages: Sequence[Passage]) -> None:
        texts = [
            text
            for passage in passages
            for text in (passage.title, *passage.heading_path, passage.text)
        ]
        words = {word.casefold() for text in texts for word in _WORDS.findall(text)}
        spoken = {language for text in texts if (language := language_of(text))}
        self._known = words.union(*map(_small_words, spoken))
        self._stems = {language: {language.stem(word) for word in words} for language in spoken}

    def of(self, sentence: str, *, cut: bool) -> str:
        """The beginning of a sentence that may be shown; `cut`: its last word may go on."""
        if sentence.casefold().startswith(_DECLINE_BEGINS[: len(sentence)]):
            return ""
        end = 0
        for found in _SPACED_WORD.finditer(sentence, 0, LONGEST_SENTENCE_CHARS):
            is_cut = cut and found.end() == len(sentence)
            if is_cut or found.start() > end or not self._may_be_shown(found.group(1)):
                break
            end = found.end()
        return sentence[:end]

    def _may_be_shown(self, word: str) -> bool:
        found = _PLAIN_WORD.fullmatch(word)
        if found is None or plain(word) != word:
            return False
        core = (found.group(1) or "").casefold()
        return not core or core in self._known or self._is_form_of_known(core)

    def _is_form_of_known(self, word: str) -> bool:
        return any(language.stem(word) in stems for language, stems in self._stems.items())


def _small_words(language: Language) -> frozenset[str]:
    return language.free | language.prepositions | language.conjunctions
