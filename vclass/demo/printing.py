"""What the demo tells in the terminal: one JSON line for programs, links and QR codes for people."""

import io
import json
import sys
from collections.abc import Mapping, Sequence

import segno

from schedules import Lesson
from vclass.demo.staging import Played


def facts(
    url: str,
    people: Sequence[Played],
    inventory: Mapping[str, object],
    lesson: Lesson,
    join_paths: Mapping[str, str],
) -> dict[str, object]:
    """The JSON line of ``demo --json``."""
    return {
        "url": url,
        "people": [
            {
                "email": each.email,
                "name": each.name,
                "role": each.role,
                "institution": each.institution,
                "zone": each.zone,
                "token": each.token,
                "sign_in_url": f"{url}/sign-in/{each.sign_in}",
            }
            for each in people
        ],
        **inventory,
        "lesson": {
            "id": lesson.public_id,
            "title": lesson.draft.title,
            "join_urls": {email: url + path for email, path in join_paths.items()},
        },
        "mail": f"{url}/dev/outbox",
    }


def as_line(told: Mapping[str, object]) -> str:
    return json.dumps(told, ensure_ascii=False)


def as_text(told: Mapping[str, object], people: Sequence[Played], lesson: Lesson) -> str:
    """For people: who one can be, and the open lesson with a QR code for each side's student."""
    url = str(told["url"])
    rows = [f"  {each.code}  {each.role:<18} {each.name:<18} {url}/sign-in/{each.sign_in}" for each in people]
    links = told["lesson"]["join_urls"]  # type: ignore[index]  # made by ``facts``
    shown = [each for each in people if each.role in ("teacher", "student") and each.email in links]
    return "\n".join(
        [
            "",
            f"vclass demo: {url}",
            "",
            "Be somebody (these links sign in as often as you like):",
            *rows,
            "",
            f"Open now: {lesson.draft.title}. Personal links, no account needed:",
            *(f"  {each.code}  {each.name:<18} {links[each.email]}" for each in shown),
            "",
            f"Scan to join as {shown[-1].name}:",
            _qr(links[shown[-1].email]),
            f"Mail that would have been sent: {told['mail']}",
            "Stop with Ctrl-C.",
            "",
        ]
    )


def _qr(text: str) -> str:
    """A QR code of half-block characters."""
    picture = io.StringIO()
    segno.make(text, error="l").terminal(picture, compact=True, border=2)
    return picture.getvalue()


def say(text: str, *, to_programs: bool) -> None:
    """Programs read standard output; all else goes to standard error."""
    print(text, file=sys.stdout if to_programs else sys.stderr, flush=True)
