"""Answers as real programs write them, with what each of them leaves out or renames."""

from typing import Final

UID: Final = "lesson-1@vclass.example"
ANNA: Final = "anna@kyiv.example"

WEST_EUROPE: Final = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""

OUTLOOK: Final = """BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
{zone}BEGIN:VEVENT
ATTENDEE;PARTSTAT={partstat};CN=Anna Kovalenko:mailto:{attendee}
COMMENT;LANGUAGE=en-US:{comment}
UID:{uid}
SUMMARY;LANGUAGE=en-US:Accepted: Joint seminar
DTSTART;TZID={tzid}:20261006T100000
DTEND;TZID={tzid}:20261006T113000
{recurrence}CLASS:PUBLIC
PRIORITY:5
DTSTAMP:{dtstamp}
TRANSP:OPAQUE
STATUS:CONFIRMED
SEQUENCE:{sequence}
LOCATION;LANGUAGE=en-US:Hall
X-MICROSOFT-CDO-APPT-SEQUENCE:{sequence}
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY
END:VEVENT
END:VCALENDAR
"""

GOOGLE: Final = """BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REPLY
BEGIN:VEVENT
DTSTART:20261006T080000Z
DTEND:20261006T093000Z
DTSTAMP:{dtstamp}
ORGANIZER;CN="Dr. Weber (vclass)":mailto:b-3f9c@vclass.example
UID:{uid}
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={partstat};CN=Anna
  Kovalenko;X-NUM-GUESTS=0:mailto:{attendee}
{recurrence}CREATED:20261001T080000Z
DESCRIPTION:https://vclass.example/join/aGVsbG8
LAST-MODIFIED:{dtstamp}
SEQUENCE:{sequence}
STATUS:CONFIRMED
SUMMARY:Joint seminar
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
"""

APPLE: Final = """BEGIN:VCALENDAR
CALSCALE:GREGORIAN
METHOD:REPLY
PRODID:-//Apple Inc.//iOS 18.0//EN
VERSION:2.0
BEGIN:VEVENT
ATTENDEE;CUTYPE=INDIVIDUAL;EMAIL={attendee};PARTSTAT={partstat};ROLE=REQ-PARTICIPANT:/aMjA2NzQ1MzI/principal/
DTEND;TZID=Europe/Vienna:20261006T113000
DTSTAMP:{dtstamp}
DTSTART;TZID=Europe/Vienna:20261006T100000
ORGANIZER;CN=vclass:mailto:b-3f9c@vclass.example
{recurrence}SEQUENCE:{sequence}
SUMMARY:Joint seminar
UID:{uid}
END:VEVENT
END:VCALENDAR
"""

THUNDERBIRD: Final = """BEGIN:VCALENDAR
PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN
VERSION:2.0
METHOD:REPLY
BEGIN:VEVENT
CREATED:20261001T080000Z
LAST-MODIFIED:{dtstamp}
DTSTAMP:{dtstamp}
UID:{uid}
SUMMARY:Joint seminar
ORGANIZER;CN="Dr. Weber (vclass)":mailto:b-3f9c@vclass.example
ATTENDEE;CN=Anna Kovalenko;PARTSTAT={partstat};CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT:mailto:{attendee}
{recurrence}X-MOZ-RECEIVED-SEQUENCE:{sequence}
X-MOZ-RECEIVED-DTSTAMP:20261001T080000Z
DTSTART;TZID=Europe/Vienna:20261006T100000
DTEND;TZID=Europe/Vienna:20261006T113000
SEQUENCE:{sequence}
END:VEVENT
END:VCALENDAR
"""

STYLES: Final = {"Outlook": OUTLOOK, "Google": GOOGLE, "Apple": APPLE, "Thunderbird": THUNDERBIRD}


def reply(
    style: str = "Thunderbird",
    partstat: str = "ACCEPTED",
    *,
    uid: str = UID,
    attendee: str = ANNA,
    sequence: int = 0,
    dtstamp: str = "20261002T090000Z",
    recurrence: str = "",
    comment: str = "",
    tzid: str = "W. Europe Standard Time",
    defined: bool = True,
) -> bytes:
    """An answer in the style of a program; ``recurrence`` is a whole content line."""
    zone = WEST_EUROPE.format(name=tzid) if defined else ""
    text = STYLES[style].format(
        partstat=partstat,
        uid=uid,
        attendee=attendee,
        sequence=sequence,
        dtstamp=dtstamp,
        recurrence=f"{recurrence}\n" if recurrence else "",
        comment=comment,
        tzid=f'"{tzid}"' if set(tzid) & set(":;,") else tzid,
        zone=zone,
    )
    return text.replace("\n", "\r\n").encode()


def counter(
    starts: str = "20261006T110000",
    ends: str = "DTEND;TZID=W. Europe Standard Time:20261006T123000",
    *,
    style: str = "Outlook",
    **changes: str | int | bool,
) -> bytes:
    """A proposal of another time, as Outlook makes it: a COUNTER that says TENTATIVE besides."""
    made = reply(style, partstat="TENTATIVE", **changes)  # type: ignore[arg-type]  # the keywords of reply
    return (
        made.replace(b"METHOD:REPLY", b"METHOD:COUNTER")
        .replace(b"DTSTART;TZID=W. Europe Standard Time:20261006T100000", _start(starts))
        .replace(b"DTEND;TZID=W. Europe Standard Time:20261006T113000", ends.encode())
    )


def _start(text: str) -> bytes:
    return (text if ":" in text else f"DTSTART;TZID=W. Europe Standard Time:{text}").encode()
