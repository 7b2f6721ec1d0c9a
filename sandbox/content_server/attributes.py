"""Attribute keys and values: `{cat}_{attr}`, in a set `{cat}_{set}_{row}_{attr}`. Source: section 3.7."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sandbox.content_server.model import Attribute, CategoryDefinition, State
from sandbox.content_server.refusal import Refusal

DATE_FORMS = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d")
STORED_DATE = "%Y-%m-%dT%H:%M:%S"
TRUE, FALSE = ("true", "1"), ("false", "0")


def by_id(attributes: list[Attribute], attribute_id: int) -> Attribute | None:
    return next((item for item in attributes if item.id == attribute_id), None)


def by_name(definition: CategoryDefinition, name: str) -> Attribute:
    """Raises KeyError; for the sandbox's own code, which names attributes as the category does."""
    found = next((item for item in definition.attributes if item.name == name), None)
    if found is None:
        raise KeyError(f"category '{definition.name}' has no attribute '{name}'")
    return found


def key_of(definition: CategoryDefinition, name: str) -> str:
    return f"{definition.id}_{by_name(definition, name).id}"


def parse_key(definition: CategoryDefinition, key: str) -> tuple[Attribute, int | None]:
    """The attribute a key names, and the row of its set. Raises Refusal for a key of another category."""
    parts = key.split("_")
    if not all(part.isdigit() for part in parts) or int(parts[0]) != definition.id:
        raise _foreign(definition, key)
    numbers = [int(part) for part in parts[1:]]
    top = by_id(definition.attributes, numbers[0]) if numbers else None
    if top is not None and top.kind != "Set" and len(numbers) == 1:
        return top, None
    if top is not None and top.kind == "Set" and len(numbers) == 2:
        return top, numbers[1]
    if top is not None and top.kind == "Set" and len(numbers) == 3 and numbers[1] > 0:
        inner = by_id(top.attributes, numbers[2])
        if inner is not None:
            return inner, numbers[1]
    raise _foreign(definition, key)


def _foreign(definition: CategoryDefinition, key: str) -> Refusal:
    return Refusal(
        f"Category ID '{definition.id}' was specified for Categories Update, but a non-matching attribute ('{key}') "
        "was provided."
    )


def checked(state: State, attribute: Attribute, value: Any) -> Any:
    """The value as it is stored. Raises Refusal: wrong type, too long, not in the list."""
    if not attribute.multi_value:
        single = value[0] if isinstance(value, list) and len(value) == 1 else value
        return _single(state, attribute, single)
    if isinstance(value, str) and value.startswith("["):
        value = _json_list(attribute, value)
    values = value if isinstance(value, list) else [value]
    return [item for item in (_single(state, attribute, one) for one in values) if item is not None]


def _json_list(attribute: Attribute, value: str) -> Any:
    try:
        return json.loads(value)
    except json.JSONDecodeError as error:
        raise Refusal(f"Invalid value for attribute '{attribute.name}'") from error


def _single(state: State, attribute: Attribute, value: Any) -> Any:
    if value is None or value == "":
        return None
    convert = {"Integer": _integer, "Boolean": _boolean, "Date": _date, "User": _integer}.get(attribute.kind, _text)
    converted = convert(attribute, value)
    if attribute.kind == "User" and converted not in state.members:
        raise Refusal(f"Invalid value for attribute '{attribute.name}': no such member")
    if attribute.valid_values and converted not in attribute.valid_values:
        raise Refusal(f"Invalid value '{converted}' for attribute '{attribute.name}'")
    return converted


def _integer(attribute: Attribute, value: Any) -> int:
    try:
        if isinstance(value, (bool, float)):
            raise ValueError
        return int(value)
    except (TypeError, ValueError) as error:
        raise Refusal(f"Attribute '{attribute.name}' must be an integer") from error


def _boolean(attribute: Attribute, value: Any) -> bool:
    word = str(value).lower()
    if word not in TRUE + FALSE:
        raise Refusal(f"Attribute '{attribute.name}' must be true or false")
    return word in TRUE


