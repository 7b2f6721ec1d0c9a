"""Words for what rows only name: steps, states, sources, causes. Marked with `N_`, translated when shown.

Rules: plain, short, friendly. A failure says what happened, what it means for this order or product, what to do next.
"""

from dataclasses import dataclass
from typing import Any

from app.language.catalogues import N_ as N_
from app.scenarios import RUNNABLE
from app.web import sentences
from app.web.language import DEFAULT, _, reader


@dataclass(frozen=True)
class State:
    """A state in a word. `tone` picks colour and icon: good, busy, wait, bad, none."""

    word: str
    tone: str


SCENARIOS = {
    "order-review": N_("Order review"),
    "order-workspace": N_("Workspaces for orders that matter"),
    "order-exception": N_("Failed payments and shipping issues"),
    "order-amended": N_("Edited and cancelled orders"),
    "fulfilment-file": N_("Papers of every shipment"),
    "stock-exception": N_("Stock does not cover an order"),
    "return-intake": N_("Returns asked for in the store"),
    "return-case": N_("Returns and warranty claims"),
    "complaint-intake": N_("Complaints in messages"),
    "complaint-tag": N_("Complaints by a tag"),
    "complaint-case": N_("Complaints"),
    "service-case-file": N_("Service case file"),
    "dispute-intake": N_("Disputed payments"),
    "dispute-case": N_("Evidence for disputes"),
    "order-records": N_("Orders as records"),
    "record-on-request": N_("An order as a record, on request"),
    "invoice-records": N_("Invoices as records"),
    "refund-records": N_("Refunds as records"),
    "payment-records": N_("Payments as records"),
    "tax-archive": N_("Tax archive"),
    "order-confirmation": N_("Confirmation of an order"),
    "order-invoice": N_("Invoice to the buyer"),
    "payment-receipt": N_("Receipt for a payment"),
    "partial-notice": N_("Notice of a partial shipment"),
    "cancel-notice": N_("Notice of a cancellation"),
    "review-notice": N_("Notice of a check"),
    "delay-notice": N_("Notice of a delay"),
    "return-letter": N_("Letter about a return"),
    "refund-letter": N_("Confirmation of a refund"),
    "calendar-month": N_("Beginning of a month"),
    "statement-company": N_("Monthly statements of companies"),
    "statement-customer": N_("Monthly statements of business buyers"),
    "overdue-company": N_("Reminders to companies"),
    "overdue-customer": N_("Reminders to business buyers"),
    "win-back": N_("Letter after a long silence"),
    "loyalty-letter": N_("Thanks for many orders"),
    "cart-letter": N_("Letter about a cart left behind"),
    "catalogue-month": N_("Monthly catalogue for a group"),
    "catalogue-request": N_("Catalogue for one buyer"),
    "care-guide": N_("Care and set-up after a purchase"),
    "warranty-letter": N_("Warranty after a purchase"),
    "welcome-customer": N_("Welcome after the first purchase"),
    "welcome-company": N_("Welcome pack for companies"),
    "product-launch-workspace": N_("Launch workspace"),
    "product-content-publish": N_("Publish approved content"),
    "product-content-undo": N_("Undo a publication"),
    "product-content-review": N_("Deciding product content"),
    "product-content-restore": N_("Restore approved values"),
    "customer-workspace": N_("Workspaces of business customers"),
    "company-workspace": N_("Workspaces of companies"),
    "case-workspace": N_("Workspaces of cases, when asked for"),
    "company-tax-exemption": N_("Tax exemptions"),
    "business-order": N_("Orders of business customers"),
    "gap-report": N_("Nightly comparison with the store"),
    "company-application": N_("Registrations of companies"),
    "customer-application": N_("Registrations of business customers"),
    "campaign-open-product": N_("Opening a campaign for a product"),
    "campaign-open-customer": N_("Opening a campaign for a customer"),
    "campaign": N_("Campaigns"),
    "campaign-approvals": N_("Approvals of campaigns"),
    "price-request-intake": N_("Price requests from quotes"),
    "price-request": N_("Special prices"),
    "campaign-publish": N_("Promotions of campaigns"),
    "promotion-watch": N_("Daily look at promotions"),
    "price-agreement-customer": N_("Price agreements of customers"),
    "price-agreement-company": N_("Price agreements of companies"),
    "price-agreement-review-customer": N_("Deciding price agreements of customers"),
    "price-agreement-review-company": N_("Deciding price agreements of companies"),
    "publication-begins-customer": N_("What begins for a customer"),
    "publication-ends-customer": N_("What ends for a customer"),
    "publication-undo-customer": N_("Undo for a customer"),
    "publication-restore-customer": N_("Restore for a customer"),
    "publication-begins-company": N_("What begins for a company"),
    "publication-ends-company": N_("What ends for a company"),
    "publication-undo-company": N_("Undo for a company"),
    "publication-restore-company": N_("Restore for a company"),
    "publication-begins-case": N_("What begins for a case"),
    "publication-ends-case": N_("What ends for a case"),
    "publication-undo-case": N_("Undo for a case"),
    "publication-restore-case": N_("Restore for a case"),
    "document-arrived-order": N_("Files about an order"),
    "document-arrived-customer": N_("Files about a customer"),
    "document-arrived-product": N_("Files about a product"),
    "document-arrived-case": N_("Files about a case"),
    "document-arrived-company": N_("Files about a company"),
    "ask-for-documents-company": N_("Asking for documents about a company"),
    "documents-reminder-company": N_("Reminders of documents about a company"),
    "company-documents": N_("Required documents of companies"),
    "ask-for-documents-order": N_("Asking for documents about an order"),
    "documents-reminder-order": N_("Reminders of documents about an order"),
    "ask-for-documents-customer": N_("Asking for documents about a customer"),
    "documents-reminder-customer": N_("Reminders of documents about a customer"),
    "ask-for-documents-product": N_("Asking for documents about a product"),
    "documents-reminder-product": N_("Reminders of documents about a product"),
    "order-documents": N_("Required documents of orders"),
    "customer-documents": N_("Required documents of customers"),
    "share-order-documents": N_("Documents on the buyer’s shelf"),
    "product-compliance-publish": N_("Compliance documents on the product"),
    "product-compliance": N_("Compliance of products"),
    "product-compliance-warning": N_("Expiring compliance documents"),
    "policy-versions": N_("Versions of policies"),
    "policy-look": N_("Daily look at policies"),
    "policy-publish": N_("Publish approved policies"),
    "policy-undo": N_("Undo a policy"),
    "policy-restore": N_("Restore a policy"),
    "recall-open": N_("Opening a recall"),
    "recall-run": N_("Recalls"),
    "recall-hold": N_("Recalled goods stay in the house"),
    "recall-letter": N_("Letters of a recall"),
    "recall-remedy": N_("Remedies of a recall"),
    "recall-end": N_("End of a recall"),
    "product-show-again": N_("Selling a product again"),
    "store-set-up": N_("Set-up of the store"),
}

