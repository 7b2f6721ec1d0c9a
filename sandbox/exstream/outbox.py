"""The outbox: what left the building, for people to look at. No real product has this page."""

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from werkzeug.wrappers import Response

from sandbox.exstream.state import Message
from sandbox.kernel.standin import Call

if TYPE_CHECKING:
    from sandbox.exstream.standin import Exstream

STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{width:100%;"
    "border-collapse:collapse}td,th{text-align:left;padding:.4rem;border-bottom:1px solid #ddd}iframe{width:100%;"
    "height:30rem;border:1px solid #ccc}"
)
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'"
BODY_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'"
KINDS = {"emails": "E-mail", "sms": "SMS", "faxes": "Fax", "channel": "Exstream channel"}


class Outbox:
    """Pages below /outbox."""

    def __init__(self, service: "Exstream") -> None:
        self.service = service
        service.route("GET", "/outbox", self.listed)
        service.route("GET", "/outbox/<id>", self.shown)
        service.route("GET", "/outbox/<id>/body", self.body)
        service.route("GET", "/outbox/<id>/files/<int:number>", self.file)

    def listed(self, call: Call) -> Response:  # noqa: ARG002
        rows = "".join(_row(each) for each in reversed(self.service.state.messages.values()))
        table = f"<table><tr><th>Message</th><th>Kind</th><th>To</th><th>State</th></tr>{rows}</table>"
        return _page("Outbox", table if rows else "<p>Nothing was sent yet.</p>")

    def shown(self, call: Call, id: str) -> Response:  # noqa: ARG002
        message = self.service.state.messages.get(id)
        if message is None:
            return _page("Outbox", "<p>There is no such message.</p>", 404)
        base = f"/outbox/{quote(id)}/files"
        files = "".join(
            f'<li><a href="{base}/{number}">{escape(each.name)}</a> ({len(each.content):,} bytes)</li>'
            for number, each in enumerate(message.files)
        )
        body = f'<iframe sandbox title="Message" src="/outbox/{quote(id)}/body"></iframe>' if message.body else ""
        return _page(message.subject or message.id, f"<table>{_row(message)}</table><ul>{files}</ul>{body}")

    def body(self, call: Call, id: str) -> Response:  # noqa: ARG002
        """The message as its first recipient sees it; looking at it fetches the tracking picture."""
        message = self.service.state.messages.get(id)
        if message is None or message.body is None:
            return Response(status=404)
        text = message.body.content.decode("utf-8", "replace")
        if message.body.mime_type != "text/html":
            text = f"<pre>{escape(text)}</pre>"
        if message.tracking and message.destinations:
            text += f'<img src="/mra/v1/track/{message.destinations[0].track}" alt="">'
        headers = {"Content-Security-Policy": BODY_POLICY, "X-Content-Type-Options": "nosniff"}
        return Response(text, headers=headers, content_type="text/html; charset=UTF-8")

    def file(self, call: Call, id: str, number: int) -> Response:  # noqa: ARG002
        message = self.service.state.messages.get(id)
        if message is None or number >= len(message.files):
            return Response(status=404)
        found = message.files[number]
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name)}",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(found.content, headers=headers, content_type=found.mime_type)


def _row(message: Message) -> str:
    people = ", ".join(escape(each.address) for each in message.destinations)
    states = ", ".join(each.attempts[-1].state + (", opened" if each.opens else "") for each in message.destinations)
    link = f'<a href="/outbox/{quote(message.id)}">{escape(message.subject or message.id)}</a>'
    return f"<tr><td>{link}</td><td>{KINDS[message.kind]}</td><td>{people}</td><td>{escape(states)}</td></tr>"


def _page(title: str, body: str, status: int = 200) -> Response:
    html = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>{body}"
        '<p><a href="/outbox">Outbox</a></p></body></html>'
    )
    headers = {"Content-Security-Policy": PAGE_POLICY, "X-Content-Type-Options": "nosniff"}
    return Response(html, status, headers, content_type="text/html; charset=UTF-8")
