"""An Exstream that says what a test tells it to."""

from dataclasses import replace

from app.opentext.connection import ExstreamConnection, TemplateLocation
from app.opentext.exstream import Communications, communications
from app.opentext.login import TokenCache
from app.outbound import Outbound
from tests.unit.opentext.scripted import Script, a_connection, said, settings

SECRET = "exstream-client-secret-3b9d"
ID, SET = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
TOKEN = "POST exstream.test/tenants/demo/oauth2/token"
GENERATE = "POST exstream.test/orchestration/api/v1/inputs/ondemand/Live/generate"
DOMAINS = "GET exstream.test/design/api/v1/domains"
RESOURCES = "GET exstream.test/design/api/v1/resources/Live"
LINKS = "GET exstream.test/design/api/v1/links/Live"
MANIFEST = f"GET exstream.test/design/api/v1/manifests/Live/communication-set/{SET}"
RESOURCE = {"id": ID, "version": 3, "name": "Invoice", "type": "exstrapplication", "state": "APPROVED"}


def a_script() -> Script:
    """A script in which one template, SF_INVOICE, is in order."""
    script = Script()
    script.on(TOKEN, said({"access_token": "exs-1", "expires_in": 900}))
    script.on(DOMAINS, said({"status": "success", "data": [{"id": "Live", "production": True}]}))
    script.on(RESOURCES, said({"status": "success", "data": [RESOURCE]}))
    script.on(LINKS, said({"status": "success", "data": [{"linkSubjectId": ID, "linkObjectId": SET}]}))
    manifest = {"dsnlist": [{"name": "D", "prodDsn": "Driver"}], "queueList": [{"driver": "PDF", "name": "PDF Queue"}]}
    script.on(MANIFEST, said(manifest))
    return script


def connected(script: Script) -> Communications:
    exstream = ExstreamConnection(
        "http://exstream.test", "demo", "client", SECRET, domain="Live",
        templates=(TemplateLocation("SF_INVOICE", ID),),
    )  # fmt: skip
    connection = replace(a_connection(), exstream=exstream)
    return communications(connection, Outbound(settings(), script), TokenCache())


def a_driver(job: str = "job-1") -> dict[str, object]:
    meta = {"schema": "sf-invoice/1", "template": "SF_INVOICE", "language": "en", "jobKey": job}
    return {
        "meta": meta, "store": {"name": "S"}, "customer": {"number": "1"}, "order": {"number": "1"}, "lines": [],
        "totals": {}, "invoice": {"number": "I-1"}, "taxSummary": [],
    }  # fmt: skip
