"""Payment terms: when an order or a draft is to be paid. Source: Admin GraphQL API reference, paymentTermsCreate."""

from datetime import datetime, timedelta
from decimal import Decimal

from sandbox.shopify import changed, draft_facts, placing
from sandbox.shopify import order_facts as facts
from sandbox.shopify.errors import UserError
from sandbox.shopify.gids import kind_of
from sandbox.shopify.money import money, text
from sandbox.shopify.mutating import mutation
from sandbox.shopify.payloads import bodies
from sandbox.shopify.resolving import Resolver, field, query
from sandbox.shopify.scalars import moment
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

FAILED = "PAYMENT_TERMS_CREATION_UNSUCCESSFUL"


@query("paymentTermsTemplates")
def templates(shop: Shop, _node: JSON, args: JSON) -> list[JSON]:
    wanted = args.get("paymentTermsType")
    return [t for t in shop.all("PaymentTermsTemplate") if wanted in (None, t["paymentTermsType"])]


def schedules_of(shop: Shop, terms: JSON) -> list[JSON]:
    return shop.where("PaymentSchedule", paymentTermsId=terms["id"])


def owner_of(shop: Shop, terms: JSON) -> JSON | None:
    return shop.find(kind_of(terms["referenceId"]), terms["referenceId"])


def balance(shop: Shop, schedule: JSON) -> Decimal:
    """What is still to be paid."""
    terms = shop.find("PaymentTerms", schedule["paymentTermsId"])
    owner = owner_of(shop, terms) if terms else None
    if owner is None:
        return Decimal(0)
    if owner["__typename"] == "Order":
        return max(Decimal(0), facts.outstanding(shop, owner))
    return draft_facts.total_price(shop, owner)


def _is_due(shop: Shop, schedule: JSON) -> bool:
    return bool(schedule["dueAt"]) and schedule["dueAt"] <= shop.stamp() and balance(shop, schedule) > 0


TERMS: dict[str, Resolver] = {
    "order": lambda s, t, _: s.find("Order", t["referenceId"]),
    "draftOrder": lambda s, t, _: s.find("DraftOrder", t["referenceId"]),
    "paymentSchedules": lambda s, t, _: schedules_of(s, t),
    "overdue": lambda s, t, _: any(_is_due(s, x) for x in schedules_of(s, t)),
    "translatedName": lambda _s, t, _a: t["paymentTermsName"],
}
for _name, _resolver in TERMS.items():
    field("PaymentTerms", _name)(_resolver)
SCHEDULE: dict[str, Resolver] = {
    "amount": lambda s, x, _: money(x["amount"], s.currency),
    "balanceDue": lambda s, x, _: money(balance(s, x), s.currency),
    "totalBalance": lambda s, x, _: money(balance(s, x), s.currency),
    "due": lambda s, x, _: _is_due(s, x),
    "completedAt": lambda s, x, _: x["completedAt"] if balance(s, x) > 0 else x["completedAt"] or s.stamp(),
}
for _name, _resolver in SCHEDULE.items():
    field("PaymentSchedule", _name)(_resolver)


@mutation("paymentTermsCreate")
def create(shop: Shop, args: JSON) -> JSON:
    kind = kind_of(args["referenceId"])
    owner = shop.find(kind, args["referenceId"]) if kind in ("Order", "DraftOrder") else None
    if owner is None:
        raise UserError("Reference does not exist.", ["referenceId"], FAILED)
    if shop.where("PaymentTerms", referenceId=owner["id"]):
        raise UserError("Payment terms exist already.", ["referenceId"], FAILED)
    given = args["paymentTermsAttributes"]
    made = attach(shop, owner, given["paymentTermsTemplateId"], schedules=given.get("paymentSchedules"))
    return {"paymentTerms": made}


@mutation("paymentTermsUpdate")
def update(shop: Shop, args: JSON) -> JSON:
    given = args["input"]
    made = shop.need("PaymentTerms", given["paymentTermsId"], ["input", "paymentTermsId"],
                     "PAYMENT_TERMS_UPDATE_UNSUCCESSFUL")  # fmt: skip
    owner, attributes = owner_of(shop, made), given["paymentTermsAttributes"]
    assert owner is not None  # noqa: S101  # terms go with what they are about
    template = attributes.get("paymentTermsTemplateId") or made["templateId"]
    return {"paymentTerms": attach(shop, owner, template, schedules=attributes.get("paymentSchedules"))}


