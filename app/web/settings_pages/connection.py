"""The connection form: what it holds, what was wrong with it, what the test said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from app.engine.connections import EnteredConnection, SavedConnection
from app.settings import OpenTextDefaults
from app.web import display
from app.web.language import _
from app.web.texts import N_

SECRETS = ("client_secret", "workflow_client_secret")


@dataclass(frozen=True)
class FieldText:
    """How one field is asked for."""

    name: str
    title: str
    help: str
    kind: str = "text"


CONTENT = (
    FieldText("otds_url", N_("Address of OTDS"), N_("For example https://otds.example.com/otdsws"), "url"),
    FieldText(
        "content_server_url", N_("Address of Content Server"), N_("For example https://cs.example.com/cs/cs"), "url"
    ),
    FieldText("external_system", N_("External system"), N_("The name of this store’s connection in Content Server.")),
    FieldText("client_id", N_("OAuth client id"), N_("Of the OTDS client made for this app.")),
    FieldText("client_secret", N_("OAuth client secret"), "", "password"),
)  # fmt: skip
WORKFLOW = (
    FieldText("workflow_url", N_("Address of the gateway"), N_("For example https://us.api.opentext.com"), "url"),
    FieldText("workflow_tenant", N_("Tenant"), N_("The id of your organisation’s tenant.")),
    FieldText("workflow_client_id", N_("Client id"), N_("Of the service client made for this app.")),
    FieldText("workflow_client_secret", N_("Client secret"), "", "password"),
)
PATHS = (
    FieldText("workflow_path", N_("Path of the Workflow Service"), N_("Usually left as it is.")),
    FieldText("workflow_history_path", N_("Path of its history"), N_("Usually left as it is.")),
)
FIELDS = tuple(one.name for one in (*CONTENT, *WORKFLOW, *PATHS))


@dataclass(frozen=True)
class Shown:
    """One field on the page."""

    name: str
    title: str
    help: str
    kind: str
    value: str
    error: str
    is_kept: bool


def first_values(saved: SavedConnection | None, defaults: OpenTextDefaults) -> dict[str, str]:
    """What the form shows before anybody typed: what is saved, else what the operator prefilled. Never a secret."""
    if saved is not None:
        return {name: getattr(saved, name) for name in FIELDS if name not in SECRETS}
    return {name: str(getattr(defaults, name, None) or "") for name in FIELDS if name not in SECRETS} | {
        "workflow_path": defaults.workflow_path,
        "workflow_history_path": defaults.workflow_history_path,
    }


def typed(given: Mapping[str, str]) -> dict[str, str]:
    """What a browser sent, our fields only."""
    return {name: given.get(name, "")[:2_000].strip() for name in FIELDS}


def fields(
    group: tuple[FieldText, ...], values: Mapping[str, str], errors: Mapping[str, str], *, is_saved: bool
) -> tuple[Shown, ...]:
    return tuple(
        Shown(
            one.name, _(one.title), _(one.help) if one.help else "", one.kind,
            "" if one.name in SECRETS else display.clean(values.get(one.name, "")), errors.get(one.name, ""),
            one.name in SECRETS and is_saved,
        )
        for one in group
    )  # fmt: skip


def problems(error: ValidationError) -> dict[str, str]:
    """Field → what is wrong with it. Nothing that was typed is repeated: it may be a secret."""
    found: dict[str, str] = {}
    for one in error.errors(include_url=False, include_input=False, include_context=False):
        name = str(one["loc"][0]) if one["loc"] else ""
        found.setdefault(name, _words(name, str(one["type"])))
    return {name: text for name, text in found.items() if name in FIELDS}


def _words(name: str, kind: str) -> str:
    if kind in ("missing", "string_too_short"):
        return _("Please fill this in.")
    if kind == "string_too_long":
        return _("This is too long.")
    if name.endswith("_url"):
        return _("Enter a complete address that begins with https://, without a user name, question mark or #.")
    if name.endswith("_path"):
        return _("Enter a path such as /workflow/v1.")
    return _("This contains characters that cannot be used here.")


def entered(values: Mapping[str, Any], *, allow_http: bool) -> tuple[EnteredConnection | None, dict[str, str]]:
    """The parsed form, or what is wrong with it."""
    try:
        found = EnteredConnection.model_validate(dict(values))
    except ValidationError as error:
        return None, problems(error)
    plain = [name for name in ("otds_url", "content_server_url", "workflow_url") if not _is_https(getattr(found, name))]
    if plain and not allow_http:
        return None, {name: _("The address must begin with https://.") for name in plain}
    return found, {}


def _is_https(url: str) -> bool:
    return url.lower().startswith("https://")
