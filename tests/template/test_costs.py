"""What bills are made from is what the template deploys."""

from typing import Any

import pytest

from footnote.costs import deployment
from footnote.costs.measured import read_measured
from footnote.observability import CANARY_FAILED, DELETE_TO_GONE, EVERY, PUT_TO_ANSWERABLE
from tests.template.sam_template import resource, template

pytestmark = pytest.mark.template
RESOURCES: dict[str, dict[str, Any]] = template()["Resources"]
OF_THE_CANARY = (CANARY_FAILED, PUT_TO_ANSWERABLE, DELETE_TO_GONE)


def alarms() -> list[dict[str, Any]]:
    """Those that are there without a canary."""
    found = (one for one in RESOURCES.values() if one["Type"] == "AWS::CloudWatch::Alarm")
    return [one["Properties"] for one in found if one["Condition"] == "HasAlarms"]


def test_memory_is_the_templates() -> None:
    told = {
        "ApiFunction": deployment.API_MB,
        "StreamFunction": deployment.API_MB,
        "IngestFunction": deployment.INGEST_MB,
        "IntakeFunction": deployment.INTAKE_MB,
        "ReconcileFunction": deployment.RECONCILE_MB,
    }
    assert {name: resource(name)["MemorySize"] for name in told} == told


def test_what_was_measured_fits_into_the_memory_that_is_charged() -> None:
    held = read_measured().memory
    assert held.api_mb < deployment.API_MB
    assert held.intake_mb < deployment.INTAKE_MB
    assert held.ingest_mb < deployment.INGEST_MB


def test_every_metric_of_an_alarm_is_counted() -> None:
    metrics = [
        sum("MetricStat" in one for one in alarm.get("Metrics", [])) or 1 for alarm in alarms()
    ]
    assert sum(metrics) == deployment.ALARM_METRICS


def test_endpoints_and_rules_are_the_templates() -> None:
    interfaces = [
        one
        for one in RESOURCES.values()
        if one["Type"] == "AWS::EC2::VPCEndpoint"
        and one["Properties"].get("VpcEndpointType") == "Interface"
        and one["Condition"] == "HasAurora"
    ]
    assert len(interfaces) == deployment.INTERFACE_ENDPOINTS
    # Each is in one zone.
    assert [len(one["Properties"]["SubnetIds"]) for one in interfaces] == [1] * len(interfaces)
    assert len(resource("Firewall")["Rules"]) == deployment.WAF_RULES


def test_metrics_are_those_that_the_code_writes() -> None:
    standing = [one for one in EVERY if not one.by and one not in OF_THE_CANARY]
    assert len(standing) == deployment.METRICS


def test_the_parameters_begin_as_the_templates_do() -> None:
    parameters = template()["Parameters"]
    begun = deployment.Deployment(database=deployment.DatabaseKind.AURORA)
    assert begun.least_acu == parameters["AuroraMinCapacity"]["Default"]
    assert begun.most_acu == parameters["AuroraMaxCapacity"]["Default"]
    assert begun.pause_s == parameters["AuroraPauseSeconds"]["Default"]
    assert parameters["ReconcileSchedule"]["Default"] == "rate(1 hour)"
    assert begun.reconcile_a_day == 24
    kinds = set(deployment.DatabaseKind)
    assert kinds == set(parameters["Database"]["AllowedValues"])
    assert set(deployment.Egress) == set(parameters["Egress"]["AllowedValues"])
