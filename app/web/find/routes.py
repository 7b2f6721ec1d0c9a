"""The door of Find: a list of what was found, and everything about the one that was meant."""

from dataclasses import dataclass
from functools import partial

from flask import Blueprint, request, url_for

from app.db import activity
from app.db.search import Key
from app.db.session import reading
from app.domain.ids import StoreId
from app.engine import finding
from app.engine.deps import Deps
from app.errors import NotFound
from app.web import guards, language, templating
from app.web.find import views
from app.web.find.views import About, Line
from app.web.panel import views as panel_views
from app.web.panel.access import Access
from app.web.panel.seen import seen

LONGEST = 120


@dataclass(frozen=True)
class Found:
    """What a page shows. `text` is what was typed; `is_asked` tells an empty answer from no question."""

    text: str
    lines: tuple[Line, ...]
    about: About | None
    access: Access | None

    @property
    def is_asked(self) -> bool:
        return bool(self.text)


def make_blueprint(deps: Deps) -> Blueprint:
    bp = Blueprint("find", __name__)
    bp.record_once(templating.install)

    @bp.get("")
    def index() -> str:
        found = look(deps, guards.merchant().store_id)
        return templating.page(
            "find/page.html",
            found=found,
            find_url=partial(url_for, "find.index"),
            panel_url=_panel_url,
            run_url=_run_url,
        )  # fmt: skip

    return bp


def look(deps: Deps, store_id: StoreId) -> Found:
    """What this request asks for, as its reader may see it."""
    text, wish = templating.checked(request.args, "q", LONGEST), templating.checked(request.args, "show", 60)
    with reading(deps.database) as session:
        hits = finding.hits(session, store_id, text)
        key = finding.chosen(wish, hits)
        if key is None:
            store = activity.store(session, store_id)
            language.read_in(store.timezone if store else "UTC")
    about, access = _about(deps, store_id, key) if key else (None, None)
    return Found(text, tuple(views.hit_line(one) for one in hits), about, access)


def _about(deps: Deps, store_id: StoreId, key: Key) -> tuple[About, Access]:
    found = seen(deps, *key)
    shown = found.shown
    if shown.snapshot is None and not shown.runs:
        raise NotFound("Nothing is known of it.")
    language.read_in(shown.shop.timezone)
    with reading(deps.database) as session:
        related = finding.related(session, store_id, key, shown.snapshot.facts if shown.snapshot else {})
    lines = tuple(views.line(one, what) for one, what in related.items())
    return views.about(shown, panel_views.panel(shown, found.orders, found.sight), lines), found.access


def _panel_url(line: Line) -> str:
    return url_for(f"panel.{line.kind}", object_id=line.object_id)


def _run_url(run_id: str) -> str:
    return url_for("activity.run", run_id=run_id)
