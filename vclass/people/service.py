"""What can be done about institutions and people: create them, give roles and API tokens, sign in and out.

Functions that take an ``actor`` ask the permission matrix and write the audit log; those that take none are for
the command line, the demo and other features.
"""

from collections.abc import Collection
from typing import Final

import msgspec
import sqlalchemy as sa

from config.secrets import Keyring
from vclass.core import audit, outbox, tokens
from vclass.core.addresses import AddressError, address
from vclass.core.keys import PLATFORM, Actor
from vclass.core.refusals import FieldError, ForbiddenError, InvalidInputError
from vclass.people import model, store
from vclass.people.model import (
    Institution,
    InstitutionExistsError,
    NewInstitution,
    NewPerson,
    Person,
    PersonExistsError,
    Role,
    SignInLink,
    SignInLinkError,
    Visit,
)
from vclass.people.policy import Subject, require

PURPOSE: Final = "sign-in"
UNKNOWN_INSTITUTION: Final = FieldError("institution", "there is no such institution; take an id from /institutions")


def institutions(connection: sa.Connection) -> list[Institution]:
    return store.all_institutions(connection)


def institution(connection: sa.Connection, institution_id: int) -> Institution | None:
    return store.institution_by_id(connection, institution_id)


def person_by_email(connection: sa.Connection, email: str) -> Person | None:
    """The account of an address, however it is written; None also for what is no address."""
    try:
        stored = address(email)
    except AddressError:
        return None
    return people_by_email(connection, [stored]).get(stored)


def people_by_email(connection: sa.Connection, emails: Collection[str]) -> dict[str, Person]:
    """The accounts among some addresses (as ``addresses.address`` gives them), with one query."""
    return {each.email: each for each in store.people_by_email(connection, emails)}


def people_by_id(connection: sa.Connection, ids: Collection[int]) -> dict[int, Person]:
    return {each.id: each for each in store.people_by_id(connection, ids)}


def administrators(connection: sa.Connection, institution_id: int) -> list[Person]:
    """Whoever administers an institution's rooms."""
    return store.people_in_roles(connection, institution_id, ("room_admin", "institution_admin"))


def create_institution(connection: sa.Connection, wish: NewInstitution, now: int) -> Institution:
    """Create an institution; it gets the hue that fewest others wear.

    Raises:
        InvalidInputError: Some fields are wrong.
        InstitutionExistsError: Slug or code are taken.
    """
    checked = model.checked_institution(wish)
    _check_unknown(connection, checked)
    values = {
        **msgspec.structs.asdict(checked),
        "public_id": tokens.new_id(),
        "hue": model.next_hue([each.hue for each in store.all_institutions(connection)]),
    }
    row_id = store.insert_institution(connection, {**values, "created_at": now})
    if row_id is None:
        _check_unknown(connection, checked)
        raise AssertionError("whoever took slug or code stands there now")
    return Institution(id=row_id, **values)


def _check_unknown(connection: sa.Connection, wish: NewInstitution) -> None:
    for field, value in (("slug", wish.slug), ("code", wish.code)):
        if store.institution_with(connection, **{field: value}):
            raise InstitutionExistsError(field, value)


def create_person(connection: sa.Connection, wish: NewPerson, now: int) -> Person:
    """Create an account with its roles; an existing one is never changed.

    Raises:
        InvalidInputError: Some fields are wrong.
        PersonExistsError: The address has an account.
    """
    checked = model.checked_person(wish)
    home = _home(connection, checked.institution)
    if people_by_email(connection, [checked.email]):
        raise PersonExistsError(checked.email)
    values = {
        "public_id": tokens.new_id(),
        "institution_id": None if home is None else home.id,
        "email": checked.email,
        "name": checked.name,
        "zone": checked.zone or ("Etc/UTC" if home is None else home.zone),
        "language": checked.language or ("en" if home is None else home.languages[0]),
    }
    row_id = store.insert_person(connection, {**values, "created_at": now})
    if row_id is None:
        raise PersonExistsError(checked.email)
    person = Person(id=row_id, **values)  # type: ignore[arg-type]  # keys are Person's
    store.insert_roles(connection, person.id, [(_place(each, home), each) for each in checked.roles])
    return person


