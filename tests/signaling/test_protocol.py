"""The document and the structs say the same."""

import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from signaling.codec import decode, encode, numbered
from signaling.model import Code, LiveSettings, Refusal
from signaling.protocol import (
    Answer,
    Chat,
    ClientMessage,
    Closed,
    Error,
    Joined,
    Left,
    Moved,
    Muted,
    NeedSlots,
    Participant,
    Pong,
    Recorded,
    Recording,
    RelayServers,
    Resumed,
    ServerMessage,
    SignalChanged,
    Slots,
    SlotView,
    Speaker,
    StateChanged,
    Tracks,
    TrackView,
    Welcome,
)
from signaling.relays import IceServer
from signaling.room import FAREWELLS
from signaling.ws import CLOSE_AFTER
from tests.signaling.parts import Stage

DOCUMENT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text("utf-8")
CLIENT = {str(kind.__struct_config__.tag): kind for kind in get_args(ClientMessage)}
SERVER = {str(kind.__struct_config__.tag): kind for kind in get_args(ServerMessage)}


def part(heading: str, level: int = 2) -> str:
    """The text under one heading."""
    marks = "#" * level
    found = re.search(
        rf"^{marks} {re.escape(heading)}\n(.*?)(?=^#{{1,{level}}} |\Z)", DOCUMENT, re.MULTILINE | re.DOTALL
    )
    assert found, heading
    return found[1]


def paragraphs(heading: str) -> dict[str, str]:
    """The paragraphs of a chapter by the message they explain."""
    return dict(re.findall(r"^### `(\w+)`\n(.*?)(?=^### |\Z)", part(heading), re.MULTILINE | re.DOTALL))


def fields(paragraph: str) -> set[str]:
    """The outer field names in the shapes that open a paragraph."""
    names: set[str] = set()
    for shape in re.findall(r"`\{(type.*?)\}`", paragraph):
        inner = re.sub(r"\[[^\[\]]*\]|\{[^{}]*\}", "", shape)
        names |= {name.strip(" ?:") for name in inner.split(",")}
    return names


def rows(text: str) -> list[list[str]]:
    """The cells of a table's rows below the heading."""
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    table = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]
    return table[1:]


def test_every_message_of_a_client_has_a_paragraph_and_every_paragraph_a_message() -> None:
    assert set(paragraphs("Client to server")) == set(CLIENT)


def test_every_message_of_the_server_has_a_paragraph_and_every_paragraph_a_message() -> None:
    assert set(paragraphs("Server to client")) == set(SERVER)


@pytest.mark.parametrize("name", CLIENT)
def test_a_clients_fields_are_those_in_the_document(name: str) -> None:
    expected = {"type", *CLIENT[name].__struct_encode_fields__} - {"id"}
    assert fields(paragraphs("Client to server")[name]) == expected


@pytest.mark.parametrize("name", SERVER)
def test_the_servers_fields_are_those_in_the_document(name: str) -> None:
    expected = {"type", "seq", *SERVER[name].__struct_encode_fields__}
    assert fields(paragraphs("Server to client")[name]) == expected


@pytest.mark.parametrize("name", SERVER)
def test_the_document_says_which_messages_are_no_events(name: str) -> None:
    assert ("No event" in paragraphs("Server to client")[name]) != SERVER[name].EVENT


@pytest.mark.parametrize(("name", "struct"), [("Participant", Participant), ("Slot", SlotView)])
def test_a_shared_value_has_the_fields_in_the_document(name: str, struct: type[msgspec.Struct]) -> None:
    shape = re.search(rf"\*\*{name}\*\*: `\{{(.*?)\}}`", part("Shared values"))
    assert shape
    assert {field.strip() for field in shape[1].split(",")} == set(struct.__struct_encode_fields__)


def test_every_error_code_is_in_the_document_with_its_close_code() -> None:
    table = {cells[0]: cells[1] for cells in rows(paragraphs("Server to client")["error"])}
    assert set(table) == set(get_args(Code))
    closing = {code: f"close {number}" for code, number in CLOSE_AFTER.items()}
    assert {code: then for code, then in table.items() if then} == closing


