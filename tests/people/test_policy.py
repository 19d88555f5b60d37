"""The permission matrix: every cell, and what a refusal tells."""

import pytest

from vclass.core.keys import ANONYMOUS, PLATFORM, Actor
from vclass.core.refusals import ForbiddenError, NotFoundError, NotSignedInError
from vclass.people import ACTIONS, Subject, allowed, may_ever, require
from vclass.people.policy import MATRIX

# One row an action, one column a role. y: always; -: never; o: own institution; p: partner; m: mine (the organiser);
# i: invited; l: with the object's link. What a person may do without any role shows in every column of a role.
TABLE = """
action             anon guest student teacher quality organiser room_adm inst_adm platform
site.public        y    y     y       y       y       y         y        y        y
site.operate       y    y     y       y       y       y         y        y        y
demo.outbox        y    y     y       y       y       y         y        y        y
session.begin      y    y     y       y       y       y         y        y        y
session.end        -    -     y       y       y       y         y        y        y
me.see             -    -     y       y       y       y         y        y        y
me.change          -    -     y       y       y       y         y        y        y
rooms.see          -    -     o       op      op      op        op       op       y
rooms.manage       -    -     -       -       -       -         o        o        -
bookings.see       -    -     o       op      op      op        op       op       y
booking.see        -    -     m       m       m       m         om       om       y
bookings.approve   -    -     -       -       -       -         o        o        y
waiting.see        -    -     y       y       y       y         y        y        y
offer.answer       -    -     m       m       m       m         m        m        m
quotas.manage      -    -     -       -       -       -         o        o        -
custody.see        -    -     y       y       y       y         y        y        y
custody.manage     -    -     m       m       m       m         om       om       m
calendar.see       -    -     y       y       y       y         y        y        y
calendar.manage    -    -     -       -       -       -         o        o        -
feeds.manage       -    -     y       y       y       y         y        y        y
feeds.read         y    y     y       y       y       y         y        y        y
passwords.manage   -    -     y       y       y       y         y        y        y
calendars.read     y    y     y       y       y       y         y        y        y
lessons.list       -    -     y       y       y       y         y        y        y
lessons.create     -    -     -       o       -       o         o        o        -
slots.find         -    -     -       o       -       o         o        o        -
lesson.see         -    l     iml     iml     iml     iml       oiml     oiml     y
lesson.change      -    -     -       m       -       m         m        om       y
lesson.cancel      -    -     -       m       -       m         m        om       y
lesson.invite      -    -     -       m       -       m         m        om       -
lesson.join        -    l     iml     iml     iml     iml       iml      iml      iml
lesson.equip       -    -     im      im      im      im        im       im       im
recordings.see     -    -     im      im      im      im        im       im       im
recordings.direct  -    -     m       m       m       m         m        m        m
recordings.delete  -    -     m       m       m       m         m        om       m
recordings.allow   -    -     -       -       -       -         -        o        -
invitations.see    -    -     -       m       -       m         m        om       y
mail.manage        -    -     -       -       -       -         -        o        y
people.manage      -    -     -       -       -       -         -        o        y
person.erase       -    -     m       m       m       m         m        om       y
institution.create -    -     -       -       -       -         -        -        y
"""

ROLES = {
    "student": "student",
    "teacher": "teacher",
    "quality": "quality_officer",
    "organiser": "organiser",
    "room_adm": "room_admin",
    "inst_adm": "institution_admin",
    "platform": "platform_admin",
}
ME, HOME, ELSEWHERE = 7, 1, 2
SUBJECTS = {
    "nothing": Subject(),
    "other": Subject(institution=ELSEWHERE, owner=8, invited=frozenset({8, 9}), partners=frozenset({3})),
    "o": Subject(institution=HOME, owner=8),
    "p": Subject(institution=ELSEWHERE, owner=8, partners=frozenset({HOME})),
    "m": Subject(institution=ELSEWHERE, owner=ME),
    "i": Subject(institution=ELSEWHERE, owner=8, invited=frozenset({ME})),
    "l": Subject(institution=ELSEWHERE, owner=8, link=True),
}
HEAD, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
CELLS = [(row[0], column, cell) for row in ROWS for column, cell in zip(HEAD[1:], row[1:], strict=True)]


def in_column(column: str) -> Actor:
    if column in {"anon", "guest"}:
        return ANONYMOUS
    place = PLATFORM if column == "platform" else HOME
    return Actor(person_id=ME, institution_id=HOME, roles=frozenset({(place, ROLES[column])}))


@pytest.mark.parametrize(("action", "column", "cell"), CELLS)
def test_every_cell_of_the_matrix_holds(action: str, column: str, cell: str) -> None:
    actor = in_column(column)
    relations = SUBJECTS.keys() - ({"l"} if column == "anon" else set())
    granted = {each for each in relations if allowed(actor, action, SUBJECTS[each])}
    assert granted == (set(relations) if cell == "y" else set(cell) - {"-"})


def test_the_table_names_every_action_and_no_other() -> None:
    assert [row[0] for row in ROWS] == list(MATRIX)
    assert set(MATRIX) == ACTIONS


def test_a_role_held_elsewhere_counts_for_nothing_here() -> None:
    admin = Actor(person_id=ME, roles=frozenset({(ELSEWHERE, "institution_admin")}))
    assert not allowed(admin, "people.manage", SUBJECTS["o"])


def test_an_action_without_entry_is_a_mistake_and_not_a_permission() -> None:
    with pytest.raises(KeyError):
        allowed(in_column("platform"), "lesson.burn")


def test_a_visitor_is_asked_to_sign_in() -> None:
    with pytest.raises(NotSignedInError):
        require(ANONYMOUS, "lesson.change", SUBJECTS["other"])


def test_a_lesson_that_one_may_not_see_is_not_there() -> None:
    with pytest.raises(NotFoundError, match="no such lesson"):
        require(in_column("teacher"), "lesson.change", SUBJECTS["other"])


def test_a_lesson_that_one_may_see_but_not_change_is_forbidden() -> None:
    with pytest.raises(ForbiddenError, match=r"\(lesson\.change\)"):
        require(in_column("student"), "lesson.change", SUBJECTS["i"])


def test_what_no_object_could_allow_is_known_beforehand() -> None:
    assert may_ever(in_column("teacher"), "lessons.create")
    assert may_ever(ANONYMOUS, "lesson.join")
    assert not may_ever(ANONYMOUS, "lessons.create")
    assert not may_ever(in_column("student"), "people.manage")
