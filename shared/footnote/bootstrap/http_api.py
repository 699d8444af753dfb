"""The HTTP API as a whole, and who may come in."""

import os
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from footnote.bootstrap.getting_better import golden_ports
from footnote.bootstrap.model_endpoints import index_form
from footnote.bootstrap.process import (
    database,
    notifications,
    objects,
    settings,
    version_of_package,
)
from footnote.bootstrap.questions_out import (
    access_keys,
    ask_ports,
    classify_ports,
    knowledge_bases,
    recall,
    retention,
    spending,
    usage,
)
from footnote.domain.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnote.access.door import Door
    from footnote.client import ApiClient
    from footnote.domain.model import Model
    from footnote.http.ports import ApiPorts
    from footnote.http.question_ports import HealthPorts, QuestionPorts


def new_secret_key(name: str) -> str:
    """Make a key that does everything; its text is told this once."""
    from footnote.domain.access import KeyKind, NewKey

    return access_keys().add(NewKey(kind=KeyKind.SECRET, name=name))


@cache
def api_ports() -> "ApiPorts":
    """What the HTTP API needs."""
    from footnote.http.ports import ApiPorts
    from footnote.postgres.documents import PostgresDocuments
    from footnote.postgres.feedback import PostgresFeedback
    from footnote.postgres.labels import PostgresLabels
    from footnote.postgres.unanswered import PostgresUnanswered

    return ApiPorts(
        door=door(),
        ask=ask_ports(),
        documents=PostgresDocuments(database()),
        feedback=PostgresFeedback(database(), alike=settings().unanswered_alike),
        classify=classify_ports(),
        keys=access_keys(),
        usage=usage(),
        budgets=spending().budgets,
        knowledge_bases=knowledge_bases(),
        recall=recall().report,
        unanswered=PostgresUnanswered(database()),
        golden=golden_ports(),
        labels=PostgresLabels(database()),
        retention=retention(),
        conversation_turns=settings().conversation_turns,
        uploads=objects(),
        bucket=settings().bucket,
        # SQS' client is made at the first one: few requests ever need it.
        notify=lambda body: notifications().send([body]),
        database_is_up=database().ping,
        embedding_model=index_form().model,
        max_question_chars=settings().max_question_chars,
        question_timeout_s=settings().question_timeout_s,
        version=version_of_package(),
    )


def inner_api(context: object) -> "ApiClient":
    """A client of the whole API in this process, for the canary, which has no key."""
    return _in_process(api_ports(), context)


def arm_client(steps: "Sequence[Model]") -> "ApiClient":
    """A client of the API in this process, for which these models answer, one after the other.

    No answer is taken from an earlier question, and no question is gathered or kept in words.
    """
    from footnote.arm_models import OneRoute
    from footnote.generation.recent_models import RecentModels
    from footnote.http.in_process import Unhurried
    from footnote.postgres.ledger import PostgresLedger

    quiet = PostgresLedger(database(), keeps_words=False, gathers=False)
    models = RecentModels(OneRoute(steps), None)
    ask = replace(
        ask_ports(), models=models, ledger=quiet, answers=None, conversations=None, classify=None
    )
    return _in_process(replace(api_ports(), ask=ask), Unhurried())


def _in_process(ports: "ApiPorts", context: object) -> "ApiClient":
    """A client of an API in this process that lets everybody in."""
    from footnote.access.door import Door
    from footnote.client import ApiClient
    from footnote.http.api import build_api
    from footnote.http.in_process import ADDRESS, InProcess

    return ApiClient(ADDRESS, InProcess(build_api(replace(ports, door=Door(None))), context))


@cache
def door() -> "Door":
    """Who is let in.

    Raises:
        SettingsError: a deployment is to stand open, which is for one's own machine only.
    """
    from footnote.access.door import Door

    if not settings().keyless:
        return Door(access_keys())
    # Lambda sets the first one itself, `sam local` both.
    if "AWS_LAMBDA_RUNTIME_API" in os.environ and "AWS_SAM_LOCAL" not in os.environ:
        message = "FOOTNOTE_KEYLESS is for one's own machine; a deployment lets in who has a key"
        raise SettingsError(message)
    return Door(None)


@cache
def health_ports() -> "HealthPorts":
    """What answering questions needs, and telling whether that can be done."""
    from footnote.http.question_ports import HealthPorts

    return HealthPorts(
        door=door(),
        ask=ask_ports(),
        max_question_chars=settings().max_question_chars,
        question_timeout_s=settings().question_timeout_s,
        database_is_up=database().ping,
        embedding_model=index_form().model,
        version=version_of_package(),
    )


@cache
def question_ports() -> "QuestionPorts":
    """What answering over a stream needs."""
    from footnote.http.question_ports import QuestionPorts

    return QuestionPorts(
        door=door(),
        ask=ask_ports(),
        max_question_chars=settings().max_question_chars,
        question_timeout_s=settings().question_timeout_s,
    )
