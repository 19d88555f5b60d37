"""A mail as text (RFC 5322, 2045, 2047): headers, parts, and the tree around them, in ASCII with short lines.

By hand, since the standard library takes many times as long to build a mail and write it down, and puts chance into
its boundaries: the same mail has the same octets whenever it is written.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from typing import Final

__all__ = ["base64_part", "free_text", "mailbox", "multipart", "text_part"]

ROOM: Final = 64
"""What stands of a value in one line: with the name of a header before it the line is short enough."""
CHUNK: Final = 39
"""Octets in an encoded word, which then has 64 characters."""
PHRASE: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
PRINTABLE: Final = re.compile(r"[ -~]*")
WORD: Final = re.compile(r" *[^ ]+")
LINE_END: Final = re.compile(r"\r\n|\r|\n")
FOLD: Final = "\r\n "


def free_text(text: str) -> str:
    """The value of a header such as Subject, whatever stands in it but line ends."""
    words = WORD.findall(text)
    if PRINTABLE.fullmatch(text) and "=?" not in text and all(len(each) <= ROOM for each in words):
        return _folded(words)
    return _encoded(text)


def mailbox(name: str, address: str) -> str:
    """Somebody's name and address, as From and To have them."""
    if not name:
        return address
    shown = _phrase(name)
    room = ROOM - len(shown.rpartition(FOLD)[2])
    return f"{shown}{' ' if len(address) + len(' <>') <= room else FOLD}<{address}>"


def text_part(kind: str, text: str) -> bytes:
    """A part that people could read as it stands: quoted-printable."""
    lines = LINE_END.sub("\r\n", text)
    body = binascii.b2a_qp((lines if lines.endswith("\r\n") else f"{lines}\r\n").encode(), istext=True)
    return _part(f'{kind}; charset="utf-8"', "quoted-printable", body)


def base64_part(kind: str, content: bytes, **headers: str) -> bytes:
    """A part whose octets arrive as they are."""
    return _part(kind, "base64", base64.encodebytes(content).replace(b"\n", b"\r\n"), **headers)


def multipart(kind: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    """Parts in a tree; no part holds a line that begins with ``--=_``, so any boundary that does is safe."""
    limit = f"--=_{boundary}".encode()
    head = f'Content-Type: multipart/{kind};{FOLD}boundary="=_{boundary}"\r\n\r\n'.encode()
    return head + b"".join(limit + b"\r\n" + each + b"\r\n" for each in parts) + limit + b"--\r\n"


def _part(kind: str, coding: str, body: bytes, **headers: str) -> bytes:
    fields = {"Content-Type": kind, "Content-Transfer-Encoding": coding}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    return "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode() + b"\r\n" + body


def _phrase(name: str) -> str:
    if len(name) > ROOM or not PRINTABLE.fullmatch(name) or "=?" in name:
        return _encoded(name)
    if PHRASE.fullmatch(name):
        return name
    return '"{}"'.format(name.replace("\\", "\\\\").replace('"', '\\"'))


def _folded(words: Sequence[str]) -> str:
    """Words with the spaces before them, in lines; a line after the first begins with a space of the text itself."""
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + len(word) > ROOM:
            lines.append(word)
        else:
            lines[-1] += word
    return "\r\n".join(lines)


def _encoded(text: str) -> str:
    return FOLD.join(f"=?utf-8?b?{base64.b64encode(each).decode()}?=" for each in _chunks(text))


def _chunks(text: str) -> Iterator[bytes]:
    """The octets of the text in pieces that cut no character in two."""
    chunk = b""
    for character in text:
        octets = character.encode()
        if len(chunk) + len(octets) > CHUNK:
            yield chunk
            chunk = b""
        chunk += octets
    yield chunk