RUN_STATES = {
    "running": State(N_("In progress"), "busy"),
    "waiting": State(N_("Waiting"), "wait"),
    "done": State(N_("Done"), "good"),
    "quarantined": State(N_("Stopped"), "bad"),
    "waiting_reauth": State(N_("Waiting for a connection"), "bad"),
    "cancelled": State(N_("Cancelled"), "none"),
    "shadow": State(N_("Only planned"), "none"),
}

MODES = {
    "on": State(N_("On"), "good"),
    "shadow": State(N_("Only plans"), "wait"),
    "off": State(N_("Off"), "none"),
}

LOOKS = {
    "running": State(N_("Looking"), "busy"),
    "done": State(N_("Done"), "good"),
    "stopped": State(N_("Stopped by hand"), "none"),
    "quarantined": State(N_("Stopped"), "bad"),
    "waiting_reauth": State(N_("Waiting for a connection"), "bad"),
}

# What a choice of a form is called; one that is not here shows its own word.
CHOICES = {
    "on": N_("On"),
    "shadow": N_("Only plan, touch nothing"),
    "off": N_("Off"),
}

SUBJECTS = {
    "order": N_("Orders"),
    "product": N_("Products"),
    "customer": N_("Customers"),
    "company": N_("Companies"),
    "case": N_("Cases"),
    "page": N_("Pages and policies"),
    "store": N_("The store"),
}

