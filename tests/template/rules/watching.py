"""Rules about alarms and dashboard: they show what the code emits, and each has a runbook."""

import json
import re
from collections.abc import Iterator
from typing import Any

from footnote.observability import EVERY, NAMESPACE
from tests.template.rules.stack import Stack, caught_by, choices, rule
from tests.template.sam_template import ROOT

ALARM, DASHBOARD = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"
EMITTED = {metric.name: metric for metric in EVERY}
SERVICE = [{"Name": "service", "Value": {"Ref": "AWS::StackName"}}]
# What issue and alarm are about, and a metric that each looks at.
WATCHED = {
    *("ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible", "Errors", "5XXError"),
    *("QuestionTime", "Declined", "Unanswered", "CostUsd", "IndexAge", "DeletionsBraked"),
    *("ModelDaysLeft", "CanaryFailed", "PutToAnswerable", "DeleteToGone"),
}
RUNBOOK = re.compile(r"docs/operations\.md#([a-z0-9-]+)$")


def anchors() -> set[str]:
    text = (ROOT / "docs/operations.md").read_text()
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^a-z0-9 -]", "", one.lower()).replace(" ", "-") for one in headings}


def looked_at(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """The metrics of an alarm, whichever of the two forms it has."""
    if "MetricName" in alarm:
        return [alarm]
    return [one["MetricStat"]["Metric"] for one in alarm["Metrics"] if "MetricStat" in one]


def widgets(stack: Stack) -> list[dict[str, Any]]:
    [(_, dashboard)] = stack.of(DASHBOARD)
    text = dashboard["DashboardBody"]["Fn::Sub"][0]
    return list(json.loads(text)["widgets"])


def shown(stack: Stack) -> Iterator[list[Any]]:
    """The metrics of the dashboard, with CloudWatch's short forms written out."""
    for widget in widgets(stack):
        before: list[Any] = []
        for short in widget["properties"]["metrics"]:
            named = [one for one in short if not isinstance(one, dict)]
            if named and named[0] == "...":
                named = before[: len(before) - len(named) + 1] + named[1:]
            before = [before[i] if one == "." else one for i, one in enumerate(named)]
            yield before


@rule
def alarms_look_at_metrics_that_the_code_emits(stack: Stack) -> Iterator[str]:
    for name, alarm in stack.of(ALARM):
        for metric in looked_at(alarm):
            if metric["Namespace"] != NAMESPACE:
                continue
            emitted = EMITTED.get(metric["MetricName"])
            if emitted is None or metric.get("Dimensions") != SERVICE or emitted.by:
                yield f"{name} looks at {metric['MetricName']}, which nobody emits like that"


@rule
def the_dashboard_shows_metrics_that_the_code_emits(stack: Stack) -> Iterator[str]:
    seen = set()
    for metric in shown(stack):
        if metric[0] == NAMESPACE:
            seen.add(metric[1])
            emitted = EMITTED.get(metric[1])
            if emitted is None or metric[2:] != ["service", "${AWS::StackName}"] or emitted.by:
                yield f"the dashboard shows {metric}, which nobody emits like that"
    hidden = {name for name, one in EMITTED.items() if not one.by} - seen - {"QuestionsForgotten"}
    yield from (f"the dashboard does not show {name}" for name in sorted(hidden))


@rule
def everything_that_matters_has_an_alarm(stack: Stack) -> Iterator[str]:
    names = {metric["MetricName"] for _, alarm in stack.of(ALARM) for metric in looked_at(alarm)}
    yield from (f"nobody hears of {name}" for name in sorted(WATCHED - names))


@rule
def errors_of_every_function_are_heard(stack: Stack) -> Iterator[str]:
    heard = {
        stack.target(value)
        for metric in looked_at(stack["FunctionErrorsAlarm"])
        for dimension in metric["Dimensions"]
        for value in choices(dimension["Value"])
    }
    for name, _ in stack.of("AWS::Lambda::Function"):
        # A failed migration fails the deployment, and the canary counts its own.
        if name not in heard | {"MigrateFunction", "CanaryFunction"}:
            yield f"nobody hears of errors of {name}"


@rule
def every_alarm_tells_somebody_what_to_do(stack: Stack) -> Iterator[str]:
    known = anchors()
    for name, alarm in stack.of(ALARM):
        if [{"Ref": "AlarmTopic"}] not in choices(alarm.get("AlarmActions", {})):
            yield f"{name} tells nobody"
        found = RUNBOOK.search(alarm.get("AlarmDescription", ""))
        if not found or found[1] not in known:
            yield f"{name} has no runbook"


@rule
def alarms_say_what_silence_means(stack: Stack) -> Iterator[str]:
    for name, alarm in stack.of(ALARM):
        silence = "breaching" if name == "CanaryAlarm" else "notBreaching"
        if alarm.get("TreatMissingData") != silence:
            yield f"{name} takes silence for {alarm.get('TreatMissingData')}"


@rule
def somebody_has_to_turn_alarms_off(stack: Stack) -> Iterator[str]:
    if stack.parameter("Alarms")["Default"] != "on":
        yield "a stack has no alarms unless somebody asks for them"
    for name, _ in stack.of(ALARM):
        if stack.resource(name).get("Condition") not in {"HasAlarms", "HasCanaryAlarms"}:
            yield f"{name} hangs on something else"


@rule
def every_queue_is_watched(stack: Stack) -> Iterator[str]:
    watched = {
        stack.target(dimension["Value"])
        for _, alarm in stack.of(ALARM)
        for metric in looked_at(alarm)
        for dimension in metric.get("Dimensions", [])
        if dimension["Name"] == "QueueName"
    }
    yield from (
        f"nobody watches {name}" for name, _ in stack.of("AWS::SQS::Queue") if name not in watched
    )


@caught_by(alarms_look_at_metrics_that_the_code_emits)
def an_alarm_of_a_metric_of_yesterday(stack: Stack) -> None:
    stack["SpendAlarm"]["MetricName"] = "SpentUsd"


@caught_by(alarms_look_at_metrics_that_the_code_emits)
def an_alarm_without_the_service(stack: Stack) -> None:
    stack["QuestionTimeAlarm"]["Dimensions"] = []


@caught_by(the_dashboard_shows_metrics_that_the_code_emits)
def a_misspelt_metric_on_the_dashboard(stack: Stack) -> None:
    body = stack["Dashboard"]["DashboardBody"]["Fn::Sub"]
    body[0] = body[0].replace("DocumentsFailed", "FailedDocuments")


@caught_by(everything_that_matters_has_an_alarm)
def nobody_counts_the_money(stack: Stack) -> None:
    del stack.template["Resources"]["SpendAlarm"]


@caught_by(everything_that_matters_has_an_alarm)
def nobody_looks_at_dead_letters(stack: Stack) -> None:
    del stack.template["Resources"]["DeadLettersAlarm"]


@caught_by(errors_of_every_function_are_heard)
def errors_of_ingest_are_not_heard(stack: Stack) -> None:
    listed = stack["FunctionErrorsAlarm"]["Metrics"]
    listed[:] = [one for one in listed if one["Id"] != "ingest"]


@caught_by(every_alarm_tells_somebody_what_to_do)
def an_alarm_rings_in_an_empty_room(stack: Stack) -> None:
    del stack["QueueAgeAlarm"]["AlarmActions"]


@caught_by(every_alarm_tells_somebody_what_to_do)
def a_runbook_that_is_not_written(stack: Stack) -> None:
    stack["ApiErrorsAlarm"]["AlarmDescription"] = "Errors. docs/operations.md#alarm-nobody-wrote"


@caught_by(alarms_say_what_silence_means)
def a_silent_canary_is_good_news(stack: Stack) -> None:
    stack["CanaryAlarm"]["TreatMissingData"] = "notBreaching"


@caught_by(alarms_say_what_silence_means)
def a_quiet_night_is_an_alarm(stack: Stack) -> None:
    stack["QuestionTimeAlarm"]["TreatMissingData"] = "breaching"


@caught_by(somebody_has_to_turn_alarms_off)
def alarms_are_off_by_default(stack: Stack) -> None:
    stack.parameter("Alarms")["Default"] = "off"


@caught_by(somebody_has_to_turn_alarms_off)
def dead_letters_ring_with_a_nat_gateway_only(stack: Stack) -> None:
    stack.resource("DeadLettersAlarm")["Condition"] = "HasNat"


@caught_by(every_queue_is_watched)
def the_second_queue_is_not_watched(stack: Stack) -> None:
    for metric in looked_at(stack["QueueAgeAlarm"]):
        metric["Dimensions"][0]["Value"] = {"Fn::GetAtt": ["WorkQueue", "QueueName"]}
