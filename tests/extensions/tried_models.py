"""Every path of the six models about returns, backorders, companies, complaints, prices and missing documents."""

from tests.extensions.paths import Do, Late, Path, Tried


def group(*names: str) -> dict[str, str]:
    """Each group is called like its variable, so that a test sees which one was asked."""
    return {name: name for name in names}


ASK = Do("triage", "more_info", "returns_group", note="Which shoe?")
RETURNS = Tried(
    "sf_return_approval",
    group("returns_group", "finance_group", "requester_group") | {
        "rma_number": "R-7", "order_number": "100145", "reason": "too small", "condition": "unworn",
        "refund_amount": "81.20", "currency": "EUR", "warranty_until": "2027-05-01", "needs_second_approval": False,
        "answer_sla": "P7D",
    },
    (
        *(
            Path(f"{outcome} below the limit", (Do("triage", outcome, "returns_group"),), outcome)
            for outcome in ("approved_refund", "approved_exchange", "approved_repair", "rejected")
        ),
        *(
            Path(f"{outcome} needs nobody else", (Do("triage", outcome),), outcome, {"needs_second_approval": True})
            for outcome in ("approved_exchange", "approved_repair", "rejected")
        ),
        *(
            Path(f"Finance says {outcome} above the limit",
                 (Do("triage", "approved_refund"), Do("finance", outcome, "finance_group")), outcome,
                 {"needs_second_approval": True})
            for outcome in ("approved_refund", "rejected")
        ),
        Path("a question is answered", (ASK, Do("answer", "", "requester_group"), Do("triage", "rejected")),
             "rejected"),
        Path("nobody decides", (Late("triage", 2),), "expired"),
        Path("nobody answers", (ASK, Late("answer", 7)), "expired"),
        Path("Finance does not decide", (Do("triage", "approved_refund"), Late("finance", 2)), "expired",
             {"needs_second_approval": True}),
    ),
)  # fmt: skip

CHOICES = ("wait", "substitute", "split_ship", "cancel")
BACKORDER = Tried(
    "sf_backorder",
    group("ops_group", "support_group") | {
        "order_number": "100145", "expected_date": "2026-12-01", "substitute_skus": "CHAIR-2", "customer_tier": "gold",
        "answer_sla": "P7D",
    },
    (
        *(Path(f"Operations say {choice}", (Do("decide", choice, "ops_group"),), choice) for choice in CHOICES),
        *(
            Path(f"the customer says {choice}",
                 (Do("decide", "more_info"), Do("customer", choice, "support_group")), choice)
            for choice in CHOICES
        ),
        Path("the customer does not answer", (Do("decide", "more_info"), Late("customer", 7), Do("decide", "cancel")),
             "cancel"),
        Path("nobody decides", (Late("decide", 2),), "expired"),
        Path("nobody decides after the customer did not answer",
             (Do("decide", "more_info"), Late("customer", 7), Late("decide", 2)), "expired"),
    ),
)  # fmt: skip

COMPLETE = Do("documents", "approved", "onboarding_group")
CREDIT, PREPAY = Do("credit", "approved", "finance_group"), Do("credit", "approved_prepay", "finance_group")
ONBOARDING = Tried(
    "sf_b2b_onboarding",
    group("onboarding_group", "finance_group", "legal_group") | {
        "company_name": "Möbel & Söhne \"GmbH\"", "tax_id": "DE1", "credit_requested": "5000.00", "currency": "EUR",
        "documents_required": "trade licence", "price_list_id": "3", "sales_rep": "Jo",
    },
    (
        *(
            Path(f"the documents are {outcome}", (Do("documents", outcome),), outcome)
            for outcome in ("rejected", "more_info")
        ),
        Path("no credit at all", (COMPLETE, Do("credit", "rejected")), "rejected"),
        *(
            Path(f"on credit, Legal says {outcome}", (COMPLETE, CREDIT, Do("legal", outcome, "legal_group")), outcome)
            for outcome in ("approved", "rejected")
        ),
        *(
            Path(f"on prepayment, Legal says {outcome}",
                 (COMPLETE, PREPAY, Do("legal_prepay", outcome, "legal_group")), outcome)
            for outcome in ("approved_prepay", "rejected")
        ),
        Path("nobody checks the documents", (Late("documents", 2),), "expired"),
        Path("nobody decides on credit", (COMPLETE, Late("credit", 2)), "expired"),
        Path("Legal is late", (COMPLETE, CREDIT, Late("legal", 2)), "expired"),
        Path("Legal is late with prepayment", (COMPLETE, PREPAY, Late("legal_prepay", 2)), "expired"),
    ),
)  # fmt: skip