DELIVERY_STATES = {
    "accepted": State(N_("Received"), "busy"),
    "planned": State(N_("In progress"), "busy"),
    "done": State(N_("Done"), "good"),
    "ignored": State(N_("Nothing to do"), "none"),
    "quarantined": State(N_("Stopped"), "bad"),
    "waiting_reauth": State(N_("Waiting for a connection"), "bad"),
    "cancelled": State(N_("Cancelled"), "none"),
}

STEP_STATES = {
    "pending": State(N_("To do"), "none"),
    "now": State(N_("Now"), "busy"),
    "retrying": State(N_("Trying again"), "wait"),
    "waiting": State(N_("Waiting"), "wait"),
    "done": State(N_("Done"), "good"),
    "skipped": State(N_("Left out"), "none"),
    "quarantined": State(N_("Stopped"), "bad"),
    "waiting_reauth": State(N_("Waiting for a connection"), "bad"),
    "cancelled": State(N_("Cancelled"), "none"),
}

OUTCOMES = {
    "approved": State(N_("Approved"), "good"),
    "rejected": State(N_("Rejected"), "bad"),
    "expired": State(N_("No decision in time"), "bad"),
    "more_info": State(N_("More information asked for"), "wait"),
    "changes_requested": State(N_("Changes asked for"), "wait"),
    "approved_refund": State(N_("Refund approved"), "good"),
    "approved_exchange": State(N_("Exchange approved"), "good"),
    "approved_repair": State(N_("Repair approved"), "good"),
    "wait": State(N_("Wait for the goods"), "wait"),
    "substitute": State(N_("Send something else"), "good"),
    "split_ship": State(N_("Ship in parts"), "good"),
    "cancel": State(N_("Cancel what is missing"), "bad"),
    "resolved_refund": State(N_("Resolved with a refund"), "good"),
    "resolved_replacement": State(N_("Resolved with a replacement"), "good"),
    "resolved_explained": State(N_("Resolved with an explanation"), "good"),
    "letter": State(N_("A letter was due"), "good"),
    "complete": State(N_("Complete"), "good"),
    "waived": State(N_("Waived"), "none"),
    "incomplete_closed": State(N_("Closed incomplete"), "bad"),
}

WORKFLOW_STATES = {
    "running": State(N_("Waiting for a decision"), "wait"),
    "suspended": State(N_("Paused"), "none"),
    "completed": State(N_("Done"), "good"),
    "terminated": State(N_("Ended without a decision"), "none"),
    "unknown": State(N_("Not visible any more"), "none"),
}

ENGINES = {
    "workflow_service": N_("OpenText Workflow Service"),
    "content_server": N_("Content Server"),
}

APPROVALS = {
    "Approved": State(N_("Approved"), "good"),
    "Pending": State(N_("Waiting for approval"), "wait"),
    "Rejected": State(N_("Rejected"), "bad"),
    "Changes requested": State(N_("Changes requested"), "wait"),
}

FIELD_STATES = {
    "planned": State(N_("To do"), "none"),
    "refused": State(N_("Refused"), "bad"),
    "skipped": State(N_("Left as it was"), "wait"),
    "written": State(N_("Sent"), "busy"),
    "live": State(N_("Live"), "good"),
    "drifted": State(N_("Drifted"), "wait"),
    "undone": State(N_("Undone"), "none"),
    "kept": State(N_("Kept"), "none"),
    "superseded": State(N_("Replaced"), "none"),
}

