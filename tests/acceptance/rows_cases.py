"""Rows about cases: returns, disputes, complaints, the service case file."""

from tests.acceptance.people import NINA, OMAR, ORDER, SAM, SOFIA, ada, buys_torches, torch
from tests.acceptance.verbs import Create, Decide, Either, Happens, Press
from tests.acceptance.walks import Effect, Ending, Kept, Row, Shown

BOUGHT = (ada, torch(), buys_torches())
COMES_BACK = Press(
    ORDER + "/cases/return/new",
    {"reason": "damaged", "wish": "refund", "condition": "cracked", "text": "The glass is cracked.",
     "item-{order_line}": "1"},
)  # fmt: skip

RETURN = Row(
    5,
    also=(33,),
    before=BOUGHT,
    trigger=(COMES_BACK,),
    approved=Ending(
        (Decide("sf_return_approval", "approved_refund", NINA, "Clear case"),),
        (
            Effect("content_server", "'RMA-1001 case file, refund approved.pdf' created"),
            Effect("content_server", "'Return RMA-1001 decision.pdf' created"),
            Effect("workflow", "process sf_return_approval started"),
            Effect("store", "{paid_back}"),
        ),
        (Shown(ORDER, ("Return RMA-1001", "Refund approved", "Arrived damaged")),
         Shown("/panel/customers/{customer}", ("RMA-1001", "Refund approved"))),
    ),
    rejected=Ending(
        (Decide("sf_return_approval", "rejected", NINA, "Used for a year"),),
        (
            Effect("content_server", "'Return RMA-1001 decision.pdf' created"),
            Effect("store", "{paid_back}", 0),
        ),
        (Shown(ORDER, ("Return RMA-1001", "Return rejected")),),
    ),
)  # fmt: skip

ROUTED = Row(
    17,
    choices={"return-case": {"finance_from": "50", "damaged_group": "Operations"}},
    before=BOUGHT,
    trigger=(COMES_BACK,),
    approved=Ending(
        (
            Decide("sf_return_approval", "approved_refund", "paul.eriksen@demo"),
            Decide("sf_return_approval", "approved_refund", OMAR, "Second look"),
        ),
        (Effect("store", "{paid_back}"), Effect("workflow", "process sf_return_approval started")),
        (Shown(ORDER, ("Refund approved",)),),
    ),
    rejected=Ending(
        (
            Decide("sf_return_approval", "approved_refund", "paul.eriksen@demo"),
            Decide("sf_return_approval", "rejected", OMAR, "Too much"),
        ),
        (Effect("store", "{paid_back}", 0),),
        (Shown(ORDER, ("Return rejected",)),),
    ),
)

DISPUTE = Row(
    8,
    before=(*BOUGHT, Create("shipments", {"order_id": "#{order}", "tracking_number": "DHL-1"})),
    trigger=(Happens("order_disputed"),),
    approved=Ending(
        (
            Decide("sf_document_collection", "COMPLETE", SAM),
            Decide("sf_document_collection", "complete", OMAR, "Strong case"),
        ),
        (
            Effect("content_server", "'D-1001 evidence pack.pdf' created"),
            Effect("content_server", "'D-1001 evidence pack, evidence complete.pdf' created"),
            Effect("content_server", "'Invoice copy {order}.pdf' created"),
            Effect("content_server", "'Shipments of order {order}.pdf' created"),
            Effect("workflow", "process sf_document_collection started"),
        ),
        (Shown(ORDER, ("Dispute D-1001", "Evidence complete", "to be answered by")),),
    ),
    rejected=Ending(
        (
            Decide("sf_document_collection", "COMPLETE", SAM),
            Decide("sf_document_collection", "waived", OMAR, "Our mistake"),
        ),
        (
            Effect("content_server", "evidence pack, ", 0),
            Effect("content_server", "'Dispute D-1001 decision.pdf' created"),
        ),
        (Shown(ORDER, ("Dispute D-1001", "Conceded")),),
    ),
)

COMPLAINS = Either(
    bigcommerce=(Create("messages", {"order_id": "#{order}", "message": "My torch arrived broken!"}),),
    shopify=(
        Press(
            ORDER + "/cases/complaint/new",
            {"reason": "goods", "severity": "normal", "text": "My torch arrived broken!", "item-{order_line}": "1"},
        ),
    ),
)


def answers(outcome: str, **values: str) -> tuple[Decide, ...]:
    """Acknowledged, proposed, and the lead agrees."""
    return (
        Decide("sf_complaint", "COMPLETE", SAM),
        Decide("sf_complaint", outcome, SAM, variables=values),
        Decide("sf_complaint", outcome, SOFIA, "Sorry", values),
    )


COMPLAINT = Row(
    21,
    also=(37,),
    before=BOUGHT,
    trigger=(COMPLAINS,),
    approved=Ending(
        answers("resolved_refund", refund_amount="15.00"),
        (
            Effect("workflow", "process sf_complaint started"),
            Effect("store", "{paid_back}"),
            Effect("content_server", "'Complaint C-1001 decision.pdf' created"),
        ),
        (
            Shown(ORDER, ("Complaint C-1001", "Resolved with a refund")),
            Shown("/panel/customers/{customer}", ("Complaint C-1001",)),  # whoever answers this buyer sees it there
        ),
    ),
    rejected=Ending(
        answers("rejected"),
        (Effect("workflow", "process sf_complaint started"), Effect("store", "{paid_back}", 0)),
        (Shown(ORDER, ("Complaint C-1001", "Rejected")),),
    ),
)

CASE_FILE = Row(
    10,
    before=BOUGHT,
    trigger=(COMPLAINS,),
    approved=Ending(
        answers("resolved_explained")[:2],
        (Effect("content_server", "'Order history of Ada Löwe.pdf' created"),),
        (Shown(ORDER, ("Complaint C-1001", "Resolved with an explanation")),),
        (Kept("COMPLAINT", "", "05 Case file", "Cases", 6),),
    ),
    rejected=Ending(
        answers("rejected"),
        (Effect("content_server", "'Order history of Ada Löwe.pdf' created"),),
        (Shown(ORDER, ("Complaint C-1001", "Rejected")),),
        (Kept("COMPLAINT", "", "05 Case file", "Cases", 6),),
    ),
)

ROWS = (RETURN, DISPUTE, CASE_FILE, ROUTED, COMPLAINT)
