"""Small words that tie the parts of a sentence together, those of all languages in one."""

AND = frozenset({"and", "und", "et", "y", "e", "en"})
BUT = frozenset({"but", "aber", "mais", "ma", "mas", "pero", "maar"})
# Clauses that are told of the same time, and both hold; without a pause between them one may be the
# condition of the other.
MEANWHILE = frozenset(
    {"while", "whereas", "w\u00e4hrend", "mentre", "mientras", "enquanto", "terwijl"}
)
# What follows it completes the word in front of it: 'free of lead'.
OF = frozenset({"of"})
