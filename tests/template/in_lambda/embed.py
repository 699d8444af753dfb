"""Embeds with the layer's model; writes floats per text, and how alike two pairs of texts are."""

import json
import sys

from footnote.bootstrap import embedder_of, index_form

embedder = embedder_of(index_form().model)
question, same, other = embedder.embed(["reset the router", "restart your router", "lemon cake"])


def dot(left: list[float], right: list[float]) -> float:
    return sum(x * y for x, y in zip(left, right, strict=True))


sys.stdout.write(json.dumps([len(question), dot(question, same), dot(question, other)]))
