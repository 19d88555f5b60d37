"""The JSON operations about institutions and people."""

from collections.abc import Callable
from typing import TypeVar

import msgspec
import sqlalchemy as sa
from aiohttp import web

from vclass.core import idempotency
from vclass.core.keys import ACTOR, CLOCK, DATABASE, Actor
from vclass.core.paging import Page, page
from vclass.core.wire import Answer, Routes
from vclass.people import erasure, service
from vclass.people.erasure import ERASURE
from vclass.people.model import Institution, NewInstitution, NewPerson, Person, Role

Wish = TypeVar("Wish")

routes = Routes("people")


class InstitutionView(msgspec.Struct, frozen=True):
    """An institution as everyone may see it."""

    id: str
    slug: str
    code: str
    name: str
    city: str
    zone: str
    country: str
    languages: tuple[str, ...]
    hue: int


class InstitutionList(msgspec.Struct, frozen=True):
    """Institutions, by name; ``cursor`` asks for the next ones."""

    institutions: tuple[InstitutionView, ...]
    cursor: str | None = None


class RoleView(msgspec.Struct, frozen=True):
    """A role and where it holds; no institution: everywhere."""

    role: str
    institution: str | None = None


class PersonView(msgspec.Struct, frozen=True):
    """A person as the person, or whoever manages people, may see it."""

    id: str
    email: str
    name: str
    zone: str
    language: str
    institution: str | None = None
    roles: tuple[RoleView, ...] = ()


class ErasedView(msgspec.Struct, frozen=True):
    """All that is left of a person: a number that old bookings name."""

    id: str


@routes.operation("GET", "/me", action="me.see", summary="Who am I, and which roles do I hold?")
async def get_me(request: web.Request) -> PersonView:
    return await request.app[DATABASE].read(_me, request[ACTOR])


@routes.operation("GET", "/institutions", action="site.public", summary="All institutions")
async def list_institutions(request: web.Request, *, query: Page) -> InstitutionList:
    shown, cursor = page(await request.app[DATABASE].read(service.institutions), query.cursor)
    return InstitutionList(tuple(map(institution_view, shown)), cursor)


@routes.operation(
    "POST",
    "/institutions",
    action="institution.create",
    summary="Create an institution",
    status=201,
    problems=(403, 409),
    creates=True,
)
async def create_institution(request: web.Request, *, body: NewInstitution) -> Answer[InstitutionView]:
    return Answer(await _once(request, body, _add_institution))  # type: ignore[arg-type]  # bytes of the same type


@routes.operation(
    "POST",
    "/people",
    action="people.manage",
    summary="Create a person, with roles up to your own level",
    status=201,
    problems=(403, 409),
    creates=True,
)
async def create_person(request: web.Request, *, body: NewPerson) -> Answer[PersonView]:
    return Answer(await _once(request, body, _add_person))  # type: ignore[arg-type]  # bytes of the same type


@routes.operation(
    "DELETE",
    "/people/{person_id}",
    action="person.erase",
    summary="Erase a person's name, address and ways in; what was booked stays booked",
    problems=(403, 404, 409),
)
async def erase_person(request: web.Request, *, person_id: str) -> ErasedView:
    here, now = request.app[ERASURE], request.app[CLOCK]()
    work = erasure.erase_person
    seats = await request.app[DATABASE].transaction(work, request[ACTOR], person_id, here.forgets, now)
    for each in seats:
        here.revoke(each)
    return ErasedView(person_id)


async def _once(
    request: web.Request, body: Wish, work: Callable[[sa.Connection, Actor, Wish, int], msgspec.Struct]
) -> bytes:
    """Do the work in one transaction with its Idempotency-Key, or give the answer stored under that."""
    actor = request[ACTOR]
    key = idempotency.of_request(request, body)
    now = request.app[CLOCK]()

    def write(connection: sa.Connection) -> bytes:
        return idempotency.once(connection, key, now, lambda: msgspec.json.encode(work(connection, actor, body, now)))

    return await request.app[DATABASE].write(write)


def _add_institution(connection: sa.Connection, actor: Actor, wish: NewInstitution, now: int) -> InstitutionView:
    return institution_view(service.add_institution(connection, actor, wish, now))


def _add_person(connection: sa.Connection, actor: Actor, wish: NewPerson, now: int) -> PersonView:
    made = service.add_person(connection, actor, wish, now)
    return _person_view(made, wish.institution, tuple(_role_view(each, wish.institution) for each in wish.roles))


def _me(connection: sa.Connection, actor: Actor) -> PersonView:
    """What the actor holds, with institutions by their public ids."""
    ids = {each.id: each.public_id for each in service.institutions(connection)}
    return PersonView(
        id=actor.public_id,
        email=actor.email,
        name=actor.name,
        zone=actor.zone,
        language=actor.language,
        institution=None if actor.institution_id is None else ids[actor.institution_id],
        roles=tuple(RoleView(role, ids.get(place)) for place, role in sorted(actor.roles)),
    )


def institution_view(each: Institution) -> InstitutionView:
    return InstitutionView(
        id=each.public_id,
        slug=each.slug,
        code=each.code,
        name=each.name,
        city=each.city,
        zone=each.zone,
        country=each.country,
        languages=each.languages,
        hue=each.hue,
    )


def _role_view(role: Role, institution: str | None) -> RoleView:
    return RoleView(role, None if role == "platform_admin" else institution)


def _person_view(each: Person, institution: str | None, roles: tuple[RoleView, ...]) -> PersonView:
    return PersonView(each.public_id, each.email, each.name, each.zone, each.language, institution, roles)
