"""Shopify keeps the contract of the store port."""

import pytest

from tests.contract.stores.case import Case
from tests.contract.stores.contract import StoreContract
from tests.contract.stores.faults import CALLS, StoreUnderFaults
from tests.contract.stores.shopify import ShopifyCase


class TestShopify(StoreContract):
    @pytest.fixture
    def case(self) -> Case:
        return ShopifyCase()


class TestShopifyUnderFaults(StoreUnderFaults):
    def make_case(self) -> Case:
        return ShopifyCase()

    @pytest.mark.parametrize("fault", ["503", "429", "drop after", "delay"])
    @pytest.mark.parametrize("name", CALLS)
    def test_a_failing_request_may_be_repeated(self, name: str, fault: str) -> None:
        """The ways to fail that our GraphQL client tells apart; the others are those of the transport below it."""
        super().test_a_failing_request_may_be_repeated(name, fault)

    def is_write(self, method: str, path: str) -> bool | None:
        """Queries and mutations go to one address; which is which, the client's own tests look at."""
        return None if path.endswith("/graphql.json") else super().is_write(method, path)
