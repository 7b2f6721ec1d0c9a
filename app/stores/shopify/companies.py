"""Companies that buy: Shopify's B2B. Source: Shopify Admin GraphQL API 2026-10, company, companyLocationUpdate.

Shopify keeps no state of a company. It may buy when somebody of it holds a role at a location, and its orders become
orders, not drafts for the merchant to look at: that is "approved". Which of the other states it is in, a metafield of
ours says. Nor does it keep credit: the limit is a metafield, and an approved company "on hold" is one whose orders all
become drafts. Taxes, payment terms and drafts are matters of its locations: what is written is written at each.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from app.domain.commerce import Address, Money
from app.domain.ids import CompanyId, CustomerId
from app.domain.trade import Company, CompanyState
from app.errors import Conflict, NotFound, Permanent
from app.stores.port import CompanyChange
from app.stores.shopify import company_payloads
from app.stores.shopify.client import ShopifyClient
from app.stores.shopify.mapping import fingerprint
from app.stores.shopify.metafields import Metafields
from app.stores.shopify.names import SERVICE, gid, number
from app.stores.shopify.orders import quoted
from app.stores.shopify.payloads import Metafield, parse

STATE, LIMIT = "company_state", "credit_limit"
OURS = "ecm-customer-"  # begins the external id of a company we made of a customer
NOT_HERE, NO_GROUP = "not_in_this_store", "0"


class CompanyReading:
    """The companies' part of StoreReader."""

    _client: ShopifyClient

    def company(self, company_id: CompanyId) -> Company:
        """One call."""
        return company(self._company(company_id))

    def companies_changed_since(self, since: datetime) -> Iterator[tuple[CompanyId, str]]:
        """(id, version), oldest change first. A location's own change is not a change of its company."""
        for node in self._client.along("CompaniesChangedSince", "companies", since):
            head = parse(node, company_payloads.CompanyHead)
            yield CompanyId(head.id), company_version(head)

    def _company(self, company_id: str) -> company_payloads.Company:
        node = self._client.run("CompanyRead", id=gid("Company", company_id)).get("company")
        if not isinstance(node, dict):
            raise NotFound("Shopify does not have this company.", service=SERVICE)
        return parse(node, company_payloads.Company)


