"""Mails as others send them, for what comes in."""

from typing import Final

TO: Final = "b-0123456789abcdef0123456789abcdef@vclass.example"
CALENDAR: Final = b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n"


def mail(kind: str, body: str = "", **headers: str) -> bytes:
    """A mail with a Content-Type, a body and more headers (underscores for hyphens)."""
    named = {"From": "Greta <Greta@example.org>", "To": TO, "Message-ID": "<1@example.org>"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()} | {"Content-Type": kind}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value)
    return f"{head}\r\n{body}".encode()


def multipart(*parts: bytes, kind: str = "mixed") -> bytes:
    """Parts with their headers, as the body of a multipart and its header."""
    limit = f"limit-{sum(map(len, parts))}".encode()
    inner = b"".join(b"--" + limit + b"\r\n" + each + b"\r\n" for each in parts)
    return (
        b"Content-Type: multipart/%s; boundary=%s\r\n\r\n" % (kind.encode(), limit) + inner + b"--" + limit + b"--\r\n"
    )


def with_headers(body: bytes, **headers: str) -> bytes:
    """A part as the whole mail."""
    named = {"From": "greta@example.org", "To": TO, "Message-ID": "<1@example.org>"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    return "".join(f"{name}: {value}\r\n" for name, value in named.items()).encode() + body


def reply_part(kind: str = "text/calendar; method=REPLY; charset=utf-8", content: bytes = CALENDAR) -> bytes:
    return f"Content-Type: {kind}\r\n\r\n".encode() + content


def report(action: str = "failed", to: str = TO) -> bytes:
    """A delivery report (RFC 3464)."""
    fields = (
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        b"Final-Recipient: rfc822; greta@example.org\r\nAction: " + action.encode() + b"\r\nStatus: 5.1.1\r\n"
        b"Diagnostic-Code: smtp; 550 no such\r\n user\r\n"
    )
    text = b"Content-Type: text/plain\r\n\r\nYour mail could not be delivered.\r\n"
    original = b"Content-Type: message/rfc822\r\n\r\n" + with_headers(multipart(reply_part()))
    body = multipart(text, fields, original, kind="report; report-type=delivery-status")
    return with_headers(body, To=to, From="MAILER-DAEMON@example.org", Auto_Submitted="auto-replied")
