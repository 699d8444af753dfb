"""Answers whose markers become annotations and spans."""

from datetime import UTC, datetime

from footnote.domain.answer import AnswerStatus, CitationStatus
from footnote.http.bedrock.replies import Shelf, generated
from footnote.http.citing import markers_in
from footnote.http.contracts import AskReply, CitationReply, UsageReply

ANSWER = "Backups [9] are kept. [1] [2]\n\n- They are encrypted. [2]\n- Really."


def citation(marker: int) -> CitationReply:
    return CitationReply(
        marker=marker,
        status=CitationStatus.VERIFIED,
        document_id="help.0",
        key="help/a.md",
        version_id=None,
        title="a.md",
        url=None,
        page=None,
        heading_path=[],
        quote=f"quote {marker}",
        start=0,
        end=7,
        field=None,
    )


def reply() -> AskReply:
    return AskReply(
        question_id="q",
        conversation_id="c",
        question="?",
        status=AnswerStatus.ANSWERED,
        answer=ANSWER,
        citations=[citation(1), citation(2)],
        in_corpus=1,
        removed=[],
        truncated=False,
        model="m",
        checkpoint=None,
        fallback=None,
        cached=False,
        degraded=None,
        usage=UsageReply(input_tokens=0, output_tokens=0),
        cost_usd=None,
        index_as_of=datetime.now(UTC),
        timings_ms={},
    )


def test_brackets_that_are_no_citation_are_text() -> None:
    assert [found.numbers for found in markers_in(ANSWER, {1, 2})] == [(1, 2), (2,)]


def test_bedrocks_answer_is_without_markers_and_its_spans_are_what_they_stood_behind() -> None:
    told = generated(reply(), Shelf(bucket="b", attributes={}))
    text = told["output"]["text"]
    assert text == "Backups [9] are kept.\n\n- They are encrypted.\n- Really."
    parts = [one["generatedResponsePart"]["textResponsePart"] for one in told["citations"]]
    assert [part["text"] for part in parts] == ["Backups [9] are kept.", "- They are encrypted."]
    for part in parts:
        assert text[part["span"]["start"] : part["span"]["end"]] == part["text"]
    sources = [
        [source["content"]["text"] for source in one["retrievedReferences"]]
        for one in told["citations"]
    ]
    assert sources == [["quote 1", "quote 2"], ["quote 2"]]


def test_a_sidecar_cannot_say_where_its_document_lies() -> None:
    forged = {"help.0": {"x-amz-bedrock-kb-source-uri": "s3://evil/x", "owner": "ops"}}
    told = Shelf(bucket="b", attributes=forged).metadata(citation(1))
    assert told["x-amz-bedrock-kb-source-uri"] == "s3://b/help/a.md"
    assert told["owner"] == "ops"
