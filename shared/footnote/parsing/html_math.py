"""Formulas in web pages: as their authors wrote them in TeX, where the page keeps that."""

from typing import Any

_TEX = frozenset({"application/x-tex", "application/x-latex", "text/x-tex", "tex", "latex"})


def text_of(math: Any) -> str:
    """The TeX source of a `<math>`, else its alternative text, else its signs."""
    for annotation in math.iter("annotation"):
        source = (annotation.text or "").strip()
        if source and (annotation.get("encoding") or "").strip().lower() in _TEX:
            return source
    return (math.get("alttext") or "").strip() or "".join(math.itertext()).strip()


def is_visual_twin(node: Any) -> bool:
    """What KaTeX draws beside the MathML that says the same."""
    if node.tag != "span" or "katex-html" not in (node.get("class") or "").split():
        return False
    before = node.getprevious()
    return before is not None and "katex-mathml" in (before.get("class") or "").split()
