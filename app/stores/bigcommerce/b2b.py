"""How we call B2B Edition: another host, another envelope, its own quota.

A wrong or missing store hash is answered there with a server error, so that one is never repeated at once: the probe
is asked again after a minute at the earliest. Source: BigCommerce B2B Edition documentation, "Authentication",
"Best practices".
"""

from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict

from app.domain.ids import Provider, store_id
from app.errors import NeedsReauth, Permanent
from app.outbound import Outbound, speaking_to
from app.stores.bigcommerce.client import SERVICE, parse, refuse

T = TypeVar("T")


class Pages(BaseModel):
    model_config = ConfigDict(extra="ignore")

    totalCount: int = 0  # as B2B Edition spells it


class Meta(BaseModel):
    model_config = ConfigDict(extra="ignore")

    message: str = ""
    pagination: Pages = Pages()


class Envelope(BaseModel):
    """`code` is the status that counts: it may tell of a failure where HTTP says 200."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    code: int = 200
    data: Any = None
    meta: Meta = Meta()


class B2BClient:
    """The calls to one store's B2B Edition. Thread safe."""

    def __init__(self, outbound: Outbound, base_url: str, store_hash: str, token: str) -> None:
        address = f"{base_url}/api/v3/io/"
        self._http = outbound.client(store_id(Provider.BIGCOMMERCE, store_hash), SERVICE, address)
        self._headers = {"X-Auth-Token": token, "X-Store-Hash": store_hash, "Accept": "application/json"}

    def get(self, path: str, **query: str | int) -> Envelope:
        return self._send("GET", path, params=query)

    def put(self, path: str, body: Any) -> Envelope:
        return self._send("PUT", path, json=body)

    def _send(self, method: str, path: str, **kw: Any) -> Envelope:
        with speaking_to(SERVICE, writing=method != "GET"):
            response = self._http.request(method, path, headers=self._headers, **kw)
        _refuse(response)
        envelope = parse(response, Envelope)
        if envelope.code >= 400:
            _refuse(_as(response, envelope.code))
        return envelope


def _refuse(response: httpx.Response) -> None:
    """A missing B2B right stops nothing but B2B: no reason to have the whole store reconnected."""
    try:
        refuse(response)
    except NeedsReauth as error:
        raise Permanent(
            "BigCommerce does not let the app use B2B Edition in this store.",
            code="b2b_not_allowed",
            hint="Give the app's profile the B2B Edition scope and have the store accept it.",
            **error.context,
        ) from error


def _as(response: httpx.Response, status: int) -> httpx.Response:
    """The same answer under the status its envelope tells."""
    known = status if 400 <= status < 600 else 400
    return httpx.Response(known, headers=response.headers, content=response.content, request=response.request)


__all__ = ["B2BClient", "Envelope"]
