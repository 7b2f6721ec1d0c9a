"""The approval record: who decided what, when and why, from the history, as a PDF/A under records management."""

from app.domain.steps import FileApprovalRecord
from app.engine.handlers import approvals, filing
from app.engine.handlers.workflow import subject_title
from app.engine.papers import approval_record
from app.engine.papers.types import TYPES
from app.engine.runs import Context, Done, Result


def file_approval_record(context: Context, step: FileApprovalRecord) -> Result:
    title = subject_title(context)
    paper = approval_record.write(title, context.external_store, context.reasons, context.facts["decision"])
    stage = f", {context.facts['stage']}" if context.facts.get("stage") else ""
    name = f"{title} decision{stage}.pdf"
    filed = filing.file_once(context, "approval_record", step.folder, name, paper, filing.PDF)
    filing.give_type(context, filed, TYPES["approval_record"])
    filing.classify(context, filed, step.classification)
    approvals.keep_decision(context, filed, step.classification)
    facts = filing.with_document(context, "approval_record", filed)
    return Done(f"The approval record was filed in “{step.folder}” as a record.", facts, filed)
