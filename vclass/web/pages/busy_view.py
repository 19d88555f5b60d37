"""A person's other calendars as a context, in the reader's words."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from schedules.busy import MOST_SOURCES, Problem, Source, masked
from vclass.icsreader.model import HARMLESS, Example, Note, Reason, Report
from vclass.web.pages.contexts.busy import BusyPage, CalendarCard, ReportLine
from vclass.web.pages.sentences import Errors
from vclass.web.words import Words

REASONS: Final[Mapping[Reason, Callable[[Words, int], str]]] = {
    "outside": lambda said, n: said.ngettext(
        "%(num)d event is over, or more than 400 days ahead.",
        "%(num)d events are over, or more than 400 days ahead.",
        n,
    ),
    "free": lambda said, n: said.ngettext(
        "%(num)d event is marked as free time.", "%(num)d events are marked as free time.", n
    ),
    "cancelled": lambda said, n: said.ngettext("%(num)d event is cancelled.", "%(num)d events are cancelled.", n),
    "declined": lambda said, n: said.ngettext("You declined %(num)d event.", "You declined %(num)d events.", n),
    "ours": lambda said, n: said.ngettext(
        "%(num)d event is a lesson that is known here.", "%(num)d events are lessons that are known here.", n
    ),
    "replaced": lambda said, n: said.ngettext(
        "%(num)d event is an older version of another one.", "%(num)d events are older versions of others.", n
    ),
    "no_start": lambda said, n: said.ngettext("%(num)d event has no start.", "%(num)d events have no start.", n),
    "unknown_zone": lambda said, n: said.ngettext(
        "%(num)d event is in a time zone that nobody knows.", "%(num)d events are in time zones that nobody knows.", n
    ),
    "broken": lambda said, n: said.ngettext(
        "%(num)d event cannot be understood.", "%(num)d events cannot be understood.", n
    ),
    "too_frequent": lambda said, n: said.ngettext(
        "%(num)d event repeats within the day without end.", "%(num)d events repeat within the day without end.", n
    ),
    "too_many": lambda said, n: said.ngettext(
        "%(num)d event is beyond the 20000 dates that are kept.",
        "%(num)d events are beyond the 20000 dates that are kept.",
        n,
    ),
    "too_slow": lambda said, n: said.ngettext(
        "%(num)d event repeats in a way that takes too long to follow.",
        "%(num)d events repeat in ways that take too long to follow.",
        n,
    ),
    "cut_off": lambda said, n: said.ngettext(
        "%(num)d event is cut off at the end of the file.", "%(num)d events are cut off at the end of the file.", n
    ),
}
NOTES: Final[Mapping[Note, Callable[[Words, int], str]]] = {
    "clipped": lambda said, n: said.ngettext(
        "%(num)d event goes on for longer than 400 days: later dates come with time.",
        "%(num)d events go on for longer than 400 days: later dates come with time.",
        n,
    ),
    "unknown_clock": lambda said, _: said.gettext(
        "Nobody knows the time zone of this calendar. Times without a zone are taken to be on your clock."
    ),
    "this_and_following": lambda said, n: said.ngettext(
        "%(num)d event was changed with other dates, which were not found: only its own date was changed.",
        "%(num)d events were changed with other dates, which were not found: only their own dates were changed.",
        n,
    ),
}
PROBLEMS: Final[Mapping[str, Callable[[Words], str]]] = {
    "not_a_calendar": lambda said: said.gettext("This is no calendar. Export one as iCalendar (.ics) and send that."),
    "too_large": lambda said: said.gettext("The calendar is larger than 1 MB. Export a shorter time."),
    "too_many_events": lambda said: said.gettext("The calendar has more than 5000 events. Export a shorter time."),
    "too_slow": lambda said: said.gettext(
        "The calendar takes too long to read. Export a shorter time, or take out events that repeat for ever."
    ),
    "address": lambda said: said.gettext(
        "Write an address that begins with https:// or webcal://, without a name or password in it."
    ),
    "forbidden": lambda said: said.gettext("This address leads into a private network. Write a public one."),
    "unknown_host": lambda said: said.gettext("There is no such host. Check the address."),
    "unreachable": lambda said: said.gettext("The host does not answer. Check the address, or try again later."),
    "certificate": lambda said: said.gettext(
        "The host has no valid certificate. Tell whoever runs it, or write another address."
    ),
    "slow": lambda said: said.gettext("The host took longer than ten seconds. Try again later."),
    "large": lambda said: said.gettext("The calendar is larger than 1 MB. Write the address of a shorter one."),
    "redirects": lambda said: said.gettext("The address leads on and on. Write the one at the end."),
    "encoded": lambda said: said.gettext(
        "The host sends the calendar compressed, though it was asked not to. Write another address."
    ),
    "sign_in": lambda said: said.gettext(
        "The host wants a sign-in. Write the secret address of the calendar, which needs none."
    ),
    "status": lambda said: said.gettext("The host has no calendar at this address. Check it."),
    "name": lambda said: said.gettext("Write one line of at most 80 characters."),
    "none": lambda said: said.gettext("Choose a file first."),
    "many": lambda said: said.gettext("You have as many calendars as you can have. Remove one first."),
}
"""Why nothing could be taken, and what to do."""


def busy_page(
    said: Words, found: Iterable[tuple[Source, int]], errors: Errors, address: str = "", name: str = ""
) -> BusyPage:
    cards = tuple(_card(said, source, times) for source, times in found)
    return BusyPage(cards, MOST_SOURCES, address, name, errors)


def problem_said(said: Words, problem: Problem) -> str:
    return PROBLEMS[problem.why](said)


def _card(said: Words, source: Source, times: int) -> CalendarCard:
    return CalendarCard(
        id=source.public_id,
        name=source.name,
        address=masked(source.address) if source.kind == "address" else "",
        times=times,
        events=source.report.events,
        taken=source.report.taken,
        read_at=source.read_at,
        next_at=source.due_at,
        problem="" if source.problem is None else problem_said(said, source.problem),
        report=tuple(_lines(said, source.report)),
    )


def _lines(said: Words, report: Report) -> Iterator[ReportLine]:
    """What is amiss first."""
    skipped = sorted(report.skipped, key=lambda each: each.reason in HARMLESS)
    for each in skipped:
        amiss = each.reason not in HARMLESS
        sentence = REASONS[each.reason](said, each.number) % {"num": each.number}
        yield ReportLine(sentence, amiss, _shown(each.examples) if amiss else ())
    for noted in report.notes:
        sentence = NOTES[noted.note](said, noted.number) % {"num": noted.number}
        yield ReportLine(sentence, amiss=False, lines=_shown(noted.examples))


def _shown(examples: Iterable[Example]) -> tuple[tuple[int, str], ...]:
    return tuple((each.line, each.text) for each in examples)