def test_every_reason_for_closing_is_in_the_document_with_code_and_retry() -> None:
    table = {cells[0]: (cells[1].strip('"'), cells[2]) for cells in rows(paragraphs("Server to client")["closed"])}
    assert table == {reason: (farewell.retry or "null", str(farewell.code)) for reason, farewell in FAREWELLS.items()}


def test_the_limits_in_the_document_are_the_defaults() -> None:
    limits = LiveSettings()
    assert f"by `limits.resume_seconds` ({limits.resume_seconds})" in DOCUMENT
    assert f"more than {limits.messages_per_second} messages a second ({limits.burst} at once)" in DOCUMENT
    assert f"within {limits.hello_seconds} seconds" in DOCUMENT
    assert f"{limits.queue_messages} messages ({limits.queue_bytes // 1024} KiB)" in DOCUMENT


GOOD: dict[str, list[str]] = {
    "hello": ['{"ticket": "T_1-x"}', '{"resume": {"secret": "s", "seq": 0}}'],
    "offer": ['{"sdp": "v=0\\r\\n", "rev": 1}', '{"sdp": "v=0", "rev": 2, "fresh": true}'],
    "want": [
        '{"slots": []}',
        '{"slots": [{"mid": "0", "track": "a/b"}, {"mid": "1", "track": null}]}',
        '{"slots": [{"mid": "0", "quality": "q", "temporal": 1}]}',
    ],
    "mute": ['{"kind": "audio", "muted": true}'],
    "mute_other": ['{"kind": "video", "participant": "p"}'],
    "chat": ['{"text": "Привіт\\n\\tусім 👩‍🏫"}', '{"text": "x", "id": "c-1"}'],
    "report": [
        '{"up": {"kilobits": 0, "lost": 0}, "down": {"kilobits": 812.5, "lost": 1}, "round_trip_ms": 20}',
        '{"up": {"kilobits": 1, "lost": 0.5}, "down": {"kilobits": 1, "lost": 0}, "round_trip_ms": 1, "height": 360}',
    ],
    "record": ['{"action": "start"}', '{"action": "pause"}'],
    "consent": ['{"recording": "abc", "given": true}'],
    "ping": ["{}"],
    "turn": ["{}"],
    "bye": ['{"id": "last"}'],
}
BAD: dict[str, list[tuple[str, str]]] = {
    "hello": [
        ("{}", "ticket"),
        ('{"ticket": "t", "resume": {"secret": "s", "seq": 0}}', "ticket"),
        ('{"ticket": ""}', "ticket"),
        ('{"resume": {"secret": "s"}}', "resume.seq"),
        ('{"resume": {"secret": "s", "seq": -1}}', "resume.seq"),
    ],
    "offer": [
        ('{"sdp": "v=0"}', "rev"),
        ('{"sdp": "", "rev": 1}', "sdp"),
        ('{"sdp": "v=0", "rev": 1.5}', "rev"),
        ('{"sdp": "\\u0000", "rev": 1}', "sdp"),
        ('{"sdp": "v=0", "rev": 0}', "rev"),
        ('{"sdp": "%s", "rev": 1}' % ("x" * 32_769), "sdp"),
    ],
    "want": [
        ('{"slots": {}}', "slots"),
        ('{"slots": [{"track": null}]}', "slots[0].mid"),
        ('{"slots": [{"mid": "0", "quality": "x"}]}', "slots[0].quality"),
        ('{"slots": [{"mid": "0", "temporal": 4}]}', "slots[0].temporal"),
        ('{"slots": [{"mid": "a b", "track": null}]}', "slots[0].mid"),
        ('{"slots": [' + ",".join(['{"mid": "0", "track": null}'] * 33) + "]}", "slots"),
    ],
    "mute": [('{"kind": "smell", "muted": true}', "kind"), ('{"kind": "audio", "muted": 1}', "muted")],
    "mute_other": [('{"kind": "audio"}', "participant"), ('{"kind": "audio", "participant": 5}', "participant")],
    "chat": [
        ('{"text": " \\n "}', "text"),
        ('{"text": "\\u0007"}', "text"),
        ('{"text": "%s"}' % ("x" * 2001), "text"),
        ('{"text": "x", "from": "somebody"}', "from"),
    ],
    "report": [
        ('{"up": {"kilobits": 1, "lost": 2}, "down": {"kilobits": 1, "lost": 0}, "round_trip_ms": 1}', "up.lost"),
        ('{"up": {"kilobits": -1, "lost": 0}, "down": {"kilobits": 1, "lost": 0}, "round_trip_ms": 1}', "up.kilobits"),
        ('{"up": {"kilobits": 1, "lost": 0}, "down": {"kilobits": 1}, "round_trip_ms": 1}', "down.lost"),
        ('{"up": {"kilobits": 1, "lost": 0}, "down": {"kilobits": 1, "lost": 0}}', "round_trip_ms"),
    ],
    "record": [("{}", "action"), ('{"action": "rewind"}', "action")],
    "consent": [
        ('{"given": true}', "recording"),
        ('{"recording": "a b", "given": true}', "recording"),
        ('{"recording": "abc", "given": "yes"}', "given"),
    ],
    "ping": [('{"at": 1}', "at"), ('{"id": "with space"}', "id")],
    "turn": [('{"urls": []}', "urls")],
    "bye": [('{"id": ""}', "id")],
}


