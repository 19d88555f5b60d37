"""Languages: the choice of one, and catalogues that leave nothing untranslated."""

import re
import time

import pytest
from babel.messages.catalog import Message

from vclass.web.catalogues import collect, read
from vclass.web.i18n import LANGUAGES, SOURCE, catalogue, choose_language, direction

TRANSLATED = [language for language in LANGUAGES if language != SOURCE]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def forms(text: str | list[str] | tuple[str, ...] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def key(message: Message) -> tuple[str, str]:
    return message.context or "", forms(message.id)[0]


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_holds_exactly_the_texts_of_the_sources(language: str) -> None:
    held = {key(message) for message in read(language) if message.id}
    assert held == {key(message) for message in collect() if message.id}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_leaves_nothing_untranslated_or_fuzzy(language: str) -> None:
    texts = [message for message in read(language) if message.id]
    assert not [key(text) for text in texts if text.fuzzy or not all(forms(text.string))]


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_keeps_the_placeholders_of_its_text(language: str) -> None:
    for message in read(language):
        wanted = set(PLACEHOLDER.findall(forms(message.id)[-1])) if message.id else set()
        if wanted:
            assert all(set(PLACEHOLDER.findall(text)) == wanted for text in forms(message.string)), message.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_is_read_in_a_moment(language: str) -> None:
    catalogue.cache_clear()
    started = time.process_time()
    catalogue(language)
    assert time.process_time() - started < 0.25


def test_plural_forms_follow_the_language() -> None:
    ukrainian = catalogue("uk")
    said = [ukrainian.ngettext("%(num)d seat", "%(num)d seats", number) for number in (1, 3, 24, 11)]
    assert said == ["%(num)d місце", "%(num)d місця", "%(num)d місця", "%(num)d місць"]


def test_the_client_gets_its_own_texts_only() -> None:
    texts = catalogue("uk").client
    assert texts["Mute"] == "Вимкнути звук"
    assert texts["{n} min left"][2] == "лишилося {n} хв"
    assert "My day" not in texts


@pytest.mark.parametrize(
    ("person", "cookie", "accept", "chosen"),
    [
        ("uk", "en", "en", "uk"),
        ("", "uk", "en", "uk"),
        ("", "", "de-AT, uk;q=0.8, en;q=0.5", "uk"),
        ("", "", "en;q=0.3,uk-UA;q=0.9", "uk"),
        ("", "", "uk;q=0, en", "en"),
        ("", "", "uk;q=x", "en"),
        ("tlh", "../../etc", "*", "en"),
        ("", "", "", "en"),
    ],
)
def test_the_person_goes_before_the_cookie_before_the_browser(
    person: str, cookie: str, accept: str, chosen: str
) -> None:
    assert choose_language(person, cookie, accept) == chosen


def test_a_language_is_written_from_the_right_where_it_is() -> None:
    assert (direction("uk"), direction("ar")) == ("ltr", "rtl")
