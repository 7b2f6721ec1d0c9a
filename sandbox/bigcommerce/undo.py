"""All or nothing: what a refused write had changed already is put back."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy, deepcopy
from typing import Any

from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.state import Store


@contextmanager
def whole_or_nothing(store: Store, owner: str, number: int, whole: str, *parts: str) -> Iterator[None]:
    """Guards one resource: `store.<whole>[number]`, and in each of `parts` what has `owner` equal to `number`."""
    before = deepcopy(getattr(store, whole).get(number))
    kept = {part: _own(getattr(store, part), owner, number) for part in parts}
    try:
        yield
    except Refused:
        _put_back(getattr(store, whole), [number], {} if before is None else {number: before})
        for part, entries in kept.items():
            collection = getattr(store, part)
            _put_back(collection, list(_own(collection, owner, number)), entries)
        raise


def _own(collection: dict[Any, Any], owner: str, number: int) -> dict[Any, Any]:
    """Copies; images are copied without their bytes, which never change in place."""
    return {key: _copy(entry) for key, entry in collection.items() if _owner(key, entry, owner) == number}


def _owner(key: Any, entry: Any, owner: str) -> Any:
    if isinstance(entry, list):
        return key
    return entry[owner] if isinstance(entry, dict) else getattr(entry, owner)


def _copy(entry: Any) -> Any:
    return deepcopy(entry) if isinstance(entry, dict | list) else copy(entry)


def _put_back(collection: dict[Any, Any], present: list[Any], entries: dict[Any, Any]) -> None:
    for key in present:
        collection.pop(key, None)
    collection.update(entries)
