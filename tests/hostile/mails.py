"""Messages within messages, headers without end, parts that lie about their encoding."""

from collections.abc import Iterator

from tests.hostile.case import HostileFile, either, failed, ready
from tests.hostile.zips import SENTENCE

_HEAD = "From: a@example.org\r\nTo: b@example.org\r\nSubject: Trap\r\nMIME-Version: 1.0\r\n"
_LIES = {
    "unknown charset": "x-evil", "a codec": "zlib_codec", "utf-7": "utf-7", "idna": "idna",
    "utf-16 that is not": "utf-16", "a path": "../../etc/passwd",
}  # fmt: skip


def files() -> Iterator[HostileFile]:
    """All end with their text, or say that there is none."""
    body = f"{_HEAD}\r\n{SENTENCE}\r\n"
    yield failed("a.eml", lambda: _recursive(2_000).encode(), "nested", why="message in message")
    yield ready("a.eml", lambda: _parts(5_000).encode(), SENTENCE, why="many parts")
    long = f"X-Long: {'a' * 10_000_000}\r\n"
    yield ready("a.eml", (long + body).encode().__bytes__, SENTENCE, why="giant header")
    folded = f"Subject: {'a' * 60}\r\n" + f" {'b' * 60}\r\n" * 20_000
    yield ready("a.eml", (folded + body).encode().__bytes__, SENTENCE, why="folded header")
    addresses = f"Cc: {'<a@b>, ' * 20_000}\r\n"
    yield ready("a.eml", (addresses + body).encode().__bytes__, SENTENCE, why="many addresses")
    brackets = f"To: {'(' * 20_000}\r\n"
    yield either("a.eml", (brackets + body).encode().__bytes__, "deep|damaged", why="brackets")
    coded = f"Subject: {'=?utf-8?q?=41?= ' * 20_000}\r\n"
    yield ready("a.eml", (coded + body).encode().__bytes__, SENTENCE, why="coded words")
    yield ready("a.eml", lambda: _attached().encode(), SENTENCE, why="attached bomb")
    yield either("a.eml", lambda: _base64().encode(), "characters|memory", why="base64 bomb")
    yield failed("a.eml", lambda: f"{_HEAD}\r\n".encode(), "no text", why="only headers")
    for why, charset in _LIES.items():
        kind = f"Content-Type: text/plain; charset={charset}\r\n"
        text = f"{_HEAD}{kind}\r\n{SENTENCE}\r\n"
        yield ready("a.eml", text.encode().__bytes__, _held(charset), why=why)


def _held(charset: str) -> str:
    """What is UTF-16 by its own word makes other characters."""
    return "" if charset in ("utf-16", "idna") else SENTENCE


def _recursive(depth: int) -> str:
    nested = "Content-Type: message/rfc822\r\n\r\n" * depth
    return f"{_HEAD}{nested}Subject: innermost\r\n\r\n{SENTENCE}\r\n"


def _parts(count: int) -> str:
    parts = "".join(f"--b\r\nContent-Type: text/plain\r\n\r\n{SENTENCE}\r\n" for _ in range(count))
    return f"{_HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n{parts}--b--\r\n"


def _attached() -> str:
    bomb = "UEsDBBQAAAAIAA" * 500_000
    name = "../../../../tmp/footnote-escaped"
    return (
        f"{_HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n{SENTENCE}\r\n--b\r\n"
        f'Content-Disposition: attachment; filename="{name}"\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{bomb}\r\n--b--\r\n"
    )


def _base64() -> str:
    """The word 'word ' for ever."""
    kind = "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n"
    return f"{_HEAD}{kind}\r\n" + "d29yZCB3b3JkIHdvcmQg" * 2_000_000
