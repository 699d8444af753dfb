"""What a text says, token by token: words, numbers, units, dates, names and negations."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from footnote.answering.dates import Date, agree

_LINE_END_HYPHEN = re.compile(r"(?<=\w)[-\u2010\u00ad]\s*\n\s*(?=\w)")
_SAME_SIGN = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u02bc\u2032", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        "\u00ad": None,
        "\u2044": "/",
        "\u2039": "<",
        "\u203a": ">",
    }
)
_GROUP_SPACE = re.compile(r"(?<=\d)[\u00a0\u202f\u2009](?=\d{3}(?!\d))")
_PERCENT = re.compile(r"\b(?:per ?cent|pour cent|por ciento|per cento|por cento)\b", re.IGNORECASE)
# 10\u00b2 is not 102, nor 3\u00bd thirty-one halves.
_RAISED = re.compile(r"(?<=\d)(?=[\u00b9\u00b2\u00b3\u2070\u2074-\u2079])")
_FRACTION = re.compile(r"(?<=\d)(?=[\u00bc-\u00be\u2150-\u215e])")
# 'minus 5', and the sign of '-$5' beside its number.
_MINUS = re.compile(r"\bminus\s+(?=\d)|(?<![\w)\]])-([\u20ac$\u00a3\u00a5])(?=\d)", re.IGNORECASE)
_NOT_ONLY = re.compile(r"\bnot only\b", re.IGNORECASE)
_CONTRACTION = re.compile(r"\b(?:(ca)n't|(wo)n't|(\w+)n't|(can)not)\b", re.IGNORECASE)


class Kind(StrEnum):
    """What a token says, by which it is compared."""

    WORD = "word"
    FREE = "free"
    NEGATION = "negation"
    NUMBER = "number"
    UNIT = "unit"
    DATE = "date"
    TIME = "time"
    IDENTIFIER = "identifier"


VALUES = frozenset({Kind.NUMBER, Kind.DATE, Kind.TIME})


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One thing that a text says; `key` is the form in which it is compared.

    `begins`: a sentence may begin here; `paused`: a clause. `before` is the preposition or
    conjunction in front of it, `opens` whether there is one. `limits` are conditions, `qualifies`
    what bounds the next word. `named`: it has a capital letter that only a name would have.
    `links` are all words in front of it that tie it to what was said before: prepositions,
    conjunctions, articles that show a case. `attached`: nothing stands between it and the word
    before; `bare`: nothing but an article does; `restricts`: 'who' or the like does. `verbs`: the
    passive or tense of what small verbs do, `persons`: 'we', 'you' or 'they'. `single`: a unit of
    which there is one ('an hour'). `dates`: read with the day first, and with the month first;
    `month` is that of a month's name.
    """

    kind: Kind
    key: str
    raw: str
    before: str = ""
    paused: bool = False
    opens: bool = False
    begins: bool = False
    limits: bool = False
    qualifies: bool = False
    named: bool = False
    links: frozenset[str] = frozenset()
    attached: bool = False
    bare: bool = False
    restricts: bool = False
    verbs: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()
    single: bool = False
    dates: tuple[Date, ...] = ()
    month: int = 0

    @property
    def is_name(self) -> bool:
        """Whether this is a name, of people and things or of a machine's parts."""
        return self.named or self.kind is Kind.IDENTIFIER

    def told_by(self, other: "Token") -> bool:
        """Whether another text's token says the same, or all of it and more."""
        if self.kind is other.kind is Kind.DATE:
            return agree(self.dates, other.dates) is True
        if other.kind is Kind.DATE:
            return self._is_part_of(other.dates[0])
        kinds = {self.kind, other.kind}
        comparable = len(kinds) == 1 or kinds <= {Kind.WORD, Kind.IDENTIFIER, Kind.UNIT}
        return comparable and self.key == other.key

    def _is_part_of(self, date: Date) -> bool:
        if self.kind is Kind.NUMBER:
            return self.key == str(date.year)
        return self.month > 0 and self.month == date.month


def normalised(text: str) -> str:
    """The text with its typography folded: NFKC, one kind of quotes and dashes, no hyphenation."""
    text = _FRACTION.sub(" ", _RAISED.sub("^", _LINE_END_HYPHEN.sub("", text)))
    text = unicodedata.normalize("NFKC", _GROUP_SPACE.sub("'", text)).translate(_SAME_SIGN)
    text = _CONTRACTION.sub(lambda found: "".join(g or "" for g in found.groups()) + " not", text)
    text = _MINUS.sub(lambda found: f"{found.group(1) or ''}-", text)
    return _NOT_ONLY.sub("", _PERCENT.sub("%", text))
