"""Recordings of lessons: who may make them, who agreed to be in them, and how long they are kept."""

from vclass.recordings.keeper import KEEPER, Keeper
from vclass.recordings.model import (
    Direction,
    NotAllowedError,
    Recording,
    RecordingStateError,
    RecordingView,
    StillRunningError,
    Switch,
    WithMinorsError,
)
from vclass.recordings.service import (
    delete,
    forget_person,
    put_switch,
    recording_for,
    recordings_of,
    see_switch,
    want_joined,
)
from vclass.recordings.store import allow
from vclass.recordings.web import described, routes

__all__ = [
    "KEEPER",
    "Direction",
    "Keeper",
    "NotAllowedError",
    "Recording",
    "RecordingStateError",
    "RecordingView",
    "StillRunningError",
    "Switch",
    "WithMinorsError",
    "allow",
    "delete",
    "described",
    "forget_person",
    "put_switch",
    "recording_for",
    "recordings_of",
    "routes",
    "see_switch",
    "want_joined",
]
