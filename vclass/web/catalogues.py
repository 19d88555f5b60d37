"""Collects the texts of server and client, and brings the catalogues up to date.

``python -m vclass.web.catalogues`` rewrites each ``.po`` file: new texts come in untranslated, texts that
are gone go. A test compares the files with what is collected, so nothing stays untranslated.
"""

from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from vclass.web.i18n import LANGUAGES, SOURCE

__all__ = ["collect", "path_of", "read", "update"]

FOLDER: Final = Path(__file__).parent
PACKAGE: Final = "vclass/web"
KEYWORDS: Final = {**DEFAULT_KEYWORDS, "t": None, "tn": (1, 2)}
"""What marks a text: gettext's own names, and those of the client."""


def collect() -> Catalog:
    """All texts that the sources hold now."""
    with (FOLDER / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # Babel leaves it untyped
    found = Catalog(project="vclass", charset="utf-8", fuzzy=False)
    texts = extract_from_dir(FOLDER, methods, options, KEYWORDS, directory_filter=_is_source)
    for name, _, message, comments, context in sorted(texts, key=lambda text: (text[0], text[1])):
        found.add(message, None, [(f"{PACKAGE}/{name}", 0)], auto_comments=comments, context=context)
    return found


def path_of(language: str) -> Path:
    return FOLDER / "locale" / language / "LC_MESSAGES" / "vclass.po"


def read(language: str) -> Catalog:
    """A language's catalogue as it stands in its file, or an empty one."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, project="vclass", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(language: str) -> None:
    """Rewrites a language's file to hold the texts of today, with the translations that it had."""
    catalogue = read(language)
    catalogue.update(collect(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    catalogue.header_comment = f"# Texts of vclass: {LANGUAGES[language]}."
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=110, sort_by_file=True, omit_header=False, include_lineno=False)


def _is_source(folder: str) -> bool:
    return Path(folder).name not in {"node_modules", "dist", "locale"} and not Path(folder).name.startswith(".")


if __name__ == "__main__":
    for language in LANGUAGES:
        if language != SOURCE:
            update(language)
