"""The files that attackers and broken programs send, made by code, each with how it must end."""

from functools import cache

from tests.hostile import archives, images, mails, markup, pdfs, tables, texts
from tests.hostile.case import STOLEN, HostileFile

__all__ = ["STOLEN", "HostileFile", "binary_files", "hostile_files", "text_files"]

_BINARY = (archives, markup, pdfs, images)
_TEXT = (texts, tables, mails)


@cache
def binary_files() -> tuple[HostileFile, ...]:
    """Office files, PDFs, pictures, XML and HTML; bytes are made when they are asked for."""
    return tuple(file for group in _BINARY for file in group.files())


@cache
def text_files() -> tuple[HostileFile, ...]:
    """Texts, tables and messages."""
    return tuple(file for group in _TEXT for file in group.files())


def hostile_files() -> tuple[HostileFile, ...]:
    """All of them, in a fixed order."""
    return binary_files() + text_files()
