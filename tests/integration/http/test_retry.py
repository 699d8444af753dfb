"""`POST /v1/documents/{id}/retry`: a document that failed is read once more."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from footnote.access.door import Door
from footnote.domain.document import document_id_of
from footnote.http.api import build_api
from footnote.http.ports import ApiPorts
from footnote.inbox.notifications import read_notification
from footnote.postgres.access_keys import PostgresAccessKeys
from footnote.postgres.connection import Database
from footnote.postgres.documents import PostgresDocuments
from footnote.postgres.feedback import PostgresFeedback
from footnote.postgres.knowledge_bases import PostgresKnowledgeBases
from footnote.postgres.labels import PostgresLabels
from footnote.postgres.recall import PostgresRecall
from footnote.postgres.retention import PostgresRetention
from footnote.postgres.spending import PostgresSpending
from footnote.postgres.unanswered import PostgresUnanswered
from footnote.postgres.usage import PostgresUsage
from tests.asking import classify_ports, golden_ports
from tests.rows import add_document

if TYPE_CHECKING:
    from footnote.ask_ports import AskPorts
    from footnote.http.ports import Uploads as BucketUploads

pytestmark = pytest.mark.integration
EVENT = json.loads((Path(__file__).parents[3] / "events/api-ask.json").read_text())
KEY = "help/100% +文.md"


class Context:
    aws_request_id = "r"


class Uploads:
    """A bucket that holds these versions."""

    def __init__(self) -> None:
        self.versions: dict[str, str] = {}

    def current_version(self, key: str) -> str | None:
        return self.versions.get(key)

    def delete(self, key: str) -> None:
        self.versions.pop(key, None)


class Api:
    """The API, with a queue that remembers."""

    def __init__(self, database: Database) -> None:
        self.sent: list[str] = []
        self.uploads = Uploads()
        self._ports = ApiPorts(
            door=Door(None),
            ask=cast("AskPorts", None),
            documents=PostgresDocuments(database),
            feedback=PostgresFeedback(database),
            classify=classify_ports(database),
            keys=PostgresAccessKeys(database),
            usage=PostgresUsage(database),
            budgets=PostgresSpending(database, None).budgets,
            knowledge_bases=PostgresKnowledgeBases(database),
            recall=PostgresRecall(database).report,
            unanswered=PostgresUnanswered(database),
            golden=golden_ports(database),
            labels=PostgresLabels(database),
            retention=PostgresRetention(database),
            conversation_turns=10,
            uploads=cast("BucketUploads", self.uploads),
            bucket="documents",
            notify=self.sent.append,
            database_is_up=database.ping,
            embedding_model="m",
            max_question_chars=200,
            question_timeout_s=5,
            version="test",
        )

    def retry(self, document_id: str) -> tuple[int, dict[str, Any]]:
        return self._request("POST", f"/v1/documents/{document_id}/retry")

    def delete(self, document_id: str) -> tuple[int, dict[str, Any]]:
        return self._request("DELETE", f"/v1/documents/{document_id}")

    def _request(self, method: str, path: str) -> tuple[int, dict[str, Any]]:
        event = EVENT | {"httpMethod": method, "path": path, "body": None}
        reply = build_api(self._ports).resolve(event, Context())  # type: ignore[arg-type]
        return reply["statusCode"], json.loads(reply["body"])


@pytest.fixture
def api(database: Database) -> Api:
    return Api(database)


@pytest.mark.parametrize("status", ["failed", "skipped", "ready"])
def test_a_finished_document_is_sent_again_as_if_just_uploaded(
    api: Api, database: Database, status: str
) -> None:
    add_document(database, KEY, status, version_id="v1")
    code, reply = api.retry(document_id_of(KEY))
    assert (code, reply["status"]) == (202, status)
    [(event,)] = map(read_notification, api.sent)
    assert (event.version.key, event.version.bucket) == (KEY, "documents")
    assert event.version.sequencer == ""  # so that it counts, although nothing changed
    assert not event.removed


@pytest.mark.parametrize(
    ("status", "advice"),
    [("pending", "wait"), ("processing", "wait"), ("deleted", "upload it again")],
)
def test_what_is_being_worked_on_or_deleted_is_refused_with_advice(
    api: Api, database: Database, status: str, advice: str
) -> None:
    add_document(database, KEY, status, version_id="v1")
    code, reply = api.retry(document_id_of(KEY))
    assert code == 422
    assert advice in reply["error"]["message"]
    assert api.sent == []


@pytest.mark.parametrize(("held", "code"), [({}, 422), ({KEY: "v2"}, 202)])
def test_what_was_imported_is_read_again_only_where_its_file_is_there(
    api: Api, database: Database, held: dict[str, str], code: int
) -> None:
    add_document(database, KEY, version_id="v1")
    with database.transaction() as connection:
        connection.execute("update document set imported_at = now()")
    api.uploads.versions = held
    assert api.retry(document_id_of(KEY))[0] == code
    assert len(api.sent) == len(held)


@pytest.mark.parametrize("imported", [True, False])
def test_the_deletion_of_what_was_imported_is_told_where_the_bucket_need_not_tell(
    api: Api, database: Database, *, imported: bool
) -> None:
    add_document(database, KEY, version_id="v1")
    with database.transaction() as connection:
        connection.execute(
            "update document set imported_at = case when %s then now() end", [imported]
        )
    assert api.delete(document_id_of(KEY))[0] == 200
    told = [event for body in api.sent for event in read_notification(body)]
    assert [(event.version.key, event.removed) for event in told] == [(KEY, True)] * imported


def test_a_document_that_nobody_knows_is_not_found(api: Api) -> None:
    code, reply = api.retry(document_id_of(KEY))
    assert (code, reply["error"]["code"], api.sent) == (404, "not_found", [])
