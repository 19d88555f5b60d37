"""JSON operations over HTTP: typed in and out, described once, served and documented from the same description.

A feature's ``web.py`` collects its operations in ``Routes``; each names its action in the permission matrix.
"""

import asyncio
import functools
import inspect
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from aiohttp import hdrs, web

from vclass.core.refusals import (
    FieldError,
    InvalidInputError,
    NotFoundError,
    StaleError,
    UnsupportedTypeError,
    VersionMissingError,
)

T = TypeVar("T")
Handler = Callable[..., Awaitable[Any]]

API = "/api/v1"
JSON = "application/json"
NUL = "\0"
BODY_SECONDS = 30
ACTION = "vclass_action"
"""The attribute of a handler that names its action in the permission matrix."""
LARGEST = "vclass_largest"
"""The attribute of a handler that says how many octets its body may have, where that isn't the usual number."""
FILES = "vclass_files"
"""The attribute of a handler whose form may bring files (``multipart/form-data``, RFC 7578)."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """A body with a version (sent as ETag), a location or another status than the operation's own."""

    body: T
    version: int | None = None
    location: str | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of the API: what OpenAPI tells and what the handler does."""

    method: str
    path: str
    action: str
    summary: str
    status: int
    body: Any
    query: Any
    answer: Any
    problems: tuple[int, ...]
    handler: Handler
    parameters: tuple[str, ...] = field(default=())
    versioned: bool = False
    creates: bool = False
    takes: tuple[str, ...] = ()
    or_json: Any = None
    gives: tuple[str, ...] = ()
    largest: int | None = None


def guarded(*, action: str, files: int = 0, largest: int = 0) -> Callable[[T], T]:
    """Name a handler's action in the permission matrix (operations of ``Routes`` name theirs there).

    Args:
        action: Row of the permission matrix.
        files: So many octets may a form have that brings files; 0: it brings none.
        largest: So many octets may another body have; 0: the usual number.
    """

    def mark(handler: T) -> T:
        setattr(handler, ACTION, action)
        if files or largest:
            setattr(handler, LARGEST, files or largest)
        if files:
            setattr(handler, FILES, True)
        return handler

    return mark


class Routes:
    """The operations of one feature, under ``/api/v1``."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.operations: list[Operation] = []

    def operation(
        self,
        method: str,
        path: str,
        *,
        action: str,
        summary: str,
        status: int = 200,
        problems: Sequence[int] = (),
        creates: bool = False,
        versioned: bool = False,
        takes: Sequence[str] = (),
        or_json: Any = None,  # noqa: ANN401  a type
        gives: Sequence[str] = (),
        largest: int | None = None,
    ) -> Callable[[Handler], Handler]:
        """Describe a handler ``(request, *, body?, query?, <path parameters>) -> value | Answer[value]``.

        Args:
            method: HTTP method.
            path: Path below ``/api/v1`` with ``{parameters}``.
            action: Row of the permission matrix; the application does not start without it.
            summary: One line for the documentation.
            status: Status of success.
            problems: Statuses of the problems that can come.
            creates: Whether Idempotency-Key is honoured.
            versioned: Whether If-Match is required.
            takes: Media types of a body that is no JSON; the handler reads it.
            or_json: What may come as JSON instead; the handler reads that, too.
            gives: Media types of an answer that is no JSON; the handler returns a response.
            largest: Octets that the body may have, where that isn't the usual number.
        """

        def register(handler: Handler) -> Handler:
            hints = get_type_hints(handler)
            self.operations.append(
                Operation(
                    method=method,
                    path=API + path,
                    action=action,
                    summary=summary,
                    status=status,
                    body=hints.get("body"),
                    query=hints.get("query"),
                    answer=None if gives else _answer_type(hints["return"]),
                    problems=tuple(problems),
                    handler=handler,
                    parameters=tuple(re.findall(r"{(\w+)}", path)),
                    creates=creates,
                    versioned=versioned,
                    takes=tuple(takes),
                    or_json=or_json,
                    gives=tuple(gives),
                    largest=largest,
                )
            )
            return handler

        return register

    def table(self) -> list[web.RouteDef]:
        return [web.route(each.method, each.path, served(each)) for each in self.operations]


def _answer_type(annotation: object) -> object:
    if get_origin(annotation) is Answer:
        return get_args(annotation)[0]
    return annotation


