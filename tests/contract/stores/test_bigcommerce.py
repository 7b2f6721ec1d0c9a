"""BigCommerce keeps the contract of the store port."""

import pytest

from tests.contract.stores.bigcommerce import BigCommerceCase
from tests.contract.stores.case import Case
from tests.contract.stores.contract import StoreContract
from tests.contract.stores.faults import StoreUnderFaults


class TestBigCommerce(StoreContract):
    @pytest.fixture
    def case(self) -> Case:
        return BigCommerceCase()


class TestBigCommerceUnderFaults(StoreUnderFaults):
    def make_case(self) -> Case:
        return BigCommerceCase()

    def is_write(self, method: str, path: str) -> bool | None:
        return None if path.endswith("/graphql") else super().is_write(method, path)
