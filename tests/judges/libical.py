"""libical, the parser of Evolution, KDE and Cyrus, through ctypes: iTIP restrictions and expansion."""

import ctypes
import functools
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_long, c_void_p

from tests.needs import unavailable

Spans = list[tuple[int, int]]


class Time(Structure):
    """`struct icaltimetype` of libical 3."""

    _fields_ = [
        *((name, c_int) for name in ("year", "month", "day", "hour", "minute", "second", "is_date", "is_daylight")),
        ("zone", c_void_p),
    ]


class Span(Structure):
    """`struct icaltime_span`: `time_t` twice and a flag."""

    _fields_ = [("start", c_long), ("end", c_long), ("is_busy", c_int)]


Found = CFUNCTYPE(None, c_void_p, POINTER(Span), c_void_p)
SIGNATURES: dict[str, tuple[object, list[object]]] = {
    "icalparser_parse_string": (c_void_p, [c_char_p]),
    "icalcomponent_free": (None, [c_void_p]),
    "icalrestriction_check": (c_int, [c_void_p]),
    "icalcomponent_count_errors": (c_int, [c_void_p]),
    "icalcomponent_as_ical_string": (c_char_p, [c_void_p]),
    "icalcomponent_string_to_kind": (c_int, [c_char_p]),
    "icalproperty_string_to_kind": (c_int, [c_char_p]),
    "icalcomponent_get_first_component": (c_void_p, [c_void_p, c_int]),
    "icalcomponent_get_next_component": (c_void_p, [c_void_p, c_int]),
    "icalcomponent_get_first_property": (c_void_p, [c_void_p, c_int]),
    "icalproperty_get_datetime_with_component": (Time, [c_void_p, c_void_p]),
    "icaltime_as_timet_with_zone": (c_long, [Time, c_void_p]),
    "icaltime_from_string": (Time, [c_char_p]),
    "icalproperty_get_value_as_string": (c_char_p, [c_void_p]),
    "icalcomponent_foreach_recurrence": (None, [c_void_p, Time, Time, Found, c_void_p]),
}


def complaints(calendar: bytes) -> str:
    """What libical has against an iTIP object, in its own words; empty if nothing (RFC 5546 section 3)."""
    with _parsed(calendar) as (library, root):
        clean = library.icalcomponent_count_errors(root) == 0
        if library.icalrestriction_check(root) and clean:
            return ""
        return str(library.icalcomponent_as_ical_string(root).decode())


def spans(calendar: bytes) -> Spans:
    """Start and end of every occurrence, in UTC seconds."""
    with _parsed(calendar) as (library, root):
        events = [
            (_uid(library, event), _recurrence_id(library, event), _occurrences(library, event))
            for event in _events(library, root)
        ]
    masters = [(uid, found) for uid, original, found in events if original is None]
    expanded = {(uid, span[0]): span for uid, found in masters for span in found}
    expanded |= {(uid, original): found[0] for uid, original, found in events if original is not None}
    return sorted(expanded.values())


def texts(calendar: bytes, name: str) -> list[str]:
    """The values of a property, one for each event that has it, as libical writes them again."""
    with _parsed(calendar) as (library, root):
        kind = library.icalproperty_string_to_kind(name.encode())
        found = [library.icalcomponent_get_first_property(event, kind) for event in _events(library, root)]
        return [library.icalproperty_get_value_as_string(value).decode() for value in found if value]


@functools.cache
def _library() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL("libical.so.3")
    except OSError:
        unavailable("libical is missing: apt-get install libical3")
    for name, (result, arguments) in SIGNATURES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    library.icalerror_set_errors_are_fatal(0)
    return library


@contextmanager
def _parsed(calendar: bytes) -> Iterator[tuple[ctypes.CDLL, int]]:
    library = _library()
    root = library.icalparser_parse_string(calendar)
    assert root, "libical can't parse this at all"
    try:
        yield library, root
    finally:
        library.icalcomponent_free(root)


def _events(library: ctypes.CDLL, root: int) -> Iterator[int]:
    kind = library.icalcomponent_string_to_kind(b"VEVENT")
    event = library.icalcomponent_get_first_component(root, kind)
    while event:
        yield event
        event = library.icalcomponent_get_next_component(root, kind)


def _uid(library: ctypes.CDLL, event: int) -> bytes:
    found = library.icalcomponent_get_first_property(event, library.icalproperty_string_to_kind(b"UID"))
    return bytes(library.icalproperty_get_value_as_string(found)) if found else b""


def _recurrence_id(library: ctypes.CDLL, event: int) -> int | None:
    kind = library.icalproperty_string_to_kind(b"RECURRENCE-ID")
    found = library.icalcomponent_get_first_property(event, kind)
    if not found:
        return None
    time = library.icalproperty_get_datetime_with_component(found, event)
    return int(library.icaltime_as_timet_with_zone(time, time.zone))


def _occurrences(library: ctypes.CDLL, event: int) -> Spans:
    found: Spans = []

    note = Found(lambda _event, span, _data: found.append((span.contents.start, span.contents.end)))
    window = [library.icaltime_from_string(text) for text in (b"20100101T000000Z", b"20400101T000000Z")]
    library.icalcomponent_foreach_recurrence(event, *window, note, None)
    return found
