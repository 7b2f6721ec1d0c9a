"""Links for the buyer on a panel: to copy, and to take back. They are made when shown; no row holds one."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.db import audit
from app.db.panel_facts import BuyerLinkFacts, PanelRows
from app.db.session import unit_of_work
from app.domain.communications import masked
from app.domain.rights import Sight
from app.engine import by_hand, rights, shelves, uploads
from app.engine.by_hand import Click
from app.engine.deps import Deps
from app.engine.letters import request_mail
from app.engine.letters.request_mail import Mail
from app.errors import NotFound
from app.scenarios.by_hand import MAIL_REQUEST
from app.web import asking, guards
from app.web.kinds import KIND, KINDS
from app.web.language import _
from app.web.panel import deliveries, progress
from app.web.panel.deliveries import DeliveryLine
from app.web.panel.progress import RunView
from app.web.panel.seen import seen
from app.web.texts import State


@dataclass(frozen=True)
class BuyerLink:
    """One link. `text` says what it is for; `address` and `mail` are there while it works."""

    kind: str
    id: str
    text: str
    address: str
    received: int
    asked: int
    until: datetime | None
    opened_at: datetime | None
    created_at: datetime | None
    state: State
    is_open: bool
    mail: Mail | None
    to: str  # whom we can mail it to, masked; empty where we cannot
    by_hand: str  # why somebody has to hand it on themselves, in words; empty where we can mail it
    sent: DeliveryLine | None
    sending: RunView | None  # a mail that is not out yet, and what stops it


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.post(f"/{KIND}/<object_id>/links/<any(upload, shelf):sort>/<link_id>/withdraw")
    @guards.requires("manager")
    def withdraw_link(kind: str, object_id: str, sort: str, link_id: str) -> AnyResponse:
        """The address stops working at once; what came in or was read stays as it is."""
        found, who = seen(deps, KINDS[kind], object_id), guards.merchant()
        rights.demand(found.sight, rights.may_create(found.sight))
        if all((one.kind, one.id, one.state) != (sort, link_id, "open") for one in _visible(found.rows, found.sight)):
            raise NotFound("There is no such link.")
        end = uploads.revoke if sort == "upload" else shelves.withdraw
        end(deps, who.store_id, link_id, f"user:{who.user_id}")
        return redirect(url_for(f"panel.{KINDS[kind]}", object_id=object_id), 303)

    @bp.post(f"/{KIND}/<object_id>/links/upload/<link_id>/send")
    @guards.requires("manager")
    def send_link(kind: str, object_id: str, link_id: str) -> AnyResponse:
        """Mail it for the person who asks: kept now, sent by a worker, for a mail cut short is one in doubt."""
        found, who = seen(deps, KINDS[kind], object_id), guards.merchant()
        rights.demand(found.sight, rights.may_create(found.sight))
        link = next((one for one in views(deps, found.shown, found.sight) if one.id == link_id and one.to), None)
        if link is None:
            raise NotFound("There is no such link to mail.")
        click = Click(asking.click_key(), guards.correlation_id(), "mail_request")
        facts = {"upload_request": link_id}
        with unit_of_work(deps.database) as uow:
            written = by_hand.begin(deps, uow, who, found.rows, click, MAIL_REQUEST, facts, lane=f"mail/{link_id}")
            if written.is_new:
                audit.record(
                    uow.session, who.store_id, f"user:{who.user_id}", "request.mailed", f"{KINDS[kind]}:{object_id}",
                    request=link_id, run=written.run_id,
                )  # fmt: skip
            uow.after_commit(deps.doorbell.ring)
        return redirect(url_for(f"panel.{KINDS[kind]}", object_id=object_id) + "#links", 303)


def views(deps: Deps, rows: PanelRows, sight: Sight) -> tuple[BuyerLink, ...]:
    """What this reader may hand on: links to send documents, and, for who sees every document, the one to read them."""
    return tuple(_view(deps, rows, one) for one in _visible(rows, sight))


def _visible(rows: PanelRows, sight: Sight) -> tuple[BuyerLinkFacts, ...]:
    if not rights.may_create(sight):
        return ()
    return tuple(one for one in rows.links if one.kind == "upload" or (sight.allowed.is_whole and sight.nodes is None))


def _view(deps: Deps, rows: PanelRows, link: BuyerLinkFacts) -> BuyerLink:
    assert link.expires_at is not None  # noqa: S101  # the column is never empty
    if link.kind == "shelf":
        address, text = shelves.link_of(deps, link.id, link.round, link.expires_at), _("To read documents")
    else:
        address = uploads.link_of(deps, link.id, link.expires_at)
        text = _("To send us: %(what)s", what=", ".join(link.wanted))
    if link.about and link.kind == "upload":
        text = f"{text} ({link.about})"
    is_open = link.state == "open"
    mail = request_mail.mail(rows, link, address) if is_open and link.kind == "upload" else None
    to = masked(mail.to) if mail and rows.shop.can_mail else ""
    return BuyerLink(
        link.kind, link.id, text, address if is_open else "", link.received, len(link.wanted), link.expires_at,
        link.opened_at, link.created_at, _state(link), is_open, mail, to, _by_hand(rows, mail),
        deliveries.line(link.mailed), _sending(rows, link),
    )  # fmt: skip


def _by_hand(rows: PanelRows, mail: Mail | None) -> str:
    """Why nothing is offered to be mailed for the person who asks."""
    if mail is None or (rows.shop.can_mail and mail.to):
        return ""
    if not rows.shop.can_mail:
        return _("We cannot mail this for you, because nothing that mails is connected: neither OpenText Notifications "
                 "nor an Exstream service. Copy the link or the mail text and send it yourself.")  # fmt: skip
    return _(
        "Your store knows no mail address of this customer. Copy the link or the mail text and hand it on yourself."
    )


def _sending(rows: PanelRows, link: BuyerLinkFacts) -> RunView | None:
    """The latest mail with this link while it is not on its way yet."""
    runs = [one for one in rows.runs if one.scenario == MAIL_REQUEST.slug]
    of = next((one for one in runs if one.facts.get("upload_request") == link.id), None)
    if of is None or of.state in ("done", "cancelled"):
        return None
    view = progress.run_view(of)
    return view if view.problem or link.mailed is None else None


def _state(link: BuyerLinkFacts) -> State:
    """How far it has come, in a word: asked, opened, received; or how it ended."""
    if link.state != "open":
        ended = {
            "complete": State(_("Received"), "good"), "expired": State(_("Expired"), "bad"),
            "revoked": State(_("Taken back"), "none"),
        }  # fmt: skip
        return ended.get(link.state, State(link.state, "none"))
    if link.received:
        return State(_("%(n)s of %(m)s received", n=link.received, m=len(link.wanted)), "busy")
    return State(_("Opened"), "busy") if link.opened_at else State(_("Asked") if link.wanted else _("Laid out"), "wait")
