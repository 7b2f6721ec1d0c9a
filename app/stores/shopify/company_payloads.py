"""Companies, their locations and contacts, as Shopify answers. Source: Shopify Admin GraphQL API 2026-10, Company."""

from pydantic import AliasPath, Field

from app.stores.shopify.payloads import Email, Metafield, Nodes, Number, Payload, Text, Time


class CompanyHead(Payload):
    """What lists of companies give: enough for a version."""

    id: Number
    name: str
    external_id: Text = ""
    note: Text = ""
    customer_since: Time | None = None
    updated_at: Time


class Place(Payload):
    company_name: Text = ""
    recipient: Text = ""
    address1: Text = ""
    address2: Text = ""
    city: Text = ""
    zip: Text = ""
    province: Text = ""
    country: Text = ""
    country_code: Text = ""
    phone: Text = ""


class Terms(Payload):
    id: str
    due_in_days: int | None = None
    payment_terms_type: str


class Experience(Payload):
    checkout_to_draft: bool = False
    payment_terms_template: Terms | None = None


class Catalog(Payload):
    id: str
    title: str


class Location(Payload):
    id: str
    name: str
    phone: Text = ""
    tax_id: Text = Field(default="", validation_alias=AliasPath("taxSettings", "taxRegistrationId"))
    tax_exempt: bool = Field(default=False, validation_alias=AliasPath("taxSettings", "taxExempt"))
    tax_exemptions: tuple[str, ...] = Field(default=(), validation_alias=AliasPath("taxSettings", "taxExemptions"))
    billing_address: Place | None = None
    shipping_address: Place | None = None
    experience: Experience | None = Field(default=None, alias="buyerExperienceConfiguration")
    catalogs: Nodes[Catalog] = Nodes()


class ContactCustomer(Payload):
    id: Number
    email: Email | None = Field(default=None, alias="defaultEmailAddress")


class Assignment(Payload):
    id: str


class Contact(Payload):
    id: str
    customer: ContactCustomer
    role_assignments: Nodes[Assignment] = Nodes()


class Role(Payload):
    id: str


class Company(CompanyHead):
    state: Metafield | None = None
    limit: Metafield | None = None
    main_contact: Contact | None = None
    default_role: Role | None = None
    contacts: Nodes[Contact] = Nodes()
    locations: Nodes[Location] = Nodes()
