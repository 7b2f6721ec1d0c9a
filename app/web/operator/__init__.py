"""For who runs this installation: what stands where, what is set aside, replay. JSON, its own token."""

from dataclasses import asdict
from typing import Annotated, Any

from flask import Blueprint, Response, jsonify
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from app.engine import overview
from app.engine.deps import Deps
from app.engine.replay import Selection, replay
from app.web.bodies import JSON, parse, raw_body
from app.web.guards import query_once

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Text = Annotated[str, Field(max_length=200)]


class Wanted(BaseModel):
    """The quarantine's filters. `page` counts from 1."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    store: Text = ""
    code: Text = ""
    since: AwareDatetime | None = None
    page: int = Field(default=1, ge=1, le=10_000)


class Filter(BaseModel):
    """Which of what is set aside; an empty filter means all of it, up to `limit`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    store: Text = ""
    code: Text = ""
    scenario: Text = ""
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    limit: int = Field(default=500, ge=1, le=10_000)


class ReplayBody(BaseModel):
    """Either ids (of deliveries or runs) or a filter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ids: tuple[Id, ...] | None = Field(default=None, min_length=1, max_length=1_000)
    filter: Filter | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "ReplayBody":
        if (self.ids is None) == (self.filter is None):
            raise ValueError("give ids or a filter")
        return self


def make_blueprint(deps: Deps) -> Blueprint:
    """GET /state, GET /quarantine, POST /replay."""
    bp = Blueprint("operator", __name__)

    @bp.get("/state")
    def state() -> Response:
        return jsonify(_shown(overview.state(deps)))

    @bp.get("/quarantine")
    def quarantine() -> Response:
        wanted = parse(Wanted, query_once())
        items, total = overview.set_aside(
            deps, store_id=wanted.store, code=wanted.code, since=wanted.since, page=wanted.page
        )
        shown = [asdict(item) | {"since": item.since.isoformat()} for item in items]
        pages = -(-total // overview.PAGE)
        return jsonify(items=shown, total=total, page=wanted.page, pages=pages)

    @bp.post("/replay")
    def replay_() -> Response:
        body = parse(ReplayBody, raw_body(JSON))
        done = replay(deps, _selection(body), "operator")
        return jsonify(replayed=done, count=len(done))

    return bp


def _shown(state: overview.State) -> dict[str, Any]:
    whole = asdict(state)
    queue = {name: whole.pop(f"queue_{name}") for name in ("due", "waiting", "parked")}
    return whole | {"ends": state.ends, "queue": queue}


def _selection(body: ReplayBody) -> Selection:
    if body.ids is not None:
        return Selection(ids=body.ids, limit=len(body.ids))
    chosen = body.filter or Filter()
    return Selection(
        store_id=chosen.store, code=chosen.code, scenario=chosen.scenario, since=chosen.since, until=chosen.until,
        limit=chosen.limit,
    )  # fmt: skip