def change_language(connection: sa.Connection, actor: Actor, language: str) -> None:
    """Let somebody choose the language of pages and of mail to come."""
    require(actor, "me.change")
    assert actor.person_id is not None, "the matrix lets only people change themselves"
    store.set_language(connection, actor.person_id, language)


def give_role(connection: sa.Connection, person_id: int, role: Role, institution_id: int = PLATFORM) -> None:
    """Add a role at an institution; open sessions end, so that nobody goes on under the old ones unawares."""
    store.insert_roles(connection, person_id, [(institution_id, role)])
    store.delete_sessions_of(connection, person_id)


def add_institution(connection: sa.Connection, actor: Actor, wish: NewInstitution, now: int) -> Institution:
    """Create an institution on somebody's behalf."""
    require(actor, "institution.create")
    made = create_institution(connection, wish, now)
    _record(connection, actor, "institution.create", ("institution", made.id), now, institution_id=made.id)
    return made


def add_person(connection: sa.Connection, actor: Actor, wish: NewPerson, now: int) -> Person:
    """Create an account on somebody's behalf, with roles up to the actor's own level.

    Raises:
        ForbiddenError: A role stands above the actor, or the institution isn't the actor's.
    """
    home = _home(connection, wish.institution)
    place = PLATFORM if home is None else home.id
    require(actor, "people.manage", Subject(institution=place))
    if model.level(wish.roles) > model.level_at(actor, place):
        raise ForbiddenError("You can give roles up to your own only. Ask an administrator of the platform.")
    made = create_person(connection, wish, now)
    _record(connection, actor, "people.manage", ("person", made.id), now, institution_id=place, roles=wish.roles)
    return made


def make_token(connection: sa.Connection, person_id: int, label: str, now: int) -> str:
    """Make an API token; it is told once, and only its digest is stored."""
    token = tokens.new_token()
    values = {"person_id": person_id, "digest": tokens.digest(token), "label": label, "created_at": now}
    row_id = store.insert_token(connection, values)
    owner = Actor(person_id=person_id)
    _record(connection, owner, "me.change", ("api_token", row_id), now, institution_id=None)
    return token


def actor_by_token(connection: sa.Connection, token: str, now: int) -> Actor | None:  # noqa: ARG001  tokens may expire one day
    return store.actor_with_token(connection, tokens.digest(token))


def visit_by_session(connection: sa.Connection, cookie: str, now: int) -> Visit | None:
    """Who a session cookie stands for; ``renew`` asks for ``renew_session``, which is a write."""
    found = store.actor_with_session(connection, tokens.digest(cookie), now)
    if found is None:
        return None
    actor, renewed_at = found
    return Visit(actor, renew=now - renewed_at >= model.RENEWAL_SECONDS)


def actor_by_id(connection: sa.Connection, person_id: int) -> Actor | None:
    return store.actor_with_id(connection, person_id)


def begin_sign_in(connection: sa.Connection, keyring: Keyring, email: str, now: int) -> None:
    """Send a sign-in link to a known address; an unknown one gets nothing and the caller the same answer.

    Args:
        connection: The database.
        keyring: The newest key derives the link's token.
        email: What somebody typed.
        now: The present.
    """
    person = person_by_email(connection, email)
    if person is None:
        return
    link = _new_link(connection, keyring, person.id, now, model.SIGN_IN_SECONDS)
    facts = {
        "name": person.name,
        "language": person.language,
        "zone": person.zone,
        "sign_in": link.public_id,
        "key": link.key_id,
        "expires_at": now + model.SIGN_IN_SECONDS,
    }
    name = (
        f"{PURPOSE}|{link.public_id}"  # its own lane: a link that waits for its next try must not hold up a newer one
    )
    effect = outbox.Effect(PURPOSE, name, name, person.email, facts)
    outbox.put(connection, [effect], now)


def sign_in_token(keyring: Keyring, public_id: str, key_id: str) -> str | None:
    """The token of a mailed link, derived again from the outbox facts; None if its key was taken out."""
    key = keyring.find(key_id)
    return None if key is None else tokens.derive(key.octets, PURPOSE, public_id, 0)