STEPS = {
    "set_order_status": N_("Set the order’s status"),
    "ensure_workspace": N_("Workspace in OpenText"),
    "file_paper": N_("File a paper (PDF/A)"),
    "add_note": N_("Leave a note for the staff"),
    "amend_order": N_("Change the order as decided"),
    "open_case": N_("Open a case"),
    "close_case": N_("Write the outcome into the case"),
    "follow_return": N_("Take up what the store says of the return"),
    "agree_return": N_("Agree to the return in the store"),
    "decline_return": N_("Decline the return in the store"),
    "await_goods": N_("Wait for the goods, where you chose so"),
    "follow_dispute": N_("Take up what the store says of the dispute"),
    "send_evidence": N_("Put the evidence’s texts to the store’s dispute"),
    "take_tag": N_("Take the tag off the customer"),
    "draft_replacement": N_("Draft what is sent again"),
    "refund": N_("Pay money back"),
    "quote_refund": N_("Ask what a refund would pay"),
    "settle_payment": N_("Take or let go the authorised payment"),
    "classify_record": N_("Keep it as a record"),
    "start_workflow": N_("Ask for a decision"),
    "await_decision": N_("Decision in OpenText"),
    "file_approval_record": N_("File the record of the decision"),
    "update_workspace": N_("Bring the workspace up to date"),
    "file_content_sheet": N_("Content sheet for the authors"),
    "publish_content": N_("Publish the approved version"),
    "file_evidence": N_("File the evidence"),
    "undo_publication": N_("Put the earlier content back"),
    "restore_fields": N_("Write the approved values again"),
    "compose_communication": N_("Compose and file the document"),
    "deliver_communication": N_("Send the document to the buyer"),
    "wait_days": N_("Wait some days"),
    "pass_on": N_("Tell it to customers and companies"),
    "consider_letter": N_("See whether there is something to write"),
    "announce": N_("Have the buyer told"),
    "write_request": N_("Write the mail, file a copy without the link"),
    "set_up_store": N_("Webhooks, panels and workflow models"),
    "link_in_store": N_("Leave the workspace’s address in the store"),
    "mark_in_store": N_("Leave short facts in the store"),
    "notice": N_("Say it in the panel"),
    "set_timer": N_("Set a reminder"),
    "request_documents": N_("Ask for the missing documents"),
    "await_documents": N_("Wait for the missing documents"),
    "check_documents": N_("Look whether the documents are complete"),
    "file_upload": N_("File what came in"),
    "share_with_buyer": N_("Put the document on the buyer’s shelf"),
    "set_visibility": N_("Take the product off sale, or let it back"),
    "place_hold": N_("Put it on hold in OpenText"),
    "release_hold": N_("Release the hold in OpenText"),
    "hold_by_hand": N_("Apply or release the hold in OpenText"),
    "look_at_pages": N_("Look through the store’s pages and policies"),
    "capture_policy": N_("Keep this version of the page"),
    "publish_page": N_("Publish the approved page"),
    "publish_compliance": N_("Show the approved document on the product"),
    "publish_prices": N_("Publish the approved prices"),
    "publish_promotions": N_("Publish the approved promotions"),
    "open_price_request": N_("Open a price request"),
    "price_quote": N_("Write the approved prices into the quote and send it"),
    "publish_terms": N_("Write the approved terms of the account"),
    "publish_tax_exemption": N_("Exempt the company from taxes"),
    "set_company_state": N_("Approve or reject the company in the store"),
    "report_gaps": N_("Compare with the store, make up for what was lost"),
    "look_at_promotions": N_("Look through the store’s promotions"),
    "publish_due": N_("Publish what was planned for this day"),
    "end_publication": N_("Take back what was valid until this day"),
    "publish_notice": N_("Put the notice into the store"),
    "record_approval": N_("Keep who approved this version"),
    "find_affected": N_("Find the affected orders"),
    "tell_affected": N_("Write to the affected buyers"),
    "note_recall": N_("Note it in the recall"),
    "await_remedies": N_("Wait until every affected order is settled"),
    "await_remedy": N_("Wait for what the recall makes of this order"),
    "tell_accounts": N_("Look at the customer’s and the company’s workspace again"),
}

