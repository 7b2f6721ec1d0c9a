"""Settings: what the store asked of us about people's data, what was done, and what OpenText keeps and why."""

import json

from flask import Blueprint, Response

from app.db import activity
from app.db import privacy as rows
from app.db.privacy import PrivacyRequest
from app.db.session import reading
from app.engine import privacy_requests
from app.engine.deps import Deps
from app.web import guards, language, sentences, templating
from app.web.language import _, ngettext


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/privacy")
    def privacy() -> str:
        guards.require("manager")
        store_id = guards.merchant().store_id
        with reading(deps.database) as session:
            store = activity.store(session, store_id)
            found = rows.requests(session, store_id)
        language.read_in(store.timezone if store else "UTC")
        is_owner = guards.merchant().role == "owner"
        return templating.page("settings/privacy.html", lines=[_line(one) for one in found], is_owner=is_owner)

    @bp.get("/privacy/<request_id>/data.json")
    def personal_data(request_id: str) -> Response:
        """Everything kept now of the person of a request, to hand on to them."""
        guards.require("owner")
        who = guards.merchant()
        told = privacy_requests.export(deps, who.store_id, request_id[:32], by=f"user:{who.user_id}")
        body = {
            "objects": told.objects, "rows": told.rows,
            "documents": [
                {"workspace": one.workspace, "name": one.name, "url": one.url,
                 "retention": sentences.said(one.retention), "kept_until": one.until, "holds": one.holds}
                for one in told.documents
            ],
        }  # fmt: skip
        answer = Response(json.dumps(body, default=str, ensure_ascii=False, indent=1), mimetype="application/json")
        answer.headers["Content-Disposition"] = 'attachment; filename="personal-data.json"'
        return answer


def _line(one: PrivacyRequest) -> dict[str, object]:
    report = one.report
    kinds = {"data": _("Tell what is kept of a customer"), "person": _("Forget a customer")}
    return {
        "id": one.id, "what": kinds.get(one.kind, one.kind), "is_data": one.kind == "data",
        "number": one.reference or one.id[:8].upper(), "received_at": one.received_at, "done_at": one.done_at,
        "outcome": _outcome(one), "records": report.get("records", []), "others": report.get("others", []),
        "workspaces": report.get("workspaces", []),
    }  # fmt: skip


def _outcome(one: PrivacyRequest) -> str:
    if one.done_at is None:
        return _("Under way.")
    count = sum(one.report.get("rows", {}).values())
    if not count and not one.report.get("objects"):
        return _("Nothing is kept of this person.")
    if one.kind == "data":
        return ngettext("%(n)s entry is kept here.", "%(n)s entries are kept here.", count)
    return ngettext("%(n)s entry was made anonymous.", "%(n)s entries were made anonymous.", count)
