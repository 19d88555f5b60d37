"""Accounts, tokens, sign-in links and sessions, on a real database."""

import msgspec
import pytest
import sqlalchemy as sa

from config import Keyring
from tests.houses import VIENNA
from tests.people.conftest import House, actor_of
from tests.support import SATURDAY
from vclass import people
from vclass.core import audit, outbox
from vclass.core.keys import PLATFORM, Actor
from vclass.core.refusals import ForbiddenError, InvalidInputError
from vclass.people import InstitutionExistsError, NewPerson, PersonExistsError, SignInLinkError, store

WEEK = 7 * 86400


def mailed_token(connection: sa.Connection, keyring: Keyring) -> str:
    """What the newest sign-in mail will carry, from its outbox row alone."""
    facts = outbox.listing(connection, 1)[0].leased.facts
    token = people.sign_in_token(keyring, facts["sign_in"], facts["key"])
    assert token is not None
    return token


def signed_in(connection: sa.Connection, keyring: Keyring, actor: Actor, now: int = SATURDAY) -> str:
    people.begin_sign_in(connection, keyring, actor.email, now)
    return people.finish_sign_in(connection, mailed_token(connection, keyring), now)


def seated_by(connection: sa.Connection, cookie: str, now: int) -> Actor | None:
    visit = people.visit_by_session(connection, cookie, now)
    return None if visit is None else visit.actor


def everything_stored(connection: sa.Connection) -> str:
    tables = (store.sign_in, store.session, store.api_token, outbox.outbox, audit.audit)
    return repr([connection.execute(sa.select(table)).all() for table in tables])


def test_an_institution_is_found_as_it_was_created(connection: sa.Connection, house: House) -> None:
    assert people.institutions(connection) == [house.kyiv, house.vienna]
    assert people.institution(connection, house.vienna.id) == house.vienna
    assert (house.kyiv.zone, house.vienna.hue, house.kyiv.hue) == ("Europe/Kyiv", 1, 2)


def test_a_slug_names_one_institution(connection: sa.Connection, house: House) -> None:
    with pytest.raises(InstitutionExistsError, match=house.vienna.slug):
        people.create_institution(connection, VIENNA, SATURDAY)


def test_a_person_reads_in_the_institutions_zone_and_language(connection: sa.Connection, house: House) -> None:
    wish = NewPerson("ira@kpi.example", "Ira", house.kyiv.public_id)
    person = people.create_person(connection, wish, SATURDAY)
    assert (person.zone, person.language) == ("Europe/Kyiv", "uk")
    assert people.person_by_email(connection, "IRA@kpi.example") == person


def test_people_are_found_by_their_addresses_in_one_query(connection: sa.Connection, house: House) -> None:
    teacher = house.actor("teacher")
    found = people.people_by_email(connection, [teacher.email, "guest@elsewhere.example"])
    assert {email: person.id for email, person in found.items()} == {teacher.email: teacher.person_id}
    assert people.person_by_email(connection, "not an address") is None


def test_a4_creating_a_person_never_changes_an_account(connection: sa.Connection, house: House) -> None:
    teacher, admin = house.actor("teacher"), house.actor("institution_admin", house.kyiv)
    wish = NewPerson(teacher.email.upper(), "Eve", house.kyiv.public_id, ("institution_admin",))
    with pytest.raises(PersonExistsError):
        people.add_person(connection, admin, wish, SATURDAY)
    assert actor_of(connection, teacher.person_id or 0) == teacher


def test_a_role_at_an_institution_needs_one(connection: sa.Connection) -> None:
    with pytest.raises(InvalidInputError, match="institution: name one"):
        people.create_person(connection, NewPerson("a@b.example", "A", None, ("teacher",)), SATURDAY)


def test_an_unknown_institution_is_named(connection: sa.Connection) -> None:
    with pytest.raises(InvalidInputError, match="no such institution"):
        people.create_person(connection, NewPerson("a@b.example", "A", "nowhere"), SATURDAY)


def test_an_administrator_gives_roles_up_to_the_own_level(connection: sa.Connection, house: House) -> None:
    admin = house.actor("institution_admin")
    peer = NewPerson("peer@vienna.example", "Peer", house.vienna.public_id, ("institution_admin", "teacher"))
    made = people.add_person(connection, admin, peer, SATURDAY)
    assert actor_of(connection, made.id).has("institution_admin", house.vienna.id)
    above = msgspec.structs.replace(peer, email="above@vienna.example", roles=("platform_admin",))
    with pytest.raises(ForbiddenError, match="up to your own"):
        people.add_person(connection, admin, above, SATURDAY)


