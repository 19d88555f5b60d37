"""The connection test."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ConnectionPage:
    """Where the browser code tries each way; ``data`` is what it starts from, as JSON."""

    template: ClassVar[str] = "connection.html"

    data: Mapping[str, object]
