"""Jobs and product operations: how far something is that was only begun."""

from sandbox.shopify import jobs
from sandbox.shopify.errors import wrong_id
from sandbox.shopify.gids import kind_of
from sandbox.shopify.resolving import field, query
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

OPERATIONS = ("ProductSetOperation", "ProductDeleteOperation")


@query("job")
def job(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    return jobs.find(shop, args["id"])


@query("productOperation")
def product_operation(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    kind = kind_of(args["id"])
    if kind not in OPERATIONS:
        raise wrong_id(args["id"])
    return shop.find(kind, args["id"])


for _kind in OPERATIONS:
    field(_kind, "product")(lambda s, o, _: s.find("Product", o["productId"]))
