"""Text of a socket to messages and back: strict, bounded, and with errors that name the field."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from signaling.model import Refusal
from signaling.protocol import (
    CHAT_CHARACTERS,
    IDENTIFIER,
    REF,
    SDP_TEXT,
    TOKEN,
    ClientMessage,
    Hello,
    Say,
    ToClient,
)

MESSAGE_BYTES: Final = 65_536
DEPTH: Final = 8

_WORDS: Final = {
    REF: "1 to 64 letters, digits, - or _",
    TOKEN: "1 to 256 letters, digits, -, _, . or ~",
    IDENTIFIER: "1 to 64 visible ASCII characters",
    SDP_TEXT: "SDP text, not empty and without control characters",
}
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_BRACKET: Final = re.compile(rb"[\[\]{}]")
_PATH: Final = re.compile(r"^(.*?)(?: - at `\$\.?(.*)`)?$", re.DOTALL)
_NAMED: Final = re.compile(r"(missing required|unknown) field `(.*)`$", re.DOTALL)
_BIDI: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SHOWN: Final = 80


class _Envelope(msgspec.Struct):
    id: str | None = None


_decoder: Final[msgspec.json.Decoder[ClientMessage]] = msgspec.json.Decoder(ClientMessage)
_envelopes: Final = msgspec.json.Decoder(_Envelope)
_encoder: Final = msgspec.json.Encoder()


def decode(text: bytes) -> ClientMessage:
    """The message in one text frame.

    Raises:
        Refusal: `malformed` or `unknown_type`; its `field` says where, its `ref` which message.
    """
    try:
        _check_size(text)
        message = _typed(text)
        return _CHECKS.get(type(message), _as_it_is)(message)
    except Refusal as refusal:
        refusal.ref = _ref(text)
        raise


def encode(message: ToClient) -> bytes:
    return _encoder.encode(message)


def numbered(body: bytes, seq: int) -> bytes:
    """An encoded message with the `seq` of one seat, so that a broadcast is encoded once."""
    return b'{"seq":%d,%b' % (seq, body[1:])


def clean_text(text: str) -> str:
    """NFC, one kind of line end, no direction overrides, nothing around it."""
    return unicodedata.normalize("NFC", _BIDI.sub("", text).replace("\r\n", "\n")).strip()


def clean_name(name: str, length: int = 64) -> str:
    """A name as others may see it: NFC, without controls, at most `length` characters (rule D6)."""
    return _CONTROL.sub("", clean_text(name).replace("\n", " ").replace("\t", " "))[:length].rstrip()


def depth(text: bytes) -> int:
    """How deep arrays and objects nest, whether or not the text is JSON."""
    deepest = level = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", text)):
        level += 1 if bracket in b"[{" else -1
        deepest = max(deepest, level)
    return deepest


def _check_size(text: bytes) -> None:
    if len(text) > MESSAGE_BYTES:
        raise Refusal("malformed", f"The message is over {MESSAGE_BYTES} bytes. Send less at a time.")
    if text.count(b"{") + text.count(b"[") > DEPTH and depth(text) > DEPTH:
        raise Refusal("malformed", f"The message nests deeper than {DEPTH} levels. Send a flatter one.")


def _typed(text: bytes) -> ClientMessage:
    try:
        return _decoder.decode(text)
    except msgspec.ValidationError as error:
        raise _explained(str(error)) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise Refusal("malformed", 'The message isn\'t JSON. Send one object, such as {"type": "ping"}.') from None


def _explained(problem: str) -> Refusal:
    """Says in the words of the protocol what msgspec found wrong."""
    what, path = _split(problem)
    if path == "type" and what.startswith("Invalid value"):
        return Refusal("unknown_type", f"There is no such message. Known: {', '.join(_NAMES)}.", field="type")
    if named := _NAMED.search(what):
        path = ".".join(part for part in (path, named[2]) if part)
        what = f"this field is {'missing' if named[1].startswith('missing') else 'unknown'}"
    return _misfit(path[:_SHOWN] or None, _in_words(what))


def _split(problem: str) -> tuple[str, str]:
    found = _PATH.match(problem)
    return (found[1], found[2] or "") if found else (problem, "")


def _in_words(what: str) -> str:
    for pattern, words in _WORDS.items():
        if repr(pattern) in what:
            return f"expected {words}"
    return what[:_SHOWN]


def _misfit(field: str | None, problem: str) -> Refusal:
    return Refusal("malformed", f"{field or 'The message'}: {problem}. Mend it and send it again.", field=field)


def _ref(text: bytes) -> str | None:
    """The client's own name for a message that is otherwise unreadable, if it gave a proper one."""
    try:
        name = _envelopes.decode(text).id if len(text) <= MESSAGE_BYTES and depth(text) <= DEPTH else None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    return name if name and re.match(REF, name) else None


def _check_hello(message: Hello) -> Hello:
    if (message.ticket is None) == (message.resume is None):
        raise _misfit("ticket", "give either a ticket or resume, not both and not neither")
    return message


def _check_say(message: Say) -> Say:
    text = clean_text(message.text)
    if _CONTROL.search(text):
        raise _misfit("text", "control characters aren't allowed, only tab and line feed")
    if not 1 <= len(text) <= CHAT_CHARACTERS:
        raise _misfit("text", f"expected 1 to {CHAT_CHARACTERS} characters")
    return msgspec.structs.replace(message, text=text)


def _as_it_is(message: ClientMessage) -> ClientMessage:
    return message


_CHECKS: Final[Mapping[type, Callable[[Any], ClientMessage]]] = {Hello: _check_hello, Say: _check_say}
_NAMES: Final = sorted(str(kind.__struct_config__.tag) for kind in ClientMessage.__args__)
