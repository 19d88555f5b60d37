"""A calendar program that keeps what mails tell it, as RFC 5546 section 2.1.5 says."""

from dataclasses import dataclass, field

import icalendar

from tests.judges import libical

Version = tuple[int, str]


@dataclass
class SimulatedCalendar:
    """Keeps for each UID the newest revision by SEQUENCE, then DTSTAMP; a cancellation is a revision too."""

    newest: dict[str, tuple[Version, bytes]] = field(default_factory=dict)

    def receive(self, mail: bytes) -> None:
        (event, *_) = icalendar.Calendar.from_ical(mail).walk("VEVENT")
        uid, sequence, stamp = (str(event.get(name).to_ical(), "utf-8") for name in ("UID", "SEQUENCE", "DTSTAMP"))
        version = int(sequence), stamp
        kept = self.newest.get(uid)
        if kept is None or kept[0] < version:
            self.newest[uid] = version, mail

    def shown(self) -> list[tuple[int, int]]:
        """The spans of all lessons that aren't cancelled."""
        alive = [mail for _, mail in self.newest.values() if b"\r\nMETHOD:CANCEL\r\n" not in mail]
        return [span for mail in alive for span in libical.spans(mail)]
