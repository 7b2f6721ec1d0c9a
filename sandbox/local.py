"""Who may speak to the sandbox's own doors: this machine, and never a foreign page in its browser.

The desk and the control API need no sign-in, so a web page must not be able to drive them: the Host must be ours (an
attacker's name may resolve to this machine) and so must the Origin, where a browser tells one.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from werkzeug.wrappers import Request

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def refusal(request: Request, own: Iterable[str]) -> str | None:
    """Why this request is refused; None when it may enter. `own`: our addresses besides the loopback ones."""
    known = LOOPBACK | {urlsplit(url).hostname or "" for url in own}
    if (urlsplit(f"http://{request.host}").hostname or "") not in known:
        return "This host name is not one of the sandbox's."
    origin = request.headers.get("Origin")
    if origin is not None and (urlsplit(origin).hostname or "") not in known:
        return "The sandbox takes no requests from other sites."
    followed_a_link = request.method == "GET" and request.headers.get("Sec-Fetch-Dest") == "document"
    if request.headers.get("Sec-Fetch-Site") == "cross-site" and not followed_a_link:
        return "The sandbox takes no requests from other sites."
    return None
