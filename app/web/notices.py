"""Small pages of constant text: what a refusal says to people, in their language, and the way on from there.

A page says what happened, what that means and what to do next, and never a hint about what is inside. It looks like
the host's page it stands in. Short enough to be told apart by nobody: at most 512 bytes in the source language.
Source of the list: the project's security rules, "Standard answers".
"""

from collections.abc import Iterator

from flask import Response, current_app, g, has_request_context, request, url_for
from markupsafe import Markup, escape

from app.engine.deps import Deps
from app.engine.sessions import Merchant
from app.web import guards, headers, language, looks, typed_again
from app.web.display import web_url
from app.web.texts import N_

# status: (code for programs, title and sentence for people)
STANDARD = {
    400: (
        "invalid_request",
        N_("Not understood"),
        N_("This request is not one the app makes, so nothing was done. Go back and try again."),
    ),
    401: (
        "invalid_token",
        N_("Please open the app again"),
        N_("Your session has ended, so nothing was done. Open the app again from your store."),
    ),
    403: (
        "forbidden",
        N_("Not allowed"),
        N_(
            "Nothing was done: your role does not allow it, or the page is too old. "
            "Reload it, or ask an owner of the store."
        ),
    ),
    404: (
        "not_found",
        N_("Not found"),
        N_("There is nothing here for you. It may have been removed, or the address is not complete."),
    ),
    405: (
        "method_not_allowed",
        N_("Not allowed here"),
        N_("This address does not take that kind of request, so nothing was done. Go back and try again."),
    ),
    409: ("conflict", N_("Changed meanwhile"), N_("Somebody changed this first. Reload the page and look again.")),
    410: (
        "gone",
        N_("No longer available"),
        N_("This was withdrawn. If you still need it, ask whoever gave you the link."),
    ),
    411: ("length_required", N_("Length missing"), N_("The request must say how long it is.")),
    413: (
        "too_large",
        N_("Too large"),
        N_("What you sent is larger than we take, so none of it was kept. Go back and send less at once."),
    ),
    414: ("uri_too_long", N_("Address too long"), N_("The address is longer than allowed. Go back and ask for less.")),
    415: ("unsupported_media_type", N_("Wrong type"), N_("This content type is not taken here.")),
    422: (
        "invalid_fields",
        N_("Not accepted"),
        N_("Some of what was sent is not valid, so nothing was done. Go back, correct it and send it again."),
    ),
    429: (
        "too_many_requests",
        N_("Too many requests"),
        N_("This was asked too often in a short time. Please wait a minute, then try again."),
    ),
    431: (
        "headers_too_large",
        N_("Headers too large"),
        N_("Your browser sent more than we take. Delete the cookies of this page, then try again."),
    ),
    500: (
        "internal_error",
        N_("Something went wrong"),
        N_("The mistake is ours and was recorded. Open the page again, and look before you repeat what you did."),
    ),
    503: (
        "unavailable",
        N_("Not available right now"),
        N_("We cannot answer at the moment. What you sent may not have been kept: look again in a minute."),
    ),
}
# What people read instead, where a reason has a better sentence. Constant too.
REASONS = {
    "missing_scopes": (N_("Permissions are missing"), N_("Install again from your store and accept every permission.")),
    "exchange_refused": (N_("Not installed"), N_("Start the installation again from your store.")),
    "bad_token_answer": (N_("Not installed"), N_("Start the installation again from your store.")),
    "upload_body_size": (
        N_("Too large"),
        N_("These files are too large together. Go back and send them one after the other, each up to 25 MB."),
    ),
    "upload_slow_bodies": (
        N_("Busy right now"),
        N_("Many people are sending files. Go back and try again in a minute."),
    ),
    "upload_body_cut": (N_("Not complete"), N_("The files did not arrive completely. Go back and send them again.")),
    "no_room": (N_("Busy right now"), N_("Your files cannot be kept at the moment. Please try again later.")),
    "too_many_refused": (N_("Too many files"), N_("Too many files could not be taken. Please ask the shop for help.")),
    "no_link": (
        N_("No such link"),
        N_("This link is not complete or not ours. Copy the whole address from the message."),
    ),
    "no_desk": (
        N_("No such link"),
        N_("This link is not complete or not ours. Copy the whole address from the settings."),
    ),
    "desk_over": (N_("This page is over"), N_("Reload the side bar. If that does not help, ask for a new link.")),
    "desk_outside": (N_("Only in the help desk"), N_("This page is shown inside the side bar of your help desk only.")),
    "not_connected_yet": (
        N_("Not available right now"),
        N_("Connect OpenText first: the case’s documents and decisions live there."),
    ),
    "order_not_read": (
        N_("Not available right now"),
        N_("We have not read this order anew yet. Press “Check now” on its page, then open the case."),
    ),
    "nothing_chosen": (
        N_("Nothing was chosen"),
        N_("Nothing was done. Go back, tick at least one line, then press the button again."),
    ),
    "case_closed": (N_("Changed meanwhile"), N_("This case is closed already.")),
    "shelf_expired": (N_("This link has expired"), N_("Please ask the shop for a new one.")),
    "bad_install": (N_("Not installed"), N_("Start the installation again from your store.")),
    "store_mismatch": (N_("Not installed"), N_("Start the installation again from your store.")),
    "no_entrance": (
        N_("Nobody can sign in here"),
        N_("This address is not complete or no longer in use. Ask your administrator for the right one."),
    ),
    "approver_over": (
        N_("You are not signed in"),
        N_("Open the address your administrator gave you for deciding, and sign in there with your OpenText name."),
    ),
    "approver_sign_in_over": (
        N_("Not signed in"),
        N_("This sign-in was used, is too old or began elsewhere. Open the address for deciding and sign in again."),
    ),
    "sign_in_over": (
        N_("Not signed in"),
        N_("This sign-in was used, is too old or began elsewhere. Start it in the panel again."),
    ),
}

