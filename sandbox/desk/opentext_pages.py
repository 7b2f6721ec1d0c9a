"""OpenText's own pages: workspaces, documents and their approval, tasks, workflows, records and holds."""

from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import NotFound
from werkzeug.http import dump_options_header
from werkzeug.wrappers import Request, Response

from sandbox.desk.people import Seat
from sandbox.desk.returning import back_to
from sandbox.office import Repository, TaskInbox
from sandbox.office.repository import NewFile

if TYPE_CHECKING:
    from sandbox.desk.door import Desk

JSON = dict[str, Any]
# What a browser may show by itself; everything else that is text is shown as text, the rest is downloaded.
SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"})
TEXT = frozenset({"application/json", "application/xml", "text/html", "text/plain", "text/csv", "text/markdown"})
LONGEST_EDIT, SHOWN_AT_MOST = 400_000, 100
FACTS = (
    "order_number", "amount", "currency", "risk_reasons", "bill_country", "ship_country", "sku", "content_version",
    "decision", "decision_comment",
)  # fmt: skip
KINDS = (("", "All"), ("ORDER", "Orders"), ("CUSTOMER", "Customers"), ("PRODUCT", "Products"))


# Workspaces and documents


def workspaces(desk: "Desk", call: Request) -> Response:
    kind = call.args.get("type", "").upper()
    found = Repository(desk.stage).workspaces(kind, call.args.get("bo_id", ""), most=SHOWN_AT_MOST)
    return desk.render(call, "opentext/workspaces.html", workspaces=found, kinds=KINDS, kind=kind)


def workspace(desk: "Desk", call: Request, workspace_id: int) -> Response:
    repository = Repository(desk.stage)
    found = repository.workspace(workspace_id)
    by_folder: dict[str, list[JSON]] = {folder["name"]: [] for folder in found["folders"]}
    for document in found["documents"]:
        by_folder.setdefault(document["folder"], []).append(document)
    active = [hold for hold in repository.holds() if hold["active"]]
    return desk.render(
        call, "opentext/workspace.html", workspace=found, by_folder=by_folder, all_holds=active,
        instances=_instances_of(desk, found), filled=[folder for folder, documents in by_folder.items() if documents],
    )  # fmt: skip


def node(desk: "Desk", call: Request, node_id: int) -> Response:
    """Any item by its number, as the app links it: a document's page, or the page of the workspace it is in."""
    del call
    found = Repository(desk.stage).place_of(node_id)
    return desk.go(f"/opentext/{found[0]}/{found[1]}")


def document(desk: "Desk", call: Request, document_id: int) -> Response:
    repository = Repository(desk.stage)
    found = repository.document(document_id)
    return desk.render(
        call, "opentext/document.html", document=found, workspace=repository.workspace(found["workspace_id"]),
        text=_editable(repository, found), history=repository.history(document_id),
        all_holds=[hold for hold in repository.holds() if hold["active"]],
    )  # fmt: skip


def content(desk: "Desk", call: Request, document_id: int, number: int) -> Response:
    """The bytes of a version: shown where that is safe, downloaded where it is not or with `?download`."""
    version, data = Repository(desk.stage).content(document_id, number)
    kind = version["mime_type"].partition(";")[0]
    inline = "download" not in call.args and (kind in SHOWN or kind in TEXT)
    shown_as = kind if kind in SHOWN else "text/plain; charset=utf-8"
    response = Response(data, content_type=shown_as if inline else "application/octet-stream")
    way = "inline" if inline else "attachment"
    response.headers["Content-Disposition"] = dump_options_header(way, {"filename": version["file_name"]})
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    )
    return response


def upload(desk: "Desk", call: Request) -> Response:
    """A file chosen in the browser: a new document in a folder, or a new version of a document."""
    seat, form, file = Seat.of(desk.stage, call), call.form, call.files.get("file")
    if file is None or not file.filename:
        raise ValueError("Choose a file first.")
    number = _number(form.get("document"))
    new = NewFile(
        file.read(), name="" if number else file.filename, mime_type=file.mimetype or "", document=number,
        workspace=_number(form.get("workspace")), folder=form.get("folder", ""),
    )  # fmt: skip
    made = Repository(desk.stage).file(seat.person["name"], new)
    said = f"{made['name']}: version {made['version']} was added."
    return desk.go(f"/opentext/documents/{made['id']}" if number else form.get("back") or "/", said)


def edit(desk: "Desk", call: Request, document_id: int) -> Response:
    """Text changed in the browser becomes a new version."""
    seat = Seat.of(desk.stage, call)
    text = call.form.get("text", "").replace("\r\n", "\n")
    made = Repository(desk.stage).file(seat.person["name"], NewFile(text.encode(), document=document_id))
    return desk.go(f"/opentext/documents/{document_id}", f"Saved as version {made['version']}.")


def decide(desk: "Desk", call: Request, document_id: int) -> Response:
    seat, form = Seat.of(desk.stage, call), call.form
    made = Repository(desk.stage).decide(
        seat.person["name"], document_id, form.get("status", ""), form.get("comment", ""), _number(form.get("version"))
    )
    approval = made["approval"]
    said = f"Version {approval['Approved version']}: {approval['Status'].lower()} by {seat.person['display_name']}."
    return desk.go(f"/opentext/documents/{document_id}", said)


# Tasks


def tasks(desk: "Desk", call: Request) -> Response:
    me, inbox = Seat.of(desk.stage, call).person["name"], TaskInbox(desk.stage)
    found = inbox.tasks(all_of_them=True)
    is_open = [task for task in reversed(found) if task["state"] == "open"]
    groups = {
        "mine": [t for t in is_open if t["assignee"] == me or (not t["assignee"] and me in t["candidates"])],
        "others": [t for t in is_open if t["assignee"] != me and (t["assignee"] or me not in t["candidates"])],
        "done": [t for t in reversed(found) if t["state"] != "open"][:30],
    }
    return desk.render(call, "opentext/tasks.html", groups=groups)


