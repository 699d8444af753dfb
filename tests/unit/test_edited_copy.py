"""A copy of a knowledge base: what is copied, edited, waited for and removed."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from footnote.copy_ports import CopyPorts
from footnote.domain.document import DEFAULT_KNOWLEDGE_BASE, KnowledgeBaseId, knowledge_base_of
from footnote.domain.drift import CurrentObject
from footnote.domain.errors import TransientError, UnprocessableError
from footnote.edited_copy import EditedCopy
from footnote.evaluation.edits import Edit
from footnote.inbox.objects import StoredObject
from footnote.remove_knowledge_base import remove_knowledge_base

HELP = KnowledgeBaseId("help")
OLD, NEW = "kept for ten days", "kept for thirty days"
EDIT = Edit(document="a.md", old="ten", new="thirty")


class FakeSystem:
    """Bucket, objects and API in one; an upload is understood when it is looked at again."""

    def __init__(self) -> None:
        self.objects = {"help/a.md": OLD.encode(), "help/sub/b.md": b"other"}
        self.objects["help/a.md.metadata.json"] = b"{}"
        self.objects["helpful/c.md"] = b"another knowledge base's"
        self.versions: dict[str, str] = {}
        self.shown: dict[str, str] = {}
        self.status: dict[str, str] = {}
        self.known = {"help": {"persona": "kind", "answer_format": "", "cache_answers": True}}
        self.looks = 0
        self.interrupts = 0
        self.markers: dict[str, str] = {}
        self.slow: set[str] = set()
        self.told: list[str] = []

    def listing(self, prefix: str = "") -> Iterator[CurrentObject]:
        when = datetime(2026, 11, 29, tzinfo=UTC)
        for key in [key for key in self.objects if key.startswith(prefix)]:
            yield CurrentObject(key=key, version_id="1", modified_at=when, deleted=False)
        for key in [key for key in self.markers if key.startswith(prefix)]:
            marker = self.markers[key]
            yield CurrentObject(key=key, version_id=marker, modified_at=when, deleted=True)

    def copy(self, key: str, to: str) -> str | None:
        return self._put(to, self.objects[key])

    def fetch(self, key: str, *, max_bytes: int) -> StoredObject | None:
        content = self.objects.get(key)
        if content is None or len(content) > max_bytes:
            return None
        return StoredObject(version_id="1", size=len(content), content=content)

    def delete(self, key: str) -> None:
        there = self.objects.pop(key, None) is not None
        self.markers[key] = f"{key} gone"
        if key.endswith("/") or not there:  # a folder marker, or nothing that anybody is told of
            return
        self.versions[key] = self.markers[key]
        if key not in self.slow:
            self.status[key] = "deleted"

    def put(self, key: str, content: bytes, content_type: str) -> None:
        assert content_type
        self._put(key, content)

    def settings(self, knowledge_base: str) -> dict[str, Any]:
        return dict(self.known[knowledge_base])

    def put_settings(self, knowledge_base: str, settings: dict[str, Any]) -> dict[str, Any]:
        self.known[knowledge_base] = settings
        return settings

    def upload(self, knowledge_base: str, name: str, content: bytes) -> dict[str, Any]:
        key = f"{knowledge_base}/{name}"
        return {"key": key, "version_id": self._put(key, content)}

    def documents(self, knowledge_base: str, *, status: str = "") -> Iterable[dict[str, Any]]:
        self.looks += 1
        if self.interrupts == self.looks:
            raise KeyboardInterrupt
        every = [
            {"key": key, "version_id": version, "status": self.status.get(key, "ready")}
            for key, version in self.shown.items()
            if knowledge_base_of(key) == knowledge_base
        ]
        self.shown |= self.versions
        return [one for one in every if (one["status"] == "deleted") == (status == "deleted")]

    def remove_empty(self, kb: KnowledgeBaseId) -> bool:
        shown = [key for key in self.shown if self.status.get(key) != "deleted"]
        held = [key for key in [*self.objects, *shown] if knowledge_base_of(key) == kb]
        if not held:
            self.known.pop(kb, None)
        return not held

    @property
    def ports(self) -> CopyPorts:
        return CopyPorts(
            bucket=self,
            objects=self,
            api=self,
            knowledge_bases=self,
            max_bytes=1_000,
            sleep=lambda _: None,
            told=self.told.append,
        )

    def _put(self, key: str, content: bytes) -> str:
        self.objects[key] = content
        self.versions[key] = f"{key} {len(self.versions)} {len(content)}"
        return self.versions[key]


@pytest.fixture
def system() -> FakeSystem:
    return FakeSystem()


def copy_of(
    system: FakeSystem, *, name: str = "help-edited", timeout_s: float = 60, keep: bool = False
) -> EditedCopy:
    return EditedCopy(
        kb=HELP,
        name=KnowledgeBaseId(name),
        ports=system.ports,
        timeout_s=timeout_s,
        keep=keep,
    )


def test_a_copy_has_every_object_and_the_settings_and_is_removed_at_the_end(
    system: FakeSystem,
) -> None:
    before = dict(system.objects)
    with copy_of(system):
        copied = {key for key in system.objects if key.startswith("help-edited/")}
        assert copied == {
            "help-edited/a.md", "help-edited/sub/b.md", "help-edited/a.md.metadata.json",
        }  # fmt: skip
        assert system.known["help-edited"] == system.known["help"]
    assert system.objects == before
    assert set(system.known) == {"help"}


def test_an_edit_is_of_the_copy_alone_and_is_waited_for(system: FakeSystem) -> None:
    copy = copy_of(system, keep=True)
    contents = copy.check([EDIT])
    with copy:
        looks = system.looks
        copy.edit(contents)
        assert system.looks > looks + 1  # the first look still shows the version before
    assert system.objects["help-edited/a.md"] == NEW.encode()
    assert system.objects["help/a.md"] == OLD.encode()


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (Edit(document="none.md", old="a", new="b"), "there is no document help/none.md"),
        (Edit(document="a.md", old="twelve", new="b"), "does not hold 'twelve'"),
    ],
)
def test_what_cannot_be_edited_is_told_before_anything_is_copied(
    system: FakeSystem, edit: Edit, why: str
) -> None:
    with pytest.raises(UnprocessableError, match=why):
        copy_of(system).check([edit])


def test_a_document_that_is_no_text_needs_a_file(system: FakeSystem) -> None:
    system.objects["help/a.md"] = b"%PDF-1.7 \xff\xfe"
    with pytest.raises(UnprocessableError, match="say `edited`"):
        copy_of(system).check([EDIT])


def test_a_name_that_has_documents_is_not_taken(system: FakeSystem) -> None:
    with (
        pytest.raises(UnprocessableError, match="needs a name of its own"),
        copy_of(system, name="helpful"),
    ):
        pass
    assert "helpful/c.md" in system.objects


def test_a_copy_that_a_killed_run_left_is_told_with_the_command_that_removes_it(
    system: FakeSystem,
) -> None:
    copy_of(system).__enter__()
    with (
        pytest.raises(
            UnprocessableError, match=r"holds 3 objects that help has too.*kb remove help-edited"
        ),
        copy_of(system),
    ):
        pass
    assert "help-edited/a.md" in system.objects
    assert remove_knowledge_base(KnowledgeBaseId("help-edited"), system.ports, 60, understood=True)
    assert set(system.known) == {"help"}
    assert not [key for key in system.objects if key.startswith("help-edited/")]


def test_a_knowledge_base_stays_until_the_index_has_noticed_and_the_same_call_goes_on(
    system: FakeSystem,
) -> None:
    system.shown["help/a.md"] = system.versions["help/a.md"] = "1"
    system.slow.add("help/a.md")
    assert not remove_knowledge_base(HELP, system.ports, 0, understood=True)
    assert "help" in system.known
    system.status["help/a.md"] = "deleted"
    assert remove_knowledge_base(HELP, system.ports, 0, understood=True)
    assert set(system.objects) == {"helpful/c.md"}


def test_a_folder_marker_is_removed_and_not_waited_for(system: FakeSystem) -> None:
    system.objects["help/sub/"] = b""
    assert remove_knowledge_base(HELP, system.ports, 1, understood=True)
    assert set(system.objects) == {"helpful/c.md"}


def test_what_was_imported_without_its_file_is_removed_too(system: FakeSystem) -> None:
    system.shown["help/imported.md"] = "1"
    assert remove_knowledge_base(HELP, system.ports, 1, understood=True)
    assert set(system.known) == set()
    assert set(system.objects) == {"helpful/c.md"}


def test_documents_of_the_default_knowledge_base_are_removed_wherever_they_lie(
    system: FakeSystem,
) -> None:
    before = set(system.objects)
    for key in ("root.md", "root.md.metadata.json", "Capital/b.md", "default/c.md"):
        system.objects[key] = b"of default"
    assert remove_knowledge_base(DEFAULT_KNOWLEDGE_BASE, system.ports, 1, understood=True)
    assert set(system.objects) == before


def test_an_edit_that_is_not_understood_is_told_and_the_copy_removed(system: FakeSystem) -> None:
    copy = copy_of(system)
    contents = copy.check([EDIT])
    system.status["help-edited/a.md"] = "failed"
    with pytest.raises(UnprocessableError, match="was not understood: failed"), copy:
        copy.edit(contents)
    assert not [key for key in system.objects if key.startswith("help-edited/")]
    assert set(system.known) == {"help"}


def test_ctrl_c_leaves_nothing_of_the_copy_behind(system: FakeSystem) -> None:
    with pytest.raises(KeyboardInterrupt), copy_of(system):
        raise KeyboardInterrupt
    assert not [key for key in system.objects if key.startswith("help-edited/")]
    assert set(system.known) == {"help"}


def test_events_that_come_late_begin_no_copy_anew_that_was_interrupted(system: FakeSystem) -> None:
    def late(_: float) -> None:
        system.known["help-edited"] = {}

    copy = copy_of(system)
    copy.ports = replace(copy.ports, sleep=late)
    system.interrupts = 1
    with pytest.raises(KeyboardInterrupt), copy:
        pass
    assert set(system.known) == {"help"}


def test_a_copy_ends_only_when_the_index_has_noticed_every_deletion(system: FakeSystem) -> None:
    system.slow.add("help-edited/a.md")
    with copy_of(system) as copy:
        copy.timeout_s = 0
    assert "help-edited" in system.known
    assert "its name stays" in system.told[-1]


def test_a_copy_that_takes_too_long_is_removed(system: FakeSystem) -> None:
    system.status["help-edited/a.md"] = "processing"
    with (
        pytest.raises(TransientError, match="are not understood after 0 seconds"),
        copy_of(system, timeout_s=0),
    ):
        pass
    assert not [key for key in system.objects if key.startswith("help-edited/")]
