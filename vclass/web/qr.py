"""QR codes as SVG: an address that a phone reads off the page or off paper."""

from functools import lru_cache
from typing import Final

import segno
from markupsafe import Markup

KEPT: Final = 512
QUIET: Final = 2
"""Modules of white around the code; the page's own white makes up the rest of the four that readers want."""


@lru_cache(maxsize=KEPT)
def qr(text: str) -> Markup:
    """The code of a text, with a quarter of it redundant: labels get scratched."""
    drawn = segno.make(text, error="q", micro=False).svg_inline(
        border=QUIET, omitsize=True, svgclass=None, lineclass=None
    )
    return Markup(drawn)  # noqa: S704  segno draws paths; nothing of the text is in them