def task(desk: "Desk", call: Request, task_id: str) -> Response:
    inbox = TaskInbox(desk.stage)
    found = inbox.task(task_id)
    facts = [(name, found["variables"][name]) for name in FACTS if found["variables"].get(name) not in (None, "")]
    instance = inbox.instance(found["instance_id"])
    return desk.render(
        call, "opentext/task.html", task=found, facts=facts, instance=instance, workspace=_workspace_of(desk, found)
    )


def act(desk: "Desk", call: Request, task_id: str) -> Response:
    """Claim, give back, decide or answer."""
    me, form, inbox = Seat.of(desk.stage, call).person["name"], call.form, TaskInbox(desk.stage)
    wanted = form.get("do", "")
    if wanted == "claim":
        inbox.claim(task_id, me)
        return desk.go(f"/opentext/tasks/{task_id}", "The task is yours.")
    if wanted == "unclaim":
        inbox.unclaim(task_id, me)
        return desk.go(f"/opentext/tasks/{task_id}", "The task is open to its group again.")
    done = inbox.complete(task_id, me, form.get("outcome") or None, form.get("comment", ""))
    label = next((o["label"] for o in done["outcomes"] if o["value"] == done["outcome"]), "Answered")
    return desk.go("/opentext/tasks", f"{done['name']}: {label}.")


def instances(desk: "Desk", call: Request) -> Response:
    found = TaskInbox(desk.stage).instances()[:SHOWN_AT_MOST]
    return desk.render(call, "opentext/workflows.html", instances=found)


def instance(desk: "Desk", call: Request, instance_id: str) -> Response:
    return desk.render(call, "opentext/workflow.html", instance=TaskInbox(desk.stage).instance(instance_id))


# Records and holds


def records(desk: "Desk", call: Request) -> Response:
    repository = Repository(desk.stage)
    found = [
        {"document": document, "workspace": space}
        for space in repository.workspaces(most=SHOWN_AT_MOST)
        for document in space["documents"]
        if document["record"]
    ]
    kinds = desk.stage.content_server.state.hold_types
    return desk.render(call, "opentext/records.html", records=found, holds=repository.holds(), kinds=kinds)


def create_hold(desk: "Desk", call: Request) -> Response:
    seat, form = Seat.of(desk.stage, call), call.form
    Repository(desk.stage).create_hold(
        seat.person["name"], form.get("name", ""), form.get("type", ""), form.get("comment", "")
    )
    return desk.go("/opentext/records", f"The hold {form.get('name', '').strip()} was created.")


def set_hold(desk: "Desk", call: Request, hold_id: int) -> Response:
    seat, form = Seat.of(desk.stage, call), call.form
    applied = form.get("do") == "apply"
    node = _number(form.get("node"))
    if node is None:
        raise NotFound
    Repository(desk.stage).set_hold(seat.person["name"], hold_id, node, applied=applied)
    return desk.go(back_to(call), "The hold was applied." if applied else "The hold was taken off.")


# Administration


def administration(desk: "Desk", call: Request) -> Response:
    return desk.render(call, "opentext/administration.html", callbacks=Repository(desk.stage).callbacks())


def set_callbacks(desk: "Desk", call: Request) -> Response:
    url, secret = call.form.get("url", ""), call.form.get("secret", "")
    Repository(desk.stage).set_callbacks(url, secret)
    return desk.go("/opentext/administration", "Saved." if url else "Approvals are not reported any more.")


# Inside


def _editable(repository: Repository, found: JSON) -> str | None:
    """The newest version's text where a person could edit it here."""
    if found["mime_type"].partition(";")[0] not in TEXT or found["size"] > LONGEST_EDIT:
        return None
    if found["record"] and found["record"]["finalized"]:
        return None
    try:
        return repository.content(found["id"])[1].decode("utf-8")
    except UnicodeDecodeError:
        return None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None


def _workspace_of(desk: "Desk", task: JSON) -> JSON | None:
    """The workspace a task is about: its process carries the workspace's number."""
    number = task["variables"].get("workspace_id")
    found = _number(str(number)) if number is not None else None
    known = desk.stage.content_server.state.nodes
    return Repository(desk.stage).workspace(found) if found in known else None


def _instances_of(desk: "Desk", space: JSON) -> list[JSON]:
    wanted = str(space["id"])
    return [i for i in TaskInbox(desk.stage).instances() if str(i["variables"].get("workspace_id")) == wanted]


ROUTES = (
    ("GET", "/opentext/workspaces", workspaces),
    ("GET", "/opentext/workspaces/<int:workspace_id>", workspace),
    ("GET", "/opentext/nodes/<int:node_id>", node),
    ("GET", "/opentext/documents/<int:document_id>", document),
    ("GET", "/opentext/documents/<int:document_id>/versions/<int:number>", content),
    ("POST", "/opentext/upload", upload),
    ("POST", "/opentext/documents/<int:document_id>/edit", edit),
    ("POST", "/opentext/documents/<int:document_id>/decide", decide),
    ("GET", "/opentext/tasks", tasks),
    ("GET", "/opentext/tasks/<task_id>", task),
    ("POST", "/opentext/tasks/<task_id>", act),
    ("GET", "/opentext/workflows", instances),
    ("GET", "/opentext/workflows/<instance_id>", instance),
    ("GET", "/opentext/administration", administration),
    ("POST", "/opentext/administration", set_callbacks),
    ("GET", "/opentext/records", records),
    ("POST", "/opentext/holds", create_hold),
    ("POST", "/opentext/holds/<int:hold_id>", set_hold),
)
