"""Secrets of OpenText the operator has set for all stores: used where a store leaves its own empty.

Each goes to the operator's own address and client alone, never to one that somebody typed.
"""

from typing import TYPE_CHECKING

from app.settings import OpenTextDefaults

if TYPE_CHECKING:
    from app.engine.connections import EnteredConnection

BOUND = {  # secret → the fields it belongs to, by the names of the form
    "client_secret": ("otds_url", "content_server_url", "client_id"),
    "workflow_client_secret": ("workflow_url", "workflow_tenant", "workflow_client_id"),
    "exstream_client_secret": (
        "exstream_url", "exstream_otds_url", "exstream_das_url", "exstream_orchestration_url", "exstream_empower_url",
        "exstream_flavour", "exstream_tenant", "exstream_client_id",
    ),
    "notifications_password": ("notifications_url", "notifications_user"),
}  # fmt: skip


def for_entered(defaults: OpenTextDefaults, entered: "EnteredConnection") -> dict[str, str]:
    """The secrets whose address and client are the operator's, by the names of the form."""
    typed = entered.model_dump(exclude={"exstream"})
    if entered.exstream is not None:
        theirs = entered.exstream.model_dump()
        typed |= {name if name.startswith("notifications_") else f"exstream_{name}": theirs[name] for name in theirs}
    return for_values(defaults, {name: str(value) for name, value in typed.items()})


def for_values(defaults: OpenTextDefaults, values: dict[str, str]) -> dict[str, str]:
    """The same for a form's fields."""
    found = {}
    for name, fields in BOUND.items():
        secret = getattr(defaults, name)
        is_theirs = all(values.get(one, "") == _default(defaults, one) for one in fields)
        if is_theirs and secret and secret.get_secret_value():
            found[name] = secret.get_secret_value()
    return found


def _default(defaults: OpenTextDefaults, name: str) -> str:
    return str(getattr(defaults, name, "") or "")
