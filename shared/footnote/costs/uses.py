"""What a deployment uses in a month: measured work, counted resources, stated assumptions."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import ceil

from footnote.costs.assumptions import Assumptions
from footnote.costs.aurora import aurora_uses
from footnote.costs.bill import Use
from footnote.costs.deployment import (
    ALARM_METRICS,
    API_MB,
    IDLE_METRICS,
    INGEST_MB,
    INTAKE_MB,
    INTERFACE_ENDPOINTS,
    METRICS,
    RECONCILE_MB,
    WAF_RULES,
    Deployment,
    Egress,
)
from footnote.costs.measured import Measured
from footnote.costs.traffic import DAYS_A_MONTH, HOURS_A_MONTH, Traffic

_GB = 1e9
# What a document that changed causes: its upload, its tags; itself and its sidecar, looked at.
_PUTS, _GETS = 2, 3
# Its notification and its message of work are each sent, received and deleted.
_MESSAGES, _FAIR_MESSAGES = 6, 3
_S3_CALLS = 4
_KEYS_A_PAGE = 1000
# Old versions are kept for 90 days.
_MONTHS_OF_VERSIONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a month is worked out from."""

    traffic: Traffic
    deployment: Deployment
    measured: Measured
    assumptions: Assumptions = field(default_factory=Assumptions)


def uses_of(basis: Basis) -> list[Use]:
    """Everything that is charged in one month."""
    parts = (_questions, _documents, _standing, _watching, _network, _database, _models)
    return [use for part in parts for use in part(basis)]


def first_reading(basis: Basis) -> list[Use]:
    """What reading every document for the first time uses, once."""
    every = replace(basis.traffic, changed_a_month=basis.traffic.documents, questions_a_day=0)
    return list(_documents(replace(basis, traffic=every)))


def question_s(basis: Basis) -> float:
    """Seconds that a function is charged for one question."""
    measured, assumed = basis.measured, basis.assumptions
    warm_ms = measured.question.processor_ms + measured.question.database_ms
    start_ms = max(0.0, measured.start.processor_ms - measured.question.processor_ms)
    waiting = basis.traffic.by_model * assumed.model_s.value
    return (warm_ms + assumed.cold_share.value * start_ms) / 1e3 + waiting


def document_s(basis: Basis) -> float:
    """Seconds that a function is charged for one document."""
    document = basis.measured.document
    calls = _S3_CALLS * basis.assumptions.s3_call_s.value
    return (document.processor_ms + document.database_ms) / 1e3 + calls


def _questions(basis: Basis) -> Iterator[Use]:
    asked, question = basis.traffic.questions, basis.measured.question
    part = "questions"
    seconds = asked * question_s(basis) * API_MB / 1024
    yield Use(part=part, item="api: time", quantity=seconds, price="lambda_gb_second")
    yield Use(part=part, item="api: invocations", quantity=asked, price="lambda_request")
    yield Use(part=part, item="API Gateway: requests", quantity=asked, price="api_request")
    out = asked * question.reply_bytes / _GB
    yield Use(part=part, item="replies: transfer out", quantity=out, price="transfer_out_gb")
    starts = asked * basis.assumptions.cold_share.value * _secrets(basis)
    yield Use(part=part, item="secrets: reads", quantity=starts, price="secret_request")
    if basis.deployment.waf:
        yield Use(part=part, item="WAF: requests", quantity=asked, price="waf_request")


def _documents(basis: Basis) -> Iterator[Use]:
    changed, document = basis.traffic.changed_a_month, basis.measured.document
    part = "documents"
    seconds = changed * document_s(basis) * INGEST_MB / 1024
    seconds += changed * document.intake_ms / 1e3 * INTAKE_MB / 1024
    yield Use(part=part, item="ingest, intake: time", quantity=seconds, price="lambda_gb_second")
    invoked = 2 * changed
    yield Use(
        part=part, item="ingest, intake: invocations", quantity=invoked, price="lambda_request"
    )
    yield Use(part=part, item="SQS: requests", quantity=_MESSAGES * changed, price="sqs_request")
    fair = _FAIR_MESSAGES * changed
    yield Use(part=part, item="SQS: fair queue", quantity=fair, price="sqs_fair_request")
    yield Use(part=part, item="S3: writes", quantity=_PUTS * changed, price="s3_put")
    yield Use(part=part, item="S3: reads", quantity=_GETS * changed, price="s3_get")


