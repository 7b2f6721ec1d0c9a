"""What a person may ask for on a panel beyond its own buttons: every request a scenario of the object answers to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.db.panel_facts import DocumentFacts, PanelRows
from app.db.session import reading
from app.db.types import utc_now
from app.domain.ids import Provider
from app.domain.publication import is_content_sheet
from app.domain.scenario import Mode
from app.engine import preferences, recalls, starting
from app.engine.deps import Deps
from app.engine.letters.notices import REASONS
from app.engine.starting import Start
from app.scenarios import ALL, prices
from app.web import display, guards, texts
from app.web.language import _
from app.web.panel import offers as offers_of
from app.web.panel.case_forms import Asked
from app.web.texts import N_

# These have their own place on the panel, or are asked for by the engine itself.
ELSEWHERE = frozenset({"undo", "restore", "recall_notice", "set_up_store"})
LONGEST_TEXT = 4000
DOCUMENTS, AGREEMENT, SHEET, RECALL = "documents", "agreement", "sheet", "recall"
OFFERED = (
    DOCUMENTS,
    AGREEMENT,
    SHEET,
    RECALL,
)  # chosen among what the panel knows; nothing to ask without
DAY = "date"  # from today on
LATEST = timedelta(days=730)

WHAT: Mapping[str, str] = {
    "send_invoice": N_("The invoice is made from the order, filed as a record and sent as you chose. One that was sent "
                       "already is not sent again."),
    "delay_notice": N_("The buyer is told when the order leaves and why it is late: composed in Exstream, filed in "
                       "OpenText, then sent as the buyer wishes."),
    "send_statement": N_("What is open at the end of the past month and what was paid in it: filed in OpenText, then "
                         "sent as the buyer wishes."),
    "send_catalogue": N_("A catalogue at this buyer’s own prices is filed in OpenText. It is sent only to who agreed "
                         "to advertising."),
    "ask_documents": N_("A link is made for the buyer. What is sent there is filed by itself under its type."),
    "require_documents": N_("They are asked for by a link; what waits for them goes on once they were verified."),
    "share_documents": N_("The chosen documents can be read by the buyer through one link that expires."),
    "check_compliance": N_("OpenText is asked whether every compliance document is there and valid. "
                           "Without them the product is taken off sale."),
    "show_again": N_("The product is shown and sold as it was before we took it off sale."),
    "open_recall": N_("The product is taken off sale at once, a notice is put into your store, every buyer is found "
                      "and told, and everything about it is kept."),
    "recall_remedy": N_("The recall counts it, and the order says what was done."),
    "open_campaign": N_("A campaign gets its number and its workspace in OpenText. Nothing changes in your store until "
                        "its discount rules are approved there."),
    "review_order": N_("The order is held and a review is opened in OpenText. After the decision it goes on or ends by "
                       "itself."),
    "review_account": N_("A workflow is started in OpenText: documents, credit, contract. After the approval group, "
                         "credit and payment terms are written into your store."),
    "review_agreement": N_("A workflow is started in OpenText. After the approval exactly this version is published."),
    "review_content": N_("A workflow is started in OpenText. After the approval exactly this version is published."),
}  # fmt: skip

FIELDS: Mapping[str, tuple[Asked, ...]] = {
    "delay_notice": (
        Asked("new_date", N_("New day"), DAY, N_("When the order is expected to leave."), True),
        Asked("delay_reason", N_("Reason"), "choice", N_("The buyer reads this sentence."), True, REASONS),
    ),
    "ask_documents": (
        Asked("document_types", N_("Which documents"), "text",
              N_("Names of document types in OpenText, separated by commas."), True, longest=500),
        Asked("note", N_("Why, in a few words for the buyer"), "text", longest=200),
    ),
    "require_documents": (
        Asked("document_types", N_("Which documents"), "text",
              N_("Names of document types in OpenText, separated by commas. Empty: those of your settings."),
              longest=500),
    ),
    "share_documents": (Asked("nodes", N_("Which documents"), DOCUMENTS, is_required=True),),
    "open_recall": (
        Asked("case_text", N_("Notice to buyers"), "area",
              N_("What is wrong, and what buyers should do. It is shown in your store and stands in the letters."),
              True, longest=LONGEST_TEXT),
    ),
    "recall_remedy": (
        Asked("case", N_("Which recall"), RECALL, is_required=True),
        Asked("remedy", N_("What was done"), "choice", "", True, recalls.REMEDIES),
    ),
    "open_campaign": (
        Asked("case_text", N_("Brief"), "area", N_("What is planned, for whom, and from when to when."), True,
              longest=LONGEST_TEXT),
    ),
    "review_agreement": (Asked("node_id", N_("Which agreement"), AGREEMENT, is_required=True),),
    "review_content": (Asked("node_id", N_("Which content sheet"), SHEET, is_required=True),),
}  # fmt: skip


@dataclass(frozen=True)
class AskOffer:
    """One button. `start`: the workflow it starts, where it starts one."""

    name: str
    title: str
    start: Start | None = None


@dataclass(frozen=True)
class Typed:
    """What was typed by field, the request's details made of it, and what is wrong with it."""

    values: Mapping[str, str]
    detail: Mapping[str, str]
    errors: Mapping[str, str]


