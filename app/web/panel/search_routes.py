"""Search within one workspace: what was found there, as far as the reader may see it."""

from flask import Blueprint, Response, g, request

from app.engine import panel_search, rights
from app.engine.behind import StillAsking
from app.engine.deps import Deps
from app.engine.panel_search import Hits
from app.errors import AppError
from app.opentext.people import SignedOut
from app.web import guards, language, templating, waiting
from app.web.kinds import KIND, KINDS
from app.web.language import _
from app.web.panel import documents
from app.web.panel.seen import Seen, seen

LONGEST = 120


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.get(f"/{KIND}/<object_id>/documents/search")
    def search_documents(kind: str, object_id: str) -> Response:
        found = seen(deps, KINDS[kind], object_id)
        text = templating.checked(request.args, "q", LONGEST)
        if not text.strip():
            return _page(found, "", None, _("Enter a word or a number."), 200)
        try:
            who = guards.merchant()
            hits = waiting.ask(
                deps, who, lambda: panel_search.search(deps, who, found.rows, found.shown, found.sight, text)
            )
        except StillAsking:
            rights.demand(found.sight, True)
            known = panel_search.by_name(found.shown, text)
            return _page(found, text, known, "", 202, is_asking=True)
        except AppError as error:
            sentence, status = _words(error)
            return _page(found, text, None, sentence, status, needs_sign_in=isinstance(error, SignedOut))
        return _page(found, text, hits, "", 200)


def _page(
    found: Seen,
    text: str,
    hits: Hits | None,
    sentence: str,
    status: int,
    *,
    needs_sign_in: bool = False,
    is_asking: bool = False,
) -> Response:
    g.access = found.access
    language.read_in(found.rows.shop.timezone)
    page = templating.page(
        "panel/search.html", text=text, hits=hits, sentence=sentence, needs_sign_in=needs_sign_in,
        object_type=found.rows.object_type, object_id=found.rows.object_id, title=documents.title(found),
        access=found.access, longest=LONGEST, is_asking=is_asking,
    )  # fmt: skip
    return Response(page, status)


def _words(error: AppError) -> tuple[str, int]:
    if error.specific_code == "nothing_to_look_for":
        return _("Enter a word or a number."), 200
    if isinstance(error, SignedOut):
        return _("Your sign-in to OpenText has ended. Sign in again, then press the button once more."), 409
    sentence, status = documents.words_of(error)
    return (_("OpenText is not answering right now; try again in a moment."), 503) if status == 503 else (
        sentence, status
    )  # fmt: skip