PAPERS = {
    "order_record": N_("File the order record (PDF/A)"),
    "invoice_copy": N_("File a copy of the invoice (PDF/A)"),
    "tax_record": N_("File the tax record (PDF/A)"),
    "packing_slip": N_("File the packing slip (PDF/A)"),
    "shipping_confirmation": N_("File the shipping confirmation (PDF/A)"),
    "refund_record": N_("File the refund (PDF/A)"),
    "payment_record": N_("File the payment (PDF/A)"),
    "payments": N_("File the list of payments (PDF/A)"),
    "shipments": N_("File the list of shipments (PDF/A)"),
    "refunds": N_("File the list of refunds (PDF/A)"),
    "message_log": N_("File the messages (PDF/A)"),
    "order_history": N_("File the buyer’s order history (PDF/A)"),
    "account_terms": N_("File what is agreed today (PDF/A)"),
    "case_file": N_("File the case file (PDF/A)"),
    "campaign_state": N_("File the state of the campaign (PDF/A)"),
    "evidence_pack": N_("Bind the evidence into one PDF"),
}

ORDER_MOVES = {
    "under_review": N_("Hold the order"),
    "awaiting_fulfillment": N_("Release the order"),
    "declined": N_("Decline the order"),
    "cancelled": N_("Cancel the order"),
}

