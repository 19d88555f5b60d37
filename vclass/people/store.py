"""Tables of institutions, people, roles, API tokens, sign-in links and sessions, and their named queries."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from vclass.core.db import ROW_ID, insert_new, listed, locked, metadata, of_ids
from vclass.core.dialects import built_once
from vclass.core.keys import Actor
from vclass.people.model import Institution, Person

institution = sa.Table(
    "institution",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("public_id", sa.Text, nullable=False, unique=True),
    sa.Column("slug", sa.Text, nullable=False, unique=True),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("city", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("country", sa.Text, nullable=False),
    sa.Column("region", sa.Text),
    sa.Column("languages", sa.Text, nullable=False),
    sa.Column("hue", sa.Integer, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.CheckConstraint("hue between 1 and 8", name="hue"),
)

person = sa.Table(
    "person",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("public_id", sa.Text, nullable=False, unique=True),
    sa.Column("institution_id", sa.ForeignKey("institution.id"), index=True),
    sa.Column("email", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("erased_at", sa.BigInteger),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
)

# No foreign key to the institution: 0 stands there for roles that hold everywhere.
role = sa.Table(
    "role",
    metadata,
    sa.Column("person_id", sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("institution_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("role", sa.Text, primary_key=True),
)

api_token = sa.Table(
    "api_token",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
)

sign_in = sa.Table(
    "sign_in",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("public_id", sa.Text, nullable=False, unique=True),
    sa.Column("person_id", sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
    sa.Column("used_at", sa.BigInteger),
    sa.Column("repeatable", sa.Boolean, nullable=False),
)

session = sa.Table(
    "session",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("renewed_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
)


_INSTITUTIONS = sa.select(institution).order_by(institution.c.name, institution.c.id)
_BY_EMAIL = sa.select(person).where(person.c.email.in_(sa.bindparam("emails", expanding=True)))


def all_institutions(connection: sa.Connection) -> list[Institution]:
    return [_institution(row) for row in connection.execute(_INSTITUTIONS)]


def institution_by_id(connection: sa.Connection, institution_id: int) -> Institution | None:
    row = connection.execute(sa.select(institution).where(institution.c.id == institution_id)).one_or_none()
    return None if row is None else _institution(row)


def institution_by_public_id(connection: sa.Connection, public_id: str) -> Institution | None:
    row = connection.execute(sa.select(institution).where(institution.c.public_id == public_id)).one_or_none()
    return None if row is None else _institution(row)


def institution_with(connection: sa.Connection, **column: str) -> bool:
    """Whether some institution has this slug or code."""
    ((name, value),) = column.items()
    return connection.execute(sa.select(institution.c.id).where(institution.c[name] == value)).first() is not None


def insert_institution(connection: sa.Connection, values: dict[str, Any]) -> int | None:
    """Insert an institution and give its id; None if its slug or code are taken by now."""
    return _insert(connection, institution, {**values, "languages": " ".join(values["languages"])})


def set_region(connection: sa.Connection, institution_id: int, region: str) -> None:
    connection.execute(sa.update(institution).where(institution.c.id == institution_id).values(region=region or None))


def people_by_email(connection: sa.Connection, emails: Collection[str]) -> list[Person]:
    return [_person(row) for row in connection.execute(_BY_EMAIL, {"emails": list(emails)})]


def people_by_id(connection: sa.Connection, ids: Collection[int]) -> list[Person]:
    return [_person(row) for row in connection.execute(_by_id(connection), of_ids(ids))]


@built_once
def _by_id(connection: sa.Connection) -> sa.Select[Any]:
    return sa.select(person).where(listed(connection, person.c.id))


def person_by_public_id(connection: sa.Connection, public_id: str) -> Person | None:
    """Somebody who is not erased."""
    standing = sa.and_(person.c.public_id == public_id, person.c.erased_at.is_(None))
    row = connection.execute(sa.select(person).where(standing)).one_or_none()
    return None if row is None else _person(row)


def roles_of(connection: sa.Connection, person_id: int) -> list[tuple[int, str]]:
    """The roles that somebody holds, each with its institution or ``PLATFORM``."""
    rows = connection.execute(sa.select(role).where(role.c.person_id == person_id))
    return [(row.institution_id, row.role) for row in rows]


def lock_administrators(connection: sa.Connection, institution_id: int) -> set[int]:
    """Whoever administers an institution; locked, so that two can't take one another's place away."""
    mine = sa.and_(role.c.institution_id == institution_id, role.c.role == "institution_admin")
    found = sa.select(role.c.person_id).where(mine).order_by(role.c.person_id)
    return set(connection.execute(locked(connection, found)).scalars())


def blank_person(connection: sa.Connection, person_id: int, address: str, now: int) -> None:
    """Take a person's name and address, and every way in."""
    for table in (role, session, sign_in, api_token):
        connection.execute(sa.delete(table).where(table.c.person_id == person_id))
    blank = {"email": address, "name": "", "erased_at": now, "version": person.c.version + 1}
    connection.execute(sa.update(person).where(person.c.id == person_id).values(blank))


def people_in_roles(connection: sa.Connection, institution_id: int, roles: Collection[str]) -> list[Person]:
    """Whoever holds one of some roles at an institution."""
    held = sa.select(role.c.person_id).where(role.c.institution_id == institution_id, role.c.role.in_(list(roles)))
    rows = connection.execute(sa.select(person).where(person.c.id.in_(held)).order_by(person.c.id))
    return [_person(row) for row in rows]


