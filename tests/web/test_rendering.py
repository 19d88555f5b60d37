"""Addresses of static files and scripts."""

import logging
from pathlib import Path

import pytest

from vclass.web.rendering import Static, environment
from vclass.web.words import words


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


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ _('Leave') }}", "Вийти"),
        ("{{ _('Leave') }}{{ _('Leave') }}", "ВийтиВийти"),
        ("{{ _('100%% of <b>%(name)s</b>', name='<i>') }}", "100% of <b>&lt;i&gt;</b>"),
        ("{{ _('100%%') }}", "100%"),
        ("{% trans name='&' %}Hello {{ name }}{% endtrans %}", "Hello &amp;"),
        ("{{ gettext('Leave') }}", "Вийти"),
    ],
)
def test_texts_are_said_in_the_readers_language_and_variables_escaped(template: str, said: str) -> None:
    assert environment(words("uk"), Static()).from_string(template).render() == said


def test_where_nothing_is_escaped_texts_are_plain() -> None:
    template = "{% autoescape false %}{{ _('%(a)s & b', a='<') }}{{ _('Leave') }}{% endautoescape %}"
    assert environment(words("en"), Static()).from_string(template).render() == "< & bLeave"