# What a failing step means for the order or product it is about.
MEANINGS = {
    "set_order_status": N_("The order’s status in your store has not changed yet."),
    "ensure_workspace": N_("There is no up-to-date workspace yet. Documents and decisions wait for it."),
    "file_paper": N_("The paper is not filed yet. What comes after it waits."),
    "add_note": N_("Only the note in your store is missing. Nothing else is affected."),
    "amend_order": N_("The order holds what it held before. Nothing was exchanged or held back yet."),
    "open_case": N_("The case is not opened yet. Nothing is lost: what happened is kept."),
    "close_case": N_("The decision stands. Only the case does not show it yet."),
    "follow_return": N_("The case does not show yet what became of the return in your store. Nothing is lost."),
    "agree_return": N_("The return still waits in your store. The decision stands; nothing was paid back yet."),
    "decline_return": N_("The return still waits in your store. The decision stands."),
    "await_goods": N_("We cannot see right now whether the goods are back. Nothing is paid back before."),
    "follow_dispute": N_("The case does not show yet what became of the dispute. Mind its deadline in your store."),
    "send_evidence": N_("The evidence is not with the dispute yet. Mind its deadline in your store."),
    "take_tag": N_("Only the tag is still on the customer. The complaint is open."),
    "draft_replacement": N_("The replacement is not prepared in your store yet. Nothing is sent twice."),
    "refund": N_("The buyer has not got the money back yet. It is never paid twice."),
    "quote_refund": N_("The amount is only estimated so far. The case goes on once the store answers."),
    "settle_payment": N_("The payment is still only authorised."),
    "classify_record": N_("The document is filed, but not yet kept as a record."),
    "start_workflow": N_("Nobody has been asked to decide yet. The order stays on hold."),
    "await_decision": N_("We cannot read the decision right now. The order stays as it is."),
    "file_approval_record": N_("The decision stands and the order has moved on. Only its record is not filed yet."),
    "update_workspace": N_("Only the facts shown in the workspace are behind. Nothing else is missing."),
    "file_content_sheet": N_("The workspace is there, but authors have no content sheet to start from yet."),
    "publish_content": N_("The product may still show its earlier content, in whole or in part."),
    "file_evidence": N_("The change in your store stands. Only its evidence is not filed yet."),
    "undo_publication": N_("The product may still show the published content, in whole or in part."),
    "restore_fields": N_("The product may still show the changed values."),
    "compose_communication": N_("The document for the buyer is not made yet. Nothing was sent."),
    "deliver_communication": N_("The document is filed. The buyer may not have it yet."),
    "pass_on": N_("Not everybody was told yet. Nobody is told twice."),
    "wait_days": N_("It goes on later than planned. Nothing else is affected."),
    "consider_letter": N_("Nothing was written yet. It is looked at again once the store answers."),
    "announce": N_("Only the letter about it waits. Nothing else is affected."),
    "write_request": N_("Nobody was written to yet. The link works; you can copy the text and send it yourself."),
    "set_up_store": N_("Your store may not tell us about new orders and changes yet."),
    "link_in_store": N_("Everything is filed. Only the link on the object in your store is missing."),
    "tell_accounts": N_("Order history and terms in the customer’s workspace are behind. Nothing else is missing."),
    "mark_in_store": N_("Only the short facts on the object in your store are behind. Nothing else is missing."),
    "notice": N_("Only the line in the panel is missing. Nothing else is affected."),
    "set_timer": N_("The reminder is not set yet. Everything before it is done."),
    "request_documents": N_("Nobody has been asked for the missing documents yet."),
    "await_documents": N_("We cannot see right now whether the documents are there. What needs them waits."),
    "check_documents": N_("We cannot see right now whether the documents are complete. Nothing has been changed."),
    "file_upload": N_("The file is kept here, encrypted, and not yet filed in OpenText. Nothing is lost."),
    "share_with_buyer": N_("The document is filed. The buyer cannot see it yet."),
    "set_visibility": N_("The product is still shown, or still hidden, as before."),
    "place_hold": N_("It is not on hold in OpenText yet: its documents could still be deleted."),
    "release_hold": N_("The hold is still there: nothing can be deleted until it is released."),
    "hold_by_hand": N_("OpenText does not know of it yet. Until then it counts as held here: we delete nothing of it."),
    "look_at_pages": N_("Changes of pages and policies since the last look are not kept yet."),
    "capture_policy": N_("This version of the page is not kept yet. New orders still name the one before."),
    "publish_page": N_("The page still shows its earlier text."),
    "publish_compliance": N_("The product does not show the approved document yet."),
    "report_gaps": N_("Changes no message told us may not be made up for yet. We look again by ourselves."),
    "publish_tax_exemption": N_("The company may still be charged taxes, although its certificate is approved."),
    "publish_terms": N_("Some of the approved terms may not be live yet. Nobody may buy on credit before they are."),
    "set_company_state": N_("The company’s account in your store has not changed yet."),
    "open_price_request": N_("Nobody was asked to approve the price yet."),
    "price_quote": N_("The buyer has no quote at the approved prices yet."),
    "publish_promotions": N_("The promotions run as before. Those that are new are not switched on yet."),
    "look_at_promotions": N_("Changes of promotions since the last look are not kept yet."),
    "publish_prices": N_("Some of the agreed prices may not be live yet. The report says which."),
    "publish_due": N_("What was planned for this day is not live yet."),
    "end_publication": N_("What was valid until this day may still be live."),
    "publish_notice": N_("Your store does not show the notice yet, or still shows it."),
    "record_approval": N_("The approval stands, but is not kept as a record yet. Nothing is published without it."),
    "find_affected": N_("Not all affected orders are found yet. The search goes on where it stood."),
    "tell_affected": N_("Not every affected buyer has been written to yet. Nobody is written to twice."),
    "note_recall": N_("Only the count of the recall is behind."),
    "await_remedies": N_("The recall stays open."),
    "await_remedy": N_("The order stays held."),
}

# Steps that need OpenText; the others need the store.
OPENTEXT_STEPS = frozenset(MEANINGS) - {
    "take_tag", "draft_replacement", "await_remedy",
    "follow_return", "agree_return", "decline_return", "await_goods", "follow_dispute", "send_evidence",
    "set_order_status", "add_note", "amend_order", "refund", "quote_refund", "settle_payment",
    "set_up_store", "link_in_store",
    "restore_fields", "mark_in_store", "set_visibility", "look_at_pages", "publish_due", "end_publication",
    "publish_notice", "find_affected", "notice", "set_timer", "request_documents", "tell_affected", "note_recall",
    "await_remedies", "share_with_buyer", "tell_accounts", "wait_days", "pass_on", "consider_letter", "announce",
    "look_at_promotions", "report_gaps", "set_company_state",
}  # fmt: skip
NO_ANSWER = frozenset(
    {
        "unreachable",
        "timeout",
        "broken_answer",
        "server_error",
        "rate_limited",
        "temporarily_unavailable",
        "circuit_open",
    }
)

