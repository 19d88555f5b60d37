"""Mail that did not arrive, with invented names."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tests.web.samples import ANNA, NEXT_WEEK, NOW, Sample
from vclass.web.pages.contexts import SettingsPage
from vclass.web.pages.contexts.undelivered import FailedMail, UndeliveredPage

INVITATION: Final = FailedMail(
    id="7",
    news="invited",
    title="Comparative Media Law",
    lesson="law",
    name="Nikos Papadopoulos",
    email="nikos.papadopoulos@asl.example",
    state="dead",
    at=NOW - 3600,
    tries=1,
    error="550 5.1.1 <nikos.papadopoulos@asl.example>: Recipient address rejected: User unknown in local table",
    may_send=True,
)
MAILS: Final = (
    INVITATION,
    replace(INVITATION, id="8", news="moved-one", state="bounced", error="452 mailbox full", date=NEXT_WEEK, tries=3),
    replace(INVITATION, id="9", news="soon", tries=14, error="", may_send=False, name=""),
    replace(INVITATION, id="10", news="sign-in", title="", lesson="", may_send=False),
)


def undelivered() -> Iterator[tuple[str, Sample]]:
    yield "undelivered", Sample(UndeliveredPage(MAILS, 12), ANNA, "settings")
    yield "undelivered-none", Sample(UndeliveredPage(()), ANNA, "settings")
    every = SettingsPage("anna.leitner@vii.example", soon=False, moved=2, undelivered=4)
    yield "settings-administrator", Sample(every, ANNA, "settings")
