"""Structured logs: one JSON object a line, with the request's id; metrics are such lines too."""

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric

logger = Logger(service="footnote", log_uncaught_exceptions=True)


def measure(name: str, value: float, unit: str, **dimensions: str) -> None:
    """Write one value of a metric, as CloudWatch reads it out of a log (embedded metric format)."""
    with single_metric(
        name=name, unit=MetricUnit(unit), value=value, namespace="Footnote"
    ) as metric:
        for dimension, of in dimensions.items():
            metric.add_dimension(name=dimension, value=of)
