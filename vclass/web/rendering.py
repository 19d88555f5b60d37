"""Templates to text: one Jinja environment for each language, addresses of static files, scripts by manifest.

Templates escape everything and know no undefined names. They say texts in English; the environment of a
language translates them.
"""

import functools
import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_eval_context, select_autoescape
from jinja2.nodes import EvalContext
from markupsafe import Markup

from vclass.core import zones
from vclass.web.i18n import LANGUAGES, direction
from vclass.web.pages.contexts.frame import Frame, Page
from vclass.web.qr import qr
from vclass.web.words import Words, capitalised, first_name, initials, words

__all__ = ["RENDERER", "STATIC_FOLDER", "Renderer", "Static", "environment"]

STATIC_FOLDER: Final = Path(__file__).parent / "static"
logger = logging.getLogger(__name__)


class Static:
    """Addresses of static files. They change with the content, so that a browser may keep what it has.

    Scripts are found through the manifest that the build of the client writes.
    """

    def __init__(self, folder: Path = STATIC_FOLDER, prefix: str = "/static/") -> None:
        self._folder = folder
        self._prefix = prefix
        self._known: dict[str, str] = {}

    def url(self, name: str) -> str:
        """The address of a file such as `css/base.css`.

        Raises:
            FileNotFoundError: There is no such file: the template misspells it.
        """
        if name not in self._known:
            digest = hashlib.sha256((self._folder / name).read_bytes()).hexdigest()
            self._known[name] = f"{self._prefix}{name}?v={digest[:12]}"
        return self._known[name]

    def script(self, name: str) -> str:
        """The address of a built script such as `page.js`; "" when the client hasn't been built."""
        built = self._manifest.get(name)
        return f"{self._prefix}dist/{built}" if built else ""

    @functools.cached_property
    def _manifest(self) -> dict[str, str]:
        try:
            text = (self._folder / "dist" / "manifest.json").read_bytes()
        except FileNotFoundError:
            logger.warning("the browser client has not been built: pages work without scripts, lessons don't")
            return {}
        return msgspec.json.decode(text, type=dict[str, str])


class Renderer:
    """Renders pages and fragments; a page names its own template."""

    def __init__(self, static: Static | None = None) -> None:
        self._static = static or Static()
        self._environments: dict[str, Environment] = {}

    def page(self, frame: Frame, page: Page) -> str:
        template = self.environment(frame.language).get_template(page.template)
        return template.render(frame=frame, page=page)

    def environment(self, language: str) -> Environment:
        """The environment of a language; its templates are compiled when first used."""
        if language not in self._environments:
            self._environments[language] = environment(words(language), self._static)
        return self._environments[language]


RENDERER = web.AppKey("renderer", Renderer)


def environment(language: Words, static: Static) -> Environment:
    """A Jinja environment that speaks one language."""
    made = Environment(
        loader=PackageLoader("vclass.web"),
        autoescape=select_autoescape(("html",), default_for_string=True),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        language.gettext, language.ngettext, newstyle=True, pgettext=language.pgettext
    )
    made.policies["ext.i18n.trimmed"] = True
    made.globals |= {**_globals(language, static), **dict.fromkeys(("_", "gettext"), saying(language.gettext))}
    made.filters |= {"capitalised": capitalised, "initials": initials, "first_name": first_name}
    return made


def saying(gettext: Callable[[str], str]) -> Callable[..., str]:
    """The templates' `_`, which looks each text up once: pages consist of texts, and few of those have variables.

    As with the extension's own new style, a text is always a format, and its percent signs are doubled.
    """

    @functools.cache
    def marked(text: str) -> Markup:
        return Markup(gettext(text))  # noqa: S704  the catalogue is ours; variables are escaped

    @functools.cache
    def fixed(text: str) -> Markup:
        return marked(text) % {}

    @pass_eval_context
    def said(context: EvalContext, text: str, /, **variables: object) -> str:
        if not context.autoescape:
            return gettext(text) % variables
        return marked(text) % variables if variables else fixed(text)

    return said


def _globals(language: Words, static: Static) -> dict[str, object]:
    said = ("city", "clock", "hours", "day", "date", "date_parts", "weekday", "day_name", "other_day", "duration")
    return {
        **{name: getattr(language, name) for name in (*said, "until", "greeting")},
        "utc": zones.rfc3339,
        "static": static.url,
        "script": static.script,
        "qr": qr,
        "language": language.language,
        "languages": LANGUAGES,
        "client_texts": dict(language.texts.client),
        "direction": direction(language.language),
    }
