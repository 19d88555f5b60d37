"""The pages behind the codes on kit, and the sheet of labels, as contexts."""

from collections.abc import Iterator
from typing import Final

from rooms import Equipment
from vclass.core.keys import Actor
from vclass.core.zones import Instant
from vclass.people import Subject, allowed
from vclass.web.pages.contexts.kit import KitPage, Label, LabelsPage
from vclass.web.pages.manage_view import hand_outs, out_now
from vclass.web.pages.parts import side
from vclass.web.pages.reading_kit import Labels, Scanned

MOST_PIECES: Final = 60
"""Labels for the pieces of one pool: some sheets of paper. More are printed twice."""


def kit_page(found: Scanned, actor: Actor, base_url: str, path: str, now: Instant) -> KitPage:
    return KitPage(
        side=side(found.at.home),
        path=path,
        url=base_url + path,
        name=found.name,
        hand_out=tuple(hand_outs(found.at, now)),
        out=tuple(out_now(found.at, now)),
        keeper=allowed(actor, "rooms.manage", Subject(institution=found.at.home.id)),
    )


def labels_page(found: Labels, base_url: str, *, pieces: bool) -> LabelsPage:
    return LabelsPage(
        side=side(found.home),
        labels=tuple(label for each in found.pools for label in _labels(each, base_url, pieces=pieces)),
        pieces=pieces,
        left_out=sum(max(0, each.quantity - MOST_PIECES) for each in found.pools) if pieces else 0,
    )


def _labels(pool: Equipment, base_url: str, *, pieces: bool) -> Iterator[Label]:
    """One for the pool, or as many as it has pieces; all of them lead to the same page."""
    url = f"{base_url}/kit/of/{pool.public_id}"
    if not pieces or pool.quantity == 1:
        yield Label(pool.name, url)
        return
    for number in range(1, min(pool.quantity, MOST_PIECES) + 1):
        yield Label(pool.name, url, number, pool.quantity)
