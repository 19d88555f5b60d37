"""Languages: which there are, which one a reader gets, and the catalogue of each.

Catalogues are read from their ``.po`` files when first needed (some 20 ms each), so there is no compiled
file to build or to forget.
"""

import functools
import gettext
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

__all__ = ["LANGUAGES", "SOURCE", "Catalogue", "catalogue", "choose_language", "direction"]

SOURCE: Final = "en"
LANGUAGES: Final[Mapping[str, str]] = {"en": "English", "uk": "Українська"}
"""Each language by its own name; the order is that of the switch."""

RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})
CLIENT: Final = "vclass/web/client/"


@dataclass(frozen=True)
class Catalogue:
    """The texts of one language.

    ``client`` holds those that the browser code uses: a text by its English one, or its plural forms.
    """

    language: str
    translations: gettext.NullTranslations
    client: Mapping[str, str | tuple[str, ...]]

    def gettext(self, text: str) -> str:
        return self.translations.gettext(text)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return self.translations.ngettext(singular, plural, number)

    def pgettext(self, context: str, text: str) -> str:
        return self.translations.pgettext(context, text)


@functools.cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of one of ``LANGUAGES``; English is the source and needs no file."""
    if language == SOURCE:
        return Catalogue(language, gettext.NullTranslations(), {})
    path = resources.files("vclass.web") / "locale" / language / "LC_MESSAGES" / "vclass.po"
    with path.open("rb") as file:
        texts = read_po(file, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, texts)
    compiled.seek(0)
    return Catalogue(language, gettext.GNUTranslations(compiled), dict(_client_texts(texts)))


def choose_language(person: str = "", cookie: str = "", accept: str = "") -> str:
    """The reader's language: the person's own, then the cookie's, then the browser's, then English.

    Args:
        person: The language in the person's record; empty for a visitor.
        cookie: What a visitor once chose.
        accept: The Accept-Language field (RFC 9110 section 12.5.4).
    """
    wishes = [person, cookie, *_preferences(accept)]
    known = (wish.split("-")[0].lower() for wish in wishes)
    return next((wish for wish in known if wish in LANGUAGES), SOURCE)


def direction(language: str) -> str:
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def _preferences(accept: str) -> list[str]:
    ranges = [part.partition(";") for part in accept[:500].split(",")]
    weighted = [(_weight(parameter), name.strip()) for name, _, parameter in ranges]
    return [name for weight, name in sorted(weighted, key=lambda pair: -pair[0]) if weight > 0]


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def _client_texts(texts: Catalog) -> Iterable[tuple[str, str | tuple[str, ...]]]:
    for message in texts:
        if any(path.startswith(CLIENT) for path, _ in message.locations):
            key = message.id if isinstance(message.id, str) else message.id[0]
            yield key, message.string if isinstance(message.string, str) else tuple(message.string or ())
