"""A sample driver for each template: what designers map, what tests and the demo compose from."""

from typing import Any

from sandbox.exstream.designs import DESIGNS

STORE = {"name": "Demo Store", "legalName": "Demo Store Ltd", "addressLines": ["1 High Street", "Leeds"],
         "vatId": "GB123456789", "logoRef": "logo-main"}  # fmt: skip
CUSTOMER = {"number": "C-77", "name": "A. Buyer", "company": "Buyer & Sons", "email": "a.buyer@example.com",
            "addressLines": ["Am Hafen 3", "24103 Kiel"], "country": "DE", "preferredChannel": "email"}  # fmt: skip
ORDER = {"number": "100145", "date": "2026-02-03", "dateText": "3 February 2026", "currency": "EUR",
         "paymentMethod": "card", "paymentStatus": "captured"}  # fmt: skip
LINES = [{"sku": "SKU-1", "name": "Hose clamp", "qty": "2", "unitText": "19.90", "totalText": "39.80",
          "taxRateText": "19%"}]  # fmt: skip
TOTALS = {"netText": "33.45", "taxText": "6.35", "grossText": "39.80", "gross": 39.80}
GOODS = {"order": ORDER, "lines": LINES}
BLOCKS: dict[str, dict[str, Any]] = {
    "SF_ORDER_CONFIRMATION": GOODS | {
        "totals": TOTALS, "shipping": {"method": "Parcel", "addressLines": ["Am Hafen 3", "24103 Kiel"]}},
    "SF_INVOICE": GOODS | {
        "totals": TOTALS, "invoice": {"number": "INV-2026-000145", "dueDate": "2026-03-05"},
        "taxSummary": [{"rateText": "19%", "netText": "33.45", "taxText": "6.35"}]},
    "SF_RECEIPT": GOODS | {
        "totals": TOTALS, "payments": [{"date": "2026-02-03", "reference": "TX-9", "amountText": "39.80 EUR"}]},
    "SF_STATEMENT": {
        "account": {"number": "C-77", "balanceText": "39.80 EUR", "date": "2026-02-28"},
        "summary": {"orders": "2", "orderedText": "159.80 EUR", "paidText": "120.00 EUR"},
        "period": {"from": "2026-02-01", "to": "2026-02-28", "text": "February 2026"},
        "openItems": [{"number": "INV-2026-000145", "dueDate": "2026-03-05", "openText": "39.80"}],
        "payments": [{"date": "2026-02-10", "reference": "TX-9", "amountText": "120.00"}],
        "ageing": {"currentText": "39.80", "days30Text": "0.00", "days60Text": "0.00", "olderText": "0.00"}},
    "SF_AGEING_NOTICE": {
        "account": {"number": "C-77", "balanceText": "39.80 EUR", "date": "2026-02-28"},
        "openItems": [{"number": "INV-2026-000145", "dueDate": "2026-03-05", "openText": "39.80"}],
        "ageing": {"currentText": "0.00", "days30Text": "39.80", "days60Text": "0.00", "olderText": "0.00"}},
    "SF_RETURN_LETTER": {
        "return": {"rma": "RMA-12", "reason": "Does not fit", "decision": "approved",
                   "decisionText": "we take it back.", "amountText": "39.80 EUR"}, "lines": LINES,
        "label": {"addressLines": ["Demo Store Returns", "2 Dock Road", "Leeds"], "carrier": "Parcel",
                  "code": "R-12-77"}},
    "SF_REFUND": GOODS | {
        "refund": {"number": "9", "amountText": "39.80 EUR", "dateText": "10 February 2026", "method": "card",
                   "reason": "Does not fit"}},
    "SF_POLICY": {
        "policy": {"kind": "warranty", "title": "Warranty terms", "version": "3", "effectiveFrom": "2026-03-01",
                   "market": "DE", "sections": [{"title": "Duration", "text": "Two years from delivery."}]}},
    "SF_RETENTION": {
        "offer": {"title": "We miss you", "text": "Ten percent on your next order.", "code": "BACK10",
                  "validTo": "2026-04-30"},
        "history": {"lastOrderText": "3 February 2026", "countText": "7"},
        "cart": {"itemsText": "Hose clamp", "totalText": "39.80 EUR"},
        "consent": {"text": "you agreed to letters from us on 2 January 2025."}},
    "SF_CATALOG": {
        "catalog": {"title": "Catalogue for Buyer & Sons", "number": "2026-1", "validTo": "2026-06-30"},
        "products": [{"sku": "SKU-1", "name": "Hose clamp", "priceText": "17.90"}],
        "images": [{"sku": "SKU-1", "name": "hose-clamp.png"}]},
    "SF_DELAY_NOTICE": GOODS | {
        "delay": {"oldDate": "2026-02-06", "newDate": "2026-02-20", "newDateText": "20 February 2026",
                  "reason": "Our supplier is late."}},
    "SF_PARTIAL_NOTICE": GOODS | {
        "remaining": [{"sku": "SKU-2", "name": "Hose", "qty": "1"}],
        "shipment": {"number": "1", "dateText": "5 February 2026", "carrier": "DHL", "tracking": "JD014"}},
    "SF_CANCEL_NOTICE": GOODS | {
        "cancel": {"reason": "no longer made.", "refundText": "39.80 EUR go back to your card."}},
    "SF_REVIEW_NOTICE": {
        "order": ORDER,
        "review": {"stage": "opened", "text": "We check your order before we send it. You need to do nothing."}},
    "SF_RECALL_NOTICE": {
        "order": ORDER, "recall": {
            "number": "R-1001", "title": "Hose clamp", "text": "The screw may break. Please send the clamp back.",
            "items": [{"sku": "SKU-1", "name": "Hose clamp", "quantityText": "2"}]}},
    "SF_ONBOARDING": {
        "account": {"priceList": "Wholesale", "creditLimitText": "5,000 EUR", "paymentTerms": "30 days net"},
        "contacts": [{"name": "S. Reyes", "role": "Account manager", "email": "s.reyes@example.com"}],
        "steps": [{"title": "Sign in", "text": "Use the address of this letter."}]},
    "SF_WARRANTY": {
        "products": [{"sku": "SKU-1", "name": "Hose clamp", "warrantyText": "2 years"}],
        "warranty": {"number": "W-100145", "fromText": "3 February 2026"}},
    "SF_CARE": {
        "products": [{"sku": "SKU-1", "name": "Hose clamp"}],
        "sections": [{"title": "Before first use", "text": "Turn the screw by hand."}],
        "documents": {"link": "https://ecm.example.com/shelf/0"}},
}  # fmt: skip


def sample(key: str, job_key: str = "") -> dict[str, Any]:
    """A whole driver for the template."""
    meta = {"schema": f"{key.lower().replace('_', '-', 1)}/1", "template": key, "language": "en",
            "jobKey": job_key or f"sample:{key}:1", "shortText": "A message from Demo Store.",
            "about": "your order", "number": "100145"}  # fmt: skip
    return {"meta": meta, "store": STORE, "customer": CUSTOMER} | BLOCKS[key]


SAMPLES = {design.key: sample(design.key) for design in DESIGNS}
