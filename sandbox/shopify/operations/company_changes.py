"""Changing companies, locations, contacts and roles. `externalId` is unique in a shop.

Source: Admin GraphQL API reference, companyCreate and its neighbours; BusinessCustomerErrorCode.
"""

from typing import Any

from sandbox.shopify import addresses, changed, making
from sandbox.shopify.errors import UserError
from sandbox.shopify.mutating import mutation
from sandbox.shopify.payloads import companies as payloads
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

MISSING = "RESOURCE_NOT_FOUND"
PLAIN = ("name", "externalId", "phone", "locale", "note")


@mutation("companyCreate")
def create(shop: Shop, args: JSON) -> JSON:
    given = args["input"]
    about = given["company"]
    _check_name(about, ["input", "company", "name"])
    _check_unique(shop, "Company", about.get("externalId"), ["input", "company", "externalId"], None)
    place = given.get("companyLocation")
    if place is not None:
        _check_location(shop, place, ["input", "companyLocation"])
    person = given.get("companyContact")
    if person is not None and not person.get("email"):
        raise UserError("Email can't be blank", ["input", "companyContact", "email"], "BLANK")
    made = making.company(shop, **{n: v for n, v in about.items() if v is not None})
    location = _add_location(shop, made, place or {"name": made["name"]})
    if person is not None:
        contact = _add_contact(shop, made, person, ["input", "companyContact"])
        made["mainContactId"] = contact["id"]
        role = shop.find("CompanyContactRole", made["defaultRoleId"])
        assert role is not None  # noqa: S101  # companies are born with it
        making.role_assignment(shop, made, contact, role, location)
    changed.tell(shop, made, "create")
    return {"company": made}


@mutation("companyUpdate")
def update(shop: Shop, args: JSON) -> JSON:
    made, given = _company(shop, args["companyId"]), args["input"]
    if not given:
        raise UserError("No input was given", ["input"], "NO_INPUT")
    if "name" in given:
        _check_name(given, ["input", "name"])
    _check_unique(shop, "Company", given.get("externalId"), ["input", "externalId"], made)
    made |= {n: given[n] for n in ("name", "externalId", "note", "customerSince") if n in given}
    changed.tell(shop, made)
    return {"company": made}


@mutation("companyDelete")
def delete(shop: Shop, args: JSON) -> JSON:
    made = shop.need("Company", args["id"], ["id"], MISSING)
    if any(o.get("companyId") == made["id"] for o in shop.all("Order")):
        raise UserError("A company with orders cannot be deleted", ["id"], "FAILED_TO_DELETE")
    for kind in ("CompanyContactRoleAssignment", "CompanyContact", "CompanyLocation", "CompanyContactRole"):
        for record in shop.where(kind, companyId=made["id"]):
            shop.drop(record)
    shop.drop(made)
    changed.gone(shop, made)
    return {"deletedCompanyId": made["id"]}


# Locations


@mutation("companyLocationCreate")
def create_location(shop: Shop, args: JSON) -> JSON:
    of = _company(shop, args["companyId"])
    _check_location(shop, args["input"], ["input"])
    made = _add_location(shop, of, args["input"])
    return {"companyLocation": made}


def _add_location(shop: Shop, of: JSON, given: JSON) -> JSON:
    made = making.company_location(shop, of, **{n: given[n] for n in PLAIN if given.get(n) is not None})
    names = ("taxRegistrationId", "taxExempt", "taxExemptions")
    made |= {n: given[n] for n in names if given.get(n) is not None}
    _experience(made, given.get("buyerExperienceConfiguration"))
    for name in ("shippingAddress", "billingAddress"):
        if given.get(name):
            made[name] = addresses.company(shop, {"companyName": of["name"], **given[name]})
    if given.get("billingSameAsShipping") and made["shippingAddress"]:
        made["billingAddress"] = dict(made["shippingAddress"])
    changed.tell(shop, made, "create")
    return made


def _experience(made: JSON, given: JSON | None) -> None:
    for name, value in (given or {}).items():
        made["buyerExperience"][name] = (value or {}).get("percentage") if name == "deposit" else value


@mutation("companyLocationUpdate")
def update_location(shop: Shop, args: JSON) -> JSON:
    made, given = _location(shop, args["companyLocationId"]), args["input"]
    if "name" in given:
        _check_name(given, ["input", "name"])
    _check_unique(shop, "CompanyLocation", given.get("externalId"), ["input", "externalId"], made)
    _check_experience(shop, given, ["input"])
    made |= {n: given[n] for n in PLAIN if n in given}
    _experience(made, given.get("buyerExperienceConfiguration"))
    changed.tell(shop, made)
    return {"companyLocation": made}


