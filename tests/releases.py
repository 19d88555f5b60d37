"""Other releases of the time zone database: the machine's own, and the wheel's with a zone changed."""

import shutil
from pathlib import Path
from typing import Final

import tzdata  # type: ignore[import-untyped]  # the wheel has no stubs

MACHINE: Final = Path("/usr/share/zoneinfo")
WITHOUT_SUMMER: Final = "Africa/Maputo"
"""Two hours before UTC all year: Kyiv's and Athens' winter time, had they given summer time up."""


def doctored(folder: Path, zone: str, like: str, release: str = "2099a") -> Path:
    """A release in which a zone has the rules of another."""
    directory = folder / "zoneinfo"
    shutil.copytree(Path(tzdata.__file__).parent / "zoneinfo", directory)
    target = directory.joinpath(*zone.split("/"))
    shutil.copyfile(directory.joinpath(*like.split("/")), target)
    listing = directory / "tzdata.zi"
    listing.write_text(
        listing.read_text("utf-8").replace(f"# version {tzdata.IANA_VERSION}", f"# version {release}", 1)
    )
    return directory


def machines() -> str:
    """The number of the machine's release; empty if it has none."""
    listing = MACHINE / "tzdata.zi"
    return listing.read_text("utf-8").partition("\n")[0].removeprefix("# version ") if listing.exists() else ""
