"""Every page in every state and language: sound HTML, nothing inline, every control with a name."""

import re
from collections import Counter
from html import unescape
from html.parser import HTMLParser
from typing import get_args

import pytest
from jinja2 import UndefinedError

from schedules.facts import News
from tests.web.samples import ANNA, LAW, NOW
from tests.web.showcase import samples
from vclass.web.i18n import LANGUAGES
from vclass.web.notice_facts import Notice
from vclass.web.pages.contexts import DayPage, Frame
from vclass.web.rendering import Renderer

VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "path", "rect", "circle", "use"})
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list", "commandfor")
UNNAMED = frozenset({"hidden", "submit", "button"})
RENDERER = Renderer()
SAMPLES = samples()
CASES = [pytest.param(name, language, id=f"{name}-{language}") for name in SAMPLES for language in LANGUAGES]


class Outline(HTMLParser):
    """What a test wants to know of a page: elements, ids, nesting."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.feed(text)
        self.faults += [f"<{tag}> isn't closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.faults += [f"{name} twice on <{tag}>" for name, count in Counter(n for n, _ in attrs).items() if count > 1]
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def all(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


def rendered(name: str, language: str) -> str:
    sample = SAMPLES[name]
    return RENDERER.page(sample.frame(language), sample.page)


@pytest.mark.parametrize(("name", "language"), CASES)
def test_a_page_is_sound_html_without_anything_inline(name: str, language: str) -> None:
    page = Outline(rendered(name, language))
    assert not page.faults
    assert not page.all("style")
    assert not [
        script for script in page.all("script") if "src" not in script and script.get("type") != "application/json"
    ]
    assert not [a for _, a in page.elements if "style" in a or any(key.startswith("on") for key in a)]


@pytest.mark.parametrize(("name", "language"), CASES)
def test_ids_are_unique_and_what_is_referred_to_exists(name: str, language: str) -> None:
    page = Outline(rendered(name, language))
    ids = Counter(attributes["id"] for _, attributes in page.elements if "id" in attributes)
    assert [id_ for id_, count in ids.items() if count > 1] == []
    referred = {word for _, a in page.elements for key in REFERENCES for word in a.get(key, "").split()}
    assert referred <= ids.keys()


@pytest.mark.parametrize(("name", "language"), CASES)
def test_every_control_has_a_label_and_every_form_its_token(name: str, language: str) -> None:
    text = rendered(name, language)
    page = Outline(text)
    labelled = {label["for"] for label in page.all("label") if "for" in label}
    controls = [
        c for c in page.all("input", "select", "textarea") if c.get("type") not in UNNAMED | {"radio", "checkbox"}
    ]
    assert not [control for control in controls if control.get("id") not in labelled]
    posts = re.findall(r'<form[^>]*method="post".*?</form>', text, re.DOTALL)
    assert len(posts) == len([form for form in page.all("form") if form.get("method") == "post"])
    assert all('name="csrf" value="c5rf"' in form for form in posts)


@pytest.mark.parametrize("name", [name for name in SAMPLES if not name.startswith("fragment-")])
def test_a_whole_page_has_one_heading_one_main_and_a_title(name: str) -> None:
    text = rendered(name, "en")
    page = Outline(text)
    assert len(page.all("main")) == len(page.all("h1")) == len(page.all("title")) == 1
    assert re.search(r'<html lang="en" dir="ltr"', text)
    assert text.startswith("<!doctype html>")


@pytest.mark.parametrize(("name", "language"), CASES)
def test_every_time_says_its_instant(name: str, language: str) -> None:
    for time in Outline(rendered(name, language)).all("time"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", time["datetime"])


@pytest.mark.parametrize("name", SAMPLES)
def test_no_english_is_left_on_a_ukrainian_page(name: str) -> None:
    data = repr(SAMPLES[name]).replace("\\n", "\n") + " ".join(LANGUAGES.values()) + "vclass"
    texts = re.findall(r">([^<>]*[a-z]{3}[^<>]*)<", rendered(name, "uk"))
    said = {part.strip(" .\n") for text in texts if '{"' not in text for part in re.split("[,:·]", unescape(text))}
    assert {text for text in said if text not in data and not re.search(r"[а-яіїєґ]", text)} == set()


@pytest.mark.parametrize("news", [*get_args(News), *get_args(Notice), "sign-in"])
def test_every_mail_that_can_fail_has_a_name(news: str) -> None:
    template = RENDERER.environment("en").from_string("{% import 'mail_parts.html' as mails %}{{ mails.news(name) }}")
    assert template.render(name=news) not in ("", "Mail")


def test_a_name_cannot_become_markup() -> None:
    evil = "<img src=x onerror=alert(1)>"
    page = DayPage(hero=LAW.__class__("x", evil, LAW.span, "confirmed", LAW.others))
    text = RENDERER.page(Frame("en", NOW, "t", reader=ANNA), page)
    assert evil not in text
    assert "&lt;img src=x" in text


def test_data_for_the_browser_cannot_close_its_block() -> None:
    block = re.search(r'id="classroom-data">(.*?)</script>', rendered("classroom", "en"), re.DOTALL)
    assert block is not None
    assert "\\u003c/script\\u003e" in block[1]


def test_an_undefined_name_in_a_template_is_an_error() -> None:
    template = RENDERER.environment("en").from_string("{{ nobody }}")
    with pytest.raises(UndefinedError, match="nobody"):
        template.render()
