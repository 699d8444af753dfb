"""Bucket and index side by side, key by key, in memory that does not grow with either."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from heapq import merge
from itertools import groupby

from footnote.domain.document import document_key_of
from footnote.domain.drift import CurrentObject, KnownDocument, Place
from footnote.domain.errors import SettingsError
from footnote.inbox.sidecar import sidecar_key

type Entry = CurrentObject | KnownDocument


def side_by_side(
    bucket: Iterable[CurrentObject], index: Iterable[KnownDocument]
) -> Iterator[Place]:
    """Every key that a document may have, with its sidecar; both sides come in order of keys.

    The order is that of UTF-8's bytes, which is that of Python's strings.

    Raises:
        SettingsError: one side is not in order, so that what is there could be taken for gone.
    """
    # A document waits until the place of its sidecar is passed. What waits is a prefix of the
    # current key, so there are never more than a key is long, and the innermost is passed first.
    waiting: list[Place] = []
    last = ""
    sides: tuple[Iterable[Entry], Iterable[Entry]] = (bucket, index)
    for key, entries in groupby(merge(*sides, key=_key), key=_key):
        _check_order(last, key)
        last = key
        while waiting and sidecar_key(waiting[-1].key) < key:
            yield waiting.pop()
        place = _place(key, entries)
        if document_key_of(key) == key:
            waiting.append(place)
        elif waiting and sidecar_key(waiting[-1].key) == key:
            yield replace(waiting.pop(), sidecar=place.stored)
    yield from reversed(waiting)


def _key(entry: Entry) -> str:
    return entry.key


def _place(key: str, entries: Iterable[Entry]) -> Place:
    stored, known = None, None
    for entry in entries:
        if isinstance(entry, CurrentObject):
            stored = entry
        else:
            known = entry
    return Place(key=key, stored=stored, known=known)


def _check_order(last: str, key: str) -> None:
    if key < last:
        message = (
            f"the keys are not in order: {key} comes after {last}. The bucket has to list its "
            "versions in the order of UTF-8 bytes, as S3's general purpose buckets do"
        )
        raise SettingsError(message)
