"""Addresses of static files and scripts."""

import logging
from pathlib import Path

import pytest

from vclass.web.rendering import Static


def test_an_address_changes_with_the_content(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("one")
    first = Static(tmp_path).url("a.css")
    (tmp_path / "a.css").write_text("two")
    assert first.startswith("/static/a.css?v=")
    assert Static(tmp_path).url("a.css") != first


def test_a_misspelt_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Static(tmp_path).url("css/bse.css")


def test_a_script_is_found_by_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "manifest.json").write_text('{"page.js": "page-ABC.js"}')
    static = Static(tmp_path)
    assert static.script("page.js") == "/static/dist/page-ABC.js"
    assert static.script("other.js") == ""


def test_a_client_that_was_not_built_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    static = Static(tmp_path)
    with caplog.at_level(logging.WARNING):
        assert [static.script("page.js"), static.script("join.js")] == ["", ""]
    assert len(caplog.records) == 1
