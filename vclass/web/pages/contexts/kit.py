"""What the codes on kit lead to, and the sheet of labels that carries them."""

from dataclasses import dataclass
from typing import ClassVar

from vclass.web.pages.contexts.manage import HandOut, InCustody
from vclass.web.pages.contexts.parts import Side


@dataclass(frozen=True, slots=True)
class KitPage:
    """Kit of one pool, `/kit/of/ID`, or of one booking, `/kit/for/ID`: handed out and taken back with one press.

    Forms post to ``path`` (fields `booking`, `resource`, `quantity`, `whereabouts`) and to ``path`` with `/return`
    (field `custody`). ``name`` is the pool's, or the lesson's; ``url`` is what the code says.
    """

    template: ClassVar[str] = "kit.html"

    side: Side
    path: str
    url: str
    name: str = ""
    hand_out: tuple[HandOut, ...] = ()
    out: tuple[InCustody, ...] = ()
    keeper: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """One label: the pool's name, which of how many it is where each piece has one, and what its code says."""

    name: str
    url: str
    number: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class LabelsPage:
    """Labels to print, `/rooms/manage/labels`: one for each pool, or with `?each=piece` one for each piece.

    ``left_out`` counts the pieces for which the sheet has no label, because a pool has too many.
    """

    template: ClassVar[str] = "labels.html"

    side: Side
    labels: tuple[Label, ...] = ()
    pieces: bool = False
    left_out: int = 0
