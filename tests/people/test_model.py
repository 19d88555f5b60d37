"""Fields, hues and levels."""

import re
from importlib import resources
from itertools import pairwise

import pytest

from vclass.core.keys import PLATFORM, Actor
from vclass.core.refusals import InvalidInputError
from vclass.people import NewInstitution, NewPerson
from vclass.people.model import HUES, checked_institution, checked_person, level_at, next_hue

HUE = re.compile(r"\.ih-(\d) \{ --ih: (\d+); \}")


def circle() -> list[int]:
    """The hues as they follow one another on the circle of colours, from the site's own style sheet."""
    tokens = resources.files("vclass.web") / "static" / "css" / "tokens.css"
    degrees = {int(number): int(angle) for number, angle in HUE.findall(tokens.read_text("utf-8"))}
    return sorted(degrees, key=degrees.__getitem__)


def steps(one: int, other: int) -> int:
    apart = circle().index(one) - circle().index(other)
    return min(apart % 8, -apart % 8)


def test_institutions_that_join_one_after_the_other_are_two_hues_apart() -> None:
    worn: list[int] = []
    for _ in range(20):
        worn.append(next_hue(worn))
    assert all(steps(one, other) >= 2 for one, other in pairwise(worn))
    assert sorted(worn[:8]) == sorted(HUES)


def test_the_first_four_institutions_are_pairwise_two_hues_apart() -> None:
    assert all(steps(one, other) >= 2 for one in HUES[:4] for other in HUES[:4] if one != other)


def test_all_wrong_fields_of_an_institution_are_named() -> None:
    wish = NewInstitution("Uni Wien", "v", " ", "Vien\nna", "Europe/Wien", "XX", ("german",))
    with pytest.raises(InvalidInputError) as refusal:
        checked_institution(wish)
    fields = [error.field for error in refusal.value.errors]
    assert fields == ["slug", "code", "country", "languages", "name", "city", "zone"]


@pytest.mark.parametrize("name", ["", "  ", "An\x00na", "Anna\u202e", "Anna\r\nBcc: eve@evil.example", "An\ud800na"])
def test_a_name_is_one_line_of_visible_text(name: str) -> None:
    with pytest.raises(InvalidInputError, match="name: write one line"):
        checked_person(NewPerson("anna@vienna.example", name))


def test_a_person_is_stored_in_normal_form() -> None:
    checked = checked_person(NewPerson(" Anna@Vienna.Example", " Zoe\u0308 ", zone="Europe/Kiev", language="uk"))
    assert (checked.email, checked.name, checked.zone) == ("anna@vienna.example", "Zoë", "Europe/Kyiv")


def test_the_level_at_a_place_counts_roles_held_there_and_everywhere() -> None:
    actor = Actor(roles=frozenset({(1, "teacher"), (2, "institution_admin")}))
    assert [level_at(actor, place) for place in (1, 2, 3)] == [2, 4, 0]
    assert level_at(Actor(roles=frozenset({(PLATFORM, "platform_admin")})), 3) == 5
