"""The merchant's hands on the API: its mutations with checked input, its queries with plain answers.

Nothing is charged and no scope is asked for. In answers `id` is the number, `gid` the global id, and a connection is
the list of its nodes.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from graphql import DocumentNode, GraphQLError, execute_sync, is_required_argument, parse
from graphql.utilities import coerce_input_value, validate_input_value
from pydantic import BaseModel, ConfigDict, ValidationError

from sandbox.kernel.hands import NotAccepted
from sandbox.shopify import resolving
from sandbox.shopify.errors import UserError
from sandbox.shopify.gids import gid
from sandbox.shopify.mutating import MUTATIONS
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

PREFIX = "gid://shopify/"


class Friendly(BaseModel):
    """What a person says of something: unknown words are refused by name, text is not taken for a number."""

    model_config = ConfigDict(extra="forbid", strict=True)


Given = TypeVar("Given", bound=Friendly)


def checked(model: type[Given], given: JSON) -> Given:
    """NotAccepted names each wrong field."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        wrong: dict[str, str] = {}
        for entry in error.errors(include_url=False, include_context=False, include_input=False):
            path = ".".join(str(part) for part in entry["loc"] if "[" not in str(part)) or "body"
            said = "unknown field" if entry["type"] == "extra_forbidden" else entry["msg"]
            wrong[path] = f"{wrong[path]}; {said}" if path in wrong else said
        raise NotAccepted(422, "", wrong) from error


def change(shop: Shop, name: str, args: JSON, strip: str = "") -> JSON:
    """Run a mutation as an app would. NotAccepted names the fields, below the argument `strip` without it."""
    root = resolving.schema().mutation_type
    assert root is not None  # noqa: S101  # the schema has mutations
    coerced: JSON = {}
    wrong: dict[str, str] = {}
    for argument, about in root.fields[name].args.items():
        if argument in args:
            validate_input_value(args[argument], about.type, _collect(wrong, argument), hide_suggestions=True)
            coerced[argument] = coerce_input_value(args[argument], about.type)
        elif is_required_argument(about):
            wrong[argument] = "must be given"
    wrong |= {argument: "unknown" for argument in args if argument not in root.fields[name].args}
    if wrong:
        raise NotAccepted(422, "", {_short(path, strip): said for path, said in wrong.items()})
    return refusing(lambda: MUTATIONS[name](shop, coerced), strip)


def refusing(work: Callable[[], JSON], strip: str = "") -> JSON:
    """Run `work`; its user errors become NotAccepted."""
    try:
        return work()
    except UserError as error:
        fields = {_short(".".join(e["field"] or ["body"]), strip): str(e["message"]) for e in error.entries}
        raise NotAccepted(422, "", fields) from error


def read(shop: Shop, document: str, **variables: Any) -> JSON:
    """The data of a query."""
    result = execute_sync(resolving.schema(), _parsed(document), context_value=shop, variable_values=variables)
    if result.errors:
        raise NotAccepted(422, "", {"query": "; ".join(error.message for error in result.errors)})
    plain: JSON = _plain(result.data)
    return plain


def need(shop: Shop, kind: str, text: Any, field: str = "id", *, status: int = 422) -> JSON:
    """A record by number or global id."""
    found = find(shop, kind, text)
    if found is None:
        raise NotAccepted(status, "", {field: f"there is no {kind} {text}"})
    return found


def find(shop: Shop, kind: str, text: Any) -> JSON | None:
    return shop.find(kind, str(text) if str(text).startswith(PREFIX) else gid(kind, str(text)))


def shown(shop: Shop, kind: str, number: Any, fields: str) -> JSON:
    """One record, by number or global id. NotAccepted (404) when there is none."""
    found = need(shop, kind, number, status=404)
    document = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {fields} }} }} }}"
    node: JSON = read(shop, document, id=found["id"])["node"]
    return node


def every(shop: Shop, kind: str, fields: str) -> list[JSON]:
    """All records of a type, oldest first."""
    document = f"query($ids: [ID!]!) {{ found: nodes(ids: $ids) {{ ... on {kind} {{ {fields} }} }} }}"
    return list(read(shop, document, ids=[found["id"] for found in shop.all(kind)])["found"])


def _collect(wrong: dict[str, str], argument: str) -> Callable[[GraphQLError, list[str | int]], None]:
    def on_error(error: GraphQLError, path: list[str | int]) -> None:
        wrong[".".join([argument, *map(str, path)])] = error.message

    return on_error


def _short(path: str, strip: str) -> str:
    return path.removeprefix(f"{strip}.") if strip else path


@lru_cache(maxsize=64)
def _parsed(document: str) -> DocumentNode:
    return parse(document)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"nodes"}:
        return _plain(value["nodes"])
    made = {name: _plain(item) for name, item in value.items()}
    text = made.get("id")
    if isinstance(text, str) and text.startswith(PREFIX):
        number = text.partition("?")[0].rpartition("/")[2]
        made |= {"id": int(number) if number.isdigit() else number, "gid": text}
    return made
