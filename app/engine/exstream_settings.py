"""The Exstream part of a store's OpenText connection: as entered, as stored (secrets apart), as the clients take it."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from app.opentext.connection import ExstreamConnection, NotificationsConnection, TemplateLocation
from app.settings import OpenTextDefaults, base_url

Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Header = Annotated[str, Field(max_length=200, pattern=r"^[\x21-\x7e]*$")]  # names that travel as headers or in a path
OptionalUrl = Annotated[str, AfterValidator(lambda value: base_url(value) if value else "")]
SECRETS = {"client_secret": "exstream_client_secret", "notifications_password": "notifications_password"}
Flavour = Literal["gateway", "ot2", "local"]
Sends = Literal["print", "mail", "both"]


class EnteredExstream(BaseModel):
    """What a person typed about Exstream and Notifications. An empty secret means the one that is stored."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True, hide_input_in_errors=True)

    url: Annotated[str, Field(min_length=1), AfterValidator(base_url)]
    flavour: Flavour = "gateway"
    tenant: Annotated[Header, Field(min_length=1)]
    client_id: Annotated[Text, Field(min_length=1)]
    client_secret: SecretStr = Field(default=SecretStr(""), max_length=500)
    domain: Annotated[Header, Field(min_length=1)]
    otds_url: OptionalUrl = ""
    subscription: Text = ""
    channel_service: Header = ""
    channel_sends: Sends = "print"
    das_url: OptionalUrl = ""
    orchestration_url: OptionalUrl = ""
    empower_url: OptionalUrl = ""
    notifications_url: OptionalUrl = ""
    notifications_user: Text = ""
    notifications_password: SecretStr = Field(default=SecretStr(""), max_length=500)
    notifications_sender: Text = ""
    notifications_attach: bool = False

    @model_validator(mode="before")
    @classmethod
    def _ticked(cls, given: Any) -> Any:
        """A box of a form: "on" where it is ticked; a choice nobody was asked for has its usual value."""
        if isinstance(given, dict) and not given.get("channel_sends"):
            given = given | {"channel_sends": "print"}
        if isinstance(given, dict) and given.get("notifications_attach") in ("on", "", None):
            return given | {"notifications_attach": given.get("notifications_attach") == "on"}
        return given


def addresses(entered: EnteredExstream) -> dict[str, str]:
    """Every address given, by field."""
    names = ("url", "otds_url", "das_url", "orchestration_url", "empower_url", "notifications_url")
    return {name: getattr(entered, name) for name in names if getattr(entered, name)}


def given_secrets(entered: EnteredExstream, stored: dict[str, Any] | None, kept: dict[str, str]) -> dict[str, str]:
    """Both secrets under their stored names: typed, or kept where address and client are still the same."""
    before = stored or {}
    # The secret goes to where it is signed in, the token it brings to every service: all of them count.
    typed = {"exstream_client_secret": entered.client_secret.get_secret_value()}
    if entered.notifications_url:
        typed["notifications_password"] = entered.notifications_password.get_secret_value()
    theirs = {
        "exstream_client_secret": (
            "url", "otds_url", "das_url", "orchestration_url", "empower_url", "flavour", "tenant", "client_id",
        ),
        "notifications_password": ("notifications_url", "notifications_user"),
    }  # fmt: skip
    for name, fields in theirs.items():
        if name in typed and not typed[name] and all(before.get(f, "") == getattr(entered, f) for f in fields):
            typed[name] = kept.get(name, "")
    return typed


def connection(entered: EnteredExstream, secrets: dict[str, str], templates: dict[str, str]) -> ExstreamConnection:
    """As the clients take it. `templates`: our key to the communication's id."""
    notifications = None
    if entered.notifications_url:
        notifications = NotificationsConnection(
            entered.notifications_url, entered.notifications_user, secrets["notifications_password"],
            entered.notifications_sender, entered.notifications_attach,
        )  # fmt: skip
    return ExstreamConnection(
        url=entered.url, tenant=entered.tenant, client_id=entered.client_id,
        client_secret=secrets["exstream_client_secret"], flavour=entered.flavour, otds_url=entered.otds_url,
        subscription=entered.subscription, domain=entered.domain, templates=_located(templates),
        das_url=entered.das_url, orchestration_url=entered.orchestration_url, empower_url=entered.empower_url,
        channel_service=entered.channel_service, channel_sends=entered.channel_sends, notifications=notifications,
    )  # fmt: skip


def _located(templates: dict[str, str]) -> tuple[TemplateLocation, ...]:
    return tuple(TemplateLocation(key, found) for key, found in sorted(templates.items()) if found)


def stored(of: ExstreamConnection | None) -> dict[str, Any] | None:
    """Everything but the secrets, as the row keeps it and forms show it."""
    if of is None:
        return None
    mail = of.notifications
    return {
        "url": of.url, "flavour": of.flavour, "tenant": of.tenant, "client_id": of.client_id, "domain": of.domain,
        "otds_url": of.otds_url, "subscription": of.subscription, "channel_service": of.channel_service,
        "channel_sends": of.channel_sends,
        "das_url": of.das_url, "orchestration_url": of.orchestration_url, "empower_url": of.empower_url,
        "notifications_url": mail.url if mail else "", "notifications_user": mail.user if mail else "",
        "notifications_sender": mail.sender_name if mail else "",
        "notifications_attach": bool(mail and mail.attach),
        "templates": {each.key: each.communication_id for each in of.templates},
    }  # fmt: skip


def secrets_of(of: ExstreamConnection | None) -> dict[str, str]:
    """The secrets under the names they are stored by."""
    if of is None:
        return {}
    mail = {"notifications_password": of.notifications.password} if of.notifications else {}
    return {"exstream_client_secret": of.client_secret} | mail


def loaded(row: dict[str, Any] | None, secrets: dict[str, str]) -> ExstreamConnection | None:
    """Stored values as the clients take them. Not validated again: what was saved must stay usable."""
    if not row:
        return None
    known = {name: row.get(name, "") for name in EnteredExstream.model_fields if name not in SECRETS}
    entered = EnteredExstream.model_construct(**known | {"channel_sends": row.get("channel_sends") or "print"})
    return connection(entered, secrets, row.get("templates", {}))


def templates_for(entered: EnteredExstream, row: dict[str, Any] | None, defaults: OpenTextDefaults) -> dict[str, str]:
    """The templates that still hold: those chosen for this very domain, else the operator's for that address."""
    if row and (row["url"], row["tenant"], row["domain"]) == (entered.url, entered.tenant, entered.domain):
        return dict(row.get("templates", {}))
    return dict(defaults.exstream_templates) if entered.url == defaults.exstream_url else {}