def served(operation: Operation) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The aiohttp handler of an operation: decode, call, encode."""

    @functools.wraps(operation.handler)
    async def handle(request: web.Request) -> web.StreamResponse:
        arguments: dict[str, Any] = {name: _named(request, name) for name in operation.parameters}
        taken = (*operation.takes, *((JSON,) if operation.or_json else ()))
        if taken and request.content_type not in taken:
            raise UnsupportedTypeError(" or ".join(taken))
        if operation.query is not None:
            arguments["query"] = convert(dict(request.query), operation.query)
        if operation.body is not None:
            arguments["body"] = convert(await read_json(request), operation.body)
        return encode(operation, await operation.handler(request, **arguments))

    setattr(handle, ACTION, operation.action)
    setattr(handle, LARGEST, operation.largest)
    handle.__signature__ = inspect.Signature()  # type: ignore[attr-defined]  # aiohttp calls it with the request only
    return handle


def _named(request: web.Request, parameter: str) -> str:
    """What the path names; NUL is in no name and in no column of PostgreSQL."""
    value = request.match_info[parameter]
    if NUL in value:
        raise NotFoundError("object")
    return value


def encode(operation: Operation, result: object) -> web.StreamResponse:
    if isinstance(result, web.StreamResponse):
        return result
    answer = result if isinstance(result, Answer) else Answer(result)
    status = answer.status or operation.status
    headers: dict[str, str] = {hdrs.CACHE_CONTROL: "no-store"}
    if answer.version is not None:
        headers["ETag"] = etag(answer.version)  # aiohttp spells it Etag, RFC 9110 and simple clients ETag
    if answer.location is not None:
        headers[hdrs.LOCATION] = answer.location
    if answer.body is None:
        return web.Response(status=204 if status == operation.status else status, headers=headers)
    body = answer.body if isinstance(answer.body, bytes) else msgspec.json.encode(answer.body)
    return web.Response(body=body, status=status, headers=headers, content_type=JSON)


async def read_json(request: web.Request) -> object:
    """The request's JSON, within the time and size limits.

    Raises:
        UnsupportedTypeError: It doesn't claim to be JSON.
        InvalidInputError: It is not JSON.
    """
    if request.content_type != JSON:
        raise UnsupportedTypeError(JSON)
    async with asyncio.timeout(BODY_SECONDS):
        octets = await request.read()
    try:
        return msgspec.json.decode(octets)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInputError([FieldError("body", f"not JSON: {error}")]) from None


def convert(raw: object, wanted: type[T]) -> T:
    """Convert decoded JSON or a query to a struct, naming every wrong field (msgspec names only the first).

    Raises:
        InvalidInputError: Some fields are missing, unknown or of the wrong kind.
    """
    if broken := [FieldError(name, "leave out the character NUL") for name in _with_nul(raw)]:
        raise InvalidInputError(broken)
    try:
        return msgspec.convert(raw, wanted, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidInputError(list(field_errors(raw, wanted)) or [FieldError("body", str(error))]) from None


def _with_nul(raw: object) -> list[str]:
    """The fields that hold NUL somewhere, which PostgreSQL's texts can't."""
    if not isinstance(raw, dict):
        return []
    return [str(name).replace(NUL, "") for name, value in raw.items() if _has_nul(name) or _has_nul(value)]


def _has_nul(value: object) -> bool:
    """Without recursion: strangers nest deeper than Python likes."""
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, str) and NUL in each:
            return True
        if isinstance(each, dict):
            pending += [*each, *each.values()]
        elif isinstance(each, list):
            pending += each
    return False


def field_errors(raw: object, wanted: type) -> Sequence[FieldError]:
    if not isinstance(raw, dict):
        return [FieldError("body", "send one JSON object")]
    fields = {each.encode_name: each for each in msgspec.structs.fields(wanted)}
    errors = [FieldError(str(name), "unknown field; leave it out") for name in raw if name not in fields]
    for name, each in fields.items():
        if name not in raw:
            errors.extend([FieldError(name, "missing")] if each.required else [])
            continue
        try:
            msgspec.convert(raw[name], each.type, strict=False)
        except msgspec.ValidationError as error:
            errors.append(_located(name, str(error)))
    return errors


def _located(name: str, message: str) -> FieldError:
    """Turn msgspec's ``Expected ... - at `$[0].email``` into a dotted field name."""
    text, _, path = message.partition(" - at `$")
    return FieldError(name + path.rstrip("`"), text[0].lower() + text[1:])


def etag(version: int) -> str:
    return f'"v{version}"'


def if_match(request: web.Request) -> int:
    """The version that the caller has read.

    Raises:
        VersionMissingError: There is no If-Match (428).
        StaleError: It is none of our ETags (412).
    """
    header = request.headers.get(hdrs.IF_MATCH)
    if header is None:
        raise VersionMissingError
    match = re.fullmatch(r'\s*"v(\d{1,18})"\s*', header)
    if match is None:
        raise StaleError
    return int(match[1])
