"""EML messages: who wrote to whom, and the body; attachments are named, not opened."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from typing import Any, cast

from unstructured.documents.elements import Element, ElementMetadata, Text, Title

from footnote.domain.errors import FailedDocumentError
from footnote.parsing.decoding import decode
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.readers import html_page, plain_text
from footnote.parsing.reading import Reading

_HEADERS = ("From", "To", "Cc", "Date")
# Kinds of multipart message whose parts are one text: in several forms, or with its pictures.
_ONE_TEXT = ("multipart/alternative", "multipart/related")
# Addresses stand in one form of a text and behind the words of the other.
_WORD = re.compile(r"(?:https?://|mailto:|www\.)\S+|([^\W_]{2,})")
_MAX_HEADER_CHARS = 4_000
_ENCRYPTED = ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")


class _BoundedHeaders(policy.EmailPolicy):
    """Some headers take memory without end to take apart, and nobody reads a million of names."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        return super().header_fetch_parse(name, value[:_MAX_HEADER_CHARS])


def read(content: bytes, limits: ParsingLimits) -> Reading:
    """The subject as title and heading, the headers as the first text, then the body."""
    message = cast("EmailMessage", message_from_bytes(content, policy=_BoundedHeaders()))
    if not message.keys():
        msg = "not an EML file although its name says so"
        raise FailedDocumentError(msg)
    if message.get_content_type() in _ENCRYPTED:
        msg = "the message is encrypted; save a copy that is not"
        raise FailedDocumentError(msg)
    body = [element for part in _parts(message) for element in _body(part, limits)]
    if not body:
        msg = "the message has no text"
        raise FailedDocumentError(msg)
    subject = str(message.get("Subject", "")).strip()
    return Reading(elements=[*_head(message, subject), *body], title=subject or None)


def _head(message: EmailMessage, subject: str) -> Iterator[Element]:
    if subject:
        yield Title(subject, metadata=ElementMetadata(category_depth=0))
    lines = [f"{name}: {message[name]}" for name in _HEADERS if message[name]]
    attached = [part.get_filename() for part in message.iter_attachments()]
    names = ", ".join(name for name in attached if name)
    if names:
        lines.append(f"Attachments: {names}")
    if lines:
        yield Text("\n".join(lines))


def _parts(part: MIMEPart) -> Iterator[MIMEPart]:
    """What is to be read one after the other; alternatives of one text stay together."""
    if part.get_content_maintype() != "multipart" or part.get_content_type() in _ONE_TEXT:
        yield part
        return
    for inner in part.iter_parts():
        if not inner.is_attachment() and inner.get_filename() is None:
            yield from _parts(inner)


def _forms(part: MIMEPart) -> Iterator[MIMEPart]:
    """The HTML form before the plain one; any other kind of text is a form of its own."""
    if part.get_content_maintype() == "text":
        yield part
        return
    found = (part.get_body((form,)) for form in ("html", "plain"))
    yield from (form for form in found if form is not None)


def _body(part: MIMEPart, limits: ParsingLimits) -> list[Element]:
    """The first form that has text, and what only the other one says."""
    found: list[Element] = []
    for form in _forms(part):
        known = _words(found)
        said = _elements(form, limits)
        found += [element for element in said if not known or not _words([element]) <= known]
    return found


def _elements(form: MIMEPart, limits: ParsingLimits) -> list[Element]:
    text = _text_of(form)
    if not text.strip():
        return []
    is_html = form.get_content_subtype() == "html"
    read_text = html_page.read_text if is_html else plain_text.read_text
    return [element for element in read_text(text, limits).elements if element.text.strip()]


def _words(elements: list[Element]) -> set[str]:
    return {word for e in elements for word in _WORD.findall(e.text.casefold()) if word}


def _text_of(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):
        # An encoding that is unknown here, or named wrongly.
        payload = part.get_payload(decode=True)
        return decode(payload) if isinstance(payload, bytes) else ""
