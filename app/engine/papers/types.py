"""Papers of ours that Content Server's rules ask for, by document type."""

from app.domain.cases import CaseKind

TYPES = {
    "order_record": "Order record", "approval_record": "Decision record", "content_sheet": "Product content",
    "evidence_pack": "Dispute evidence",
}  # fmt: skip
CASE_TYPES = {CaseKind.RETURN: "Return request", CaseKind.COMPLAINT: "Complaint"}  # of its file, by what it is about
BY_TYPE = {name: paper for paper, name in TYPES.items()} | dict.fromkeys(CASE_TYPES.values(), "case_file")
