"""Companies that buy: Shopify's B2B. Source: Shopify Admin GraphQL API 2026-10, company, companyLocationUpdate.

Shopify keeps no state of a company. It may buy when somebody of it holds a role at a location, and its orders become
orders, not drafts for the merchant to look at: that is "approved". Which of the other states it is in, a metafield of
ours says.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from app.domain.commerce import Address
from app.domain.ids import CompanyId, CustomerId
from app.domain.trade import Company, CompanyState
from app.errors import Conflict, NotFound, Permanent
from app.stores.port import CompanyChange
from app.stores.shopify import company_payloads
from app.stores.shopify.client import ShopifyClient
from app.stores.shopify.mapping import fingerprint
from app.stores.shopify.metafields import Metafields
from app.stores.shopify.names import SERVICE, gid
from app.stores.shopify.payloads import parse

STATE = "company_state"
NOT_HERE = "not_in_this_store"


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

    def set_company(self, company_id: CompanyId, change: CompanyChange) -> None:
        """Writes what differs only. Its state comes last, for it lets the company buy."""
        found = self._company(company_id)
        if change.credit_limit is not None or change.credit_hold is not None:
            raise Permanent(
                "Shopify keeps no credit of companies.", code=NOT_HERE, service=SERVICE,
                hint="Give the company payment terms, or let its orders become drafts.",
            )  # fmt: skip
        if change.group_id:
            raise Permanent(
                "Shopify has no groups: a company gets its prices from its catalogs.", code=NOT_HERE, service=SERVICE
            )
        if change.payment_terms_days is not None:
            self._set_terms(found, change.payment_terms_days)
        if change.state is not None:
            self._set_state(found, change.state)

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
        if not found.locations.nodes:
            raise Permanent(
                "The company has no location, so nobody can buy for it.", code="no_location", service=SERVICE,
                hint="Add a location to the company in Shopify, then try again.",
            )  # fmt: skip
        owner = gid("Company", found.id)
        Metafields(self._client, owner).put({STATE: state.value})
        if state is CompanyState.APPROVED:
            self._give_role(found)
        for place in found.locations.nodes:
            to_draft = state is not CompanyState.APPROVED
            if place.experience is None or place.experience.checkout_to_draft is not to_draft:
                self._set_experience(place, checkoutToDraft=to_draft)

    def _give_role(self, found: company_payloads.Company) -> None:
        """Where nobody may buy yet, the main contact may, at every location; others the merchant chooses."""
        if any(one.role_assignments.nodes for one in found.contacts.nodes):
            return
        if found.main_contact is None or found.default_role is None:
            raise Permanent(
                "The company has no main contact, so nobody can buy for it.", code="no_contact", service=SERVICE,
                hint="Choose a main contact of the company in Shopify, then try again.",
            )  # fmt: skip
        for place in found.locations.nodes:
            try:
                self._client.change(
                    "CompanyContactRole", "companyContactAssignRole", contactId=found.main_contact.id,
                    roleId=found.default_role.id, locationId=place.id,
                )  # fmt: skip
            except Conflict:  # our own lost request was faster
                continue

    def _set_experience(self, place: company_payloads.Location, **wanted: Any) -> None:
        changes = {"buyerExperienceConfiguration": wanted}
        self._client.change("CompanyLocationUpdate", "companyLocationUpdate", id=place.id, input=changes)


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
        payment_terms_days=next((one.due_in_days for one in terms if one is not None), None),
        extra={"external id": found.external_id} if found.external_id else {},
    )


def state(found: company_payloads.Company) -> CompanyState:
    """What Shopify lets it do, then our own word for why it may not."""
    places = found.locations.nodes
    buys = any(one.role_assignments.nodes for one in found.contacts.nodes)
    if buys and any(not (place.experience and place.experience.checkout_to_draft) for place in places):
        return CompanyState.APPROVED
    kept = found.state.value if found.state else ""
    return CompanyState(kept) if kept in (CompanyState.REJECTED, CompanyState.INACTIVE) else CompanyState.PENDING


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
