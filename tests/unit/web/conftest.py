"""The true app with one more surface, whose pages do what a test needs."""

from collections.abc import Iterator

import pytest
from flask import Blueprint, Flask, request

from app.engine.deps import Deps
from app.errors import Conflict, NeedsReauth, NotFound, Permanent, RateLimited, Rejected, Retryable
from app.web import SURFACES, Surface, create_app, guards
from tests.doors import Browser, Doors
from tests.house import House, a_house
from tests.made_once import once

ERRORS = {
    "missing": NotFound("canary-text"),
    "conflict": Conflict("canary-text"),
    "reauth": NeedsReauth("canary-text", upstream="bigcommerce"),
    "later": Retryable("canary-text"),
    "slow": RateLimited("canary-text", retry_after=7),
    "refused": Permanent("canary-text"),
    "rejected": Rejected("canary-text", status=413),
    "bug": RuntimeError("canary-text in /app/secret.py"),
}


def make_probe(_deps: Deps) -> Blueprint:
    """Pages under /probe for a signed-in person."""
    bp = Blueprint("probe", __name__)

    @bp.get("/")
    def show() -> str:
        who = guards.merchant()
        return f"{who.page_token} {who.user_id} {who.role}"

    @bp.get("/error/<name>")
    def fail(name: str) -> str:
        raise ERRORS[name]

    @bp.post("/open-to-all")
    @guards.requires("viewer")
    def open_to_all() -> str:
        return "changed"

    @bp.post("/for-managers")
    @guards.requires("manager")
    def for_managers() -> str:
        return f"changed by {request.form.get('name', '')}"

    @bp.post("/undeclared")
    def undeclared() -> str:
        return "changed"

    return bp


PROBE = Surface(make_probe, "/probe", guards.merchant_session, is_framed=True)


@pytest.fixture
def probed_house(house: House) -> House:
    """A house with the demo store installed, whose app has the probe."""
    house.flask = probed(house)
    once(house, "let in", lambda: Doors(house).install(connect=False))
    return house


def probed(house: House) -> Flask:
    return create_app(house.deps, (*SURFACES, PROBE))


@pytest.fixture
def doors(probed_house: House) -> Doors:
    return Doors(probed_house)


@pytest.fixture
def owner(doors: Doors) -> Browser:
    return doors.signed_in()


@pytest.fixture
def https_doors(sqlite_url: str) -> Iterator[Doors]:
    """A house whose public address is https, as in production."""
    with a_house(sqlite_url, public_url="https://app.test") as house:
        house.flask = probed(house)
        yield Doors(house)