@mutation("paymentTermsDelete")
def delete(shop: Shop, args: JSON) -> JSON:
    made = shop.need("PaymentTerms", args["input"]["paymentTermsId"], ["input", "paymentTermsId"],
                     "PAYMENT_TERMS_DELETE_UNSUCCESSFUL")  # fmt: skip
    _drop(shop, made)
    shop.emit("payment_terms/delete", bodies.deleted(shop, made))
    return {"deletedId": made["id"]}


def _drop(shop: Shop, made: JSON) -> None:
    for schedule in schedules_of(shop, made):
        shop.drop(schedule)
    shop.drop(made)


def attach(shop: Shop, owner: JSON, template_id: str | None, *, schedules: list[JSON] | None) -> JSON:
    """Terms of an order or draft; those it had are changed."""
    template = shop.find("PaymentTermsTemplate", template_id)
    if template is None:
        raise UserError("Payment terms template does not exist.", ["paymentTermsTemplateId"], FAILED)
    given = (schedules or [{}])[0]
    issued, due = _dates(shop, template, given)
    known = next(iter(shop.where("PaymentTerms", referenceId=owner["id"])), None)
    fields = {"templateId": template["id"], "paymentTermsName": template["name"],
              "paymentTermsType": template["paymentTermsType"], "dueInDays": template["dueInDays"]}  # fmt: skip
    at = shop.stamp()
    made = known if known is not None else shop.new("PaymentTerms", referenceId=owner["id"], createdAt=at, updatedAt=at)
    made |= fields
    for schedule in schedules_of(shop, made):
        shop.drop(schedule)
    is_order = owner["__typename"] == "Order"
    amount = facts.total_price(shop, owner) if is_order else draft_facts.total_price(shop, owner)
    schedule = shop.new(
        "PaymentSchedule", paymentTermsId=made["id"], issuedAt=issued, dueAt=due, completedAt=None, amount=text(amount),
        balanceDue=text(amount), createdAt=at, updatedAt=at,
    )  # fmt: skip
    changed.tell(shop, made, "update" if known is not None else "create")
    if due and is_order:
        seconds = (datetime.fromisoformat(due) - shop.now()).total_seconds()
        shop.later(max(1, seconds), "payment due", schedule=schedule["id"])
    return made


def _dates(shop: Shop, template: JSON, given: JSON) -> tuple[str | None, str | None]:
    """(issued, due): net terms count from the issue, fixed ones name the day."""
    kind = template["paymentTermsType"]
    if kind == "NET":
        issued = given.get("issuedAt") or shop.stamp()
        return issued, moment(datetime.fromisoformat(issued) + timedelta(days=template["dueInDays"]))
    if kind == "FIXED":
        if not given.get("dueAt"):
            raise UserError("A due date must be given for fixed terms.", ["paymentSchedules", "0", "dueAt"], FAILED)
        return None, str(given["dueAt"])
    return shop.stamp(), shop.stamp() if kind == "RECEIPT" else None


def fall_due(shop: Shop, about: JSON) -> None:
    schedule = shop.find("PaymentSchedule", about["schedule"])
    if schedule is not None and balance(shop, schedule) > 0:
        schedule["balanceDue"] = text(balance(shop, schedule))
        shop.emit("payment_schedules/due", lambda: bodies.of(shop, schedule))


@mutation("paymentReminderSend")
def remind(shop: Shop, args: JSON) -> JSON:
    schedule = shop.find("PaymentSchedule", args["paymentScheduleId"])
    if schedule is None or not _is_due(shop, schedule):
        said = "A reminder can be sent for an overdue payment only."
        raise UserError(said, ["paymentScheduleId"], "PAYMENT_REMINDER_SEND_UNSUCCESSFUL")
    terms = shop.find("PaymentTerms", schedule["paymentTermsId"])
    owner = owner_of(shop, terms) if terms else None
    if owner is not None:
        placing.note(shop, owner, "payment_reminder", "A payment reminder was sent.")
    return {"success": True}


FINISH = {"payment due": fall_due}
