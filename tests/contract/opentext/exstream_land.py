"""Exstream and Content Server in one world, in process, our true clients speaking to them, and two callback doors."""

from dataclasses import replace
from functools import cached_property
from io import BytesIO
from typing import Any

from werkzeug.wrappers import Request, Response

from app.domain.content import (
    BusinessObject,
    Communication,
    Document,
    FiledCommunication,
    Output,
    Recipient,
    WorkspaceSpec,
)
from app.domain.ids import NodeId
from app.opentext import OpenText, TokenCache, open_text
from app.opentext.connection import Connection, ExstreamConnection, NotificationsConnection, TemplateLocation
from app.opentext.exstream import Communications
from app.opentext.exstream.delivery import Dispatch
from app.opentext.exstream.filing import file_first
from app.outbound import Outbound
from sandbox import credentials
from sandbox.exstream import switches
from sandbox.exstream.designs import DESIGNS
from sandbox.exstream.samples import sample
from sandbox.exstream.seed import DOMAIN, FORWARD, communication_id
from sandbox.stage import Stage
from tests.contract.opentext.landscape import a_connection, settings

JOB = "bc:demostore1:order:100145:SF_INVOICE:1"
ANNA = Recipient("anna", "Anna Berg", "anna.berg@example.com", "+4943112345")
BOUNCER = Recipient("bounce", "Nobody", "bounce@example.com", "bounce-1")
CUSTOMER = BusinessObject("BigCommerce", "CUSTOMER", "bc-demostore1-77")


class ExstreamLand:
    """One fresh world. `told` is what came to our two doors, as (path, body)."""

    def __init__(self, **exstream: Any) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.stage = Stage.in_process(self._doors)
        self.world, self.exstream = self.stage.world, self.stage.exstream
        self.outbound = Outbound(settings(), self.stage.transport)
        self.opentext = self.open(**exstream)

    def open(self, **exstream: Any) -> OpenText:
        return open_text(connection(**exstream), self.outbound, TokenCache())

    @property
    def communications(self) -> Communications:
        assert self.opentext.communications is not None
        return self.opentext.communications

    def close(self) -> None:
        self.outbound.close()
        self.world.deliveries.close()

    def switch(self, name: str, count: int = 1) -> None:
        switches.turn_on(self.world, self.exstream.state, name, count)

    def compose(self, key: str = "SF_INVOICE", job: str = JOB, want: tuple[str, ...] = ("pdf",)) -> Communication:
        return self.communications.composer.compose(key, sample(key, job), job, want)

    def composed(self) -> int:
        """How many compositions a licence would count."""
        return sum(self.exstream.state.composed.values())

    def calls(self, containing: str) -> list[str]:
        entries = self.world.ledger.since(system="exstream")
        return [f"{entry.method} {entry.path}" for entry in entries if containing in entry.path]

    # Content Server

    @cached_property
    def folder(self) -> NodeId:
        workspace = self.opentext.workspaces.ensure(WorkspaceSpec(CUSTOMER, {"customerId": ("77",), "name": ("Ada",)}))
        return self.opentext.documents.folder(workspace.id, "Communications")

    def file(self, output: Output) -> Document:
        return self.opentext.documents.upload(self.folder, output.file_name, output.content, output.mime_type)

    def read(self, node: NodeId, version: int) -> bytes:
        sink = BytesIO()
        self.opentext.documents.download(node, version, sink)
        return sink.getvalue()

    def filed(self, key: str = "SF_INVOICE") -> FiledCommunication:
        return file_first(self.compose(key), self.file)

    def _doors(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        self.told.append((request.path, request.get_json()))
        return Response(status=202)(environ, start_response)


def connection(**exstream: Any) -> Connection:
    given: dict[str, Any] = {
        "url": "http://exstream.test",
        "tenant": credentials.EXSTREAM_TENANT,
        "client_id": credentials.EXSTREAM_CLIENT_ID,
        "client_secret": credentials.EXSTREAM_CLIENT_SECRET,
        "subscription": credentials.EXSTREAM_SUBSCRIPTION,
        "domain": DOMAIN,
        "templates": tuple(TemplateLocation(design.key, communication_id(design.key)) for design in DESIGNS),
        "channel_service": FORWARD,
        "notifications": NotificationsConnection(
            "http://exstream.test", credentials.NOTIFICATIONS_USER, credentials.NOTIFICATIONS_PASSWORD, attach=True
        ),
    }
    return replace(a_connection(), exstream=ExstreamConnection(**(given | exstream)))


def a_dispatch(filed: FiledCommunication, *recipients: Recipient, **changes: Any) -> Dispatch:
    given: dict[str, Any] = {
        "key": f"{JOB}:1", "communication": filed, "recipients": recipients or (ANNA,),
        "subject": "Your invoice", "text": "Your invoice is ready.", "link": "http://app.test/d/abc",
    }  # fmt: skip
    return Dispatch(**(given | changes))
