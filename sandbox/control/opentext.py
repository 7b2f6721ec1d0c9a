"""OpenText from outside: workspaces, documents and their approval, tasks and decisions, each as a named user."""

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, JsonValue
from werkzeug.wrappers import Request

from sandbox.control.answers import WRONG_QUERY, Body, Problem, query, read
from sandbox.office import OfficeProblem, Repository, TaskInbox
from sandbox.office.repository import NewFile

if TYPE_CHECKING:
    from sandbox.control.door import Control

JSON = dict[str, Any]


class Act(Body):
    """What a person does with a task. `complete` claims it first where nobody has."""

    user: str
    action: Literal["claim", "unclaim", "complete"] = "complete"
    outcome: str | None = None
    comment: str = Field(default="", max_length=4000)
    variables: dict[str, JsonValue] = Field(default_factory=dict)


class File(Body):
    """One of `text`, `json`, `content_base64` is the content. Where: `document_id`, or a workspace and a folder."""

    user: str
    name: str = Field(default="", max_length=248)
    folder: str = ""
    workspace_id: int | None = None
    bo_type: str = ""
    bo_id: str = ""
    document_id: int | None = None
    mime_type: str = ""
    description: str = Field(default="", max_length=255)
    document_type: str = Field(default="", max_length=248)
    text: str | None = None
    json_: JsonValue = Field(default=None, alias="json")
    content_base64: str | None = None


class Decide(Body):
    user: str
    status: str = "Approved"
    version: int | None = Field(default=None, ge=1)
    comment: str = Field(default="", max_length=2000)


def list_workspaces(control: "Control", request: Request) -> JSON:
    asked = query(request, ("bo_type", "bo_id"))
    return {"workspaces": Repository(control.stage).workspaces(asked.get("bo_type", ""), asked.get("bo_id", ""))}


def list_tasks(control: "Control", request: Request) -> JSON:
    """Open ones; `state=all` for the finished ones too."""
    state = query(request, ("state",)).get("state", "open")
    if state not in ("open", "all"):
        raise Problem(422, WRONG_QUERY, fields={"state": "must be open or all"})
    return {"tasks": TaskInbox(control.stage).tasks(all_of_them=state == "all")}


def list_instances(control: "Control", request: Request) -> JSON:
    query(request, ())
    return {"instances": TaskInbox(control.stage).instances()}


def act(control: "Control", request: Request, task_id: str) -> JSON:
    asked, inbox = read(request, Act), TaskInbox(control.stage)
    with _problems():
        if asked.action == "claim":
            return inbox.claim(task_id, asked.user)
        if asked.action == "unclaim":
            return inbox.unclaim(task_id, asked.user)
        return inbox.complete(task_id, asked.user, asked.outcome, asked.comment, asked.variables)


def file(control: "Control", request: Request) -> tuple[JSON, int]:
    asked, repository = read(request, File), Repository(control.stage)
    new = NewFile(
        _content(asked), asked.name, asked.mime_type, asked.description, asked.document_id,
        _workspace(repository, asked), asked.folder, asked.document_type,
    )  # fmt: skip
    with _problems():
        return repository.file(asked.user, new), 201


def show_document(control: "Control", request: Request, document_id: int) -> JSON:
    query(request, ())
    with _problems():
        return Repository(control.stage).document(document_id)


def show_content(control: "Control", request: Request, document_id: int) -> JSON:
    """The bytes of a version as base64; the newest without `version`."""
    text = query(request, ("version",)).get("version")
    if text is not None and not (text.isascii() and text.isdigit()):
        raise Problem(422, WRONG_QUERY, fields={"version": "must be a whole number"})
    with _problems():
        version, content = Repository(control.stage).content(document_id, int(text) if text else None)
    return version | {"content_base64": base64.b64encode(content).decode()}


def decide(control: "Control", request: Request, document_id: int) -> JSON:
    asked = read(request, Decide)
    with _problems():
        return Repository(control.stage).decide(asked.user, document_id, asked.status, asked.comment, asked.version)


def _content(asked: File) -> bytes:
    given = {name for name in ("text", "json_", "content_base64") if name in asked.model_fields_set}
    if len(given) != 1:
        raise Problem(422, "Give the content once.", fields={"content": "exactly one of text, json, content_base64"})
    if asked.text is not None:
        return asked.text.encode()
    if asked.content_base64 is not None:
        try:
            return base64.b64decode(asked.content_base64, validate=True)
        except binascii.Error as error:
            raise Problem(422, "The content is not base64.", fields={"content_base64": str(error)}) from error
    return json.dumps(asked.json_, ensure_ascii=False, indent=2).encode()


def _workspace(repository: Repository, asked: File) -> int | None:
    """By id, or by business object where that names exactly one."""
    if asked.workspace_id is not None or not (asked.bo_type or asked.bo_id):
        return asked.workspace_id
    found = repository.workspaces(asked.bo_type, asked.bo_id, brief=True)
    if len(found) != 1:
        raise Problem(422, f"{len(found)} workspaces fit.", fields={"bo_id": "must name exactly one workspace"})
    number: int = found[0]["id"]
    return number


class _problems:
    """What OpenText refuses becomes the answer."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OfficeProblem):
            more = {"fields": {error.field: error.text}} if error.field else {}
            raise Problem(error.status, error.text, **more) from error


ROUTES = (
    ("GET", "/opentext/workspaces", list_workspaces),
    ("GET", "/opentext/tasks", list_tasks),
    ("POST", "/opentext/tasks/<task_id>", act),
    ("GET", "/opentext/instances", list_instances),
    ("POST", "/opentext/documents", file),
    ("GET", "/opentext/documents/<int:document_id>", show_document),
    ("GET", "/opentext/documents/<int:document_id>/content", show_content),
    ("POST", "/opentext/documents/<int:document_id>/approve", decide),
)
