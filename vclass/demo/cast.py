"""Who and what there is in the demo. Everything is invented; addresses end in ``.example`` (RFC 2606)."""

from typing import Final

from rooms import Card, Hours, NewEquipment, NewRoom
from vclass.people import NewInstitution, NewPerson

INSTITUTIONS: Final = (
    NewInstitution("vienna", "VIE", "Vienna Institute of Informatics", "Vienna", "Europe/Vienna", "AT", ("en", "de")),
    NewInstitution("kyiv", "KYI", "Kyiv Polytechnic Academy", "Kyiv", "Europe/Kyiv", "UA", ("uk", "en")),
    NewInstitution("athens", "ATH", "Athens School of Economics", "Athens", "Europe/Athens", "GR", ("en", "el")),
    NewInstitution("berlin", "BER", "Berlin College of Design", "Berlin", "Europe/Berlin", "DE", ("en", "de")),
)

PEOPLE: Final[dict[str, tuple[NewPerson, ...]]] = {
    "vienna": (
        NewPerson("anna.leitner@vii.ac.example", "Anna Leitner", roles=("teacher",), language="en"),
        NewPerson("eva.maurer@vii.ac.example", "Eva Maurer", roles=("room_admin",), language="en"),
        NewPerson("josef.huber@vii.ac.example", "Josef Huber", roles=("institution_admin",), language="en"),
        NewPerson("sophie.brandl@vii.ac.example", "Sophie Brandl", roles=("student",), language="en"),
        NewPerson("paula.steiner@vii.ac.example", "Paula Steiner", roles=("quality_officer",), language="en"),
    ),
    "kyiv": (
        NewPerson("iryna.bondar@kpa.edu.example", "Ірина Бондар", roles=("teacher",), language="uk"),
        NewPerson("oleh.kovalenko@kpa.edu.example", "Олег Коваленко", roles=("room_admin",), language="uk"),
        NewPerson("danylo.savchuk@kpa.edu.example", "Данило Савчук", roles=("student",), language="uk"),
        NewPerson("marta.lysenko@kpa.edu.example", "Марта Лисенко", roles=("student",), language="uk"),
    ),
    "athens": (
        NewPerson("nikos.pappas@ase.example", "Nikos Pappas", roles=("teacher",), language="en"),
        NewPerson("eleni.dimou@ase.example", "Eleni Dimou", roles=("organiser",), language="en"),
        NewPerson("kostas.rallis@ase.example", "Kostas Rallis", roles=("room_admin",), language="en"),
    ),
    "berlin": (
        NewPerson("emre.yildiz@bcd.example", "Emre Yıldız", roles=("teacher",), language="en"),
        NewPerson("lena.vogt@bcd.example", "Lena Vogt", roles=("institution_admin",), language="en"),
        NewPerson("max.albers@bcd.example", "Max Albers", roles=("platform_admin",), language="en"),
    ),
}

WORKDAYS: Final = ("MO", "TU", "WE", "TH", "FR")


def _lab(name: str, zone: str, seats: int, card: Card, features: tuple[str, ...]) -> NewRoom:
    """A room with everything that rooms can have: who books it waits for its house's word."""
    return NewRoom(
        "hall",
        name,
        zone,
        seats,
        hours=(*(Hours(day, "07:30", "20:00") for day in WORKDAYS), Hours("SA", "08:00", "13:00")),
        card=card,
        features=features,
        shared=True,
        approval="required",
        answer_hours=48,
        setup_minutes=10,
        teardown_minutes=5,
        horizon_days=180,
        longest_minutes=240,
    )


def _sets(name: str, quantity: int) -> NewEquipment:
    return NewEquipment(name, quantity, shared=True, approval="required", features=("to carry",))


