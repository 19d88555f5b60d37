"""Calendars made to hang, swell or crash whoever reads them."""

from typing import Final

from tests.icsreader.files import calendar, event, vtimezone

START: Final = "DTSTART:20261201T100000Z"
HOUR: Final = "DURATION:PT1H"
NEVER: Final = "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
MINUTES: Final = ",".join(map(str, range(60)))
FIXED_ZONE: Final = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:19700101T000000{rule}
TZOFFSETFROM:+0100
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""


def _rule(rule: str) -> bytes:
    return calendar(event(START, HOUR, f"RRULE:{rule}"))


def _in_zone(rule: str) -> bytes:
    zone = FIXED_ZONE.format(name="own", rule=f"\n{rule}")
    return calendar(zone, event("DTSTART;TZID=own:20261201T100000", HOUR, "RRULE:FREQ=DAILY"))


def _many(number: int, *lines: str) -> bytes:
    return calendar(*(event(*lines, uid=str(each)) for each in range(number)))


BOMBS: Final[dict[str, bytes]] = {
    "each second": _rule("FREQ=SECONDLY"),
    "each minute": _rule("FREQ=MINUTELY"),
    "each hour": _rule("FREQ=HOURLY"),
    "an impossible second": _rule("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"),
    "no interval": _rule("FREQ=DAILY;INTERVAL=0"),
    "an endless count": _rule("FREQ=DAILY;COUNT=1000000000"),
    "a date that never comes": _rule("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"),
    "a thousand dates that never come": _many(1000, START, HOUR, NEVER),
    "since the year 2": calendar(event("DTSTART:00020101T000000Z", HOUR, "RRULE:FREQ=DAILY")),
    "each minute, spelled out": _rule(f"FREQ=DAILY;BYHOUR=0,1,2,3,4,5;BYMINUTE={MINUTES}"),
    "all days by their place": _rule(
        "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=" + ",".join(map(str, range(1, 366)))
    ),
    "5000 series": _many(4999, "DTSTART;TZID=Europe/Kyiv:20261201T100000", HOUR, "RRULE:FREQ=WEEKLY"),
    "50000 dates": calendar(event(START, HOUR, *["RDATE:" + ",".join(["20261201T100000Z"] * 5000)] * 10)),
    "4000 zones": calendar(
        *(
            FIXED_ZONE.format(name=f"z{each}", rule="") + event(f"DTSTART;TZID=z{each}:20261201T100000", HOUR)
            for each in range(4000)
        )
    )[: 1 << 20],
    "a zone that changes each second": _in_zone("RRULE:FREQ=SECONDLY"),
    "a zone that never changes": _in_zone("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
    "a zone without end": calendar("BEGIN:VTIMEZONE\nTZID:own\n" + "X:" + "F" * 900_000 + "\n"),
    "a zone of short lines": calendar("BEGIN:VTIMEZONE\nTZID:own\n" + "X:\n" * 250_000),
    "components without end": b"BEGIN:VCALENDAR\r\n" * 60_000,
    "a line without end": calendar(event(START + "\n " * 300_000)),
    "parameters without end": calendar(event("DTSTART" + ";A=b" * 240_000 + ":20261201T100000Z")),
    "quotes without end": calendar(event('DTSTART;A="' * 90_000 + ":20261201T100000Z")),
    "a name without end": calendar(event("DTSTART;TZID=" + "A" * 900_000 + ":20261201T100000")),
    "a folder for a zone": calendar(event("DTSTART;TZID=Europe:20261201T100000")),
    "a way out for a zone": calendar(event("DTSTART;TZID=../../../../etc/passwd:20261201T100000")),
    "the end of time": calendar(event("DTSTART:99991231T235959Z", "DURATION:P99999W", "RRULE:FREQ=DAILY")),
    "a length without end": calendar(event(START, "DURATION:P99999999999999999999999W")),
    "only line ends": b"BEGIN:VCALENDAR\n" + b"\n" * 1_000_000,
    "only zeros": b"\0" * 1_000_000,
    "half a letter": "BEGIN:VCALENDAR".encode("utf-16")[:-1],
    "outlook": calendar(vtimezone("x"), event('DTSTART;TZID="x";X-A=";:,":20261201T100000', HOUR)),
}
