"""What a process logs, masked: nothing gets into a log that a person said.

Texts are masked, and of errors that others raised only that is kept which they do not quote.
"""

import logging
from typing import Any, override

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from footnote.domain.masking import masked, told, trace_of, unquoted

_OURS = ("footnote", "__main__")
# What no caller has a part in; numbers in it look like telephones.
_OWN_FIELDS = {"timestamp", "function_request_id", "request_id", "xray_trace_id", "location"}
_OWN_FIELDS |= {"function_arn", "question_id"}
# What a person at a command line knows, or has no use for.
_UNSAID = {"timestamp", "location", "service", "exception_name"}


class MaskingFormatter(LambdaPowertoolsFormatter):
    """Powertools' form, of masked values; traces come without values."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs | {"serialize_stacktrace": False})

    @override
    def formatException(self, ei: Any) -> str:
        return trace_of(ei[1])

    @override
    def serialize(self, log: Any) -> str:
        return super().serialize(_fields(log))


class ReadableFormatter(MaskingFormatter):
    """The same as a line for those who read it: `warning: what happened (reason: why)`."""

    @override
    def serialize(self, log: Any) -> str:
        fields = _fields(log)
        level, message = str(fields.pop("level")).lower(), fields.pop("message")
        trace = fields.pop("exception", None)
        more = ", ".join(f"{name}: {said}" for name, said in fields.items() if name not in _UNSAID)
        line = f"{level}: {message}" + (f" ({more})" if more else "")
        return f"{line}\n{trace}" if trace else line


def _fields(log: dict[str, Any]) -> dict[str, Any]:
    log.pop("exception_notes", None)
    return {name: value if name in _OWN_FIELDS else _masked(value) for name, value in log.items()}


def _masked(value: Any) -> Any:
    match value:
        case str():
            return masked(value)
        case dict():
            return {_masked(name): _masked(one) for name, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_masked(one) for one in value]
        case BaseException():
            return told(value)
        case _:
            return value


def guard_logs() -> None:
    """Mask what any library logs in this process, wherever that is written to."""
    # Its switch for debugging has it print requests and paths.
    logging.getLogger("aws_lambda_powertools").setLevel(logging.INFO)
    made = logging.getLogRecordFactory()
    if getattr(made, "masks", False):
        return

    def masking(*arguments: Any, **more: Any) -> logging.LogRecord:
        record = made(*arguments, **more)
        if isinstance(record.msg, str):
            clean = masked if record.name.startswith(_OURS) else unquoted
            record.msg, record.args = clean(record.getMessage()), ()
        if record.exc_info and record.exc_info[1]:
            record.exc_text = trace_of(record.exc_info[1])
        return record

    masking.masks = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(masking)
