"""Where the stand-in, or a correct request to it, is not what a published file says, and what contradicts the file."""

from typing import NamedTuple


class Deviation(NamedTuple):
    """`path` and `problem` are patterns; `why` names the source that says otherwise."""

    method: str
    path: str
    problem: str
    why: str


ORDER, PRODUCT, METAFIELD = r"/v2/orders(/\d+)?", r"/v3/catalog/products(/\d+)?", r"metafields(/\d+)?"
IMAGE = r"/v3/catalog/products/\d+/images(/\d+)?"
ONE_VARIANT = r"/v3/catalog/products/\d+/variants(/\d+)?"
AMBIGUOUS = "is valid under each of"

DEVIATIONS: tuple[Deviation, ...] = (
    Deviation("GET", "/v3/hooks", r"answer\.data: \[\] should be non-empty",
              "the same file: an account sees its own hooks only, and a new one has none"),
    # Orders
    Deviation("*", ORDER, r"answer.*\.(custom_status|credit_card_type) is not declared",
              "the file's own order examples show both fields"),
    Deviation("*", ORDER, rf"answer.*\.consignments: .*{AMBIGUOUS}",
              "the file's link form fits both of its alternatives, since neither names a required field"),
    Deviation("GET", "/v2/orders", r"query parameter sort: 'date_modified:desc'",
              "the parameter's own description: add `:asc` or `:desc`"),
    Deviation("GET", r"/v2/orders(/\d+/(coupons|fees))?", "status 204 is not declared",
              "API guide, status codes: 204 where a V2 list is empty; the file itself declares it for shipments"),
    Deviation("GET", r"/v2/orders/\d+(/consignments)?", rf"line_items: .*{AMBIGUOUS}",
              "whole line items also fit the file's link form, since it names no required field"),
    Deviation("GET", "/v2/order_statuses", r"answer\[\d+\]\.order is not declared",
              "the operation's own example shows the field"),
    Deviation("GET", r"/v3/orders/payment_actions/refunds/\d+",
              r"requested_amount: .* is not of type|\.(adjustments|transaction_id) is not declared",
              "the file's schema of the same refund in the order's list: numbers, adjustments and transaction_id"),
    # Catalogue
    Deviation("GET", PRODUCT, r"answer.*\.variants is not declared",
              "the operation's own include parameter lists variants"),
    Deviation("GET", PRODUCT, r"answer.*\.options\[\d+\]\.name is not declared",
              "the product variant options file declares name on the same object"),
    Deviation("GET", rf"{PRODUCT}|{IMAGE}", r"answer.*\.image_file is not declared",
              "the images operations' own examples show the field"),
    Deviation("*", IMAGE, rf"answer\.data: .*({AMBIGUOUS}|is not valid under any)",
              "the operation's own example matches both alternatives of the answer"),
    Deviation("*", rf"{ONE_VARIANT}|/v3/catalog/variants", r"answer.*\.map_price is not declared",
              "the products file declares map_price on variants"),
    Deviation("*", "/v3/catalog/variants",
              r"None is not of type 'number'|\.(image_url|mpn|gtin|calculated_weight) is not declared",
              "the same file's schema of the same variant below its product: nullable prices and these fields"),
    # Metafields
    Deviation("*", rf".*/variants/\d+/{METAFIELD}",
              r"description: '' should be non-empty|\.(owner_client_id|pagination|cursor_pagination) is not declared",
              "the same file's batch operations and the products file: description may be empty, fields are shown"),
    Deviation("GET", rf"/v3/(catalog/products|customers)/\d+/{METAFIELD}",
              r"\.(cursor_pagination|owner_client_id) is not declared",
              "the operations' own before and after parameters; batch operations declare the owner"),
    Deviation("*", rf"/v3/customers/\d+/{METAFIELD}", r"answer\.data: .* is not of type 'array'",
              "every other metafield operation answers one metafield as an object"),
    Deviation("PUT", r"/v3/customers/\d+/metafields/\d+", r"request: 'id' is a required property",
              "the id is in the path, and the other metafield operations do not ask for it"),
    Deviation("DELETE", "/v3/customers/metafields", "a request body is not declared",
              "the operation's description asks for ids; the orders and catalogue files declare the body"),
    # Customers
    Deviation("*", "/v3/customers", r"channel_ids: None is not of type 'array'",
              "the operation's own notes: null is global access"),
    Deviation("GET", "/v3/customers/subscribers", "query parameter id is missing",
              "the parameter's own description: one filter among others"),
    Deviation("*", r"/v2/customer_groups(/\d+)?", rf"answer.*\.discount_rules: .*{AMBIGUOUS}",
              "the alternatives of the rules name no required field, so that every rule fits several"),
    Deviation("PUT", r"/v2/customer_groups/\d+", r"request\.discount_rules.*not valid under any",
              "the schema requires a field price_list that it does not declare; it means price_list_id"),
    # Inventory, settings
    Deviation("PUT", r"/v3/inventory/locations/\d+/items", rf"identity: .*{AMBIGUOUS}",
              "the identity's description: one of three names, of which the alternatives require none"),
    Deviation("GET", "/v3/settings/inventory", "None is not",
              "the answer's description: null is what a channel has not overridden"),
    Deviation("PUT", "/v3/settings/inventory", "status 422 is not declared",
              "the same file declares 422 for reading the same settings"),
    # Content, prices, promotions
    Deviation("POST", "/v3/content/pages", r"answer\.data: \[",
              "the operation's own request schema allows an array, which is answered by an array"),
    Deviation("GET", r"/v3/pricelists(/.*)?", r"pagination\.links is not declared",
              "API guide, pagination: links are part of every V3 page"),
    Deviation("POST", r"/v3/promotions/\d+/codegen", "status: 405 is not of type 'string'",
              "the file's other error schemas: status is an integer"),
    Deviation("PUT", r"/v3/promotions/\d+", rf"request: .*{AMBIGUOUS}",
              "a patch of common fields fits the automatic and the coupon form"),
)  # fmt: skip
