"""The demo's outbox: what would have been sent, readable in the browser and as the very file. Loopback only."""

import asyncio
import ipaddress
import re
from dataclasses import dataclass
from email.message import EmailMessage

from aiohttp import hdrs, web

from vclass.core import outbox
from vclass.core.keys import DATABASE
from vclass.core.outbox import Leased, Standing
from vclass.core.refusals import ForbiddenError, NotFoundError
from vclass.core.zones import rfc3339
from vclass.mail import POSTMAN, Postman
from vclass.web.guard import page
from vclass.web.pages.contexts import MailLine, MailPage, OutboxPage
from vclass.web.pages.framing import show

routes = web.RouteTableDef()

SHOWN = 100
LINK = re.compile(r"https?://[^\s<>\"]+")
HTML_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


@dataclass(frozen=True, slots=True)
class Written:
    """A row of the outbox with the mail that it makes."""

    row: Standing
    message: EmailMessage

    def part(self, subtype: str) -> str:
        body = self.message.get_body((subtype,))
        return "" if body is None else str(body.get_content())


@routes.get("/dev/outbox")
@page(action="demo.outbox")
async def list_page(request: web.Request) -> web.Response:
    found = await _newest(request)
    return await show(request, OutboxPage(tuple(_line(each) for each in found)), nav="outbox")


@routes.get("/dev/outbox.json")
@page(action="demo.outbox")
async def list_json(request: web.Request) -> web.Response:
    return web.json_response({"mails": [_facts(each) for each in await _newest(request)]})


@routes.get(r"/dev/outbox/{id:\d{1,15}}")
@page(action="demo.outbox")
async def mail_page(request: web.Request) -> web.Response:
    written = await _one(request)
    path = request.path
    text = written.part("plain")
    shown = MailPage(
        mail=_line(written),
        sender=_sender(written.message),
        text=text,
        html_path=f"{path}.html",
        eml_path=f"{path}.eml",
        links=tuple(dict.fromkeys(LINK.findall(text))),
        attachments=tuple(part.get_filename() or "" for part in written.message.iter_attachments()),
    )
    return await show(request, shown, nav="outbox")


@routes.get(r"/dev/outbox/{id:\d{1,15}}.eml")
@page(action="demo.outbox")
async def mail_file(request: web.Request) -> web.Response:
    written = await _one(request)
    return web.Response(body=written.message.as_bytes(), content_type="message/rfc822")


@routes.get(r"/dev/outbox/{id:\d{1,15}}.html")
@page(action="demo.outbox")
async def mail_body(request: web.Request) -> web.Response:
    """The HTML body under a policy of its own: mail carries its style inline."""
    written = await _one(request)
    headers = {hdrs.CONTENT_SECURITY_POLICY: HTML_POLICY}
    return web.Response(text=written.part("html"), content_type="text/html", headers=headers)


async def _newest(request: web.Request) -> list[Written]:
    _only_here(request)
    rows = await request.app[DATABASE].read(outbox.listing, SHOWN)
    return await asyncio.to_thread(_write, request.app[POSTMAN], rows)


async def _one(request: web.Request) -> Written:
    _only_here(request)
    row = await request.app[DATABASE].read(outbox.one, int(request.match_info["id"]))
    if row is None:
        raise NotFoundError("mail")
    return (await asyncio.to_thread(_write, request.app[POSTMAN], [row]))[0]


def _write(postman: Postman, rows: list[Standing]) -> list[Written]:
    return [Written(row, postman.compose(row.leased).message) for row in rows]


def _only_here(request: web.Request) -> None:
    """Personal links stand in these mails: only this machine may read them."""
    if not ipaddress.ip_address(request.remote or "0.0.0.0").is_loopback:  # noqa: S104  no address is none of ours
        raise ForbiddenError("The outbox is shown on the machine that runs the demo only. Open it there.")


def _line(written: Written) -> MailLine:
    row = written.row
    return MailLine(
        id=str(row.leased.id),
        to=row.leased.recipient,
        subject=str(written.message["Subject"]),
        kind=_kind(row.leased),
        state="sent" if row.sent_at else "failed" if row.dead_at else "queued",
        at=row.leased.created_at,
    )


def _sender(message: EmailMessage) -> str:
    """Name and address as people write them: without the quotes that the header needs."""
    found = message["From"].addresses[0]
    return f"{found.display_name} <{found.addr_spec}>" if found.display_name else str(found.addr_spec)


def _kind(row: Leased) -> str:
    return str(row.facts.get("news", row.kind))


def _facts(written: Written) -> dict[str, object]:
    """One mail for a program: who, what, and the links that stand in it."""
    line = _line(written)
    return {
        "id": line.id,
        "to": line.to,
        "subject": line.subject,
        "kind": line.kind,
        "method": written.row.leased.facts.get("method"),
        "state": line.state,
        "at": rfc3339(line.at),
        "message_id": str(written.message["Message-ID"]),
        "links": list(dict.fromkeys(LINK.findall(written.part("plain")))),
        "eml": f"/dev/outbox/{line.id}.eml",
    }