def _standing(basis: Basis) -> Iterator[Use]:
    """What is charged while nobody asks and nothing changes."""
    traffic, assumed = basis.traffic, basis.assumptions
    part = "standing"
    runs = basis.deployment.reconcile_a_day * DAYS_A_MONTH
    seconds = assumed.reconcile_s.value * (1 + traffic.documents / 10_000)
    reconcile = runs * seconds * RECONCILE_MB / 1024
    yield Use(part=part, item="reconcile: time", quantity=reconcile, price="lambda_gb_second")
    yield Use(part=part, item="reconcile: invocations", quantity=runs, price="lambda_request")
    lists = runs * ceil(traffic.documents / _KEYS_A_PAGE)
    yield Use(part=part, item="S3: lists of reconcile", quantity=lists, price="s3_put")
    held = traffic.documents + _MONTHS_OF_VERSIONS * traffic.changed_a_month
    stored = held * basis.measured.document.bytes / _GB
    yield Use(part=part, item="S3: documents, old versions", quantity=stored, price="s3_gb_month")
    polls = assumed.empty_receives_a_minute.value * 60 * HOURS_A_MONTH
    yield Use(part=part, item="SQS: empty receives", quantity=polls, price="sqs_request")
    yield Use(part=part, item="secrets", quantity=_secrets(basis), price="secret_month")
    if basis.deployment.waf:
        yield Use(part=part, item="WAF", quantity=1, price="waf_acl_month")
        yield Use(part=part, item="WAF: rules", quantity=WAF_RULES, price="waf_rule_month")
    if basis.deployment.kms:
        yield Use(part=part, item="KMS key", quantity=1, price="kms_key_month")


def _watching(basis: Basis) -> Iterator[Use]:
    traffic, measured = basis.traffic, basis.measured
    part = "watching"
    logged = traffic.questions * measured.question.log_bytes
    logged += traffic.changed_a_month * measured.document.log_bytes
    yield Use(part=part, item="logs", quantity=logged / _GB, price="log_gb")
    metrics = METRICS if traffic.questions or traffic.changed_a_month else IDLE_METRICS
    yield Use(part=part, item="metrics", quantity=metrics, price="metric_month")
    yield Use(part=part, item="dashboard", quantity=1, price="dashboard_month")
    if basis.deployment.alarms:
        yield Use(part=part, item="alarms", quantity=ALARM_METRICS, price="alarm_metric_month")


def _network(basis: Basis) -> Iterator[Use]:
    if not basis.deployment.has_aurora:
        return
    part, egress = "network", basis.deployment.egress
    endpoints = INTERFACE_ENDPOINTS + (egress is Egress.BEDROCK)
    hours = endpoints * HOURS_A_MONTH
    yield Use(
        part=part, item="interface endpoints", quantity=hours, price="interface_endpoint_hour"
    )
    words = basis.traffic.questions * basis.traffic.by_model * 4 * _tokens(basis) / _GB
    if egress is Egress.BEDROCK:
        yield Use(part=part, item="endpoint: data", quantity=words, price="interface_endpoint_gb")
    if egress is Egress.NAT:
        yield Use(part=part, item="NAT gateway", quantity=HOURS_A_MONTH, price="nat_hour")
        yield Use(part=part, item="its address", quantity=HOURS_A_MONTH, price="ipv4_hour")
        yield Use(part=part, item="NAT gateway: data", quantity=words, price="nat_gb")


def _database(basis: Basis) -> Iterator[Use]:
    if basis.deployment.has_aurora:
        yield from aurora_uses(basis.traffic, basis.deployment, basis.measured, basis.assumptions)


def _models(basis: Basis) -> Iterator[Use]:
    answers = basis.traffic.questions * basis.traffic.by_model
    read, written = answers * _read(basis), answers * basis.traffic.output_tokens
    yield Use(part="model", item="tokens read", quantity=read, price="input_token")
    yield Use(part="model", item="tokens written", quantity=written, price="output_token")


def _read(basis: Basis) -> float:
    known = basis.traffic.input_tokens
    return basis.measured.question.input_tokens if known is None else known


def _tokens(basis: Basis) -> float:
    return _read(basis) + basis.traffic.output_tokens


def _secrets(basis: Basis) -> int:
    """The database's, and the model's key."""
    return 1 + (basis.traffic.by_model > 0)