SOURCES = {
    "store": N_("Your store"),
    "workflow": N_("OpenText workflow"),
    "content_server": N_("Content Server"),
    "exstream": N_("Exstream"),
    "notifications": N_("OpenText Notifications"),
    "person": N_("A person"),
    "reconcile": N_("Our own check"),
    "clock": N_("Our own check"),
    "import": N_("An import of the past"),
}

TOPICS = {
    "order.changed": N_("An order was placed or changed"),
    "product.changed": N_("A product was created or changed"),
    "product.deleted": N_("A product was deleted"),
    "customer.changed": N_("A customer was created or changed"),
    "company.changed": N_("A company was created or changed"),
    "order.message": N_("A customer wrote about an order"),
    "stock.changed": N_("Stock changed"),
    "page.changed": N_("A page or policy changed"),
    "prices.changed": N_("A price list changed"),
    "promotion.changed": N_("A promotion changed"),
    "quote.changed": N_("A quote of the customer was made or changed"),
    "cart.abandoned": N_("A cart was left behind"),
    "case.changed": N_("A case was opened or changed"),
    "document.arrived": N_("A requested document arrived"),
    "time.came": N_("Its time came"),
    "store.changed": N_("The store’s profile was changed"),
    "app.installed": N_("The app was installed"),
    "app.uninstalled": N_("The app was uninstalled"),
    "app.scopes_changed": N_("The access given to the app changed"),
    "privacy.data_requested": N_("A customer asks what is kept of them"),
    "privacy.person_redacted": N_("A customer is to be forgotten"),
    "privacy.store_redacted": N_("The store is to be forgotten"),
    "workflow.decided": N_("A workflow reported a decision"),
    "content.approved": N_("Content was approved"),
    "delivery.reported": N_("Something became of a document on its way to a buyer"),
    "announced": N_("Something was decided that buyers are told"),
    "requested": N_("Somebody asked for something here"),
    "ignored": N_("A message we do not act on"),
}

REQUESTS = {
    "file_record": N_("Keep it as a record"),
    "look_at_names": N_("Read the names of OpenText again"),
    "first_document": N_("Put the first document"),
    "create_workspace": N_("Create the workspace"),
    "review_order": N_("Open a review"),
    "send_catalogue": N_("Send a personal catalogue"),
    "send_statement": N_("Send an account statement"),
    "delay_notice": N_("Write to the buyer about a delay"),
    "undo": N_("Undo the publication"),
    "restore": N_("Restore approved values"),
    "recheck": N_("Check again"),
    "hold": N_("Put on a hold"),
    "release_hold": N_("Take off a hold"),
    "mail_request": N_("Ask the customer by mail"),
    "look": N_("Look for changes"),
    "reconcile": N_("Look for missed changes"),
    "set_up_store": N_("Check webhooks and panels"),
    "send_invoice": N_("Send the invoice again"),
    "review_agreement": N_("Have the price agreement decided"),
    "review_content": N_("Have the content approved"),
    "ask_documents": N_("Ask for documents"),
    "require_documents": N_("Collect the required documents"),
    "share_documents": N_("Share documents with the buyer"),
    "check_compliance": N_("Check the compliance documents"),
    "look_at_pages": N_("Look at the policies now"),
    "look_at_promotions": N_("Look at the promotions now"),
    "open_campaign": N_("Open a campaign"),
    "report_gaps": N_("Compare with the store now"),
    "review_account": N_("Have the account decided"),
    "open_recall": N_("Open a recall"),
    "recall_notice": N_("Write to the buyer about the recall"),
    "recall_remedy": N_("Note the remedy"),
    "show_again": N_("Sell it again"),
}

