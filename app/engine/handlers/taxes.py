"""The step that lets a company buy without tax."""

from app.db import audit
from app.db.session import unit_of_work
from app.domain.steps import ExemptFromTax
from app.domain.trade import Company
from app.engine.runs import Context, Done, Result, Skipped
from app.errors import Permanent
from app.stores.port import Capability, CompanyChange


def exempt_from_tax(context: Context, step: ExemptFromTax) -> Result:
    """Absolute, and read back. What was before is kept with the step."""
    if not getattr(context.preferences, step.preference, False):
        return Skipped("The company's taxes were left as they are.")
    if Capability.TAX_EXEMPTION not in context.store.read.capabilities:
        return Skipped("Your store keeps no taxes of companies, so there is nothing to change.")
    company = context.subject
    if not isinstance(company, Company):
        return Skipped("This is about no company.")
    if company.is_tax_exempt:
        return Done("The company buys without tax already.")
    context.effects.still_mine()
    context.store.publish.set_company(company.id, CompanyChange(tax_exempt=True))
    context.changed()
    after = context.subject
    if not (isinstance(after, Company) and after.is_tax_exempt):
        raise Permanent(
            "The store did not take over that the company buys without tax.", code="status_not_taken",
            hint="Look at the company's locations in the store, then try again.",
        )  # fmt: skip
    with unit_of_work(context.deps.database) as uow:
        audit.record(uow.session, context.store_id, "system", "tax_exempted", f"company:{company.id}",
                     run=context.run_id)  # fmt: skip
    return Done("The company buys without tax from now on.", result={"was_exempt": False})