def offers(rows: PanelRows, provider: Provider, *, has_offer: bool = False) -> tuple[AskOffer, ...]:
    """What may be asked for about this object; nothing before OpenText is connected, or of what is gone.

    `has_offer`: the workspace has its own button there already.
    """
    if not rows.shop.opentext_state or rows.snapshot is None or rows.snapshot.is_gone:
        return ()
    named = {
        name: None
        for one in ALL
        if one.subject == rows.object_type and provider in one.providers
        for name in sorted(one.requests)
        if name not in ELSEWHERE and _is_possible(name, rows)
    }
    known = {one.request: one for one in starting.starts(rows, provider)}
    taken = (offers_of.ASK, "review_order") if has_offer else ()
    return tuple(AskOffer(name, title(name), known.get(name)) for name in named if name not in taken)


def title(name: str) -> str:
    return _(texts.REQUESTS.get(name, name.replace("_", " ").capitalize()))


def sentence(name: str) -> str:
    """What will happen."""
    return _(WHAT[name]) if name in WHAT else ""


def fields(name: str) -> tuple[Asked, ...]:
    return FIELDS.get(name, ())


def _is_possible(name: str, rows: PanelRows) -> bool:
    if name == offers_of.ASK and (rows.link or rows.object_type in offers_of.WAYS):
        return False  # there is one, or its own button on the panel offers it
    if name == "show_again" and not rows.is_off_sale:
        return False  # nothing of ours keeps it from being sold
    return all(options(field, rows) for field in fields(name) if field.kind in OFFERED)


def options(field: Asked, rows: PanelRows) -> dict[str, str]:
    """Value → words of a field that is chosen from what the panel knows; of others those they name."""
    if field.kind == DOCUMENTS:
        return {str(one.node_id): one.name for one in rows.documents if one.node_id}
    if field.kind == AGREEMENT:
        return {str(one.node_id): _named(one) for one in rows.documents if prices.is_price_agreement(one.name)}
    if field.kind == SHEET:
        return {str(one.node_id): _named(one) for one in rows.documents if one.node_id and is_content_sheet(one.name)}
    if field.kind == RECALL:
        found = [run.facts for run in rows.runs if run.scenario == "recall-letter" and run.facts.get("case")]
        return {str(one["case"]): str(one.get("case_number") or one["case"]) for one in found}
    return {code: _(words) for code, words in (field.options or {}).items()}


def _named(document: DocumentFacts) -> str:
    return _("%(name)s, version %(version)s", name=document.name, version=document.version)


def suggested(name: str, given: Mapping[str, str]) -> dict[str, str]:
    """What a link to the form fills in: lines of text only, cleaned; whatever else is given is left out."""
    lines = [field.name for field in fields(name) if field.kind == "text"]
    return {one: display.short(given[one], 200) for one in lines if given.get(one)}


def read(name: str, given: Mapping[str, str], rows: PanelRows) -> Typed:
    """Strictly: what is required is there, what is chosen was offered, nothing is too long."""
    values: dict[str, str] = {}
    errors: dict[str, str] = {}
    for field in fields(name):
        if field.kind == DOCUMENTS:
            values[field.name] = ",".join(node for node in options(field, rows) if given.get(f"{field.name}-{node}"))
        else:
            values[field.name] = display.clean(given.get(field.name, ""), field.longest + 1).strip()
        if problem := _problem(field, values[field.name], rows):
            errors[field.name] = problem
    return Typed(values, _detail(values, rows), errors)


def _problem(field: Asked, text: str, rows: PanelRows) -> str:
    if not text:
        return _("Please fill this in.") if field.is_required else ""
    if field.kind in ("choice", AGREEMENT, SHEET, RECALL):
        return "" if text in options(field, rows) else _("Choose one of these.")
    if field.kind == DAY:
        return "" if _is_ahead(text) else _("Enter a day from today on, within two years, for example 2027-01-31.")
    if len(text) > field.longest and field.kind != DOCUMENTS:
        return _("Use at most %(n)s characters.", n=field.longest)
    return ""


def _is_ahead(text: str) -> bool:
    """A day that is still to come or goes on somewhere in the world."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return False
    today = utc_now().date()
    return today - timedelta(days=1) <= day <= today + LATEST


def _detail(values: Mapping[str, str], rows: PanelRows) -> dict[str, str]:
    """What goes along with the request: an agreement is named with exactly the version that was chosen."""
    detail = {name: value for name, value in values.items() if value}
    chosen = next((one for one in rows.documents if str(one.node_id) == detail.get("node_id")), None)
    if chosen is not None:
        detail |= {"version": str(chosen.version), "document_name": chosen.name}
    known = {str(run.facts.get("case")): str(run.facts.get("case_number") or "") for run in rows.runs}
    return detail | ({"case_number": known.get(detail["case"], "")} if "case" in detail else {})


def provider() -> Provider:
    """The platform of the signed-in person's store."""
    return Provider(guards.merchant().store_id.partition(":")[0])


def switched_off(deps: Deps, object_type: str, what: str) -> str:
    """The scenario to switch on, where every one that answers to it is off: nothing would come of asking."""
    who, on = guards.merchant(), provider()
    answering = [one for one in ALL if one.subject == object_type and what in one.requests and on in one.providers]
    with reading(deps.database) as session:
        chosen = preferences.load_all(session, who.store_id, answering)
    return answering[0].slug if {one.mode for one in chosen.values()} == {Mode.OFF} else ""
