"""Companies that buy: B2B Edition, where the store has it.

Source: BigCommerce B2B Edition API reference, Companies, Users, Payments.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from app.domain.commerce import Address, Money
from app.domain.ids import CompanyId, CustomerId
from app.domain.trade import Company, CompanyState
from app.errors import NotFound, Permanent, Retryable
from app.stores.bigcommerce import company_payloads
from app.stores.bigcommerce.b2b import B2BClient
from app.stores.bigcommerce.client import SERVICE, BigCommerceClient, number
from app.stores.bigcommerce.mapping import fingerprint
from app.stores.bigcommerce.payloads import Payload
from app.stores.port import CompanyChange

T = TypeVar("T", bound=Payload)
PAGE = 250
STATES = (CompanyState.PENDING, CompanyState.APPROVED, CompanyState.REJECTED, CompanyState.INACTIVE)
OLDEST_FIRST = {"sortBy": "updatedAt", "orderBy": "ASC", "isIncludeExtraFields": "1"}
TERMS = (0, 5, 15, 30, 45, 60)  # days
TAX_NAMES = ("vat", "tax", "ust")
PROBED, UNSURE = 3600.0, 60.0  # seconds an answer to the probe holds, and a failure of it
FEATURE_OFF = 400


class CompanyReading:
    """The companies' part of StoreReader."""

    _client: BigCommerceClient

    def company(self, company_id: CompanyId) -> Company:
        """Four calls: the company, its people, its credit, its terms."""
        key = number(company_id)
        found = self._company(key)
        return company(
            found,
            members=[entry for entry in self._users(key) if entry.customerId],
            credit=self._credit(key),
            terms=company_payloads.Terms.model_validate(self._companies().get(f"companies/{key}/payment-terms").data),
        )

    def companies_changed_since(self, since: datetime) -> Iterator[tuple[CompanyId, str]]:
        """(id, version), oldest change first; none where there are no companies. Offsets shift when something
        changes meanwhile, so each page begins at the last change seen.
        """
        if not self._has_companies():
            return
        start, seen = int(since.timestamp()), set[tuple[int, str]]()
        offset = 0
        while True:
            query: dict[str, str | int] = {
                "minModified": start,
                "sortBy": "updatedAt",
                "orderBy": "ASC",
                "isIncludeExtraFields": "1",
            }
            envelope = self._companies().get("companies", **query, limit=PAGE, offset=offset)
            found = _listed(envelope.data, company_payloads.Company)
            for entry in found:
                key = (entry.companyId, company_version(entry))
                if key not in seen:
                    seen.add(key)
                    yield CompanyId(str(entry.companyId)), key[1]
            if len(found) < PAGE:
                return
            last = found[-1].updatedAt
            start, offset = (last, 0) if last > start else (start, offset + PAGE)

    def _company_of(self, customer_id: int) -> CompanyId | None:
        """The company a customer buys for. Asked once in ten minutes, and only where the store has companies."""
        if not customer_id or not self._has_companies():
            return None

        def read() -> CompanyId | None:
            envelope = self._companies().get("companies", customerId=customer_id, limit=1)
            found = _listed(envelope.data, company_payloads.Company)
            return CompanyId(str(found[0].companyId)) if found else None

        return self._client.kept.get(("company of", customer_id), read)

    def _has_companies(self) -> bool:
        """Asked once an hour. A server error may also mean that B2B Edition does not know the store: none for now,
        and not asked again at once.
        """
        if self._client.b2b is None:
            return False

        def read() -> bool:
            try:
                self._companies().get("companies", limit=1)
            except (NotFound, Permanent):
                return False
            return True

        try:
            return self._client.kept.get("has companies", read, seconds=PROBED)
        except Retryable:
            return self._client.kept.get("has companies", lambda: False, seconds=UNSURE)

    def _has_credit(self) -> bool:
        """Whether the store has switched credit on: only a company's own credit tells."""

        def read() -> bool:
            found = _listed(self._companies().get("companies", limit=1).data, company_payloads.Company)
            return bool(found) and self._credit(str(found[0].companyId)) is not None

        return self._has_companies() and self._client.kept.get("has credit", read)

    def _companies(self) -> B2BClient:
        if self._client.b2b is None:
            raise NotFound("This store has no companies.", service=SERVICE)
        return self._client.b2b

    def _company(self, key: str) -> company_payloads.Company:
        if not self._has_companies():
            raise NotFound("This store has no companies.", service=SERVICE)
        return company_payloads.Company.model_validate(self._companies().get(f"companies/{key}").data)

    def _users(self, key: str) -> list[company_payloads.User]:
        found: list[company_payloads.User] = []
        while True:
            envelope = self._companies().get("users", companyId=key, limit=PAGE, offset=len(found))
            page = _listed(envelope.data, company_payloads.User)
            found += page
            if len(page) < PAGE:
                return found

    def _credit(self, key: str) -> company_payloads.Credit | None:
        """None: the store has switched credit off altogether."""
        try:
            return company_payloads.Credit.model_validate(self._companies().get(f"companies/{key}/credit").data)
        except Permanent as error:
            if error.context.get("status") == FEATURE_OFF:
                return None
            raise


