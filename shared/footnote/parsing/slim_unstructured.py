"""Lets Unstructured's readers run without spaCy, numba and a model that is fetched at first use.

Unstructured tags words to tell a heading from a sentence; that is all that spaCy does for it. The
stand-in below knows closed-class verbs and two endings, and its elements matched Unstructured's own
fixtures for English. numba only speeds up a routine for page layouts that no reader here calls.
"""

import os
import re
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

_SENTENCE_GAP = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])")
_WORD = re.compile(r"\w+(?:['\u2019]\w+)?|[^\w\s]")
_VERBS = frozenset((
    "is", "are", "was", "were", "be", "been", "being", "am", "has", "have", "had", "do", "does",
    "did", "can", "could", "will", "would", "shall", "should", "may", "might", "must", "get",
    "gets", "got", "make", "makes", "made", "go", "goes", "went", "take", "takes", "took", "see",
    "sees", "saw", "know", "knows", "use", "uses", "used", "find", "finds", "found", "give",
    "gives", "gave", "work", "works", "call", "calls", "need", "needs", "want", "wants", "say",
    "says", "said", "show", "shows", "provide", "provides", "include", "includes", "allow",
    "allows", "require", "requires", "contain", "contains", "let", "lets", "keep", "keeps", "set",
    "sets", "run", "runs", "add", "adds", "create", "creates", "return", "returns", "support",
    "supports", "become", "becomes", "help", "helps", "follow", "follows", "read", "reads",
    "write", "writes", "send", "sends", "ensure", "check", "click", "see", "note", "enter",
    "select", "choose", "open", "install",
))  # fmt: skip
_QUIET = ("DO_NOT_TRACK", "SCARF_NO_ANALYTICS", "UNSTRUCTURED_DISABLE_NOTICE")


def install() -> None:
    """Puts the stand-ins in place; to be called before anything of `unstructured` is imported.

    Calling it again does nothing. Unstructured reports its use to its makers unless told not to
    before its import, so that is settled here too.
    """
    for name in _QUIET:
        os.environ[name] = "1"
    if "unstructured.nlp.tokenize" in sys.modules:
        return
    _stand_in(
        "unstructured.nlp.tokenize",
        sent_tokenize=_sentences,
        word_tokenize=_words,
        pos_tag=_tagged_words,
    )
    _stand_in("unstructured.nlp.english_words", ENGLISH_WORDS=frozenset[str]())
    _stand_in("numba", njit=_unchanged)


def _stand_in(name: str, **attributes: object) -> None:
    module = ModuleType(name)
    module.__spec__ = ModuleSpec(name, None)
    vars(module).update(attributes)
    sys.modules[name] = module


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in _SENTENCE_GAP.split(text.strip()) if sentence]


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _tagged_words(text: str) -> list[tuple[str, str]]:
    return [(word, "VB" if _is_verb(word) else "NN") for word in _words(text)]


def _is_verb(word: str) -> bool:
    lower = word.lower()
    inflected = len(lower) > 4 and lower.endswith(("ed", "ing"))
    return inflected or lower in _VERBS or lower.endswith("n't")


def _unchanged(function: object = None, **_options: object) -> object:
    return function if callable(function) else lambda decorated: decorated
