"""``python -m tests.journeys.server``: the real application as a process of its own, at an hour of the test's choice.

Made of the same parts as ``vclass serve``; only the clock is shifted, and two institutions are there.
"""

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from config.settings import Database as DatabaseSettings
from config.settings import Mail, Media, Server, Settings
from rooms import NewEquipment, NewRoom
from rooms.service import create_equipment, create_room
from vclass import migrations, server
from vclass.app import create_app
from vclass.core.clock import shifted_clock
from vclass.core.db import Database
from vclass.people import NewInstitution, NewPerson, create_institution, create_person

ANNA = "anna.leitner@vienna.example"
IRYNA = "iryna.bondar@kyiv.example"
VIENNA = NewInstitution("vienna", "VIE", "Vienna Institute of Informatics", "Vienna", "Europe/Vienna", "AT", ("en",))
KYIV = NewInstitution("kyiv", "KYI", "Kyiv Polytechnic Academy", "Kyiv", "Europe/Kyiv", "UA", ("uk", "en"))


@dataclass(frozen=True, slots=True)
class Options:
    """Where everything is."""

    folder: Path
    port: int
    udp_port: int
    smtp_port: int
    now: int


def settings(options: Options) -> Settings:
    return Settings(
        server=Server(port=options.port, secret_file=str(options.folder / "secret")),
        database=DatabaseSettings(url=f"sqlite:///{options.folder / 'vclass.db'}"),
        mail=Mail(smtp_url=f"smtp://127.0.0.1:{options.smtp_port}", sender="vclass <lessons@vclass.example>"),
        media=Media(udp_port=options.udp_port),
    )


def furnish(connection: sa.Connection, now: int) -> None:
    """A teacher, a hall and a virtual room on each side."""
    vienna = create_institution(connection, VIENNA, now)
    kyiv = create_institution(connection, KYIV, now)
    create_person(connection, NewPerson(ANNA, "Anna Leitner", vienna.public_id, ("teacher",)), now)
    create_person(connection, NewPerson(IRYNA, "Ірина Бондар", kyiv.public_id, ("teacher",)), now)
    create_room(connection, vienna.id, NewRoom("hall", "A-101", "Europe/Vienna", 24, shared=True), now)
    create_room(connection, kyiv.id, NewRoom("hall", "Hall 214", "Europe/Kyiv", 30, shared=True), now)
    create_equipment(connection, vienna.id, NewEquipment("Document camera", 2, shared=True), now)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    for name in ("--port", "--udp-port", "--smtp-port", "--now"):
        parser.add_argument(name, type=int, required=True)
    options = Options(**vars(parser.parse_args()))
    chosen = settings(options)
    database = Database(chosen.database.url)
    if migrations.current(database.engine) is None:
        migrations.upgrade(database.engine)
        with database.engine.begin() as connection:
            furnish(connection, options.now)
    database.engine.dispose()
    clock = shifted_clock(options.now - int(time.time()))

    async def run() -> None:
        await server.serve(create_app(chosen, clock=clock), "127.0.0.1", options.port)

    server.run(run())


if __name__ == "__main__":
    main()
