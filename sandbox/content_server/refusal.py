"""Refusals as Content Server words them. Source: OpenText's Content Server REST documentation."""

from typing import Any


class Refusal(Exception):
    """Becomes the answer `{"error": text}` with `status`; nothing was changed."""

    def __init__(self, text: str, status: int = 400, body: dict[str, Any] | None = None) -> None:
        super().__init__(text)
        self.text, self.status = text, status
        self.body = body if body is not None else {"error": text}


UNKNOWN_ROUTE = "The REST API URL could not be found in the mappings registry"
NO_PARAMETERS = "Parameters are required for PUT, POST, and PATCH methods"
UNAUTHENTICATED = "Authentication Required"
NOT_ACCESSIBLE = (
    "Sorry, the item you requested could not be accessed. Either it does not exist, or you do not have "
    "permission to access it. If you were sent a link to this item, please contact the sender for assistance."
)


class UnknownNode(Refusal):
    """Unknown and forbidden look the same; status and wording differ from call to call (see `Route.unknown`)."""

    def __init__(self, node_id: object) -> None:
        super().__init__(f"Could not get a node for {node_id}")
        self.node_id = node_id


def no_node(node_id: object) -> UnknownNode:
    return UnknownNode(node_id)


def missing(name: str) -> Refusal:
    return Refusal(f"Missing required parameter '{name}'")


def wrong_type(name: str) -> Refusal:
    return Refusal(f"Invalid datatype specified for argument '{name}'")


def name_taken(name: str, version: int = 2) -> Refusal:
    """500 on v2, 400 on v1."""
    return Refusal(f"An item with the name '{name}' already exists.", 500 if version == 2 else 400)


def edit_conflict() -> Refusal:
    return Refusal("Could not update metadata (edit conflict).", 409)
