"""Who is let in, and who is told why not."""

from contextlib import nullcontext
from datetime import UTC, datetime

import pytest

from footnote.access.door import Door, Request
from footnote.access.key_text import key_hash, key_id_in, new_key_text
from footnote.domain.access import (
    AccessKey,
    Action,
    Admission,
    KeyKind,
    Limits,
    NewKey,
)
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import (
    ForbiddenError,
    RateLimitedError,
    UnauthorizedError,
    UnprocessableError,
)

HELP = KnowledgeBaseId("help")
SOME_KEY = "sk_ABCDEFGHIJ_" + "k" * 32
SITE = "https://www.example.com"


class FakeKeys:
    """One key; remembers the addresses that it was used from."""

    def __init__(self, kind: KeyKind, *, origins: tuple[str, ...] = (), wait_s: float = 0) -> None:
        self.text = new_key_text(kind)
        self.addresses: list[str] = []
        key = AccessKey(
            key_id=key_id_in(self.text) or "",
            kind=kind,
            name="n",
            knowledge_bases=(HELP,),
            origins=origins,
            limits=Limits(),
            created_at=datetime(2026, 11, 25, tzinfo=UTC),
        )
        self._admission = Admission(key=key, wait_s=wait_s)

    def admit(self, secret_hash: bytes, address: str) -> Admission | None:
        self.addresses.append(address)
        return self._admission if secret_hash == key_hash(self.text) else None


def request(text: str, *, origin: str = "", address: str = "203.0.113.9") -> Request:
    return Request(authorization=f"Bearer {text}", origin=origin, address=address)


@pytest.mark.parametrize("kind", list(KeyKind))
def test_a_key_names_itself_without_giving_itself_away(kind: KeyKind) -> None:
    first, second = new_key_text(kind), new_key_text(kind)
    assert first != second
    name = key_id_in(first)
    assert name is not None
    assert first.startswith(name)
    assert len(first) - len(name) > 32


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer sk_short",
        "Basic dXNlcjpwYXNz",
        f"Bearer {SOME_KEY}x",
        f"Bearer {SOME_KEY} {SOME_KEY}",
        "Bearer sk_ABCDEFGHIJ_\u0661" + "A" * 31,
    ],
)
def test_what_is_no_key_is_refused_without_asking_the_database(authorization: str) -> None:
    keys = FakeKeys(KeyKind.SECRET)
    with pytest.raises(UnauthorizedError, match="Authorization: Bearer"):
        Door(keys).enter(Request(authorization=authorization, origin="", address=""), Action.ASK)
    assert keys.addresses == []


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(UnauthorizedError, match="not valid"):
        Door(FakeKeys(KeyKind.SECRET)).enter(request(new_key_text(KeyKind.SECRET)), Action.ASK)


def test_a_publishable_key_asks_and_searches_and_does_nothing_else() -> None:
    keys = FakeKeys(KeyKind.PUBLISHABLE)
    for action in (Action.ASK, Action.SEARCH, Action.FEEDBACK):
        caller = Door(keys).enter(request(keys.text), action)
        assert caller.into(HELP) == HELP
        with pytest.raises(ForbiddenError, match="not for the knowledge base hr"):
            caller.into(KnowledgeBaseId("hr"))
    with pytest.raises(ForbiddenError, match="secret one"):
        Door(keys).enter(request(keys.text), Action.MANAGE)


@pytest.mark.parametrize(
    "origin", ["", "null", "https://evil.example", f"{SITE}.evil.example", "http://www.example.com"]
)
def test_pages_of_other_origins_are_kept_out(origin: str) -> None:
    keys = FakeKeys(KeyKind.PUBLISHABLE, origins=(SITE,))
    Door(keys).enter(request(keys.text, origin=SITE), Action.ASK)
    with pytest.raises(ForbiddenError, match="origin"):
        Door(keys).enter(request(keys.text, origin=origin), Action.ASK)


def test_who_comes_too_often_is_told_when_to_come_back() -> None:
    keys = FakeKeys(KeyKind.PUBLISHABLE, wait_s=2.5)
    with pytest.raises(RateLimitedError) as refused:
        Door(keys).enter(request(keys.text), Action.ASK)
    assert refused.value.retry_after_s == 2.5


@pytest.mark.parametrize(
    ("address", "visitor"),
    [
        ("203.0.113.9", "203.0.113.9"),
        # One subscriber has a whole network of these.
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("", ""),
        ("unknown", ""),
    ],
)
def test_a_visitor_is_an_address_or_the_network_of_one_subscriber(
    address: str, visitor: str
) -> None:
    keys = FakeKeys(KeyKind.SECRET)
    Door(keys).enter(request(keys.text, address=address), Action.ASK)
    assert keys.addresses == [visitor]


@pytest.mark.parametrize(
    "origin", ["", "http://127.0.0.1:8080", "http://localhost:3000", "https://localhost"]
)
def test_without_keys_the_door_stands_open_to_this_machine(origin: str) -> None:
    caller = Door(None).enter(Request(authorization="", origin=origin, address=""), Action.MANAGE)
    assert caller.into(KnowledgeBaseId("any")) == "any"


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://localhost.evil.example", "http://[", "file://", " "],
)
def test_without_keys_pages_of_other_sites_are_kept_out(origin: str) -> None:
    with pytest.raises(ForbiddenError, match="footnote up --keys"):
        Door(None).enter(Request(authorization="", origin=origin, address=""), Action.ASK)


@pytest.mark.parametrize(
    ("site", "origin", "comes_in"),
    [
        ("cross-site", "", False),  # an image, a script: of these a browser says no origin
        ("none", "", True),  # an address that a person types
        ("same-origin", "", True),
        ("same-site", "", True),  # another port of this machine
        ("cross-site", "http://localhost:3000", True),  # to 127.0.0.1
        ("", "", True),  # a program
    ],
)
def test_without_keys_other_sites_do_not_even_load_images(
    site: str, origin: str, *, comes_in: bool
) -> None:
    asked = Request(authorization="", origin=origin, address="", site=site)
    with nullcontext() if comes_in else pytest.raises(ForbiddenError):
        Door(None).enter(asked, Action.MANAGE)


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"kind": KeyKind.PUBLISHABLE}, "named knowledge bases"),
        ({"knowledge_bases": ("No Such!",)}, "no name of a knowledge base"),
        ({"origins": ("https://www.example.com/",)}, "no origin"),
        ({"origins": ("*",)}, "no origin"),
        ({"origins": ("www.example.com",)}, "no origin"),
    ],
)
def test_a_key_that_cannot_be_is_not_made(wanted: dict[str, object], why: str) -> None:
    with pytest.raises(UnprocessableError, match=why):
        NewKey(**{"kind": KeyKind.SECRET, "name": "n"} | wanted)  # type: ignore[arg-type]
