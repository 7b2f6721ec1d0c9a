"""One handler per kind of step. A test holds this table against the vocabulary in domain/steps.py."""

from app.engine.handlers import (
    approvals,
    content,
    filing,
    publishing,
    publishing_evidence,
    review,
    store_side,
    timers,
    workflow,
    workspace,
)
from app.engine.runs import Handler

HANDLERS: dict[str, Handler] = {
    "set_order_status": store_side.set_order_status,
    "link_in_store": store_side.link_in_store,
    "set_up_store": store_side.set_up_store,
    "ensure_workspace": workspace.ensure_workspace,
    "update_workspace": workspace.update_workspace,
    "file_order_record": filing.file_order_record,
    "classify_record": filing.classify_record,
    "file_approval_record": review.file_approval_record,
    "start_workflow": workflow.start_workflow,
    "await_decision": workflow.await_decision,
    "file_content_sheet": content.file_content_sheet,
    "record_approval": approvals.record_approval,
    "publish_content": content.publish_content,
    "file_evidence": publishing_evidence.file_evidence,
    "undo_publication": publishing.undo_publication,
    "restore_fields": publishing.restore_fields,
    "set_timer": timers.set_timer,
}