def _date(attribute: Attribute, value: Any) -> str:
    for form in DATE_FORMS:
        try:
            return datetime.strptime(str(value), form).strftime(STORED_DATE)  # noqa: DTZ007  # zoneless by design
        except ValueError:
            continue
    raise Refusal(f"Attribute '{attribute.name}' must be a date like 2025-01-31T00:00:00")


def _text(attribute: Attribute, value: Any) -> str:
    if isinstance(value, (dict, list)):
        raise Refusal(f"Attribute '{attribute.name}' takes one value")
    text = str(value)
    if attribute.max_length is not None and len(text) > attribute.max_length:
        raise Refusal(f"Attribute '{attribute.name}' is longer than {attribute.max_length} characters")
    return text


def defaults(definition: CategoryDefinition) -> dict[str, Any]:
    return {f"{definition.id}_{item.id}": item.default for item in definition.attributes if item.default is not None}


def complete(definition: CategoryDefinition, values: dict[str, Any]) -> dict[str, Any]:
    """All keys as the wire shows them: unset values null, unset lists `[null]`, set rows that exist."""
    shown: dict[str, Any] = {}
    for attribute in definition.attributes:
        key = f"{definition.id}_{attribute.id}"
        if attribute.kind != "Set":
            shown[key] = _shown(attribute, values.get(key))
            continue
        for row in rows_of(values, key) or [1]:
            for inner in attribute.attributes:
                inner_key = f"{key}_{row}_{inner.id}"
                shown[inner_key] = _shown(inner, values.get(inner_key))
    return shown


def _shown(attribute: Attribute, value: Any) -> Any:
    if attribute.multi_value:
        return list(value) if value else [None]
    return value


def rows_of(values: dict[str, Any], set_key: str) -> list[int]:
    prefix = f"{set_key}_"
    return sorted({int(key[len(prefix) :].split("_")[0]) for key in values if key.startswith(prefix)})


def remove_row(values: dict[str, Any], set_key: str, row: int) -> None:
    for key in [key for key in values if key.startswith(f"{set_key}_{row}_")]:
        del values[key]


def metadata(definition: CategoryDefinition) -> dict[str, dict[str, Any]]:
    """Definitions by key; the category's own entry first, set rows with the literal `x`."""
    top = str(definition.id)
    entries = {top: _entry(top, definition.name, None, "category") | {"read_only": True}}
    for attribute in definition.attributes:
        for key, item in _with_inner(top, attribute):
            entries[key] = _entry(key, item.name, item, _persona(item))
    return entries


def _with_inner(top: str, attribute: Attribute) -> Iterator[tuple[str, Attribute]]:
    yield f"{top}_{attribute.id}", attribute
    for inner in attribute.attributes:
        yield f"{top}_{attribute.id}_x_{inner.id}", inner


def _persona(attribute: Attribute) -> str:
    return {"Set": "set", "User": "user"}.get(attribute.kind, "")


TYPE_CODES = {"String": -1, "Integer": 2, "Boolean": 5, "Date": -7, "User": 14, "Set": -18}


def _entry(key: str, name: str, attribute: Attribute | None, persona: str) -> dict[str, Any]:
    multi = attribute is not None and (attribute.multi_value or attribute.kind == "Set")
    valid = attribute.valid_values if attribute else []
    return {
        "allow_undefined": False,
        "bulk_shared": False,
        "default_value": attribute.default if attribute else None,
        "description": None,
        "hidden": False,
        "key": key,
        "key_value_pairs": False,
        "max_length": attribute.max_length if attribute else None,
        "min_length": None,
        "multi_select": False,
        "multi_value": multi,
        "multi_value_length_default": 1,
        "multi_value_length_fixed": not multi,
        "multi_value_length_max": 50 if multi else 1,
        "multi_value_max_length": None,
        "multi_value_min_length": None,
        "multi_value_unique": False,
        "multiline": False,
        "multilingual": False,
        "name": name,
        "password": False,
        "persona": persona,
        "read_only": False,
        "regex": "",
        "required": attribute.required if attribute else False,
        "type": TYPE_CODES[attribute.kind] if attribute else -18,
        "type_name": attribute.kind if attribute else "Category",
        "valid_values": list(valid),
        "valid_values_name": list(valid),
    }
