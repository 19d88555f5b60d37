"""What the build of the client leaves behind."""

import gzip
import json
import re
from pathlib import Path

import hatch_build
from tests.web.client.classroom import ROOT, SHEETS, STATIC

WEIGHT = 150_000


def test_all_that_a_join_page_loads_is_light(built: Path) -> None:
    scripts = [path for path in built.glob("*.js") if re.match(r"(page|join)-", path.name)]
    sheets = [STATIC / "css" / f"{name}.css" for name in SHEETS]
    assert sum(len(gzip.compress(path.read_bytes())) for path in [*scripts, *sheets]) < WEIGHT


def test_the_manifest_names_each_script_under_its_hash(built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text())
    assert sorted(manifest) == ["classroom.js", "connection.js", "join.js", "page.js"]
    for name, file in manifest.items():
        assert re.fullmatch(rf"{name.removesuffix('.js')}-[A-Z0-9]{{8}}\.js", file)
        assert (built / file).is_file()


def test_a_client_that_is_up_to_date_is_not_built_again(built: Path) -> None:
    before = (built / "manifest.json").stat().st_mtime_ns
    assert not hatch_build.build_client(ROOT)
    assert (built / "manifest.json").stat().st_mtime_ns == before


def test_the_notices_of_what_is_bundled_go_along(built: Path) -> None:
    notices = (built / "LICENSES.txt").read_text()
    for package in ("preact", "@preact/signals", "htmx.org"):
        assert re.search(rf"^{package}$", notices, re.MULTILINE)


def test_nothing_is_loaded_from_elsewhere(built: Path) -> None:
    texts = [path.read_text() for path in built.glob("*.js")]
    hosts = {host for text in texts for host in re.findall(r"(?:https?|wss?|stun|turn):(?://)?([\w.-]+\.\w+)", text)}
    assert hosts <= {"www.w3.org"}


def test_a_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in (ROOT / hatch_build.CLIENT / "package-lock.json").read_text()
