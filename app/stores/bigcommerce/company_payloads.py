"""Companies as B2B Edition sends them. Times are Unix seconds, as numbers or texts; so are statuses.

Source: BigCommerce B2B Edition API reference, Companies, Users, Payments.
"""

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator

from app.stores.bigcommerce.payloads import Amount, Payload, Text

Whole = Annotated[int, BeforeValidator(lambda value: int(value) if isinstance(value, str) and value else value or 0)]
Flag = Annotated[bool, BeforeValidator(bool)]


class ExtraField(Payload):
    fieldName: Text = ""  # as B2B Edition spells it
    fieldValue: Text = ""


class Company(Payload):
    """`companyStatus`: 0 pending, 1 approved, 2 rejected, 3 inactive."""

    companyId: Whole
    companyName: Text = ""
    companyEmail: Text = ""
    companyPhone: Text = ""
    companyStatus: Whole = 0
    bcGroupId: Whole = 0
    bcGroupName: Text = ""
    addressLine1: Text = ""
    addressLine2: Text = ""
    city: Text = ""
    state: Text = ""
    zipCode: Text = ""
    country: Text = ""
    extraFields: tuple[ExtraField, ...] = ()
    createdAt: Whole = 0
    updatedAt: Whole = 0


class User(Payload):
    customerId: Whole = 0


class Credit(Payload):
    creditEnabled: Flag = False
    creditCurrency: Text = ""
    availableCredit: Amount = Decimal(0)
    limitPurchases: Flag = False
    creditHold: Flag = False


class Terms(Payload):
    """`paymentTerms`: days; of a company without terms of its own, the store's."""

    isEnabled: Flag = False
    paymentTerms: Whole = 0