PAGE = (
    '<!doctype html><html lang="{lang}" dir={direction} class={look}><meta charset=utf-8>'
    '<meta name=viewport content="width=device-width">'
    "<title>{title}</title><link rel=stylesheet href=/static/notice.css>"
    "<main><h1>{title}</h1><p>{text}</p>{more}</main>"
)
BACK = N_("Back to the page")
QUOTED = N_("Number for support:")
WAY = Markup('<a href="{}">{}</a>')
OUT = Markup('<a href="{}" target=_top>{}</a>')  # out of the frame, to where nobody is framed


def notice(title: str, text: str, status: int = 200, more: str = "", *, locale: str = "") -> Response:
    """A small styled page of constant text. `locale` is asked only where Flask knows of no request."""
    who = _reader(locale)
    page = PAGE.format(
        lang=who.language.language,
        direction=who.direction,
        look=looks.here() if has_request_context() else looks.Look.OWN,
        title=escape(_in_words(who, title)),
        text=escape(_in_words(who, text)),
        more=more,
    )
    return Response(page, status, mimetype="text/html")


def refusal(status: int, code: str, request_id: str = "", *, locale: str = "") -> Response:
    """The page for people of a standard answer, with the ways on. `request_id`: support finds the log line by it."""
    _code, title, text = STANDARD.get(status, STANDARD[400 if status < 500 else 500])
    title, text = REASONS.get(code, (title, text))
    who = _reader(locale)
    again = typed_again.offered(code) if has_request_context() and code else None
    if again is not None:
        return notice(again.title, again.text, status, again.form(_in_words(who, again.button)))
    ways = " ".join(_ways(who)) if has_request_context() else ""
    if code.startswith("upload_"):  # the form it was sent from has this very address, and still takes it
        ways = WAY.format("", _in_words(who, BACK))
    ways = f"<p>{ways}</p>" if ways else ""
    shown = f"<p><small>{escape(_in_words(who, QUOTED))} {escape(request_id)}</small></p>" if request_id else ""
    return notice(title, text, status, ways + shown, locale=locale)


def to_admin(merchant: Merchant) -> str:
    """The way out to the store's admin, for somebody whose session has just ended."""
    shown = headers.frame(current_app.extensions["ecm"])
    return Markup("<p>{}</p>").format(OUT.format(web_url(merchant.admin_url) or shown.home, shown.name))


def is_person(mode: str, boosted: str) -> bool:
    """Whether a browser is about to show the answer as a page: its `Sec-Fetch-Mode`, and htmx's `HX-Boosted`."""
    return mode == "navigate" or boosted == "true"


def _ways(who: language.Reader) -> Iterator[str]:
    """Where to go on from here, as far as this browser may know: its own start page, or the admin of its store."""
    deps: Deps = current_app.extensions["ecm"]
    merchant = g.get("merchant")
    is_known = merchant is not None if request.endpoint else guards.cookie_name(deps.settings) in request.cookies
    if merchant is not None and merchant.by_opentext:
        yield WAY.format(url_for("approve.index"), _in_words(who, N_("Back to the inbox")))
    elif g.get("is_framed") and is_known:
        yield WAY.format("/", _in_words(who, N_("Home")))
    elif g.get("is_framed") and request.endpoint:
        yield from (OUT.format(one.home, one.name) for one in headers.admins(deps))


def _in_words(who: language.Reader, text: str) -> str:
    return str(who.texts.ugettext(text))


def _reader(locale: str) -> language.Reader:
    """Who is signed in, else whoever speaks what the browser asks for."""
    if not has_request_context():
        return language.reader_for(locale or language.DEFAULT)
    if "reader" not in g and g.get("merchant") is None:
        g.reader = language.reader_for(request.accept_languages.best or language.DEFAULT)
    return language.reader()
