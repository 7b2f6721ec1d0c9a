"""Small facts left on objects: metafields of our namespace, readable by other tools.

Source: BigCommerce API reference, Metafields.
"""

from app.domain.ids import ObjectType
from app.errors import Conflict, Permanent
from app.stores.bigcommerce import payloads
from app.stores.bigcommerce.client import SERVICE, BigCommerceClient, number, parse

NAMESPACE = "opentext_ecm"
PATHS = {
    ObjectType.ORDER: "v3/orders/{}/metafields",
    ObjectType.PRODUCT: "v3/catalog/products/{}/metafields",
    ObjectType.CUSTOMER: "v3/customers/{}/metafields",
}
MOST = 250  # per object and app


class Metafields:
    """Those of one object."""

    def __init__(self, client: BigCommerceClient, object_type: ObjectType, object_id: str) -> None:
        if object_type not in PATHS:
            raise Permanent(f"Nothing can be left on a {object_type} in BigCommerce.", service=SERVICE)
        self._client, self._path = client, PATHS[object_type].format(number(object_id))

    def present(self) -> dict[str, payloads.Metafield]:
        response = self._client.get(self._path, namespace=NAMESPACE, limit=MOST)
        listed = parse(response, payloads.Data[list[payloads.Metafield]]).data
        return {field.key: field for field in listed if field.namespace == NAMESPACE}

    def put(self, key: str, value: str, present: dict[str, payloads.Metafield]) -> None:
        """A value that is there is not written again."""
        if key in present:
            self._rewrite(present[key], value)
        else:
            self._create(key, value)

    def remove(self, field: payloads.Metafield) -> None:
        self._client.delete(f"{self._path}/{field.id}")

    def _create(self, key: str, value: str) -> None:
        try:
            self._client.post(self._path, _body(key, value))
        except Conflict:  # somebody (or our own lost request) was faster: namespace and key are unique
            found = self.present().get(key)
            if found is None:
                raise
            self._rewrite(found, value)

    def _rewrite(self, found: payloads.Metafield, value: str) -> None:
        """Whole, not in part: what a product's metafield requires, an order's takes, too."""
        if found.value != value:
            self._client.put(f"{self._path}/{found.id}", _body(found.key, value))


def _body(key: str, value: str) -> dict[str, str]:
    return {"permission_set": "read", "namespace": NAMESPACE, "key": key, "value": value}