def test_an_administrator_creates_nobody_elsewhere(connection: sa.Connection, house: House) -> None:
    wish = NewPerson("ira@kpi.example", "Ira", house.kyiv.public_id, ("student",))
    with pytest.raises(ForbiddenError):
        people.add_person(connection, house.actor("institution_admin"), wish, SATURDAY)


def test_b9_creating_a_person_leaves_a_trace_without_name_or_address(connection: sa.Connection, house: House) -> None:
    admin = house.actor("institution_admin")
    wish = NewPerson("ben@vienna.example", "Ben", house.vienna.public_id, ("student",))
    made = people.add_person(connection, admin, wish, SATURDAY)
    (entry,) = audit.history(connection, "person", made.id)
    assert (entry["person_id"], entry["action"], entry["facts"]) == (
        admin.person_id,
        "people.manage",
        '{"roles":["student"]}',
    )


def test_the_platforms_administrator_holds_the_role_everywhere(house: House) -> None:
    actor = house.actor("platform_admin")
    assert actor.roles == {(PLATFORM, "platform_admin")}


def test_an_api_token_stands_for_its_person(connection: sa.Connection, house: House) -> None:
    teacher = house.actor("teacher")
    token = people.make_token(connection, teacher.person_id or 0, "laptop", SATURDAY)
    assert people.actor_by_token(connection, token, SATURDAY) == teacher


@pytest.mark.parametrize("wrong", ["", "x", "\ud800"])
def test_another_api_token_stands_for_nobody(connection: sa.Connection, house: House, wrong: str) -> None:
    token = people.make_token(connection, house.actor("teacher").person_id or 0, "laptop", SATURDAY)
    assert people.actor_by_token(connection, token[:-1] + wrong, SATURDAY) is None


def test_a_mailed_link_opens_a_session(connection: sa.Connection, house: House, keyring: Keyring) -> None:
    teacher = house.actor("teacher")
    cookie = signed_in(connection, keyring, teacher)
    assert seated_by(connection, cookie, SATURDAY) == teacher


def test_no_secret_is_stored(connection: sa.Connection, house: House, keyring: Keyring) -> None:
    teacher = house.actor("teacher")
    people.begin_sign_in(connection, keyring, teacher.email, SATURDAY)
    link = mailed_token(connection, keyring)
    cookie = people.finish_sign_in(connection, link, SATURDAY)
    token = people.make_token(connection, teacher.person_id or 0, "laptop", SATURDAY)
    stored = everything_stored(connection)
    assert not [secret for secret in (link, cookie, token) if secret in stored]


def test_a8_an_unknown_address_gets_no_mail_and_no_other_answer(connection: sa.Connection, keyring: Keyring) -> None:
    for email in ("nobody@vienna.example", "not an address"):
        people.begin_sign_in(connection, keyring, email, SATURDAY)
    assert outbox.listing(connection) == []


def test_a_mailed_link_works_once(connection: sa.Connection, house: House, keyring: Keyring) -> None:
    signed_in(connection, keyring, house.actor("teacher"))
    with pytest.raises(SignInLinkError):
        people.finish_sign_in(connection, mailed_token(connection, keyring), SATURDAY)


def test_a_mailed_link_works_for_a_quarter_of_an_hour(
    connection: sa.Connection, house: House, keyring: Keyring
) -> None:
    people.begin_sign_in(connection, keyring, house.actor("teacher").email, SATURDAY)
    with pytest.raises(SignInLinkError):
        people.finish_sign_in(connection, mailed_token(connection, keyring), SATURDAY + 15 * 60)
    assert people.finish_sign_in(connection, mailed_token(connection, keyring), SATURDAY + 15 * 60 - 1)


def test_a_link_derived_with_the_older_key_still_works(
    connection: sa.Connection, house: House, keyring: Keyring
) -> None:
    before = Keyring((keyring.keys[1],))
    people.begin_sign_in(connection, before, house.actor("teacher").email, SATURDAY)
    assert people.finish_sign_in(connection, mailed_token(connection, keyring), SATURDAY)


def test_a_link_whose_key_was_taken_out_has_no_token(keyring: Keyring) -> None:
    assert people.sign_in_token(keyring, "some-id", "gone") is None


def test_a_repeatable_link_works_in_the_demo_only(connection: sa.Connection, house: House, keyring: Keyring) -> None:
    token = people.repeatable_sign_in(connection, keyring, house.actor("teacher").person_id or 0, SATURDAY)
    with pytest.raises(SignInLinkError):
        people.finish_sign_in(connection, token, SATURDAY)
    cookies = {people.finish_sign_in(connection, token, SATURDAY + each, repeatable=True) for each in range(3)}
    assert len(cookies) == 3


