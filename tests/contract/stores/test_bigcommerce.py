"""BigCommerce keeps the contract of the store port."""

import pytest

from tests.contract.stores.bigcommerce import BigCommerceCase
from tests.contract.stores.case import Case
from tests.contract.stores.contract import StoreContract


class TestBigCommerce(StoreContract):
    @pytest.fixture
    def case(self) -> Case:
        return BigCommerceCase()