ROOMS: Final[dict[str, tuple[NewRoom, ...]]] = {
    "vienna": (
        NewRoom(
            "hall",
            "A-101",
            "Europe/Vienna",
            24,
            shared=True,
            features=("camera", "projector", "whiteboard"),
            card=Card(camera="PTZ, rear wall", uplink="1 Gbit/s"),
        ),
        NewRoom(
            "hall",
            "B-204",
            "Europe/Vienna",
            60,
            shared=True,
            features=("camera", "hearing loop", "projector"),
            card=Card(camera="two, ceiling", microphone="ceiling array"),
        ),
        NewRoom("virtual", "Vienna online", "Europe/Vienna", 60, shared=True),
        _lab(
            "Lab 12",
            "Europe/Vienna",
            16,
            Card("1080p, pan and zoom", "6 in the ceiling", "940 Mbit/s, wired", "Eva Maurer", "second floor"),
            ("step-free", "two projectors"),
        ),
    ),
    "kyiv": (
        NewRoom(
            "hall",
            "Hall 214",
            "Europe/Kyiv",
            30,
            shared=True,
            features=("projector", "step-free"),
            card=Card(uplink="300 Mbit/s"),
        ),
        NewRoom("hall", "Hall 118", "Europe/Kyiv", 90, shared=True, features=("camera", "projector")),
        NewRoom("virtual", "Kyiv online", "Europe/Kyiv", 60, shared=True),
        _lab(
            "Lab 305",
            "Europe/Kyiv",
            20,
            Card("1080p", "4 on the desks", "300 Mbit/s, wired", "Олег Коваленко", "third floor"),
            ("generator", "two projectors"),
        ),
    ),
    "athens": (
        NewRoom(
            "hall",
            "Amphitheatre 2",
            "Europe/Athens",
            120,
            shared=True,
            features=("camera", "hearing loop", "projector"),
            card=Card(microphone="wireless, two"),
        ),
        NewRoom("virtual", "Athens online", "Europe/Athens", 40, shared=True),
        _lab(
            "Laboratory B",
            "Europe/Athens",
            12,
            Card("1080p", "2 on stands", "100 Mbit/s, wired", "Kostas Rallis", "ground floor"),
            ("step-free",),
        ),
    ),
    "berlin": (
        NewRoom("hall", "Studio 3", "Europe/Berlin", 18, shared=True, features=("camera", "green screen")),
        NewRoom("virtual", "Berlin online", "Europe/Berlin", 40, shared=True),
        _lab(
            "Workshop 5",
            "Europe/Berlin",
            14,
            Card("4K, fixed", "8 in the ceiling", "940 Mbit/s, wired", "Lena Vogt", "courtyard"),
            ("step-free", "drawing tables"),
        ),
    ),
}

LENT: Final = "Recording set"
"""Kit of the first house that the open lesson has."""

EQUIPMENT: Final[dict[str, tuple[NewEquipment, ...]]] = {
    "vienna": (
        NewEquipment("Document camera", 2, shared=True),
        NewEquipment("Wireless microphone", 5, shared=True),
        NewEquipment(LENT, 3, features=("to carry",)),
        _sets("Interpreting set", 2),
    ),
    "kyiv": (
        NewEquipment("Wireless microphone", 4, shared=True),
        NewEquipment("Second projector", 1, shared=True),
        _sets("Video set", 2),
    ),
    "athens": (NewEquipment("Document camera", 1, shared=True), _sets("Interpreting set", 1)),
    "berlin": (NewEquipment("Tablet for drawing", 6, shared=True), _sets("Photo set", 2)),
}

COURSE: Final = "Comparative Media Law"
OPEN_LESSON: Final = "Media Law, open hour"
LEADER: Final = "anna.leitner@vii.ac.example"
PARTNER: Final = "iryna.bondar@kpa.edu.example"
GUESTS: Final = (
    "sophie.brandl@vii.ac.example",
    "danylo.savchuk@kpa.edu.example",
    "marta.lysenko@kpa.edu.example",
    "maria.alvarez@guest.example",
)
