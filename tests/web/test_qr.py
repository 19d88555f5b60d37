"""QR codes on pages: the picture shows the code of the text, module by module."""

import re

import segno

from vclass.web.qr import QUIET, qr

URL = "https://vclass.example/kit/of/3f0cPZq8Rr6uT1yXw2Ab9Q"
STEP = re.compile(r"([Mm])(-?[\d.]+) (-?[\d.]+)|h(\d+)")


def drawn(svg: str) -> set[tuple[int, int]]:
    """The dark modules of a picture made of horizontal strokes, without the margin."""
    path = re.search(r' d="([^"]+)"', svg)
    assert path is not None
    x, y = 0.0, 0.0
    found: set[tuple[int, int]] = set()
    for kind, across, down, length in STEP.findall(path[1].replace("m", " m").replace("h", " h")):
        if kind:
            x, y = (x + float(across), y + float(down)) if kind == "m" else (float(across), float(down))
        else:
            found |= {(int(x) + step - QUIET, int(y) - QUIET) for step in range(int(length))}
            x += int(length)
    return found


def test_the_picture_shows_the_code_of_the_text() -> None:
    rows = segno.make(URL, error="q", micro=False).matrix
    dark = {(x, y) for y, row in enumerate(rows) for x, module in enumerate(row) if module}
    assert drawn(qr(URL)) == dark


def test_another_text_has_another_code() -> None:
    assert qr(URL) != qr(f"{URL}1")


def test_a_code_is_plain_svg_that_holds_nothing_of_the_text() -> None:
    svg = qr("https://vclass.example/<script>alert(1)</script>")
    assert svg.startswith("<svg ")
    assert not re.search(r"script|style=|class=", svg)
