"""The live lesson: who is in it, what they say to each other, and the pictures between them.

The application makes a `Live`, mounts `Live.app()` at `/live`, and tells it when an admission was withdrawn.
"""

from signaling.codec import clean_name
from signaling.dispatcher import OnEvent
from signaling.hub import Admit, MediaFactory, Snapshot
from signaling.leases import Carried, Leases
from signaling.live import Live
from signaling.measures import Histogram, Measures
from signaling.media import Figures, WorkerState
from signaling.model import (
    Admitted,
    Archive,
    Attendance,
    Came,
    ConsentAnswer,
    Institution,
    LessonFacts,
    LiveSettings,
    RecordingAction,
    RecordingOrder,
    RecordingOver,
    RecordingWish,
    Refusal,
    Role,
    Went,
)
from signaling.relays import IceServer, ice_servers
from signaling.signal_strength import WORDS as SIGNALS

__all__ = [
    "SIGNALS",
    "Admit",
    "Admitted",
    "Archive",
    "Attendance",
    "Came",
    "Carried",
    "ConsentAnswer",
    "Figures",
    "Histogram",
    "IceServer",
    "Institution",
    "Leases",
    "LessonFacts",
    "Live",
    "LiveSettings",
    "Measures",
    "MediaFactory",
    "OnEvent",
    "RecordingAction",
    "RecordingOrder",
    "RecordingOver",
    "RecordingWish",
    "Refusal",
    "Role",
    "Snapshot",
    "Went",
    "WorkerState",
    "clean_name",
    "ice_servers",
]
