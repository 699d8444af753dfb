"""The door: which key a request brings, what that permits, and whether it may go in now."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Protocol

from footnote.access.key_text import key_hash, key_id_in
from footnote.domain.access import OWNER, Action, Admission, Caller
from footnote.domain.errors import ForbiddenError, RateLimitedError, UnauthorizedError

_SCHEME = "bearer "
_THIS_MACHINE = re.compile(r"https?://(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]+)?")
_ELSEWHERE = "cross-site"  # W3C Fetch Metadata, `Sec-Fetch-Site`
# Whoever has one IPv6 address has all of its network.
_IPV6_PREFIX = 64


class Keys(Protocol):
    """Where keys are kept, and how often they were used."""

    def admit(self, secret_hash: bytes, address: str) -> Admission | None:
        """The key of that hash, with one request taken from its limits; None where it is no key."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the door sees of a request.

    `address` is where it came from, as the front saw it. A browser says for a page which `origin`
    that has, and, also where it says no origin (of an image, a script), from what `site` it asks.
    """

    authorization: str
    origin: str
    address: str
    site: str = ""


class Door:
    """Lets requests in. Without `keys` it stands open to what is on one's own machine."""

    def __init__(self, keys: Keys | None) -> None:
        self._keys = keys

    def enter(self, request: Request, action: Action) -> Caller:
        """Who calls.

        Raises:
            UnauthorizedError: no key, or none that is valid.
            ForbiddenError: the key does not permit that, or not from there; without keys: a page of
                another site.
            RateLimitedError: the key, or this visitor, was here too often.
        """
        if self._keys is None:
            _check_page(request)
            return OWNER
        admission = self._keys.admit(key_hash(_key_text(request)), _network(request.address))
        if admission is None:
            message = "this key is not valid; `footnote keys list` shows those that are"
            raise UnauthorizedError(message)
        key = admission.key
        if not key.permits(action):
            message = f"a {key.kind} key does not permit this; it takes a secret one"
            raise ForbiddenError(message)
        if not key.admits(request.origin):
            message = "this key is not for pages of this origin"
            raise ForbiddenError(message)
        if admission.wait_s:
            message = "too many requests; come back after the seconds that Retry-After says"
            raise RateLimitedError(message, retry_after_s=admission.wait_s)
        return Caller(key=key)


def _check_page(request: Request) -> None:
    """A key is nothing that a browser adds by itself; where none is wanted, any page could call.

    Its browser sends what it wants to this machine, also under a name that was made to point here
    (DNS rebinding), and pages that may not read the reply can still spend and change, and tell a
    404 from a 200 by whether an image failed.
    """
    origin = request.origin or (_ELSEWHERE if request.site == _ELSEWHERE else "")
    if origin and not _THIS_MACHINE.fullmatch(origin):
        message = "without keys, pages of this machine only may call this: `footnote up --keys`"
        raise ForbiddenError(f"{message} lets others in with a key")


def _key_text(request: Request) -> str:
    scheme, text = request.authorization[: len(_SCHEME)], request.authorization[len(_SCHEME) :]
    if scheme.lower() != _SCHEME or key_id_in(text.strip()) is None:
        message = "send a key, as the header `Authorization: Bearer sk_...`"
        raise UnauthorizedError(message)
    return text.strip()


def _network(address: str) -> str:
    """The address, or the network that stands for it; what is none is one visitor."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, _IPV6_PREFIX), strict=False))
    return str(found)
