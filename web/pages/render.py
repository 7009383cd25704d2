"""Templates to answers: one environment, the same words, numbers and addresses for every page.

User text is always escaped: nothing that was typed goes to a parameter that takes markup.
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, FileSystemLoader, PackageLoader
from markupsafe import Markup

from chat.roles import roles
from web.pages import showing
from web.pages.help_numbers import HelpNumbers
from web.pages.words import Words
from web.settings import Settings

FOLDER = Path(__file__).resolve().parents[1]
STATIC = FOLDER / "static"


class Pages:
    """Renders. Missing names render as nothing (the NHS macros need it): tests look at output."""

    def __init__(self, settings: Settings, *, words: Words, numbers: HelpNumbers) -> None:
        self.words, self.numbers = words, numbers
        self._places = {"trust_name": settings.trust_name, "cap_phone": settings.cap_phone}
        self._environment = Environment(
            loader=ChoiceLoader(
                [FileSystemLoader(FOLDER / "templates"), PackageLoader("nhsuk_frontend_jinja")]
            ),
            autoescape=True,
            undefined=ChainableUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            clock=showing.clock,
            day=showing.day,
            date_in_words=showing.date_in_words,
            opening=lambda hours: showing.opening(hours, self.say),
            data=_data,
            continues=showing.continues,
        )
        self._environment.globals.update(
            t=self.say,
            may=lambda staff, action: roles().may(staff.role, action),
            numbers=numbers,
            static=address_of,
            trust_name=settings.trust_name,
        )

    def html(self, template: str, **context: Any) -> str:
        return self._environment.get_template(template).render(context)

    def answer(self, template: str, *, status: int = 200, **context: Any) -> web.Response:
        return web.Response(
            text=self.html(template, **context), status=status, content_type="text/html"
        )

    def say(self, text_id: str, **params: object) -> str:
        """`t(id, …)` of the templates; the trust's name and number can stand in any text."""
        return self.words.say(text_id, **self._places, **params)

    def for_script(self, *prefixes: str) -> dict[str, str]:
        """Texts that a page's script says, with what is fixed filled in and the rest left open."""
        found = self.words.starting(*prefixes)
        for name, value in self._places.items():
            found = {key: text.replace(f"{{{name}}}", value) for key, text in found.items()}
        return found


PAGES = web.AppKey("pages", Pages)


def see_other(address: str) -> web.Response:
    """Look there instead, by GET: the answer to a form that was done."""
    return web.Response(status=303, headers={"Location": address})


@cache
def address_of(path: str) -> str:
    """A static file's address with its version, so that a browser never mixes two."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()
    return f"/static/{path}?v={digest[:12]}"


def _data(value: object) -> Markup:
    """For a data attribute: JSON, escaped as any text is."""
    return Markup.escape(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
