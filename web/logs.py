"""Logs are events with fields, never sentences, and never a person's words, names or numbers."""

import logging
import sys

import structlog
from typing_extensions import override


class NamesOnly(logging.Formatter):
    """Of what a library logs, its level, its name and the kind of error: a message or a trace may
    quote what was sent.
    """

    @override
    def format(self, record: logging.LogRecord) -> str:
        kind = record.exc_info[0] if record.exc_info else None
        return f"{record.levelname} {record.name} {kind.__name__ if kind else ''}".rstrip()


def set_up_logs() -> None:
    """One JSON line an event on standard error. Libraries are quiet below warnings."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(NamesOnly())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
