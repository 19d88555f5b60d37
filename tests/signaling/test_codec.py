import json
import unicodedata
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from signaling.codec import DEPTH, MESSAGE_BYTES, clean_name, decode, depth
from signaling.model import Refusal
from signaling.protocol import ClientMessage, Say

KNOWN = [
    "hello",
    "offer",
    "want",
    "mute",
    "mute_other",
    "chat",
    "record",
    "consent",
    "ping",
    "bye",
    "welcome",
    "",
    "🦉",
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)
FIELDS = st.sampled_from(["ticket", "resume", "sdp", "rev", "slots", "kind", "muted", "text", "id", "seq"])
MESSAGES = st.builds(
    lambda name, body: json.dumps({"type": name, **body}).encode(),
    st.sampled_from(KNOWN),
    st.dictionaries(FIELDS, VALUES, max_size=4),
)


def read(frame: bytes) -> ClientMessage | Refusal:
    try:
        return decode(frame)
    except Refusal as refusal:
        return refusal


def refusal_of(frame: bytes) -> Refusal:
    with pytest.raises(Refusal) as refused:
        decode(frame)
    return refused.value


@given(st.binary(max_size=300) | MESSAGES)
@settings(max_examples=400, deadline=None)
@example(b"")
@example(b"\xff")
@example(b'"\\')
@example(b'{"type": "ping", "id": "\\ud800"}')
def test_whatever_comes_is_a_message_or_a_refusal_that_says_why(frame: bytes) -> None:
    outcome = read(frame)
    if isinstance(outcome, Refusal):
        assert outcome.code in ("malformed", "unknown_type")
        assert outcome.sentence.endswith(".")
        assert len(outcome.sentence) < 400


@given(st.text(max_size=2100))
@settings(max_examples=200, deadline=None)
def test_rule_d6_chat_that_gets_through_is_clean(text: str) -> None:
    message = read(json.dumps({"type": "chat", "text": text}).encode())
    if isinstance(message, Say):
        assert unicodedata.is_normalized("NFC", message.text)
        assert 1 <= len(message.text) <= 2000
        assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in message.text)
    else:
        assert isinstance(message, Refusal)


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"ping",
        b"[]",
        b"null",
        b"{}",
        b'{"type": 1}',
        b'{"type": "ping"} {"type": "ping"}',
        b'{"type": "hello", "resume": {"secret": "s", "seq": NaN}}',
        b'{"type": "hello", "resume": {"secret": "s", "seq": Infinity}}',
        b'{"type": "hello", "resume": {"secret": "s", "seq": 1e999}}',
        b'{"type": "chat", "text": "\\ud800"}',
        b'{"type": "chat", "text": "\xff"}',
    ],
)
def test_what_is_no_message_is_malformed(frame: bytes) -> None:
    assert refusal_of(frame).code == "malformed"


def test_an_unknown_type_is_answered_with_the_known_ones() -> None:
    refusal = refusal_of(b'{"type": "dance"}')
    assert (refusal.code, refusal.field) == ("unknown_type", "type")
    assert "mute_other, offer, ping" in refusal.sentence


def test_a_refusal_names_the_message_it_is_about() -> None:
    assert refusal_of(b'{"type": "chat", "text": 1, "id": "c-9"}').ref == "c-9"
    assert refusal_of(b'{"type": "chat", "text": 1, "id": "no good"}').ref is None


def test_rule_d4_a_message_of_64_kib_is_read_and_a_longer_one_is_not() -> None:
    ping = b'{"type": "ping"}'
    assert decode(ping + b" " * (MESSAGE_BYTES - len(ping))).id is None
    assert "65536 bytes" in refusal_of(ping + b" " * (MESSAGE_BYTES - len(ping) + 1)).sentence


@pytest.mark.parametrize("bracket", [b"[", b'{"a":'])
def test_rule_d6_deep_nesting_is_refused_before_it_is_parsed(bracket: bytes) -> None:
    frame = b'{"type": "ping", "x": ' + bracket * 10_000
    assert "deeper than 8 levels" in refusal_of(frame).sentence


@pytest.mark.parametrize(
    ("frame", "levels"),
    [(b"1", 0), (b"[]", 1), (b'{"a": [[], {}]}', 3), (b'"[[[["', 0), (b'["\\"[[[["]', 1), (b'"[[[[', 0), (b"]]][", 0)],
)
def test_depth_counts_brackets_outside_of_strings(frame: bytes, levels: int) -> None:
    assert depth(frame) == levels


def test_brackets_in_a_string_are_no_depth() -> None:
    message = decode(b'{"type": "chat", "text": "' + b"[" * (DEPTH + 1) + b'"}')
    assert isinstance(message, Say)


def test_chat_is_normalised_and_loses_direction_overrides() -> None:
    message: Any = decode('{"type": "chat", "text": " e\u0301 \u202egnp.exe\u2069\\r\\nend "}'.encode())
    assert message.text == "é gnp.exe\nend"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("  Olena\tPetrenko ", "Olena Petrenko"),
        ("\u2067Olena\u2069\x1b[31m", "Olena[31m"),
        ("e\u0301", "é"),
        ("x" * 65, "x" * 64),
    ],
)
def test_rule_d6_a_name_is_shown_without_controls_and_bounded(name: str, shown: str) -> None:
    assert clean_name(name) == shown
