"""aiortc as a foreign client: it publishes and plays by HTTP alone."""

from typing import cast

from signaling.media import Answer, Offer, Refused
from signaling.sfu import Sfu
from tests.signaling.sfu.clients import Client
from tests.web.api import TEACHER
from tests.web.whip.studio import Reply, Studio, Who


class Wire:
    """Posts a client's offer at a door; `session` is what came of the first."""

    def __init__(self, studio: Studio, door: str, who: Who | str) -> None:
        self._studio, self._door, self._who = studio, door, who
        self.session: Reply | None = None

    async def negotiate(self, offer: Offer) -> Answer | Refused:
        self.session = await self._studio.begun(self._door, body=offer.sdp, who=self._who)
        return Answer(offer.peer, offer.revision, self.session.text)


class Remote:
    """One client and its session."""

    def __init__(self, studio: Studio, door: str, who: Who | str) -> None:
        self.studio, self.who = studio, who
        self.wire = Wire(studio, door, who)
        self.client = Client(cast("Sfu", self.wire), "unused")

    @property
    def session(self) -> Reply:
        assert self.wire.session is not None
        return self.wire.session

    async def delete(self) -> None:
        assert (await self.studio.delete(self.session, who=self.who)).status == 200


async def publishing(studio: Studio, who: Who | str = TEACHER, width: int = 160) -> Remote:
    """An encoder that publishes sound and picture."""
    remote = Remote(studio, "whip", who)
    await remote.client.publish(width).join()
    return remote


async def playing(studio: Studio, who: Who | str = TEACHER, slots: int = 1) -> Remote:
    """A player with so many slots of each kind."""
    remote = Remote(studio, "whep", who)
    await remote.client.slots(slots).join()
    return remote