@mutation("companyLocationDelete")
def delete_location(shop: Shop, args: JSON) -> JSON:
    made = _location(shop, args["companyLocationId"])
    if any(o.get("locationId") == made["id"] for o in shop.all("Order")):
        raise UserError("A location with orders cannot be deleted", ["companyLocationId"], "FAILED_TO_DELETE")
    shop.drop(made)
    changed.gone(shop, made)
    return {"deletedCompanyLocationId": made["id"]}


@mutation("companyLocationAssignAddress")
def assign_address(shop: Shop, args: JSON) -> JSON:
    made = shop.need("CompanyLocation", args["locationId"], ["locationId"], MISSING)
    of = shop.find("Company", made["companyId"])
    found = []
    for kind in args["addressTypes"]:
        name = f"{kind.lower()}Address"
        usual = {"companyName": of["name"] if of else made["name"]}
        made[name] = addresses.company(shop, usual | args["address"], made[name])
        if not made[name]["countryCode"] or not made[name]["address1"]:
            raise UserError("Address must have a street and a country", ["address"], "BLANK")
        found.append(made[name])
    changed.tell(shop, made)
    return {"addresses": found}


@mutation("companyLocationTaxSettingsUpdate")
def update_tax(shop: Shop, args: JSON) -> JSON:
    made = _location(shop, args["companyLocationId"])
    add, remove = args.get("exemptionsToAssign") or [], args.get("exemptionsToRemove") or []
    if set(add) & set(remove):
        raise UserError("An exemption cannot be assigned and removed", ["exemptionsToAssign"], "INVALID_INPUT")
    made["taxExemptions"] = sorted({*made["taxExemptions"], *add} - set(remove))
    made |= {n: args[n] for n in ("taxRegistrationId", "taxExempt") if args.get(n) is not None}
    changed.tell(shop, made)
    return {"companyLocation": made}


# Contacts and roles


@mutation("companyContactCreate")
def create_contact(shop: Shop, args: JSON) -> JSON:
    of = _company(shop, args["companyId"])
    if not args["input"].get("email"):
        raise UserError("Email can't be blank", ["input", "email"], "BLANK")
    return {"companyContact": _add_contact(shop, of, args["input"], ["input"])}


def _add_contact(shop: Shop, of: JSON, given: JSON, path: list[str]) -> JSON:
    """The customer of this address becomes a contact; a new one is made where there is none."""
    customer = next((c for c in shop.all("Customer") if c["email"] == given["email"]), None)
    if customer is None:
        names = ("email", "firstName", "lastName", "phone", "locale")
        customer = making.customer(shop, **{n: given[n] for n in names if given.get(n)})
        changed.tell(shop, customer, "create")
    return _join(shop, of, customer, path, title=given.get("title"))


def _join(shop: Shop, of: JSON, customer: JSON, path: list[str], **more: Any) -> JSON:
    if shop.where("CompanyContact", companyId=of["id"], customerId=customer["id"]):
        raise UserError("Customer is already associated with this company", path, "TAKEN")
    made = making.company_contact(shop, of, customer, **more)
    changed.tell(shop, made, "create")
    return made


@mutation("companyAssignCustomerAsContact")
def assign_customer(shop: Shop, args: JSON) -> JSON:
    of = _company(shop, args["companyId"])
    customer = shop.need("Customer", args["customerId"], ["customerId"], MISSING)
    return {"companyContact": _join(shop, of, customer, ["customerId"])}


@mutation("companyAssignMainContact")
def assign_main_contact(shop: Shop, args: JSON) -> JSON:
    of = _company(shop, args["companyId"])
    contact = _contact(shop, args["companyContactId"])
    if contact["companyId"] != of["id"]:
        raise UserError("The contact is of another company", ["companyContactId"], "INVALID")
    of["mainContactId"] = contact["id"]
    changed.tell(shop, of)
    return {"company": of}


@mutation("companyRevokeMainContact")
def revoke_main_contact(shop: Shop, args: JSON) -> JSON:
    of = _company(shop, args["companyId"])
    of["mainContactId"] = None
    changed.tell(shop, of)
    return {"company": of}


