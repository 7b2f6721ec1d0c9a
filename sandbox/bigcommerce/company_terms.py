"""What a company may owe and for how long, and the files kept with it (B2B Edition). No event tells of these."""

from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from sandbox.bigcommerce import companies
from sandbox.bigcommerce.b2b import serve
from sandbox.bigcommerce.body import json_of, only
from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.fields import Field, Fields, check
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON
from sandbox.bigcommerce.wire import decimal, number
from sandbox.kernel.standin import Call

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

NAMES = UUID("0e3b5f5a-2f3e-4f7b-9a55-bc0000000006")
CREDIT: Fields = {
    "creditEnabled": Field("boolean"),
    "creditCurrency": Field("string", least=3, most=3),
    "availableCredit": Field("number"),
    "limitPurchases": Field("boolean"),
    "creditHold": Field("boolean"),
}
USUAL_CREDIT: JSON = {"creditEnabled": False, "availableCredit": 0, "limitPurchases": False, "creditHold": False}
DAYS = (0, 5, 15, 30, 45, 60)
TERMS: Fields = {
    "isEnabled": Field("boolean", always=True),
    "paymentTerms": Field("integer", always=True, choices=DAYS),
}
STORE_DAYS = 30  # what a company without terms of its own has
FILES, FILE_BYTES = 10, 10 * 1024 * 1024
ENDINGS = ("bmp", "csv", "doc", "docx", "gif", "jpeg", "jpg", "pdf", "png", "svg", "xls", "xlsx")


def routes(api: "BigCommerce") -> None:
    one = "/companies/<int:company_id>"
    serve(api, "GET", f"{one}/credit", show_credit)
    serve(api, "PUT", f"{one}/credit", update_credit)
    serve(api, "GET", f"{one}/payment-terms", show_terms)
    serve(api, "PUT", f"{one}/payment-terms", update_terms)
    serve(api, "GET", f"{one}/attachments", list_attachments)
    serve(api, "POST", f"{one}/attachments", add_attachment)
    serve(api, "DELETE", f"{one}/attachments/<attachment_id>", delete_attachment)


def show_credit(shop: Shop, call: Call, company_id: int) -> JSON:
    only(call, (), 422)
    companies.find(shop, company_id)
    return credit_of(shop, company_id)


def update_credit(shop: Shop, call: Call, company_id: int) -> JSON:
    companies.find(shop, company_id)
    body = check(json_of(call), CREDIT, "v3", creating=False)
    if not body:
        raise Refused(400, "Nothing is to be changed.")
    set_credit(shop, company_id, body)
    call.effect = f"company {company_id} credit changed"
    return credit_of(shop, company_id)


def show_terms(shop: Shop, call: Call, company_id: int) -> JSON:
    only(call, (), 422)
    companies.find(shop, company_id)
    return terms_of(shop, company_id)


def update_terms(shop: Shop, call: Call, company_id: int) -> JSON:
    companies.find(shop, company_id)
    body = check(json_of(call), TERMS, "v3", creating=True)
    shop.store.company_terms[company_id] = body
    call.effect = f"company {company_id} terms {body['paymentTerms']} days"
    return terms_of(shop, company_id)


def list_attachments(shop: Shop, call: Call, company_id: int) -> list[JSON]:
    only(call, (), 422)
    companies.find(shop, company_id)
    return shop.store.company_attachments.get(company_id, [])


def add_attachment(shop: Shop, call: Call, company_id: int) -> list[JSON]:
    companies.find(shop, company_id)
    upload = call.files.get("attachmentFile")
    present = shop.store.company_attachments.setdefault(company_id, [])
    if upload is None or not upload.filename:
        raise Refused(422, errors={"attachmentFile": "error.path.missing"})
    if upload.filename.rpartition(".")[2].lower() not in ENDINGS:
        raise Refused(422, errors={"attachmentFile": "is of a type that is not supported"})
    if len(upload.read()) > FILE_BYTES:
        raise Refused(413)
    if len(present) >= FILES:
        raise Refused(422, errors={"attachmentFile": f"at most {FILES} files"})
    serial = shop.store.next("company_attachment")
    key = str(uuid5(NAMES, f"{shop.store.hash}/{serial}"))
    present.append({"id": key, "attachmentFile": shop.url(f"/b2b/attachments/{key}/{upload.filename}")})
    call.effect = f"company {company_id} attachment added"
    return present


def delete_attachment(shop: Shop, call: Call, company_id: int, attachment_id: str) -> JSON:
    companies.find(shop, company_id)
    present = shop.store.company_attachments.get(company_id, [])
    left = [entry for entry in present if entry["id"] != attachment_id]
    if len(left) == len(present):
        raise Refused(404, "Attachment does not exist.")
    shop.store.company_attachments[company_id] = left
    call.effect = f"company {company_id} attachment deleted"
    return {}


# What others use too


def credit_of(shop: Shop, company_id: int) -> JSON:
    if not shop.store.b2b_credit:
        raise Refused(400, "Company credit is not enabled in this store.")
    usual = USUAL_CREDIT | {"creditCurrency": shop.store.profile["currency"]}
    return usual | shop.store.company_credit.get(company_id, {})


def set_credit(shop: Shop, company_id: int, body: JSON) -> None:
    wanted = credit_of(shop, company_id) | body
    shop.store.company_credit[company_id] = wanted | {"availableCredit": number(decimal(wanted["availableCredit"]))}


def terms_of(shop: Shop, company_id: int) -> JSON:
    own = shop.store.company_terms.get(company_id, {"isEnabled": False, "paymentTerms": STORE_DAYS})
    return own if own["isEnabled"] else own | {"paymentTerms": STORE_DAYS}
