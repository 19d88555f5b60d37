"""Institutions, people and their roles: values and pure rules."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from vclass.core import zones
from vclass.core.addresses import AddressError, address
from vclass.core.keys import PLATFORM, Actor
from vclass.core.refusals import FieldError, InvalidInputError, Refusal
from vclass.core.texts import is_line

Role: TypeAlias = Literal[
    "student", "teacher", "room_admin", "institution_admin", "quality_officer", "organiser", "platform_admin"
]
LEVELS: Final[dict[Role, int]] = {
    "student": 1,
    "teacher": 2,
    "quality_officer": 2,
    "organiser": 2,
    "room_admin": 3,
    "institution_admin": 4,
    "platform_admin": 5,
}
"""Whoever manages people gives roles up to the own level."""

HUES: Final = (1, 2, 4, 3, 5, 6, 7, 8)
"""The order in which institutions get their hue: neighbours here are two steps or more apart on the colour circle."""

MINUTE: Final = 60
DAY: Final = 24 * 3600
SIGN_IN_SECONDS: Final = 15 * MINUTE
IDLE_SECONDS: Final = 7 * DAY
SESSION_SECONDS: Final = 30 * DAY
RENEWAL_SECONDS: Final = 3600
"""A session's end is pushed out at most this often, so that reading doesn't write."""

NAME = 120
SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)
CODE: Final = re.compile(r"[A-Z0-9]{2,5}", re.ASCII)
LANGUAGE: Final = re.compile(r"[a-z]{2,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Institution:
    """A university or school, with the zone its walls stand in. ``hue`` (1 to 8) and ``code`` mark what is its own.

    ``region`` is the part of the country whose holidays it keeps, by its ISO 3166-2 code without the country, or "".
    """

    id: int
    public_id: str
    slug: str
    code: str
    name: str
    city: str
    zone: str
    country: str
    languages: tuple[str, ...]
    hue: int
    region: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with an account, known by one address."""

    id: int
    public_id: str
    institution_id: int | None
    email: str
    name: str
    zone: str
    language: str


@dataclass(frozen=True, slots=True)
class Visit:
    """Who a session cookie stands for, and whether its end is to be pushed out."""

    actor: Actor
    renew: bool


@dataclass(frozen=True, slots=True)
class SignInLink:
    """A mailed link as its row knows it: the key with this id derives its token from the public id."""

    id: int
    public_id: str
    key_id: str


class NewInstitution(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An institution to create. ``country`` is ISO 3166 (two letters), ``languages`` the most used first."""

    slug: str
    code: str
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=NAME)]
    city: Annotated[str, msgspec.Meta(min_length=1, max_length=NAME)]
    zone: str
    country: str
    languages: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=8)] = ("en",)


class NewPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person to create. ``institution`` is its id; zone and language are the institution's unless given."""

    email: str
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=NAME)]
    institution: str | None = None
    roles: tuple[Role, ...] = ()
    zone: str | None = None
    language: str | None = None


class PersonExistsError(Refusal):
    """The address belongs to an account, and creating never changes an account."""

    slug = "person-exists"

    def __init__(self, email: str) -> None:
        super().__init__(f"There is an account for {email} already; it was not changed.", email=email)


class InstitutionExistsError(Refusal):
    """Slug and code name one institution each."""

    slug = "institution-exists"

    def __init__(self, field: str, value: str) -> None:
        super().__init__(f"Another institution has the {field} {value}. Choose another one.", field=field, value=value)


class SignInLinkError(Refusal):
    """The mailed link is unknown, too old or used."""

    slug = "sign-in-link"

    def __init__(self) -> None:
        super().__init__("This sign-in link was used or is too old. Ask for a new one; it works once, for 15 minutes.")


def next_hue(taken: Sequence[int]) -> int:
    """The hue worn by the fewest institutions, in the order of ``HUES``."""
    return min(HUES, key=taken.count)


def level(roles: Iterable[str]) -> int:
    return max((LEVELS.get(role, 0) for role in roles), default=0)  # type: ignore[call-overload]  # any text may ask


def level_at(actor: Actor, institution_id: int) -> int:
    """The highest level of someone's roles that hold at an institution."""
    return level(role for place, role in actor.roles if place in {institution_id, PLATFORM})


def checked_institution(wish: NewInstitution) -> NewInstitution:
    """Normalise the fields.

    Raises:
        InvalidInputError: Names every field that is wrong.
    """
    errors = [
        *_unless(SLUG.fullmatch(wish.slug), "slug", "use 1 to 40 of a-z, 0-9 and -, such as uni-wien"),
        *_unless(CODE.fullmatch(wish.code), "code", "use 2 to 5 capital letters or digits, such as VIE"),
        *_unless(zones.country_zones(wish.country), "country", "use the two letters of ISO 3166, such as AT"),
        *_unless(all(map(LANGUAGE.fullmatch, wish.languages)), "languages", "use codes such as de, en, uk"),
        *_text_errors("name", wish.name),
        *_text_errors("city", wish.city),
        *_zone_errors(wish.zone),
    ]
    if errors:
        raise InvalidInputError(errors)
    return msgspec.structs.replace(wish, name=_tidy(wish.name), city=_tidy(wish.city), zone=zones.canonical(wish.zone))


def checked_person(wish: NewPerson) -> NewPerson:
    """Normalise the fields.

    Raises:
        InvalidInputError: Names every field that is wrong.
    """
    no_language = wish.language is not None and not LANGUAGE.fullmatch(wish.language)
    errors = [
        *_text_errors("name", wish.name),
        *_address_errors(wish.email),
        *_zone_errors(wish.zone or "Etc/UTC"),
        *_unless(not no_language, "language", "use a code such as de, en, uk"),
    ]
    if errors:
        raise InvalidInputError(errors)
    zone = None if wish.zone is None else zones.canonical(wish.zone)
    return msgspec.structs.replace(wish, email=address(wish.email), name=_tidy(wish.name), zone=zone)


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def _unless(right: object, field: str, message: str) -> list[FieldError]:
    return [] if right else [FieldError(field, message)]


def _text_errors(field: str, text: str) -> list[FieldError]:
    return _unless(is_line(text), field, "write one line of visible text")


def _address_errors(text: str) -> tuple[FieldError, ...]:
    try:
        address(text)
    except AddressError as error:
        return error.errors
    return ()


def _zone_errors(zone: str) -> tuple[FieldError, ...]:
    try:
        zones.canonical(zone)
    except zones.UnknownZoneError as error:
        return error.errors
    return ()