SEEN = Do("acknowledge", "", "support_group")
PROPOSED = Do("investigate", "resolved_refund", "support_group")
REMEDIES = ("resolved_refund", "resolved_replacement", "resolved_explained", "rejected")
COMPLAINT = Tried(
    "sf_complaint",
    group("support_group", "support_lead_group") | {
        "order_number": "100145", "complaint_type": "damaged", "severity": "normal", "summary_ref": "node 77",
        "acknowledge_sla": "P1D",
    },
    (
        Path("an explanation needs no lead", (SEEN, Do("investigate", "resolved_explained")), "resolved_explained"),
        *(
            Path(f"{remedy} is proposed, the lead approves",
                 (SEEN, Do("investigate", remedy), Do("remedy", remedy, "support_lead_group")), remedy)
            for remedy in REMEDIES if remedy != "resolved_explained"
        ),
        Path("a severe case needs the lead even for an explanation",
             (SEEN, Do("investigate", "resolved_explained"), Do("remedy", "resolved_explained")), "resolved_explained",
             {"severity": "high"}),
        Path("the lead chooses another remedy", (SEEN, PROPOSED, Do("remedy", "resolved_replacement")),
             "resolved_replacement"),
        Path("the lead sends it back",
             (SEEN, PROPOSED, Do("remedy", "more_info"), Do("investigate", "resolved_explained")),
             "resolved_explained"),
        Path("an overdue acknowledgement goes to the lead",
             (Late("acknowledge", 1), Do("acknowledge_late", "", "support_lead_group"), PROPOSED,
              Do("remedy", "rejected")), "rejected"),
        Path("nobody acknowledges", (Late("acknowledge", 1), Late("acknowledge_late", 1)), "expired"),
        Path("the lead answers where Support did not", (SEEN, Late("investigate", 2), Do("remedy", "resolved_refund")),
             "resolved_refund"),
        Path("nobody answers", (SEEN, Late("investigate", 2), Late("remedy", 2)), "expired"),
    ),
)  # fmt: skip

ABOVE = {"needs_finance": True}
OTHER = Do("pricing", "approved_modified", "pricing_group", {"approved_percent": 10})
MORE = Do("pricing", "approved_modified", "pricing_group", {"approved_percent": 30})
PRICE = Tried(
    "sf_special_price",
    group("pricing_group", "finance_group") | {
        "customer_group_id": "4", "sku_list_ref": "node 90", "discount_percent": 12.5, "margin_percent": "21",
        "valid_from": "2026-11-01", "valid_to": "2027-10-31", "needs_finance": False,
    },
    (
        *(
            Path(f"{outcome} below the threshold", (Do("pricing", outcome, "pricing_group"),), outcome)
            for outcome in ("approved", "rejected")
        ),
        Path("less than requested, below the threshold", (OTHER,), "approved_modified"),
        Path("rejected above the threshold", (Do("pricing", "rejected"),), "rejected", ABOVE),
        *(
            Path(f"Finance says {outcome} to the request",
                 (Do("pricing", "approved"), Do("finance", outcome, "finance_group")), outcome, ABOVE)
            for outcome in ("approved", "rejected")
        ),
        *(
            Path(f"Finance says {outcome} to less than requested, above the threshold",
                 (OTHER, Do("finance_modified", outcome, "finance_group")), outcome, ABOVE)
            for outcome in ("approved_modified", "rejected")
        ),
        Path("more than requested always needs Finance", (MORE, Do("finance_modified", "approved_modified")),
             "approved_modified"),
        Path("nobody decides", (Late("pricing", 2),), "expired"),
        Path("Finance is late", (Do("pricing", "approved"), Late("finance", 2)), "expired", ABOVE),
        Path("Finance is late with another discount", (MORE, Late("finance_modified", 2)), "expired"),
    ),
)  # fmt: skip

COLLECTED = Do("collect", "", "requester_group")
VERIFIED = ("complete", "waived", "incomplete_closed")
COLLECTION = Tried(
    "sf_document_collection",
    group("requester_group", "compliance_group") | {
        "object_type": "customer", "object_id": "31", "document_types": "tax form", "due_date": "2026-12-01",
        "reminder_days": "P3D", "reminders_left": 2,
    },
    (
        *(
            Path(f"collected at once, then {outcome}", (COLLECTED, Do("verify", outcome, "compliance_group")), outcome)
            for outcome in VERIFIED
        ),
        Path("collected after the first reminder",
             (Late("collect", 3), Do("remind", "", "requester_group"), Do("verify", "complete")), "complete"),
        Path("collected after the second reminder",
             (Late("collect", 3), Late("remind", 3), Do("remind"), Do("verify", "complete")), "complete"),
        Path("never collected",
             (Late("collect", 3), Late("remind", 3), Late("remind", 3), Do("verify", "incomplete_closed")),
             "incomplete_closed"),
        Path("without reminders", (Late("collect", 3), Do("verify", "waived")), "waived", {"reminders_left": 0}),
        Path("sent back", (COLLECTED, Do("verify", "more_info"), COLLECTED, Do("verify", "complete")), "complete"),
        Path("sent back, and no reminder is left", (
            Late("collect", 3), Do("remind"), Do("verify", "more_info"), Late("collect", 3), Do("verify", "waived"),
        ), "waived", {"reminders_left": 1}),
        Path("nobody verifies", (COLLECTED, Late("verify", 2)), "expired"),
    ),
)  # fmt: skip

TRIED = (RETURNS, BACKORDER, ONBOARDING, COMPLAINT, PRICE, COLLECTION)