def typed(name: str, body: str) -> bytes:
    return (f'{{"type": "{name}"' + (", " if body != "{}" else "") + body[1:]).encode()


def test_every_message_of_a_client_has_examples() -> None:
    assert set(GOOD) == set(BAD) == set(CLIENT)


@pytest.mark.parametrize(("name", "body"), [(name, body) for name in GOOD for body in GOOD[name]])
def test_a_good_message_is_read_as_its_struct(name: str, body: str) -> None:
    assert type(decode(typed(name, body))) is CLIENT[name]


@pytest.mark.parametrize(("name", "body", "field"), [(n, b, f) for n in BAD for b, f in BAD[n]])
def test_a_malformed_message_is_refused_with_the_field_and_the_way_out(name: str, body: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        decode(typed(name, body))
    assert (refused.value.code, refused.value.field) == ("malformed", field)
    assert refused.value.sentence.startswith(f"{field}: ")
    assert "send it again" in refused.value.sentence


def server_samples() -> list[ServerMessage]:
    stage = Stage()
    olena = stage.enter("Olena")
    stage.connect(olena)
    welcome = stage.welcome(olena)
    me = welcome.me
    return [
        welcome,
        Resumed(media="kept", missed=0),
        Answer(rev=1, sdp="v=0"),
        Joined(participant=stage.seat(olena).seen()),
        Left(participant=me.id, reason="bye"),
        Tracks(participant=me.id, added=(TrackView("a", "audio", muted=True),), removed=("b",)),
        Slots(slots=(SlotView("0", "audio", None, None),)),
        Muted(participant=me.id, kind="audio", muted=True),
        Chat(id="7-1", sender=me.id, name="Olena", language="uk", text="x", at="t", re="c"),
        Speaker(participant=None),
        Recording(id="rec", state="paused", version="1"),
        Recorded(participant=me.id, recorded=True),
        StateChanged(participant=me.id, state="stale"),
        SignalChanged(participant=me.id, signal="fair"),
        Moved(epoch=8),
        NeedSlots(audio=1, video=0),
        Closed(reason="moved", message="x", retry=None),
        Error(code="malformed", message="x", field="f", re="r", cause="c", retry="later"),
        RelayServers(ice_servers=(IceServer(("turn:relay.example",), "1:l:p", "c"),), re="r"),
        Pong(re="p"),
    ]


@pytest.mark.parametrize("message", server_samples(), ids=lambda message: type(message).__name__)
def test_a_message_of_the_server_survives_the_wire_with_its_number(message: ServerMessage) -> None:
    frame = numbered(encode(message), 41)
    assert msgspec.json.decode(frame)["seq"] == 41
    assert msgspec.json.decode(frame, type=type(message)) == message


def test_a_fresh_visit_lists_every_message_of_the_server() -> None:
    assert {type(message) for message in server_samples()} == set(SERVER.values())


def test_the_welcome_never_names_an_identity_or_a_ticket() -> None:
    stage = Stage()
    stage.enter("Olena")
    wire = encode(stage.welcome(stage.enter("Marko")))
    assert b"attendee-" not in wire
    assert b"secret-1" not in wire
    assert isinstance(msgspec.json.decode(wire, type=Welcome), Welcome)
