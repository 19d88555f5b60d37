"""What the pages find in the application, apart from what every feature uses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from signaling import Live
from vclass.admission import Admission

ADMISSION = web.AppKey("admission", Admission)
LIVE = web.AppKey("live", Live)


@dataclass(frozen=True, slots=True)
class Demo:
    """There in a demo only: gives for each address the path that signs its person in."""

    sign_in_paths: Callable[[], Mapping[str, str]]


DEMO = web.AppKey("demo", Demo)
