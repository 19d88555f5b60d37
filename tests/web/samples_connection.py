"""The connection test, before it has tried anything."""

from collections.abc import Iterator

from tests.web.samples import Sample
from vclass.web.pages.contexts import ConnectionPage


def connection() -> Iterator[tuple[str, Sample]]:
    data = {
        "socket_path": "/live/test/ws",
        "probe_path": "/connection/probe",
        "host": "vclass.example",
        "udp_port": 8443,
        "has_relay": True,
        "relays": [],
    }
    yield "connection", Sample(ConnectionPage(data))
