"""What a plain form brought when its session had ended: shown again in the refusal itself, to be sent once more.

Nothing is stored: the fields go back to the browser they came from, in a form of ours, and only where the refused form
was ours, too (its page token is genuine, whatever became of its session). Never a password, a file, or very much. With
scripts the page itself keeps them (typed.js).
"""

import re
from dataclasses import dataclass

from flask import current_app, request
from markupsafe import Markup

from app.engine import sessions
from app.engine.deps import Deps
from app.web import display, guards
from app.web.texts import N_

ENDED, OLD_PAGE = "no_session", "page_token"
LONGEST, MOST = 20_000, 200  # characters and fields
SECRETS = re.compile(r"secret|password|token|credential", re.IGNORECASE)
PLAIN = "application/x-www-form-urlencoded"
WORDS_SHOWN = 12  # characters from which on a value is somebody's own text
ENDED_WORDS = (
    N_("Please open the app again"),
    N_("Your session has ended, so nothing was done. Open the app again from your store in another tab, then press "
       "the button here. What you typed is kept in this page; passwords and files are not."),
    N_("Send it again"),
)  # fmt: skip
BACK_WORDS = (
    N_("You are signed in again"),
    N_("Nothing was done yet. What you typed is still here; passwords and files are not."),
    N_("Send it now"),
)
FORM = Markup('<form method=post action="{}">{}<p><button>{}</button></form>')
FIELD = Markup('<input type=hidden name="{}" value="{}">')
SHOWN = Markup("<blockquote dir=auto>{}</blockquote>")


@dataclass(frozen=True)
class Again:
    """A refusal's words for this case, and the fields of its form (safe HTML)."""

    title: str
    text: str
    button: str
    fields: Markup

    def form(self, button: str) -> Markup:
        return FORM.format(request.path, self.fields, button)


def offered(code: str) -> Again | None:
    """What to offer instead of the usual refusal; None where this was no plain form of ours, or nothing was typed."""
    deps: Deps = current_app.extensions["ecm"]
    if code not in (ENDED, OLD_PAGE) or not _is_ours(deps):
        return None
    given = [(name, value) for name, value in request.form.items(multi=True) if _is_kept(name)]
    if not given or len(given) > MOST or sum(len(name) + len(value) for name, value in given) > LONGEST:
        return None
    back = sessions.by_secret(deps, request.cookies.get(guards.cookie_name(deps.settings), ""))
    token = back.page_token if back else request.form.get(guards.PAGE_FIELD, "")
    hidden = Markup("").join(FIELD.format(name, value) for name, value in [*given, (guards.PAGE_FIELD, token)])
    texts = (display.clean(value) for _name, value in given if len(value) >= WORDS_SHOWN and " " in value)
    return Again(*(BACK_WORDS if back else ENDED_WORDS), Markup("").join(SHOWN.format(one) for one in texts) + hidden)


def _is_ours(deps: Deps) -> bool:
    is_plain = request.method == "POST" and request.mimetype == PLAIN and "HX-Request" not in request.headers
    return is_plain and sessions.is_page_token(deps.vault, request.form.get(guards.PAGE_FIELD, ""))


def _is_kept(name: str) -> bool:
    return name != guards.PAGE_FIELD and not SECRETS.search(name)