@mutation("companyContactDelete")
def delete_contact(shop: Shop, args: JSON) -> JSON:
    contact = _contact(shop, args["companyContactId"])
    of = shop.find("Company", contact["companyId"])
    if of is not None and of["mainContactId"] == contact["id"]:
        of["mainContactId"] = None
    for assignment in shop.where("CompanyContactRoleAssignment", companyId=contact["companyId"]):
        if assignment["contactId"] == contact["id"]:
            shop.drop(assignment)
    shop.drop(contact)
    changed.gone(shop, contact)
    return {"deletedCompanyContactId": contact["id"]}


@mutation("companyContactAssignRole")
def assign_role(shop: Shop, args: JSON) -> JSON:
    contact = _contact(shop, args["companyContactId"])
    role = shop.need("CompanyContactRole", args["companyContactRoleId"], ["companyContactRoleId"], MISSING)
    where = _location(shop, args["companyLocationId"])
    if len({contact["companyId"], role["companyId"], where["companyId"]}) > 1:
        raise UserError("Contact, role and location must be of one company", ["companyContactId"], "INVALID_INPUT")
    of = shop.find("Company", contact["companyId"])
    assert of is not None  # noqa: S101  # contacts go with their company
    present = shop.where("CompanyContactRoleAssignment", companyId=of["id"])
    if any((a["contactId"], a["locationId"]) == (contact["id"], where["id"]) for a in present):
        raise UserError("The contact has a role at this location already", ["companyLocationId"], "LIMIT_REACHED")
    made = making.role_assignment(shop, of, contact, role, where)
    shop.emit("company_contact_roles/assign", lambda: payloads.role(shop, made))
    return {"companyContactRoleAssignment": made}


@mutation("companyContactRevokeRole")
def revoke_role(shop: Shop, args: JSON) -> JSON:
    contact = _contact(shop, args["companyContactId"])
    path = ["companyContactRoleAssignmentId"]
    made = shop.need("CompanyContactRoleAssignment", args["companyContactRoleAssignmentId"], path, MISSING)
    if made["contactId"] != contact["id"]:
        raise UserError("The assignment is somebody else's", path, MISSING)
    body = payloads.role(shop, made)
    shop.drop(made)
    shop.emit("company_contact_roles/revoke", body)
    return {"revokedCompanyContactRoleAssignmentId": made["id"]}


# Checks


def _company(shop: Shop, text: str) -> JSON:
    return shop.need("Company", text, ["companyId"], MISSING, "The company doesn't exist")


def _location(shop: Shop, text: str) -> JSON:
    return shop.need("CompanyLocation", text, ["companyLocationId"], MISSING, "The company location doesn't exist")


def _contact(shop: Shop, text: str) -> JSON:
    return shop.need("CompanyContact", text, ["companyContactId"], MISSING, "The company contact doesn't exist")


def _check_name(given: JSON, path: list[str]) -> None:
    if not (given.get("name") or "").strip():
        raise UserError("Name can't be blank", path, "BLANK")
    if len(given["name"]) > 255:
        raise UserError("Name is too long (maximum is 255 characters)", path, "TOO_LONG")


def _check_unique(shop: Shop, kind: str, external: str | None, path: list[str], own: JSON | None) -> None:
    if external and any(r["externalId"] == external and r is not own for r in shop.all(kind)):
        raise UserError("External id has already been taken", path, "TAKEN")


def _check_location(shop: Shop, given: JSON, path: list[str]) -> None:
    _check_unique(shop, "CompanyLocation", given.get("externalId"), [*path, "externalId"], None)
    _check_experience(shop, given, path)
    for name in ("shippingAddress", "billingAddress"):
        place = given.get(name)
        if place and (not place.get("countryCode") or not place.get("address1")):
            raise UserError("Address must have a street and a country", [*path, name], "BLANK")


def _check_experience(shop: Shop, given: JSON, path: list[str]) -> None:
    wanted = given.get("buyerExperienceConfiguration") or {}
    here = [*path, "buyerExperienceConfiguration"]
    template = wanted.get("paymentTermsTemplateId")
    if template and shop.find("PaymentTermsTemplate", template) is None:
        raise UserError("The payment terms template doesn't exist", [*here, "paymentTermsTemplateId"], MISSING)
    if wanted.get("deposit") and shop.store.plan != "plus":
        raise UserError("Deposits are not available on this plan", [*here, "deposit"], "INVALID")
