"""The connection form: what it holds, what was wrong with it, what the test said."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from app.engine.connections import EnteredConnection, SavedConnection
from app.engine.exstream_settings import addresses
from app.settings import OpenTextDefaults
from app.web import display
from app.web.language import _
from app.web.texts import N_

SECRETS = ("client_secret", "workflow_client_secret", "exstream_client_secret", "notifications_password")


@dataclass(frozen=True)
class FieldText:
    """How one field is asked for. `options` of a choice: (value, words)."""

    name: str
    title: str
    help: str
    kind: str = "text"
    options: tuple[tuple[str, str], ...] = ()


CONTENT = (
    FieldText(
        "content_server_url", N_("Address of Content Server"), N_("For example https://cs.example.com/cs/cs"), "url"
    ),
    FieldText("otds_url", N_("Address of OTDS"), N_("For example https://otds.example.com/otdsws"), "url"),
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
EXSTREAM = (
    FieldText(
        "exstream_url", N_("Address of Exstream"),
        N_("For example https://communication.us.api.opentext.com. Leave it empty to do without Exstream."), "url",
    ),
    FieldText("exstream_flavour", N_("Kind of installation"), N_("It decides how we sign in."), "choice", (
        ("gateway", N_("OpenText cloud, through its API gateway")), ("ot2", N_("OpenText cloud, by subscription")),
        ("local", N_("Your own cluster")),
    )),
    FieldText("exstream_tenant", N_("Tenant"), N_("The id of your organisation’s tenant.")),
    FieldText("exstream_client_id", N_("Client id"), N_("Of the service client made for this app.")),
    FieldText("exstream_client_secret", N_("Client secret"), "", "password"),
    FieldText("exstream_domain", N_("Domain"), N_("The domain of the Design Asset Service that holds your designs.")),
    FieldText(
        "exstream_channel_service", N_("Service that prints and sends"),
        N_("The Orchestration service that takes what we hand over. Empty: we hand over nothing."),
    ),
    FieldText(
        "exstream_channel_sends", N_("What that service does"),
        N_("Exstream cannot be asked, so say what it was set up for. If it mails, OpenText Notifications is not "
           "needed."),
        "choice",
        (("print", N_("It prints and posts")), ("mail", N_("It mails")),
         ("both", N_("Either, as each handover says"))),
    ),
)  # fmt: skip
NOTIFICATIONS = (
    FieldText(
        "notifications_url", N_("Address of OpenText Notifications"),
        N_("For example https://api.eu.cloudmessaging.opentext.com. Without it only Exstream’s own service can mail."),
        "url",
    ),
    FieldText("notifications_user", N_("Account"), N_("Empty where the password is a token.")),
    FieldText("notifications_password", N_("Password or token"), "", "password"),
    FieldText("notifications_sender", N_("Sender’s name"), N_("What buyers see beside the address.")),
    FieldText(
        "notifications_attach", N_("Send documents along"), N_("Otherwise buyers get a link that ends by itself."),
        "switch",
    ),
)  # fmt: skip
EXSTREAM_MORE = (
    FieldText("exstream_otds_url", N_("Address of its sign-in"), N_("Only where it is not the same."), "url"),
    FieldText("exstream_subscription", N_("Subscription"), N_("For the OpenText cloud by subscription.")),
    FieldText("exstream_das_url", N_("Design Asset Service"), N_("Only where it is not the same."), "url"),
    FieldText("exstream_orchestration_url", N_("Orchestration"), N_("Only where it is not the same."), "url"),
    FieldText("exstream_empower_url", N_("Empower"), N_("Only where it is not the same."), "url"),
)
GROUPS = {
    "content": CONTENT, "workflow": WORKFLOW, "paths": PATHS, "exstream": EXSTREAM, "notifications": NOTIFICATIONS,
    "exstream_more": EXSTREAM_MORE,
}  # fmt: skip
OF_EXSTREAM = frozenset(one.name for one in (*EXSTREAM, *NOTIFICATIONS, *EXSTREAM_MORE))
FIELDS = tuple(one.name for group in GROUPS.values() for one in group)


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
    options: tuple[tuple[str, str], ...] = ()
    is_optional: bool = False
    suggestions: tuple[str, ...] = ()


def first_values(saved: SavedConnection | None, defaults: OpenTextDefaults) -> dict[str, str]:
    """What the form shows before anybody typed: what is saved, else what the operator prefilled. Never a secret."""
    if saved is not None:
        own = {name: getattr(saved, name) for name in FIELDS if name not in SECRETS and name not in OF_EXSTREAM}
        return own | _of_exstream(saved.exstream or {})
    return {name: str(getattr(defaults, name, None) or "") for name in FIELDS if name not in SECRETS} | {
        "workflow_path": defaults.workflow_path,
        "workflow_history_path": defaults.workflow_history_path,
    }


def _of_exstream(row: Mapping[str, Any]) -> dict[str, str]:
    """The stored part as the form's fields; a ticked box is "on"."""
    found = {name: row.get(_member(name), "") for name in OF_EXSTREAM if name not in SECRETS}
    return {name: "on" if value is True else value or "" for name, value in found.items()}


def _member(name: str) -> str:
    """What the model calls a field of the form."""
    return name.removeprefix("exstream_")


def typed(given: Mapping[str, str]) -> dict[str, str]:
    """What a browser sent, our fields only."""
    return {name: given.get(name, "")[:2_000].strip() for name in FIELDS}


def fields(
    group: tuple[FieldText, ...],
    values: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    kept: Collection[str],
    suggested: Mapping[str, tuple[str, ...]] | None = None,
) -> tuple[Shown, ...]:
    """`kept`: the secrets there are, which may stay empty."""
    return tuple(
        Shown(
            one.name, _(one.title), _(one.help) if one.help else "", one.kind,
            "" if one.name in SECRETS else display.clean(values.get(one.name, "")), errors.get(one.name, ""),
            one.name in kept, tuple((value, _(words)) for value, words in one.options),
            one.name in OF_EXSTREAM, (suggested or {}).get(one.name, ()),
        )
        for one in group
    )  # fmt: skip


def problems(error: ValidationError) -> dict[str, str]:
    """Field → what is wrong with it. Nothing that was typed is repeated: it may be a secret."""
    found: dict[str, str] = {}
    for one in error.errors(include_url=False, include_input=False, include_context=False):
        name = str(one["loc"][0]) if one["loc"] else ""
        if name == "exstream" and len(one["loc"]) > 1:
            inner = str(one["loc"][1])
            name = f"exstream_{inner}" if f"exstream_{inner}" in FIELDS else inner
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
    own = {name: value for name, value in values.items() if name not in OF_EXSTREAM}
    theirs = {_member(name): value for name, value in values.items() if name in OF_EXSTREAM}
    try:
        found = EnteredConnection.model_validate(own | ({"exstream": theirs} if theirs.get("url") else {}))
    except ValidationError as error:
        return None, problems(error)
    every = {name: getattr(found, name) for name in ("otds_url", "content_server_url", "workflow_url")}
    if found.exstream is not None:
        more = addresses(found.exstream)
        every |= {f"exstream_{name}" if f"exstream_{name}" in FIELDS else name: url for name, url in more.items()}
    plain = [name for name, url in every.items() if not _is_https(url)]
    if plain and not allow_http:
        return None, {name: _("The address must begin with https://.") for name in plain}
    return found, {}


def _is_https(url: str) -> bool:
    return url.lower().startswith("https://")
