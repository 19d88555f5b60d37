"""Pictures of rooms: what is one, told by its octets and never by what the sender calls it."""

import hashlib
from dataclasses import dataclass
from typing import Final

from vclass.core.refusals import FieldError, InvalidInputError

LARGEST: Final = 2 * 1024 * 1024
TYPES: Final = ("image/png", "image/jpeg", "image/webp")


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture, its kind and its digest, which is its ETag."""

    media_type: str
    content: bytes
    digest: str


def read_photo(content: bytes) -> Photo:
    """Know a picture by its first octets.

    Raises:
        InvalidInputError: It is none of the kinds that all browsers show, or too large.
    """
    media_type = _media_type(content)
    if media_type is None:
        raise InvalidInputError([FieldError("body", "send a PNG, JPEG or WebP picture")])
    if len(content) > LARGEST:
        raise InvalidInputError([FieldError("body", f"send a picture of at most {LARGEST} octets")])
    return Photo(media_type, content, hashlib.sha256(content).hexdigest())


def _media_type(content: bytes) -> str | None:
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    return None