def repeatable_sign_in(connection: sa.Connection, keyring: Keyring, person_id: int, now: int) -> str:
    """A token that signs in as often as one likes, where ``finish_sign_in`` is told to honour it: the demo."""
    link = _new_link(connection, keyring, person_id, now, model.SESSION_SECONDS, repeatable=True)
    return tokens.derive(keyring.current.octets, PURPOSE, link.public_id, 0)


def whose_sign_in(connection: sa.Connection, token: str, now: int, *, repeatable: bool = False) -> Person | None:
    """Whom a mailed link would sign in; None for one that ``finish_sign_in`` would refuse. Uses nothing up."""
    link = store.sign_in_by_digest(connection, tokens.digest(token))
    if link is None or link.expires_at <= now or (link.repeatable and not repeatable):
        return None
    if link.used_at is not None and not link.repeatable:
        return None
    return people_by_id(connection, [link.person_id])[link.person_id]


def finish_sign_in(connection: sa.Connection, token: str, now: int, *, repeatable: bool = False) -> str:
    """Use a mailed link and open a session; gives its cookie. For POST only: a mail scanner's GET must not use it up.

    Args:
        connection: The database.
        token: From the link.
        now: The present.
        repeatable: Whether links for the demo count.

    Raises:
        SignInLinkError: The link is unknown, too old or used.
    """
    link = store.sign_in_by_digest(connection, tokens.digest(token))
    if link is None or link.expires_at <= now or (link.repeatable and not repeatable):
        raise SignInLinkError
    if not store.use_sign_in(connection, link.id, now) and not link.repeatable:
        raise SignInLinkError
    return _open_session(connection, link.person_id, now)


def renew_session(connection: sa.Connection, cookie: str, now: int) -> None:
    """Push the session's end out by a week, at most to a month after the sign-in."""
    store.renew_session(connection, tokens.digest(cookie), now, model.IDLE_SECONDS, model.SESSION_SECONDS)


def end_session(connection: sa.Connection, cookie: str) -> None:
    store.delete_session(connection, tokens.digest(cookie))


def end_all_sessions(connection: sa.Connection, person_id: int) -> None:
    store.delete_sessions_of(connection, person_id)


def forget_expired(connection: sa.Connection, now: int) -> int:
    """Delete links and sessions that ended over a day ago; for the clockwork."""
    return store.delete_expired(connection, now - model.DAY)


def _home(connection: sa.Connection, public_id: str | None) -> Institution | None:
    if public_id is None:
        return None
    found = store.institution_by_public_id(connection, public_id)
    if found is None:
        raise InvalidInputError([UNKNOWN_INSTITUTION])
    return found


def _place(role: Role, home: Institution | None) -> int:
    """Where a role holds: at the institution, but for the platform's administrators everywhere."""
    if role == "platform_admin":
        return PLATFORM
    if home is None:
        raise InvalidInputError([FieldError("institution", f"name one: {role} is a role at an institution")])
    return home.id


def _new_link(
    connection: sa.Connection, keyring: Keyring, person_id: int, now: int, seconds: int, *, repeatable: bool = False
) -> SignInLink:
    key, public_id = keyring.current, tokens.new_id()
    values = {
        "public_id": public_id,
        "person_id": person_id,
        "key_id": key.id,
        "digest": tokens.digest(tokens.derive(key.octets, PURPOSE, public_id, 0)),
        "created_at": now,
        "expires_at": now + seconds,
        "repeatable": repeatable,
    }
    return SignInLink(store.insert_sign_in(connection, values), public_id, key.id)


def _open_session(connection: sa.Connection, person_id: int, now: int) -> str:
    cookie = tokens.new_token()
    values = {
        "person_id": person_id,
        "digest": tokens.digest(cookie),
        "created_at": now,
        "renewed_at": now,
        "expires_at": now + model.IDLE_SECONDS,
    }
    store.insert_session(connection, values)
    return cookie


def _record(
    connection: sa.Connection,
    actor: Actor,
    action: str,
    entity: tuple[str, int],
    now: int,
    *,
    institution_id: int | None,
    **facts: object,
) -> None:
    entry = audit.Entry(now, actor.person_id, institution_id, action, *entity, facts)
    audit.append(connection, [entry])
