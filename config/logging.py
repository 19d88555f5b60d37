"""Logging set-up: one event a line, JSON where no person is watching, ids as fields, no tokens."""

import json
import logging
import logging.config
import re
import sys
from datetime import UTC, datetime
from typing import Any

STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
SECRET = re.compile(r"(/(?:join|sign-in|cal|fb)/|[Bb]earer )[\w.~+-]{8,}")


class JsonFormatter(logging.Formatter):
    """One JSON object a line; what is passed as ``extra`` becomes fields."""

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
        }
        event.update({key: value for key, value in vars(record).items() if key not in STANDARD})
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        return json.dumps(event, default=str, ensure_ascii=False)


class Redacted(logging.Formatter):
    """Takes personal links and bearer tokens out of the finished line: out of fields and traces, too."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return SECRET.sub(r"\1***", self._inner.format(record))


def configure(level: str = "INFO", *, as_json: bool | None = None) -> None:
    """Send all logs to stderr; as JSON unless stderr is a terminal."""
    handler = logging.StreamHandler(sys.stderr)
    plain = logging.Formatter("%(asctime)s %(levelname)-7s %(name)s %(message)s")
    handler.setFormatter(Redacted(JsonFormatter() if as_json or not sys.stderr.isatty() else plain))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("aiortc", "aioice", "apscheduler", "alembic.runtime.plugins", "aiohttp.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
