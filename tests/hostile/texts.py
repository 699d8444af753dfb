"""Text formats: encodings that lie, one endless line, depth, patterns that regexes drown in."""

import json
from collections.abc import Callable, Iterator

from footnote.parsing import ParsingLimits
from footnote.parsing.limits import MEGABYTE
from tests.hostile.case import HostileFile, either, failed, ready
from tests.hostile.zips import SENTENCE

_JAPANESE = "これは静かな文です。罠の間に立っています。" * 20
_LINE = ParsingLimits().max_bytes - MEGABYTE
_OTHER_KINDS = {
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 8,
    "a program": b"\x7fELF\x02\x01\x01" + bytes(9) + bytes(range(256)) * 8,
}
_ALL_NAMES = (
    "md", "mdx", "txt", "log", "html", "htm", "pdf", "docx", "pptx", "xlsx", "csv", "tsv", "eml",
    "rst", "json", "xml", "epub", "odt", "rtf", "org", "ipynb",
)  # fmt: skip
_TOO_MUCH = "characters of text|memory|tags|records|cells"


def files() -> Iterator[HostileFile]:
    """Every group."""
    yield from _wrong_types()
    yield from _encodings()
    yield from _one_line()
    yield from _depth()
    yield from _markdown()
    yield from _includes()
    yield from _notebooks_and_rich_text()


def _wrong_types() -> Iterator[HostileFile]:
    for ending in _ALL_NAMES:
        for why, content in _OTHER_KINDS.items():
            reason = "not an? .* file although|binary data|damaged"
            yield failed(f"a.{ending}", content.__bytes__, reason, why=why)


def _encodings() -> Iterator[HostileFile]:
    for ending in ("txt", "md", "csv", "html"):
        name = f"a.{ending}"
        text = f"{SENTENCE} {SENTENCE}\n"
        yield ready(name, _encoded(text, "utf-16"), SENTENCE, why="utf-16 with mark")
        yield ready(name, _encoded(text, "utf-16-le"), SENTENCE, why="utf-16 little endian")
        yield ready(name, _encoded(text, "utf-16-be"), SENTENCE, why="utf-16 big endian")
        yield ready(name, _encoded(_JAPANESE, "shift_jis"), "これは静か", why="shift-jis")
        latin = "Größe und Höhe über fünf Fuß. Der Käufer zahlt für die Prüfung.\n" * 5
        yield ready(name, _encoded(latin, "latin-1"), "Größe und Höhe", why="latin-1")
        nul = f"{SENTENCE}\0 more\0\n".encode()
        yield ready(name, nul.__bytes__, SENTENCE, why="nul bytes")
        half = SENTENCE.encode() + b" \xed\xa0\xbd\xed\xb8\x80 \xed\xa0\x80\n"
        yield ready(name, half.__bytes__, SENTENCE, why="surrogates")
        hidden = (
            f"{SENTENCE} \u202eevil\u202c \u200b\u200d\ufeff \U000e0041\U000e0042 \u0645\u0631\n"
        )
        yield ready(name, hidden.encode().__bytes__, SENTENCE, why="unseen characters")


def _encoded(text: str, encoding: str) -> Callable[[], bytes]:
    return lambda: text.encode(encoding)


