"""Messages to a help desk that were made up, each with what it is about."""

import random

from footnote.evaluation.labelled_texts import LabelledText

_SUBJECTS = {
    "billing": ("invoice", "refund", "payment", "card", "price", "receipt", "discount"),
    "access": ("password", "login", "account", "locked", "token", "permission", "username"),
    "delivery": ("parcel", "courier", "shipping", "address", "tracking", "delay", "warehouse"),
}
_REST = (
    *("my", "the", "our", "yesterday", "again", "please", "why", "when", "still", "wrong", "new"),
    *("old", "second", "first", "month", "help", "team", "order", "cannot", "did", "does", "not"),
    *("it", "is", "was", "about", "question", "reply", "soon", "nobody", "twice", "since"),
)


def labelled_samples(each: int, *, seed: int = 1, wrong: float = 0.0) -> list[LabelledText]:
    """So many of each subject, of which a share has another one's label."""
    draw = random.Random(seed)
    made = []
    for label, words in _SUBJECTS.items():
        for _ in range(each):
            text = [*draw.choices(words, k=2), *draw.choices(_REST, k=9)]
            draw.shuffle(text)
            said = draw.choice([one for one in _SUBJECTS if one != label])
            made.append(
                LabelledText(text=" ".join(text), label=said if draw.random() < wrong else label)
            )
    draw.shuffle(made)
    return made
