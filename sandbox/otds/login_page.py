"""The sign-in page of the authorization-code flow: one form that carries the request's parameters along."""

from collections.abc import Mapping
from html import escape

CARRIED = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
)
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>OpenText sign in (sandbox)</title>
<style>body{{font:16px system-ui;max-width:22rem;margin:4rem auto}}
label,input,button{{display:block;width:100%;box-sizing:border-box;margin:.3rem 0;padding:.4rem 0}}
.error{{color:#a00}}</style></head>
<body><h1>Sign in</h1>{message}<form method="post" action="{action}">{hidden}
<label for="username">User name</label><input id="username" name="username" autocomplete="username" required>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">Sign in</button></form></body></html>"""


def login_page(action: str, parameters: Mapping[str, str], message: str = "") -> str:
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(parameters[name])}">'
        for name in CARRIED
        if name in parameters
    )
    shown = f'<p class="error" role="alert">{escape(message)}</p>' if message else ""
    return _PAGE.format(action=escape(action), hidden=hidden, message=shown)


def refusal_page(message: str) -> str:
    """Shown when the request cannot be trusted enough to send the browser back."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Error</title></head>'
        f"<body><h1>Error</h1><p>{escape(message)}</p></body></html>"
    )