class CompanyWriting(CompanyReading):
    """The companies' part of StorePublisher."""

    def create_company(self, customer_id: CustomerId, name: str) -> CompanyId:
        """Found again by our own external id. Without a role its contact may not buy, whatever the location says."""
        known = self._own_company(customer_id)
        if known is None:
            wanted: dict[str, Any] = {
                "company": {"name": name[:255], "externalId": _external_id(customer_id)},
                "companyLocation": {
                    "name": name[:255], "buyerExperienceConfiguration": {"checkoutToDraft": True},
                },
            }  # fmt: skip
            try:
                made = self._client.change("CompanyCreate", "companyCreate", input=wanted)["company"]
            except Conflict:  # somebody (or our own lost request) was faster
                known = self._own_company(customer_id)
                if known is None:
                    raise
            else:
                known = CompanyId(number(made["id"]))
        self._ensure_contact(self._company(known), customer_id)
        return known

    def _own_company(self, customer_id: CustomerId) -> CompanyId | None:
        filters = f"external_id:{quoted(_external_id(customer_id))}"
        nodes = self._client.run("CompaniesFound", filter=filters)["companies"]["nodes"]
        same = (one for one in nodes if one["externalId"] == _external_id(customer_id))
        return next((CompanyId(number(one["id"])) for one in same), None)

    def _ensure_contact(self, found: company_payloads.Company, customer_id: CustomerId) -> str:
        """The customer's contact in the company, its main contact where it had none."""
        contact = next((one.id for one in found.contacts.nodes if one.customer.id == customer_id), None)
        ids = {"companyId": gid("Company", found.id)}
        if contact is None:
            contact = self._client.change(
                "CompanyContactFromCustomer", "companyAssignCustomerAsContact",
                customerId=gid("Customer", customer_id), **ids,
            )["companyContact"]["id"]  # fmt: skip
        if found.main_contact is None:
            self._client.change("CompanyMainContact", "companyAssignMainContact", contactId=contact, **ids)
        return str(contact)

    def set_company(self, company_id: CompanyId, change: CompanyChange) -> None:
        """Writes what differs only. Its state comes last, for it lets the company buy."""
        found = self._company(company_id)
        if change.credit_limit is not None:
            self._set_limit(found, change.credit_limit)
        if change.credit_hold is not None and state(found) is CompanyState.APPROVED:
            self._set_drafts(found, to_draft=change.credit_hold)
        if change.tax_exempt is not None or change.tax_exemptions is not None:
            self._set_taxes(found, change)
        if change.group_id and change.group_id != NO_GROUP:
            raise Permanent(
                "Shopify has no groups: a company gets its prices from its catalogs.", code=NOT_HERE, service=SERVICE
            )
        if change.payment_terms_days is not None:
            self._set_terms(found, change.payment_terms_days)
        if change.state is not None:
            self._set_state(found, change.state)

    def _set_limit(self, found: company_payloads.Company, limit: Money) -> None:
        """As text, "5000.00 EUR": for people and other apps to read. No limit is none."""
        text = f"{limit.amount:.2f} {limit.currency}" if limit.amount else ""
        Metafields(self._client, gid("Company", found.id)).put({LIMIT: text})

    def _set_taxes(self, found: company_payloads.Company, change: CompanyChange) -> None:
        """At each location what differs there; a company without one has nobody to be exempt."""
        for place in _places(found):
            wanted: dict[str, Any] = {}
            if change.tax_exempt is not None and change.tax_exempt is not place.tax_exempt:
                wanted["exempt"] = change.tax_exempt
            if change.tax_exemptions is not None:
                listed, had = set(change.tax_exemptions), set(place.tax_exemptions)
                wanted |= {"add": sorted(listed - had)} if listed - had else {}
                wanted |= {"remove": sorted(had - listed)} if had - listed else {}
            if wanted:
                self._client.change("CompanyLocationTax", "companyLocationTaxSettingsUpdate", id=place.id, **wanted)

    def _set_terms(self, found: company_payloads.Company, days: int) -> None:
        template = self._template(days) if days else None
        for place in found.locations.nodes:
            present = place.experience.payment_terms_template if place.experience else None
            if (present.id if present else None) != template:
                self._set_experience(place, paymentTermsTemplateId=template)

    def _template(self, days: int) -> str:
        nodes = self._client.run("PaymentTermsTemplates")["paymentTermsTemplates"]
        known = {one.due_in_days: one.id for one in parse(nodes, list[company_payloads.Terms])
                 if one.payment_terms_type == "NET" and one.due_in_days}  # fmt: skip
        if days not in known:
            listed = ", ".join(str(one) for one in sorted(known))
            raise Permanent(
                f"Shopify has no terms of {days} days, only {listed}.", code="no_such_terms", service=SERVICE
            )
        return known[days]

    def _set_state(self, found: company_payloads.Company, state: CompanyState) -> None:
        """The role comes last: with it the company reads as approved, and a retry finds nothing left to do."""
        _places(found)
        self._set_drafts(found, to_draft=state is not CompanyState.APPROVED)
        Metafields(self._client, gid("Company", found.id)).put({STATE: state.value})
        if state is CompanyState.APPROVED:
            self._give_role(found)

    def _set_drafts(self, found: company_payloads.Company, *, to_draft: bool) -> None:
        for place in found.locations.nodes:
            if place.experience is None or place.experience.checkout_to_draft is not to_draft:
                self._set_experience(place, checkoutToDraft=to_draft)

    def _give_role(self, found: company_payloads.Company) -> None:
        """Where nobody may buy yet, the main contact may, at every location; others the merchant chooses."""
        if any(one.role_assignments.nodes for one in found.contacts.nodes):
            return
        main = found.main_contact.id if found.main_contact else ""
        if not main and found.external_id.startswith(OURS):  # the answer was lost after its contact was assigned
            main = self._ensure_contact(found, CustomerId(found.external_id.removeprefix(OURS)))
        if not main or found.default_role is None:
            raise Permanent(
                "The company has no main contact, so nobody can buy for it.", code="no_contact", service=SERVICE,
                hint="Choose a main contact of the company in Shopify, then try again.",
            )  # fmt: skip
        for place in found.locations.nodes:
            try:
                self._client.change(
                    "CompanyContactRole", "companyContactAssignRole", contactId=main,
                    roleId=found.default_role.id, locationId=place.id,
                )  # fmt: skip
            except Conflict:  # our own lost request was faster
                continue

    def _set_experience(self, place: company_payloads.Location, **wanted: Any) -> None:
        changes = {"buyerExperienceConfiguration": wanted}
        self._client.change("CompanyLocationUpdate", "companyLocationUpdate", id=place.id, input=changes)


