"""Where a form comes back to."""

from urllib.parse import urlencode

from werkzeug.wrappers import Request


def back_to(call: Request) -> str:
    """The page of the desk a form stood on (`back`), never an address elsewhere."""
    address = call.form.get("back", "/")
    is_own = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if is_own else "/"


def here(call: Request) -> str:
    """This page's address without the note, for forms that come back to it."""
    query = urlencode([(name, value) for name, value in call.args.items(multi=True) if name != "note"])
    return f"{call.path}?{query}" if query else call.path
