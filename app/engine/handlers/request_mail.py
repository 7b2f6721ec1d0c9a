"""The step that writes a mail asking a customer for documents, and what of it is sent.

The link is made from the request when the mail is sent: no row, ledger or filed copy ever holds it.
"""

from typing import Any

from app.db.panel_deliveries import REQUEST as TEMPLATE
from app.db.panel_facts import BuyerLinkFacts, PanelRows
from app.db.session import reading
from app.db.types import utc_now
from app.db.uploads import UploadRequest
from app.domain.content import FiledOutput
from app.domain.steps import WriteRequest
from app.engine import by_hand, rights, uploads
from app.engine.handlers import communications as composing
from app.engine.handlers import filing
from app.engine.letters import request_mail
from app.engine.letters.request_mail import Mail
from app.engine.runs import Context, Done, Result
from app.errors import Permanent
from app.opentext.people import SignedOut

TEXT = "text/plain"


def write_request(context: Context, step: WriteRequest) -> Result:
    """Once per run: the copy filed beside what is asked for, and the row its delivery belongs to."""
    asker = by_hand.asker(context)
    try:
        rights.demand(asker.sight, rights.may_create(asker.sight))
    except SignedOut as error:
        raise by_hand.signed_out() from error
    except rights.NoAccess as error:
        raise by_hand.not_allowed() from error
    link = open_link(context, asker.rows)
    row = composing.begin(context, step.document, TEMPLATE, link.id, utc_now())
    if row.state != "filed":
        name = f"Request to the customer {row.job_key.rpartition(':')[2]}.txt"
        content = request_mail.mail(asker.rows, link, "").copy.encode()
        filed = filing.file_once(context, step.document, _folder(context, link.id), name, content, TEXT)
        names = ("node_id", "version", "name", "mime_type", "size", "sha256")
        row = composing.filed(context, row, [FiledOutput(*(filed[one] for one in names))])
        context.facts |= filing.with_document(context, step.document, filed)
    facts: dict[str, Any] = {
        name: context.facts[name] for name in ("documents", "workspace_id") if name in context.facts
    }
    return Done("The mail was written. A copy without the link was filed.", facts)


def open_link(context: Context, rows_of: PanelRows) -> BuyerLinkFacts:
    """The link to be mailed. Raises Permanent where it does not work any more."""
    wanted = str(context.facts.get("upload_request", ""))
    found = next((one for one in rows_of.links if (one.kind, one.id, one.state) == ("upload", wanted, "open")), None)
    if found is None:
        raise Permanent(
            "The link does not work any more, so nothing was sent.", code="link_over",
            hint="Ask for the documents again, which makes a new link, and leave this out.",
        )  # fmt: skip
    return found


def letter(context: Context) -> tuple[Mail, str]:
    """What is sent now, and its link, for this one message only."""
    asker = by_hand.asker(context)
    link = open_link(context, asker.rows)
    assert link.expires_at is not None  # noqa: S101  # the column is never empty
    address = uploads.link_of(context.deps, link.id, link.expires_at)
    return request_mail.mail(asker.rows, link, address), address


def _folder(context: Context, request: str) -> str:
    """Where what comes back is filed, too."""
    with reading(context.deps.database) as session:
        wanted = uploads.wanted_of(session.get_one(UploadRequest, request))
    return next((one.folder for one in wanted if one.folder), "Correspondence")