def _external_id(customer_id: CustomerId) -> str:
    return f"{OURS}{customer_id}"


def _places(found: company_payloads.Company) -> tuple[company_payloads.Location, ...]:
    if not found.locations.nodes:
        raise Permanent(
            "The company has no location, so nobody can buy for it.", code="no_location", service=SERVICE,
            hint="Add a location to the company in Shopify, then try again.",
        )  # fmt: skip
    return found.locations.nodes


def company(found: company_payloads.Company) -> Company:
    places, contact = found.locations.nodes, found.main_contact
    email = contact.customer.email.email_address if contact and contact.customer.email else ""
    terms = [place.experience.payment_terms_template for place in places if place.experience]
    catalogs = dict.fromkeys(entry.title for place in places for entry in place.catalogs.nodes)
    addresses = [
        _address(place, which) for place in places for which in (place.billing_address, place.shipping_address)
    ]
    return Company(
        id=CompanyId(found.id),
        name=found.name,
        email=email,
        state=state(found),
        version=company_version(found),
        group=", ".join(catalogs),
        since=found.customer_since,
        tax_id=next((place.tax_id for place in places if place.tax_id), ""),
        addresses=tuple(dict.fromkeys(one for one in addresses if one is not None)),
        members=tuple(CustomerId(entry.customer.id) for entry in found.contacts.nodes),
        is_made_by_us=found.external_id.startswith(OURS),
        credit_limit=_limit(found.limit),
        is_on_credit_hold=state(found) is CompanyState.APPROVED and not _is_open(found),
        payment_terms_days=next((one.due_in_days for one in terms if one is not None), None),
        is_tax_exempt=bool(places) and all(place.tax_exempt for place in places),
        tax_exemptions=_everywhere(places),
        extra={"external id": found.external_id} if found.external_id else {},
    )


def state(found: company_payloads.Company) -> CompanyState:
    """What Shopify lets it do, then our own word for why it may not."""
    kept = found.state.value if found.state else ""
    buys = any(one.role_assignments.nodes for one in found.contacts.nodes)
    if buys and (_is_open(found) or kept == CompanyState.APPROVED):
        return CompanyState.APPROVED
    return CompanyState(kept) if kept in (CompanyState.REJECTED, CompanyState.INACTIVE) else CompanyState.PENDING


def _is_open(found: company_payloads.Company) -> bool:
    """At some location orders become orders at once."""
    return any(not (one.experience and one.experience.checkout_to_draft) for one in found.locations.nodes)


def _limit(found: Metafield | None) -> Money | None:
    """None for what we did not write so."""
    amount, _space, currency = (found.value if found else "").partition(" ")
    try:
        return Money(Decimal(amount), currency) if currency else None
    except InvalidOperation:
        return None


def _everywhere(places: Sequence[company_payloads.Location]) -> tuple[str, ...]:
    """The exemptions that hold at every location."""
    each = [set(place.tax_exemptions) for place in places]
    return tuple(sorted(set.intersection(*each))) if each else ()


def company_version(found: company_payloads.CompanyHead) -> str:
    """The same from a list and from a single answer."""
    parts = found.model_dump(mode="json", include=set(company_payloads.CompanyHead.model_fields))
    return fingerprint(parts)


def _address(place: company_payloads.Location, found: company_payloads.Place | None) -> Address | None:
    if found is None:
        return None
    return Address(
        name=found.recipient,
        company=found.company_name,
        street="\n".join(filter(None, (found.address1, found.address2))),
        city=found.city,
        state=found.province,
        postcode=found.zip,
        country=found.country,
        country_code=found.country_code.upper(),
        phone=found.phone or place.phone,
    )


__all__ = ["CompanyReading", "CompanyWriting", "company", "company_version", "state"]