def _one_line() -> Iterator[HostileFile]:
    """As large as a file may be: read whole, or given up for what it would become."""
    page, row = f"<p>{SENTENCE}</p>".encode(), b'{"a": "word word word"},'
    lines: dict[str, Callable[[], bytes]] = {
        "a.txt": lambda: b"word " * (_LINE // 5),
        "a.md": lambda: b"word " * (_LINE // 5),
        "a.csv": lambda: b"word," * (_LINE // 5),
        "a.html": lambda: page * (_LINE // len(page)),
        "a.json": lambda: b"[" + row * (_LINE // len(row)) + b"1]",
    }
    for name, build in lines.items():
        yield either(name, build, _TOO_MUCH, why="one line")
    yield failed("a.txt", lambda: b"x" * (_LINE + 2 * MEGABYTE), "larger than", why="too large")


def _depth() -> Iterator[HostileFile]:
    yield ready(
        "a.md", lambda: f"{SENTENCE}\n\n{'>' * 50_000} a\n".encode(), SENTENCE, why="quotes"
    )
    items = "".join(f"{'  ' * level}- item\n" for level in range(1_500))
    yield ready("a.md", lambda: f"{SENTENCE}\n\n{items}".encode(), SENTENCE, why="nested lists")
    yield ready(
        "a.md", lambda: f"{SENTENCE}\n\n{'- ' * 20_000}a\n".encode(), SENTENCE, why="dashes"
    )
    deep = "deep|nested|damaged"
    yield failed("a.json", lambda: b"[" * 100_000 + b"]" * 100_000, deep, why="deep array")
    yield failed("a.json", lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000, deep, why="deep")
    yield failed("a.ipynb", lambda: b'{"cells":' * 100_000, deep, why="deep")
    yield ready("a.rst", lambda: _nested_rst().encode(), SENTENCE, why="nested lists")
    yield ready("a.org", lambda: f"{SENTENCE}\n{'*' * 50_000} a\n".encode(), SENTENCE, why="stars")


def _nested_rst() -> str:
    items = "\n\n".join(f"{'  ' * level}- item" for level in range(60))
    return f"{SENTENCE}\n\n{items}\n"


def _markdown() -> Iterator[HostileFile]:
    attacks = {
        "brackets": "[" * 50_000,
        "closing brackets": "[a](" * 20_000,
        "backticks": "".join("`" * (number % 300 + 1) + " " for number in range(2_000)),
        "stars": "*a **b " * 20_000,
        "comments": "<!-- " * 50_000,
        "half comments": "<!" * 50_000 + "\n" + "<!--" * 20_000 + "->" * 20_000,
        "pipes": "|" * 100_000 + "\n" + "|-" * 50_000 + "|\n" + "|a" * 50_000,
        "references": "".join(f"[a{number}]: b\n" for number in range(20_000)),
        "embedded": "![a](data:" + "A" * 2_000_000 + "\n" + "(data:" * 20_000,
        "rules": "---\n" * 20_000,
        "blank": " " * 200_000 + "a\n" + "\t" * 200_000 + "b",
        "hashes": "#" * 50_000 + " a" + " #" * 50_000,
        "entities": "&" * 50_000 + "&#" * 50_000,
        "html": "<a " * 50_000 + "<div\n" * 5_000,
    }
    for why, attack in attacks.items():
        text = f"{SENTENCE}\n\n{attack}\n"
        yield ready("a.md", text.encode().__bytes__, SENTENCE, why=why)
    front = f"---\ntitle: {'  ' * 50_000}\n" + "key: value\n" * 50_000 + SENTENCE
    yield ready("a.md", front.encode().__bytes__, SENTENCE, why="front matter without end")


def _includes() -> Iterator[HostileFile]:
    included = {
        "include": f"{SENTENCE}\n\n.. include:: /etc/passwd\n",
        "raw file": f"{SENTENCE}\n\n.. raw:: html\n   :file: /etc/passwd\n",
        "raw url": f"{SENTENCE}\n\n.. raw:: html\n   :url: http://127.0.0.1:9/\n",
        "table file": f"{SENTENCE}\n\n.. csv-table:: t\n   :file: /etc/passwd\n",
        "literal": f"{SENTENCE}\n\n.. literalinclude:: /etc/passwd\n",
        "substitutions": _rst_laughs(),
    }
    for why, text in included.items():
        yield ready("a.rst", text.encode().__bytes__, SENTENCE, why=why)
    org = f"{SENTENCE}\n\n#+INCLUDE: /etc/passwd\n#+SETUPFILE: http://127.0.0.1:9/\n"
    yield ready("a.org", org.encode().__bytes__, SENTENCE, why="include")
    mdx = f"import x from '/etc/passwd'\n\n{SENTENCE}\n\n{{process.exit(1)}}\n"
    yield ready("a.mdx", mdx.encode().__bytes__, SENTENCE, why="script")


def _rst_laughs() -> str:
    levels = "".join(
        f".. |l{level}| replace:: {f'|l{level - 1}| ' * 10}\n" for level in range(1, 10)
    )
    return f"{SENTENCE}\n\n.. |l0| replace:: ha\n{levels}\n|l9|\n"


def _notebooks_and_rich_text() -> Iterator[HostileFile]:
    yield ready("a.ipynb", _notebook, SENTENCE, why="huge outputs")
    yield failed("a.ipynb", lambda: _notebook()[:5_000], "damaged|not a", why="cut")
    rich = f"{{\\rtf1\\ansi {SENTENCE}\\par "
    deep = (rich + "{" * 100_000 + "a" + "}" * 100_001).encode()
    binary = (rich + "\\bin2000000000 x\\par}").encode()
    picture = (rich + "{\\pict\\pngblip " + "00" * 2_000_000 + "}}").encode()
    linked = (rich + '{\\field{\\*\\fldinst INCLUDETEXT "/etc/passwd"}}}').encode()
    for why, content in {"binary": binary, "picture": picture, "linked": linked}.items():
        yield ready("a.rtf", content.__bytes__, SENTENCE, why=why)
    yield either("a.rtf", deep.__bytes__, "deep", why="deep")


def _notebook() -> bytes:
    output = {
        "output_type": "display_data",
        "metadata": {},
        "data": {"image/png": "A" * 20_000_000},
    }
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": [SENTENCE]},
        {
            "cell_type": "code", "metadata": {}, "execution_count": 1,
            "source": "plot()", "outputs": [output],
        },
    ]  # fmt: skip
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()
