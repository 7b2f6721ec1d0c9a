"""The contract of the store port under faults: every request of every call is made to fail, in every way."""

import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from app import outbound
from app.domain.commerce import OrderStatus
from app.domain.ids import ObjectType
from app.domain.publication import image_name
from app.errors import RateLimited, Retryable
from sandbox.kernel.faults import FaultRule
from tests.contract.stores.case import Case, Filled
from tests.contract.stores.contract import PNG

FAULTS: dict[str, dict[str, Any]] = {
    "500": {"kind": "status", "status": 500},
    "503": {"kind": "status", "status": 503},
    "429": {"kind": "status", "status": 429},
    "drop before": {"kind": "drop_before"},
    "drop after": {"kind": "drop_after"},
    "truncate": {"kind": "truncate"},
    "delay": {"kind": "delay", "delay_ms": 60},
}
DEADLINE = 0.03  # seconds, for the delayed request alone: a busy machine must not run out of time at another one
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
HEADERS = {"X-ECM-Hook": "0123456789abcdef"}


def _add_picture(case: Case, ids: Filled) -> None:
    """As a caller must: look for the name first."""
    wanted = image_name("front.png")
    if wanted not in [image.file_name for image in case.store.read.product(ids.product).images]:
        case.store.publish.add_product_image(ids.product, io.BytesIO(PNG), "front.png", alt="", thumbnail=True)


@dataclass(frozen=True)
class Call:
    """One call of the port; `prepare` brings the store to where it has work to do."""

    do: Callable[[Case, Filled], object]
    prepare: Callable[[Case, Filled], object] = lambda _case, _ids: None


def _set_field(value: str | None) -> Callable[[Case, Filled], object]:
    return lambda case, ids: case.store.publish.set_product_custom_field(ids.product, "CE", value)


def _link(**values: str) -> Callable[[Case, Filled], object]:
    return lambda case, ids: case.store.publish.link(ObjectType.ORDER, ids.order, values)


def _hooks(case: Case, _ids: Filled) -> object:
    return case.store.setup.ensure_webhooks(case.hook_destination, HEADERS)


def _disturbed_hooks(case: Case, ids: Filled) -> object:
    _hooks(case, ids)
    return case.disturb_webhooks()


def _remove_pictures(case: Case, ids: Filled) -> object:
    for image in case.store.read.product(ids.product).images:
        case.store.publish.remove_product_image(ids.product, image.id)
    return None


CALLS: dict[str, Call] = {
    "order": Call(lambda case, ids: case.store.read.order(ids.order)),
    "order under review": Call(
        lambda case, ids: case.store.read.order(ids.order), lambda case, ids: case.hold_payment(ids.order)
    ),
    "product": Call(lambda case, ids: case.store.read.product(ids.product)),
    "customer": Call(lambda case, ids: case.store.read.customer(ids.customer)),
    "profile": Call(lambda case, _ids: case.store.read.profile()),
    "orders changed": Call(lambda case, _ids: list(case.store.read.orders_changed_since(LONG_AGO))),
    "products changed": Call(lambda case, _ids: list(case.store.read.products_changed_since(LONG_AGO))),
    "status": Call(lambda case, ids: case.store.publish.set_order_status(ids.order, OrderStatus.UNDER_REVIEW)),
    "note": Call(lambda case, ids: case.store.publish.append_staff_note(ids.order, "ECM: held for review.")),
    "texts": Call(lambda case, ids: case.store.publish.write_product_fields(ids.product, {"name": "Lantern"})),
    "picture": Call(_add_picture),
    "picture gone": Call(_remove_pictures, _add_picture),
    "custom field": Call(_set_field("1")),
    "custom field changed": Call(_set_field("2"), _set_field("1")),
    "custom field gone": Call(_set_field(None), _set_field("1")),
    "link": Call(_link(aa="1", bb="2")),
    "link changed": Call(_link(aa="2"), _link(aa="1")),
    "webhooks": Call(_hooks),
    "webhooks repaired": Call(_hooks, _disturbed_hooks),
    "panels": Call(lambda case, _ids: case.store.setup.ensure_panels()),
}


class StoreUnderFaults:
    """Subclasses supply `make_case` and say which requests write."""

    def make_case(self) -> Case:
        raise NotImplementedError

    def is_write(self, method: str, path: str) -> bool | None:
        """Whether a lost answer leaves a doubt; None where either is right."""
        del path
        return method not in ("GET", "HEAD")

    @pytest.mark.parametrize("fault", FAULTS)
    @pytest.mark.parametrize("name", CALLS)
    def test_a_failing_request_may_be_repeated(self, name: str, fault: str) -> None:
        call = CALLS[name]
        whole, ids = self._prepared(call)
        requests = _requests(whole, lambda: call.do(whole, ids))
        wanted = _state(whole, ids)
        assert requests
        for place in _places(requests):
            case, ids = self._prepared(call)
            _fail_at(case, place, FAULTS[fault])
            with pytest.raises(Retryable) as caught:
                call.do(case, ids)
            assert isinstance(caught.value, RateLimited) is (fault == "429")
            expected = self.is_write(*requests[place]) if fault != "429" else None
            assert expected is None or caught.value.unknown_outcome is expected, requests[place]
            case.before_request = lambda: None
            call.do(case, ids)
            assert _state(case, ids) == wanted, requests[place]

    def _prepared(self, call: Call) -> tuple[Case, Filled]:
        case = self.make_case()
        ids = case.fill()
        call.prepare(case, ids)
        return case, ids


def _requests(case: Case, do: Callable[[], object]) -> list[tuple[str, str]]:
    """What a call asks of the store, in order."""
    last = max((entry.sequence for entry in case.world.ledger.since()), default=0)
    do()
    entries = case.world.ledger.since(last, case.system)
    return [(entry.method, entry.path.partition("?")[0]) for entry in entries]


def _places(requests: list[tuple[str, str]]) -> list[int]:
    """Every request, of equal ones the first and the last."""
    last = {request: place for place, request in enumerate(requests)}
    return [
        place for place, request in enumerate(requests) if request not in requests[:place] or last[request] == place
    ]


def _fail_at(case: Case, place: int, fault: dict[str, Any]) -> None:
    """Let our request at this place (0: the next one) fail, once."""
    counter = count()

    def before() -> None:
        if next(counter) == place:
            case.world.faults.add(FaultRule(system=case.system, count=1, **fault))
            if fault["kind"] == "delay":
                hurry()

    case.before_request = before


def hurry() -> None:
    """The request that is just being made has little time left."""
    outbound._deadline.set(time.monotonic() + DEADLINE)  # of this request, as no setting can be


def _state(case: Case, ids: Filled) -> Any:
    """What can be seen of the store, without ids (they depend on how often something was tried) and times."""
    order, product = case.store.read.order(ids.order), case.store.read.product(ids.product)
    return (
        order.status,
        order.staff_notes,
        product.fields,
        [(image.file_name, image.alt, image.is_thumbnail) for image in product.images],
        product.custom_fields,
        case.links("order", ids.order),
        sorted(case.webhooks()),
        case.panels(),
    )
