"""Who may do what: the permission matrix as data, and the one function that reads it. No entry, no permission.

A cell says in which relation to the object a role suffices. ``anonymous`` are all visitors, ``guest`` is whoever
holds the object's own link, ``person`` is whoever is signed in; the other roles are held at an institution.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from vclass.core.keys import PLATFORM, Actor
from vclass.core.refusals import ForbiddenError, NotFoundError, NotSignedInError

Relation: TypeAlias = Literal["any", "own", "owner", "invited", "partner", "link"]
Cells: TypeAlias = Mapping[str, frozenset[Relation]]


@dataclass(frozen=True, slots=True)
class Subject:
    """What an action is about.

    Attributes:
        institution: The institution that the object belongs to.
        owner: The person that the object belongs to (the organiser of a lesson).
        invited: People who are invited to it.
        partners: Other institutions that take part in it.
        link: Whether the actor came by the object's own personal link.
    """

    institution: int | None = None
    owner: int | None = None
    invited: frozenset[int] = frozenset()
    partners: frozenset[int] = frozenset()
    link: bool = False


NOTHING: Final = Subject()
LINKED: Final = Subject(link=True)
EVERYONE: Final[Cells] = {"anonymous": frozenset({"any"})}
SIGNED_IN: Final[Cells] = {"person": frozenset({"any"})}


def _cells(**cells: str) -> Cells:
    return {role: frozenset(relations.split()) for role, relations in cells.items()}  # type: ignore[arg-type]  # words of Relation


_LESSON_OWNERS: Final = _cells(teacher="owner", organiser="owner", room_admin="owner", institution_admin="own owner")

MATRIX: Final[Mapping[str, Cells]] = {
    "site.public": EVERYONE,
    "site.operate": EVERYONE,
    "demo.outbox": EVERYONE,
    "session.begin": EVERYONE,
    "session.end": SIGNED_IN,
    "me.see": SIGNED_IN,
    "me.change": SIGNED_IN,
    "rooms.see": _cells(
        student="own",
        teacher="own partner",
        quality_officer="own partner",
        organiser="own partner",
        room_admin="own partner",
        institution_admin="own partner",
        platform_admin="any",
    ),
    "rooms.manage": _cells(room_admin="own", institution_admin="own"),
    "bookings.see": _cells(
        student="own",
        teacher="own partner",
        quality_officer="own partner",
        organiser="own partner",
        room_admin="own partner",
        institution_admin="own partner",
        platform_admin="any",
    ),
    "booking.see": _cells(person="owner", room_admin="own", institution_admin="own", platform_admin="any"),
    "bookings.approve": _cells(room_admin="own", institution_admin="own", platform_admin="any"),
    "waiting.see": SIGNED_IN,
    "offer.answer": _cells(person="owner"),
    "quotas.manage": _cells(room_admin="own", institution_admin="own"),
    "custody.see": SIGNED_IN,
    "custody.manage": _cells(person="owner", room_admin="own", institution_admin="own"),
    "calendar.see": SIGNED_IN,
    "calendar.manage": _cells(room_admin="own", institution_admin="own"),
    "feeds.manage": SIGNED_IN,
    "feeds.read": EVERYONE,
    "passwords.manage": SIGNED_IN,
    "calendars.read": EVERYONE,
    "lessons.list": SIGNED_IN,
    "lessons.create": _cells(teacher="own", organiser="own", room_admin="own", institution_admin="own"),
    "slots.find": _cells(teacher="own", organiser="own", room_admin="own", institution_admin="own"),
    "lesson.see": _cells(
        guest="link", person="invited owner", room_admin="own", institution_admin="own", platform_admin="any"
    ),
    "lesson.change": {**_LESSON_OWNERS, **_cells(platform_admin="any")},
    "lesson.cancel": {**_LESSON_OWNERS, **_cells(platform_admin="any")},
    "lesson.invite": _LESSON_OWNERS,
    "lesson.join": _cells(guest="link", person="invited owner"),
    "lesson.equip": _cells(person="invited owner"),
    "recordings.see": _cells(person="invited owner"),
    "recordings.direct": _cells(person="owner"),
    "recordings.delete": _cells(person="owner", institution_admin="own"),
    "recordings.allow": _cells(institution_admin="own"),
    "invitations.see": {**_LESSON_OWNERS, **_cells(platform_admin="any")},
    "mail.manage": _cells(institution_admin="own", platform_admin="any"),
    "people.manage": _cells(institution_admin="own", platform_admin="any"),
    "person.erase": _cells(person="owner", institution_admin="own", platform_admin="any"),
    "institution.create": _cells(platform_admin="any"),
}

ACTIONS: Final = frozenset(MATRIX)

SEEN_BY: Final[Mapping[str, tuple[str, str]]] = {
    "lesson.see": ("lesson.see", "lesson"),
    "lesson.change": ("lesson.see", "lesson"),
    "lesson.cancel": ("lesson.see", "lesson"),
    "lesson.invite": ("lesson.see", "lesson"),
    "lesson.join": ("lesson.see", "lesson"),
    "lesson.equip": ("lesson.see", "lesson"),
    "recordings.see": ("lesson.see", "lesson"),
    "recordings.direct": ("lesson.see", "lesson"),
    "recordings.delete": ("lesson.see", "lesson"),
    "invitations.see": ("lesson.see", "lesson"),
    "offer.answer": ("booking.see", "booking"),
}
"""Actions on an object whose existence is private: the action that shows it, and its noun."""


def allowed(actor: Actor, action: str, subject: Subject = NOTHING) -> bool:
    """Whether the matrix lets the actor do this. An action that it doesn't name is a mistake of ours: KeyError."""
    cells = MATRIX[action]
    return any(
        _holds(relation, place, actor, subject)
        for place, role in _roles(actor, subject)
        for relation in cells.get(role, ())
    )


def require(actor: Actor, action: str, subject: Subject = NOTHING) -> None:
    """Refuse what the matrix doesn't allow.

    Raises:
        NotSignedInError: Nobody is signed in.
        NotFoundError: The object is none of the actor's business.
        ForbiddenError: The actor may see the object, but not do this to it.
    """
    if allowed(actor, action, subject):
        return
    if not actor.signed_in:
        raise NotSignedInError
    seeing, noun = SEEN_BY.get(action, ("", ""))
    if seeing and not allowed(actor, seeing, subject):
        raise NotFoundError(noun)
    raise forbidden(action)


def may_ever(actor: Actor, action: str) -> bool:
    """Whether any object could let the actor do this: what can be known of a request before its object is."""
    return not MATRIX[action].keys().isdisjoint(role for _, role in _roles(actor, LINKED))


def forbidden(action: str) -> ForbiddenError:
    return ForbiddenError(f"Your role does not allow this ({action}). Ask an administrator of your institution.")


def _roles(actor: Actor, subject: Subject) -> Iterator[tuple[int, str]]:
    yield PLATFORM, "anonymous"
    if subject.link:
        yield PLATFORM, "guest"
    if actor.signed_in:
        yield PLATFORM, "person"
        yield from actor.roles


def _holds(relation: Relation, place: int, actor: Actor, subject: Subject) -> bool:
    holds = {
        "any": True,
        "own": subject.institution is not None and place == subject.institution,
        "partner": place in subject.partners,
        "owner": subject.owner is not None and actor.person_id == subject.owner,
        "invited": actor.person_id in subject.invited,
        "link": subject.link,
    }
    return holds[relation]
