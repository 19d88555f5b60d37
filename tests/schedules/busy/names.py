"""A resolver that knows the names of a test."""

import socket
from collections.abc import Mapping
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult


class Names(AbstractResolver):
    """Knows `calendar.example`, and what else it is told."""

    def __init__(self, calendar: str, others: Mapping[str, list[str]] | None = None) -> None:
        self._known = {"calendar.example": [calendar], **(others or {})}

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:  # noqa: ANN401  aiohttp's
        del family
        if host not in self._known:
            raise OSError(f"{host} is unknown")
        return [_result(host, port, each) for each in self._known[host]]

    async def close(self) -> None:
        """Nothing to close."""


def _result(host: str, port: int, address: str) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)