def insert_person(connection: sa.Connection, values: dict[str, Any]) -> int | None:
    """Insert a person and give the id; None if the address has an account by now."""
    return _insert(connection, person, values)


def _insert(connection: sa.Connection, table: sa.Table, values: dict[str, Any]) -> int | None:
    if not insert_new(connection, table, values):
        return None
    made = sa.select(table.c.id).where(table.c.public_id == values["public_id"])
    return int(connection.execute(made).scalar_one())


def set_language(connection: sa.Connection, person_id: int, language: str) -> None:
    connection.execute(sa.update(person).where(person.c.id == person_id).values(language=language))


def insert_roles(connection: sa.Connection, person_id: int, held: Iterable[tuple[int, str]]) -> None:
    """Add roles, each at an institution or at ``PLATFORM``; those that are held already stay."""
    for place, name in held:
        insert_new(connection, role, {"person_id": person_id, "institution_id": place, "role": name})


def insert_token(connection: sa.Connection, values: dict[str, Any]) -> int:
    return int(connection.execute(sa.insert(api_token).values(values).returning(api_token.c.id)).scalar_one())


def actor_with_token(connection: sa.Connection, digest: str) -> Actor | None:
    found = _actors().join(api_token, api_token.c.person_id == person.c.id).where(api_token.c.digest == digest)
    return _actor(connection.execute(found).all())


def actor_with_session(connection: sa.Connection, digest: str, now: int) -> tuple[Actor, int] | None:
    """Whose unexpired session this is, and when it was last renewed."""
    found = _actors().add_columns(session.c.renewed_at).join(session, session.c.person_id == person.c.id)
    rows = connection.execute(found.where(session.c.digest == digest, session.c.expires_at > now)).all()
    actor = _actor(rows)
    return None if actor is None else (actor, int(rows[0].renewed_at))


def actor_with_id(connection: sa.Connection, person_id: int) -> Actor | None:
    return _actor(connection.execute(_actors().where(person.c.id == person_id)).all())


def insert_sign_in(connection: sa.Connection, values: dict[str, Any]) -> int:
    return int(connection.execute(sa.insert(sign_in).values(values).returning(sign_in.c.id)).scalar_one())


def sign_in_by_digest(connection: sa.Connection, digest: str) -> sa.Row[Any] | None:
    return connection.execute(sa.select(sign_in).where(sign_in.c.digest == digest)).one_or_none()


def use_sign_in(connection: sa.Connection, row_id: int, now: int) -> bool:
    """Mark a link as used; False if somebody was faster."""
    unused = sa.and_(sign_in.c.id == row_id, sign_in.c.used_at.is_(None))
    return connection.execute(sa.update(sign_in).where(unused).values(used_at=now)).rowcount == 1


def insert_session(connection: sa.Connection, values: dict[str, Any]) -> None:
    connection.execute(sa.insert(session).values(values))


def renew_session(connection: sa.Connection, digest: str, now: int, idle: int, longest: int) -> None:
    """Push the end out by ``idle`` seconds, never beyond ``longest`` after the sign-in."""
    latest = session.c.created_at + longest
    ends = sa.case((latest < now + idle, latest), else_=now + idle)
    mine = sa.and_(session.c.digest == digest, session.c.expires_at > now)
    connection.execute(sa.update(session).where(mine).values(renewed_at=now, expires_at=ends))


def delete_session(connection: sa.Connection, digest: str) -> None:
    connection.execute(sa.delete(session).where(session.c.digest == digest))


def delete_sessions_of(connection: sa.Connection, person_id: int) -> None:
    connection.execute(sa.delete(session).where(session.c.person_id == person_id))


def delete_expired(connection: sa.Connection, before: int) -> int:
    """Forget sign-in links and sessions that ended before an instant; how many."""
    return sum(
        connection.execute(sa.delete(table).where(table.c.expires_at < before)).rowcount for table in (sign_in, session)
    )


def _actors() -> sa.Select[Any]:
    columns = (person, role.c.institution_id.label("role_at"), role.c.role)
    return sa.select(*columns).outerjoin_from(person, role, role.c.person_id == person.c.id)


def _actor(rows: Sequence[sa.Row[Any]]) -> Actor | None:
    if not rows:
        return None
    first = rows[0]
    return Actor(
        person_id=first.id,
        public_id=first.public_id,
        email=first.email,
        name=first.name,
        zone=first.zone,
        language=first.language,
        institution_id=first.institution_id,
        roles=frozenset((row.role_at, row.role) for row in rows if row.role is not None),
    )


def _institution(row: sa.Row[Any]) -> Institution:
    return Institution(
        id=row.id,
        public_id=row.public_id,
        slug=row.slug,
        code=row.code,
        name=row.name,
        city=row.city,
        zone=row.zone,
        country=row.country,
        languages=tuple(row.languages.split()),
        hue=row.hue,
        region=row.region or "",
    )


def _person(row: sa.Row[Any]) -> Person:
    return Person(
        id=row.id,
        public_id=row.public_id,
        institution_id=row.institution_id,
        email=row.email,
        name=row.name,
        zone=row.zone,
        language=row.language,
    )