class CompanyWriting(CompanyReading):
    """The companies' part of StorePublisher."""

    _client: BigCommerceClient

    def create_company(self, customer_id: CustomerId, name: str) -> CompanyId:  # noqa: ARG002  # it makes none
        raise Permanent("B2B Edition makes companies itself.", code="not_in_this_store", service=SERVICE)

    def set_company(self, company_id: CompanyId, change: CompanyChange) -> None:
        """Writes what differs only: each write is an event of the company. Its state comes last, for it lets the
        company buy.
        """
        if not self._has_companies():
            raise Permanent("This store has no companies.", code="not_in_this_store", service=SERVICE)
        if change.tax_exempt is not None or change.tax_exemptions is not None:
            raise Permanent("B2B Edition keeps no tax exemption.", code="not_in_this_store", service=SERVICE)
        key = number(company_id)
        found = self._company(key)
        if change.credit_limit is not None or change.credit_hold is not None:
            self._set_credit(key, change)
        if change.payment_terms_days is not None:
            self._set_terms(key, change.payment_terms_days)
        if change.group_id is not None and int(number(change.group_id)) != found.bcGroupId:
            self._companies().put(f"companies/{key}", {"customerGroupId": int(number(change.group_id))})
        if change.state is not None and STATES.index(change.state) != found.companyStatus:
            self._companies().put(f"companies/{key}/status", {"companyStatus": STATES.index(change.state)})

    def _set_credit(self, key: str, change: CompanyChange) -> None:
        """Written whole: what an incomplete change does is not documented."""
        present = self._credit(key)
        if present is None:
            raise Permanent(
                "Credit is switched off in this store's B2B Edition.",
                code="credit_off",
                hint="Switch company credit on in B2B Edition, then try again.",
                service=SERVICE,
            )
        wanted: dict[str, Any] = present.model_dump()
        if change.credit_limit is not None:
            wanted |= {"creditEnabled": True, "limitPurchases": True, "creditCurrency": change.credit_limit.currency}
            wanted["availableCredit"] = change.credit_limit.amount
        if change.credit_hold is not None:
            wanted["creditHold"] = change.credit_hold
        if wanted != present.model_dump():
            body = wanted | {"availableCredit": float(wanted["availableCredit"])}
            self._companies().put(f"companies/{key}/credit", body)

    def _set_terms(self, key: str, days: int) -> None:
        if days not in TERMS:
            raise Permanent(
                f"B2B Edition has no terms of {days} days, only {', '.join(map(str, TERMS))}.",
                code="no_such_terms",
                service=SERVICE,
            )
        present = company_payloads.Terms.model_validate(self._companies().get(f"companies/{key}/payment-terms").data)
        if not present.isEnabled or present.paymentTerms != days:
            body = {"isEnabled": True, "paymentTerms": days}
            self._companies().put(f"companies/{key}/payment-terms", body)

    def _assign_to_company(self, company_id: CompanyId, price_list_id: int) -> bool:
        """Only a company with prices of its own takes a list; the others (405) have their group's."""
        try:
            self._companies().put(f"companies/{number(company_id)}/catalogs", {"catalogId": str(price_list_id)})
        except Permanent as error:
            if error.context.get("status") == 405:
                return False
            raise
        return True


def company(
    found: company_payloads.Company,
    members: list[company_payloads.User],
    credit: company_payloads.Credit | None,
    terms: company_payloads.Terms,
) -> Company:
    extra = {field.fieldName: field.fieldValue for field in found.extraFields if field.fieldName}
    has_limit = credit is not None and credit.creditEnabled and bool(credit.creditCurrency)
    return Company(
        id=CompanyId(str(found.companyId)),
        name=found.companyName,
        email=found.companyEmail,
        state=STATES[found.companyStatus] if 0 <= found.companyStatus < len(STATES) else CompanyState.INACTIVE,
        version=company_version(found),
        group=found.bcGroupName,
        group_id=str(found.bcGroupId) if found.bcGroupId else "",
        since=datetime.fromtimestamp(0, UTC) + timedelta(seconds=found.createdAt) if found.createdAt else None,
        tax_id=next((value for name, value in extra.items() if any(n in name.lower() for n in TAX_NAMES)), ""),
        addresses=(_address(found),) if found.addressLine1 or found.city else (),
        members=tuple(CustomerId(str(entry.customerId)) for entry in members),
        credit_limit=Money(credit.availableCredit, credit.creditCurrency) if credit and has_limit else None,
        is_on_credit_hold=bool(credit and credit.creditHold),
        payment_terms_days=terms.paymentTerms if terms.isEnabled else None,
        extra=extra,
    )


def company_version(found: company_payloads.Company) -> str:
    """The same from a list and from a single answer."""
    return fingerprint(found.model_dump(mode="json"))


def _address(found: company_payloads.Company) -> Address:
    return Address(
        company=found.companyName,
        street="\n".join(filter(None, (found.addressLine1, found.addressLine2))),
        city=found.city,
        state=found.state,
        postcode=found.zipCode,
        country=found.country if len(found.country) != 2 else "",
        country_code=found.country.upper() if len(found.country) == 2 else "",
        email=found.companyEmail,
        phone=found.companyPhone,
    )


def _listed(data: Any, shape: type[T]) -> list[T]:
    return [shape.model_validate(entry) for entry in data] if isinstance(data, list) else []


__all__ = ["CompanyReading", "CompanyWriting", "company", "company_version"]