REASONS = {
    "planned": N_("Work was started."),
    "already_under_way": N_("This was already being worked on."),
    "no_scenario_applies": N_("None of your rules applies to it."),
    "not_acted_on": N_("This kind of message needs nothing from us."),
    "unknown_store": N_("The store is not known here."),
    "uninstalled": N_("The app was uninstalled."),
    "still_installed": N_("The message was old: the app is still installed."),
    "gone": N_("The store no longer has it."),
    "cart_gone": N_("The cart has become an order, or was deleted."),
    "guest_cart": N_("The cart belongs to nobody with an account."),
    "run_woken": N_("The decision is being read."),
    "already_decided": N_("The decision was known already."),
    "delivery_noted": N_("What became of it was written down."),
    "unknown_delivery": N_("It names nothing that we sent."),
    "unknown_case": N_("It names no case of this store."),
    "no_product_linked_to_this_workspace": N_("No product belongs to that workspace."),
    "not_a_content_sheet": N_("The approved document is not a content sheet."),
}

CAUSES = {
    "unreachable": N_("The other side cannot be reached"),
    "timeout": N_("The other side did not answer in time"),
    "broken_answer": N_("The connection broke off"),
    "server_error": N_("The other side has a problem"),
    "rate_limited": N_("The other side asks us to slow down"),
    "circuit_open": N_("The other side does not answer; it is left alone for a moment"),
    "quota_reserve": N_("The rest of the request quota is kept for people"),
    "locked": N_("Locked by somebody else"),
    "needs_reauth": N_("A connection has to be renewed"),
    "missing_right": N_("A right is missing"),
    "not_connected": N_("OpenText is not connected yet"),
    "not_found": N_("It is not there"),
    "refused": N_("The other side refused it"),
    "bug": N_("Something went wrong on our side"),
    "crash": N_("Something went wrong on our side"),
    "delivery_failed": N_("It did not reach the buyer"),
    "delivery_unknown": N_("Nobody knows whether it went out"),
    "composition_unknown": N_("Exstream gave no document"),
    "no_driver_data": N_("Something the document needs is missing"),
    "several_workspaces": N_("Several workspaces match; somebody has to choose one"),
    "sheet_invalid": N_("The content sheet has a mistake"),
}


def scenario(slug: str) -> str:
    """What people call a scenario."""
    if slug in SCENARIOS:
        return _(SCENARIOS[slug])
    return _(RUNNABLE[slug].title) if slug in RUNNABLE else slug


def state_of(table: dict[str, State], key: str) -> State:
    """A state in the reader's language; an unknown one shows itself."""
    found = table.get(key, State(key.replace("_", " ").capitalize(), "none"))
    return State(_(found.word) if found.word else "", found.tone)


def step_title(kind: str, params: dict[str, Any]) -> str:
    if kind == "set_order_status" and params.get("status") in ORDER_MOVES:
        return _(ORDER_MOVES[params["status"]])
    if kind == "classify_record" and params.get("classification"):
        return _("Keep it as a record: %(name)s", name=params["classification"])
    if kind == "file_paper" and params.get("paper") in PAPERS:
        return _(PAPERS[params["paper"]])
    return _(STEPS.get(kind, kind.replace("_", " ").capitalize()))


def meaning(kind: str) -> str:
    return _(MEANINGS[kind]) if kind in MEANINGS else ""


def reason(text: str) -> str:
    """Why a delivery ended as it did: a known word in plain words, or what was recorded behind its code."""
    if text in REASONS:
        return _(REASONS[text])
    code, colon, words = text.partition(": ")
    if colon and code in ("not_approved",):
        return _("It is not approved yet.")
    return sentences.said(words if colon and " " not in code else text)


def failure(code: str, sentence: str) -> str:
    """What failed: the sentence recorded with it, in the reader's language.

    One that names who did not answer is kept as it was written; in another language its cause says the same.
    """
    said = sentences.said(sentence)
    is_english = reader().language.language == DEFAULT
    return cause(code) if said == sentence and code in NO_ANSWER and not is_english else said or cause(code)


def cause(code: str, message: str = "") -> str:
    return _(CAUSES[code]) if code in CAUSES else sentences.said(message) or code.replace("_", " ").capitalize()
