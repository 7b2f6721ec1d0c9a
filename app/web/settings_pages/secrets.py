"""Settings: the secrets OpenText calls us with. Owners see how old they are, renew them, and end the former ones."""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.engine import callback_secrets
from app.engine.deps import Deps
from app.web import asking, guards


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.post("/opentext/secrets")
    @guards.requires("owner")
    def renew_secrets() -> AnyResponse:
        """Then the workflow models are deployed anew on the queue: the secret is part of them."""
        callback_secrets.renew(deps, guards.merchant())
        asking.ask_store(deps, "set_up_store")
        return redirect(url_for("settings.opentext", done="renewed"), 303)

    @bp.post("/opentext/secrets/end")
    @guards.requires("owner")
    def end_earlier_secrets() -> AnyResponse:
        callback_secrets.end_earlier(deps, guards.merchant())
        return redirect(url_for("settings.opentext", done="ended"), 303)
