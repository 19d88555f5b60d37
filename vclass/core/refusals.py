"""What a rule says when it says no: facts and a sentence that tells what to do next.

No HTTP here: one table in ``vclass/web/errors.py`` gives each class its status.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import msgspec


class FieldError(msgspec.Struct, frozen=True):
    """One wrong field: its name (dotted for nested ones) and what to put there instead."""

    field: str
    message: str


class Refusal(Exception):  # noqa: N818  a refusal is an answer, not an error of ours
    """A rule said no.

    Args:
        sentence: What happened and what to do, for people.
        facts: Members added to the problem document.
    """

    slug: ClassVar[str] = "refused"

    def __init__(self, sentence: str, **facts: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.facts: Mapping[str, Any] = facts


class InvalidInputError(Refusal):
    """Some fields are wrong; all of them are named."""

    slug = "invalid"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        listed = "; ".join(f"{error.field}: {error.message.removesuffix('.')}" for error in errors)
        super().__init__(f"Please correct {listed}.", errors=list(errors))
        self.errors = tuple(errors)


class NotSignedInError(Refusal):
    """Nobody is signed in, or the token is not valid."""

    slug = "not-signed-in"

    def __init__(self) -> None:
        super().__init__("Sign in, or send a valid token as `Authorization: Bearer TOKEN`.")


class ForbiddenError(Refusal):
    """The actor may see the object but not do this to it."""

    slug = "forbidden"


class NotFoundError(Refusal):
    """There is no such object, or the actor may not know that there is."""

    slug = "not-found"

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no such {what}, or you may not see it. Check the address.")


class UnsupportedTypeError(Refusal):
    """The body is of a kind that this address does not take (RFC 9110 section 15.5.16)."""

    slug = "unsupported-type"

    def __init__(self, wanted: str) -> None:
        super().__init__(f"Send the body as {wanted}, with that Content-Type.")


class VersionMissingError(Refusal):
    """A change without If-Match (RFC 9110 section 13.1.1; RFC 6585 section 3)."""

    slug = "version-missing"

    def __init__(self) -> None:
        super().__init__("Read the object first and send its ETag as If-Match, so that nobody's change is lost.")


class StaleError(Refusal):
    """Somebody changed the object since it was read; ``current_version`` is what stands now, where that is known."""

    slug = "stale"

    def __init__(self, current_version: int | None = None) -> None:
        super().__init__(
            "Somebody changed this in the meantime. Read it again, then repeat your change with its ETag as If-Match.",
            **({} if current_version is None else {"current_version": current_version}),
        )


class TooManyError(Refusal):
    """A rate or size limit was reached; ``retry_after`` in seconds."""

    slug = "too-many"
