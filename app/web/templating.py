"""How pages are made: one Jinja set-up for all surfaces, values cleaned as they are printed, texts through gettext."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app, g, render_template
from flask.sansio.blueprints import BlueprintSetupState
from jinja2 import StrictUndefined
from jinja2.ext import Extension

from app.db.types import new_id
from app.domain.ids import RunId
from app.engine.vault import sha256_hex
from app.stores.port import Frame
from app.web import assets, display, guards, headers, kinds, language, looks, sentences

DONE = "ecm.templating"
INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)


class Unindented(Extension):
    """Templates without their indentation, a tenth of a page; what people wrote keeps its own."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        return INDENTATION.sub("", source)


def install(state: BlueprintSetupState) -> None:
    """Teach the app's templates our filters; each surface asks for it with `record_once`, the first one does it."""
    app = state.app
    if DONE in app.extensions:
        return
    app.extensions[DONE] = True
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.add_extension(Unindented)
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.finalize = display.finalize
    env.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(
        ago=language.ago, date=language.date, moment=language.moment, money=language.money, size=language.size,
        number=language.number, short=display.short, reference=reference, iso=_iso, preview=display.preview_html,
        web_url=display.web_url, parse_moment=language.parse_moment, said=sentences.said, many=kinds.many,
    )  # fmt: skip
    env.globals.update(
        asset_url=assets.asset_url, stylesheet=looks.stylesheet, nonce=headers.nonce, reader=language.reader,
        click=new_id, zone_name=zone_name, page_token=page_token, person_mark=person_mark,
        admin=admin,
    )  # fmt: skip


def _gettext(text: str) -> str:
    return str(language.reader().texts.ugettext(text))


def _ngettext(one: str, many: str, n: int) -> str:
    return str(language.reader().texts.ungettext(one, many, n))


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def reference(run_id: RunId | str) -> str:
    """The short code people quote to support: the beginning of an id, enough to find it."""
    return run_id[:8].upper()


def admin() -> Frame:
    """The store's admin around this page: its own script, and the app's id there."""
    return headers.frame(current_app.extensions["ecm"])


def page_token() -> str:
    """Proof that what comes next comes from this page; every form carries it."""
    return guards.merchant().page_token


def person_mark() -> str:
    """Tells one person's pages from another's, and nothing else."""
    return sha256_hex(f"page of {guards.merchant().user_id}")[:16]


def zone_name() -> str:
    """The store's time zone as people call it, for the foot of a page."""
    return str(language.reader().zone).replace("_", " ")


def page(template: str, **values: Any) -> str:
    """Render for the signed-in person."""
    return render_template(template, who=guards.merchant(), clean_path=g.get("clean_path", ""), **values)


def checked(values: Mapping[str, str], name: str, longest: int = 200) -> str:
    """One query or form value as one clean line; empty when it is not there or too long to be meant."""
    text = " ".join(display.clean(values.get(name, "")).split())
    return text if len(text) <= longest else ""
