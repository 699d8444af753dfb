"""The page's view of the documents, as a person uses it."""

from itertools import count

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from footnote.domain.document import document_id_of
from tests.running_system import System, eventually

pytestmark = pytest.mark.browser
_numbers = count(1)

LISTED: dict[str, object] = {
    "document_id": document_id_of("kb/long.pdf"),
    "key": "kb/long.pdf",
    "version_id": "v1",
    "reason": None,
    "chunks": 0,
    "bytes": 12_000_000,
}
GUIDE = b"# Canteen\n\nLunch is served from noon until two o'clock.\n"


@pytest.fixture
def knowledge_base() -> str:
    return f"kb-{next(_numbers)}"


@pytest.fixture
def documents(page: Page, system: System, knowledge_base: str) -> Page:
    page.goto(f"{system.api.url}/?knowledge_base={knowledge_base}#/documents")
    expect(page.locator("#documents-empty")).to_contain_text(f"Nothing is in {knowledge_base} yet.")
    return page


def file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def lists(page: Page, document: dict[str, object]) -> None:
    """The API tells of this one document from now on."""
    counts = {document["status"]: 1}
    listing = {"documents": [document], "counts": counts, "next_cursor": None}
    page.route("**/v1/documents?*", lambda route: route.fulfill(json=listing))
    page.reload()


def row(page: Page, name: str) -> Locator:
    return page.locator(".document").filter(has=page.locator(".name", has_text=name))


def test_each_upload_ends_with_its_status_and_its_reason(documents: Page) -> None:
    documents.set_input_files(
        "#files", [file("guide.md", GUIDE), file("broken.pdf", b"no pdf"), file("a.exe", b"MZ")]
    )
    expect(row(documents, "guide.md")).to_contain_text("ready")
    expect(row(documents, "guide.md")).to_contain_text("1 chunk")
    expect(row(documents, "broken.pdf").locator(".status")).to_have_text("failed")
    expect(row(documents, "broken.pdf").locator(".reason")).not_to_be_empty()
    expect(row(documents, "a.exe").locator(".status")).to_have_text("skipped")
    expect(documents.locator("#counts")).to_contain_text("3 documents1 ready1 failed1 skipped")


def test_a_failed_document_is_read_once_more_where_a_person_asks(
    documents: Page, system: System, knowledge_base: str
) -> None:
    documents.set_input_files("#files", [file("broken.pdf", b"no pdf")])
    retry = documents.get_by_role("button", name="Try broken.pdf again")
    retry.click()
    identity = document_id_of(f"{knowledge_base}/broken.pdf")
    eventually(
        lambda: system.api.document(identity)["history"],
        lambda history: [entry["status"] for entry in history] == ["failed", "failed"],
    )
    expect(retry).to_be_enabled()


def test_a_long_document_tells_how_far_it_is(documents: Page) -> None:
    halfway = LISTED | {"status": "processing", "embedded": 521, "to_embed": 1000}
    lists(documents, halfway)
    expect(row(documents, "long.pdf").locator(".status")).to_have_text("processing 52 %")
    expect(documents.get_by_role("progressbar")).to_have_attribute("value", "52")


def test_names_and_reasons_of_any_length_fit_a_phone(documents: Page) -> None:
    documents.set_viewport_size({"width": 360, "height": 740})
    failed = LISTED | {"status": "failed", "key": f"kb/{'x' * 300}.pdf", "reason": "y" * 300}
    lists(documents, failed)
    expect(documents.get_by_role("button", name="Delete")).to_be_visible()
    assert documents.evaluate("document.documentElement.scrollWidth") == 360


def test_only_those_of_one_status_are_shown_where_a_person_asks(documents: Page) -> None:
    documents.set_input_files("#files", [file("guide.md", GUIDE), file("broken.pdf", b"no pdf")])
    documents.get_by_role("button", name="1 failed").click()
    expect(documents.locator(".document")).to_have_count(1)
    expect(row(documents, "broken.pdf")).to_be_visible()
    documents.get_by_role("button", name="2 documents").click()
    expect(documents.locator(".document")).to_have_count(2)


def test_a_document_is_deleted_at_the_second_press(documents: Page) -> None:
    documents.set_input_files("#files", [file("guide.md", GUIDE)])
    delete = row(documents, "guide.md").get_by_role("button", name="Delete guide.md")
    delete.click()
    expect(row(documents, "guide.md")).to_be_visible()
    row(documents, "guide.md").get_by_role("button", name="Really delete guide.md?").click()
    expect(documents.locator(".document")).to_have_count(0)


DROP = """([name, text]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([text], name));
  const drag = (kind) => document.body.dispatchEvent(
    new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true}));
  drag("dragover");
  const shown = document.body.classList.contains("dragging");
  drag("drop");
  return shown && !document.body.classList.contains("dragging");
}"""


def test_a_file_dropped_anywhere_becomes_knowledge(documents: Page) -> None:
    documents.get_by_role("link", name="Usage").click()
    expect(documents.get_by_role("heading", name="Usage")).to_be_visible()
    assert documents.evaluate(DROP, ["guide.md", GUIDE.decode()])
    expect(row(documents, "guide.md").locator(".status")).to_have_text("ready")
