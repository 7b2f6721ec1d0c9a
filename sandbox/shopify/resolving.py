"""What resolves which field: a registry filled by `operations/`, and the wrapper every field goes through.

A resolver is `function(shop, node, args)`; a field without one is read from the node, which is a dict with the schema's
names. The wrapper asks for the scope, pages lists, counts what a query really cost.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from sandbox.shopify import mutating, scalars, scopes
from sandbox.shopify.connections import Listing
from sandbox.shopify.errors import denied, not_approved
from sandbox.shopify.schemas import sources

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

JSON = dict[str, Any]
Resolver = Callable[["Shop", JSON, JSON], Any]
PAGING = {"first", "last", "after", "before", "reverse"}
# Objects of protected customer data, and the level an app needs to read them at all.
PROTECTED = {"Customer": 1, "MailingAddress": 2, "CustomerEmailAddress": 2, "CustomerPhoneNumber": 2}
PROTECTED_FIELDS = {("Order", "email"): 2, ("Order", "phone"): 2, ("Customer", "displayName"): 2}

FIELDS: dict[tuple[str, str], Resolver] = {}


def field(kind: str, *names: str) -> Callable[[Resolver], Resolver]:
    """Register a resolver for one or more fields of a type."""

    def register(work: Resolver) -> Resolver:
        for name in names:
            FIELDS[kind, name] = work
        return work

    return register


def query(name: str) -> Callable[[Resolver], Resolver]:
    """Register a root query."""
    return field("QueryRoot", name)


@lru_cache(maxsize=1)
def schema() -> GraphQLSchema:
    """The executable schema, built once in a process. Everything in `operations` must have been imported."""
    made = build_schema(sources())
    scalars.equip(made)
    for kind in made.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            for name, of in kind.fields.items():
                of.resolve = _wrapped(kind.name, name, of)
    return made


def unserved() -> list[str]:
    """Root fields of the schema without a resolver; a test wants none."""
    made = schema()
    roots = [("QueryRoot", made.query_type), ("Mutation", made.mutation_type)]
    return [
        f"{name}.{field}"
        for name, kind in roots
        for field in (kind.fields if kind else ())
        if (name, field) not in FIELDS and field not in mutating.MUTATIONS
    ]


def _wrapped(kind: str, name: str, of: GraphQLField) -> Callable[..., Any]:
    returned = get_named_type(of.type)
    needed = scopes.of_field(kind, name, returned.name.removesuffix("Connection").removesuffix("Edge"))
    is_connection, is_leaf = returned.name.endswith("Connection"), is_leaf_type(returned)
    costs = not is_leaf and not returned.name.endswith(("Connection", "Edge", "Payload", "PageInfo"))
    listed = is_list_type(of.type.of_type if is_non_null_type(of.type) else of.type)
    level = PROTECTED_FIELDS.get((kind, name), PROTECTED.get(returned.name.removesuffix("Connection"), 0))
    change = mutating.MUTATIONS.get(name) if kind == "Mutation" else None

    def resolve(source: Any, info: "GraphQLResolveInfo[Any]", **args: Any) -> Any:
        shop: Shop = info.context
        if not scopes.met(needed, shop.scopes):
            raise denied(name, scopes.spelled(needed))
        if level > shop.protected and not (kind == "Mutation"):
            raise not_approved(returned.name if not is_leaf else kind)
        if change is not None:
            value = mutating.run(shop, name, change, args, info)
        else:
            value = _value(shop, kind, name, source, args, info)
        if is_connection:
            value = _paged(shop, value, args)
        if costs:
            shop.counted(value, listed=listed)
        return value

    return resolve


def _value(shop: "Shop", kind: str, name: str, source: Any, args: JSON, info: "GraphQLResolveInfo[Any]") -> Any:
    own = FIELDS.get((kind, name))
    if own is None:
        return source.get(name) if isinstance(source, dict) else getattr(source, name, None)
    shop.path = [step for step in info.path.as_list() if isinstance(step, str)]
    return own(shop, source if source is not None else {}, args)


def _paged(shop: "Shop", value: Any, args: JSON) -> Any:
    """A connection from a listing or a plain list; whole in a bulk operation."""
    if value is None or (isinstance(value, dict) and "pageInfo" in value):
        return value
    listing = value if isinstance(value, Listing) else Listing(list(value))
    if shop.bulk:
        return {"nodes": list(listing.nodes), "edges": [{"cursor": "", "node": node} for node in listing.nodes]}
    asked = {name: args[name] for name in PAGING if args.get(name) is not None}
    if isinstance(args.get("sortKey"), str):
        asked["sort_key"] = args["sortKey"]
    return listing.page(**asked)


def reraised(error: Exception) -> GraphQLError:
    """A failure of the stand-in itself, as the service tells it."""
    return GraphQLError(
        f"Internal error. Looks like something went wrong on our end. ({type(error).__name__}: {error})",
        extensions={"code": "INTERNAL_SERVER_ERROR"},
    )