def test_a_session_ends_after_a_week_without_a_visit(connection: sa.Connection, house: House, keyring: Keyring) -> None:
    cookie = signed_in(connection, keyring, house.actor("teacher"))
    assert seated_by(connection, cookie, SATURDAY + WEEK - 1)
    assert seated_by(connection, cookie, SATURDAY + WEEK) is None


def test_a_visited_session_lasts_but_not_over_a_month(
    connection: sa.Connection, house: House, keyring: Keyring
) -> None:
    cookie = signed_in(connection, keyring, house.actor("teacher"))
    for day in range(30):
        people.renew_session(connection, cookie, SATURDAY + day * 86400)
    assert seated_by(connection, cookie, SATURDAY + 30 * 86400 - 1)
    assert seated_by(connection, cookie, SATURDAY + 30 * 86400) is None


def test_a_session_asks_to_be_renewed_once_an_hour(connection: sa.Connection, house: House, keyring: Keyring) -> None:
    cookie = signed_in(connection, keyring, house.actor("teacher"))
    visits = [people.visit_by_session(connection, cookie, SATURDAY + after) for after in (3599, 3600)]
    assert [visit and visit.renew for visit in visits] == [False, True]


def test_an_ended_session_cannot_be_renewed(connection: sa.Connection, house: House, keyring: Keyring) -> None:
    cookie = signed_in(connection, keyring, house.actor("teacher"))
    people.renew_session(connection, cookie, SATURDAY + WEEK)
    assert seated_by(connection, cookie, SATURDAY + WEEK) is None


def test_a3_each_sign_in_has_its_own_session(connection: sa.Connection, house: House, keyring: Keyring) -> None:
    teacher = house.actor("teacher")
    first, second = (signed_in(connection, keyring, teacher) for _ in range(2))
    people.end_session(connection, first)
    assert seated_by(connection, first, SATURDAY) is None
    assert seated_by(connection, second, SATURDAY) == teacher


def test_a3_all_sessions_of_a_person_end_at_once(connection: sa.Connection, house: House, keyring: Keyring) -> None:
    teacher, student = house.actor("teacher"), house.actor("student")
    mine = [signed_in(connection, keyring, teacher) for _ in range(2)]
    other = signed_in(connection, keyring, student)
    people.end_all_sessions(connection, teacher.person_id or 0)
    assert [seated_by(connection, cookie, SATURDAY) for cookie in mine] == [None, None]
    assert seated_by(connection, other, SATURDAY) == student


def test_a3_a_new_role_ends_the_sessions_of_the_old_ones(
    connection: sa.Connection, house: House, keyring: Keyring
) -> None:
    student = house.actor("student")
    cookie = signed_in(connection, keyring, student)
    people.give_role(connection, student.person_id or 0, "teacher", house.vienna.id)
    assert seated_by(connection, cookie, SATURDAY) is None
    assert actor_of(connection, student.person_id or 0).has("teacher", house.vienna.id)


def test_expired_links_and_sessions_are_forgotten(connection: sa.Connection, house: House, keyring: Keyring) -> None:
    signed_in(connection, keyring, house.actor("teacher"))
    assert people.forget_expired(connection, SATURDAY + 3600) == 0
    assert people.forget_expired(connection, SATURDAY + 9 * 86400) == 2


def test_a_look_at_a_link_tells_whose_it_is_and_uses_nothing_up(
    connection: sa.Connection, keyring: Keyring, house: House
) -> None:
    teacher = house.actor("teacher")
    people.begin_sign_in(connection, keyring, teacher.email, SATURDAY)
    token = mailed_token(connection, keyring)
    seen = [people.whose_sign_in(connection, token, SATURDAY) for _ in range(2)]
    assert [each.email for each in seen if each is not None] == [teacher.email] * 2
    people.finish_sign_in(connection, token, SATURDAY)
    assert people.whose_sign_in(connection, token, SATURDAY) is None


def test_a_demo_link_is_nobodys_where_it_does_not_count(
    connection: sa.Connection, keyring: Keyring, house: House
) -> None:
    person_id = house.actor("teacher").person_id
    assert person_id is not None
    token = people.repeatable_sign_in(connection, keyring, person_id, SATURDAY)
    assert people.whose_sign_in(connection, token, SATURDAY) is None
    assert people.whose_sign_in(connection, token, SATURDAY, repeatable=True) is not None


def test_a_person_chooses_a_language(connection: sa.Connection, house: House) -> None:
    teacher = house.actor("teacher")
    people.change_language(connection, teacher, "uk")
    assert teacher.person_id is not None
    assert actor_of(connection, teacher.person_id).language == "uk"
