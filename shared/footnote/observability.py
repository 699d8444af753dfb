"""Structured logs: one JSON object a line, with the request's id."""

from aws_lambda_powertools import Logger

logger = Logger(service="footnote", log_uncaught_exceptions=True)
