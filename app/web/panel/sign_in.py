"""Signing in to OpenText as oneself: from the framed panel into a window of its own, and out again; refusals in words.

The panel is framed by the store, where browsers keep our cookies away: the form brings the page token instead. In the
new window we are no third party; the cookie set there ties what comes back from OpenText to this very browser.
"""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.engine import person_sign_in
from app.engine.deps import Deps
from app.engine.rights import NoAccess, OpenTextSilent
from app.errors import AppError
from app.opentext.people import SignedOut
from app.settings import Settings
from app.web import guards, kinds, templating
from app.web.language import _
from app.web.panel.access import refusal

COOKIE_SECONDS = 600


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.post("/sign-in")
    @guards.requires("viewer")
    def sign_in() -> AnyResponse:
        """On to OpenText. No redirect: browsers hold a form's redirects to the page's own policy."""
        begun = person_sign_in.begin(deps, guards.merchant())
        response = make_response(render_template("panel/leaving.html", url=begun.url, comes_back=False))
        response.headers["Refresh"] = f"0;url={begun.url}"
        keep_cookie(response, deps.settings, begun.name, begun.secret)
        return response

    @bp.post("/sign-out-of-opentext")
    @guards.requires("viewer")
    def sign_out_of_opentext() -> AnyResponse:
        person_sign_in.sign_out(deps, guards.merchant())
        kind, object_id = request.form.get("kind", ""), request.form.get("object_id", "")
        if kinds.is_id(kind, object_id):
            return redirect(url_for(f"panel.{kind}", object_id=object_id), 303)
        return redirect(url_for("home.index"), 303)

    bp.register_error_handler(NoAccess, _no_access)
    bp.register_error_handler(SignedOut, _signed_out)
    bp.register_error_handler(OpenTextSilent, _silent)


def _no_access(error: NoAccess) -> Response:
    return _refused(_("You don't have access"), refusal(error.contact), 403)


def _signed_out(error: SignedOut) -> Response:
    del error
    sentence = _("OpenText shows this only to people it knows. Sign in, then try again.")
    return _refused(_("Sign in to OpenText"), sentence, 409, needs_sign_in=True)


def _silent(error: AppError) -> Response:
    del error
    sentence = _("OpenText cannot say now what you may see, so nothing was done. Try again in a moment.")
    return _refused(_("OpenText is not answering right now"), sentence, 503)


def _refused(title: str, sentence: str, status: int, *, needs_sign_in: bool = False) -> Response:
    page = templating.page("panel/refused.html", title=title, sentence=sentence, needs_sign_in=needs_sign_in)
    return Response(page, status)


# The window's own cookie: it lives for one sign-in


def cookie_name(settings: Settings, suffix: str) -> str:
    return f"{'__Host-' if settings.public_url.startswith('https:') else ''}ecm-in-{suffix}"


def keep_cookie(response: AnyResponse, settings: Settings, suffix: str, secret: str) -> None:
    """Lax: it comes along when OpenText sends the browser back, and with nothing another site asks for in a frame."""
    response.set_cookie(
        cookie_name(settings, suffix), secret, path="/", max_age=COOKIE_SECONDS, httponly=True, samesite="Lax",
        secure=settings.public_url.startswith("https:"),
    )  # fmt: skip
