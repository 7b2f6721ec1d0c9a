"""The first page: the main job in four steps, ticked off as they happen."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from sandbox import credentials
from sandbox.desk.people import Seat
from sandbox.office import Repository, TaskInbox
from sandbox.stage import Stage

if TYPE_CHECKING:
    from sandbox.desk.door import Desk


@dataclass(frozen=True)
class Step:
    title: str
    what: str
    link: str
    label: str
    is_done: bool


def start(desk: "Desk", call: Request) -> Response:
    steps, shop = steps_of(desk.stage, Seat.of(desk.stage, call)), credentials.SHOPIFY_SHOP.partition(".")[0]
    return desk.render(call, "tour.html", steps=steps, shopify_shop=shop)


def steps_of(stage: Stage, seat: Seat) -> list[Step]:
    inbox, repository = TaskInbox(stage), Repository(stage)
    instances = [i for i in inbox.instances() if i["process"] == "sf_order_review"]
    products = repository.workspaces("PRODUCT", most=50) if seat.is_installed else []
    is_connected = bool(stage.workflow.engine.models())
    return [
        Step(
            "Install the app and connect OpenText",
            "Install Storefront ECM from the Apps page, open it, and let it test each connection before it saves.",
            "/store/apps", "Open Apps", seat.is_installed and is_connected,
        ),
        Step(
            "Place an order worth a review",
            "High value, two countries or flagged: the order is held, and its workspace, record and workflow appear in "
            "the panel. Open it with the order's Action menu.",
            "/store/orders", "Open Orders", bool(instances),
        ),
        Step(
            "Decide in OpenText",
            "A reviewer approves, rejects or asks for information. The order in the store follows the decision.",
            "/opentext/tasks", "Open Tasks", any(i["ended"] for i in instances),
        ),
        Step(
            "Publish approved product content",
            "Open a product's panel, edit its content sheet in OpenText and approve it. Exactly that version is "
            "published; later edits in the store show as drift.",
            "/opentext/workspaces?type=PRODUCT", "Open product workspaces", _has_approved(products),
        ),
    ]  # fmt: skip


def _has_approved(products: list[dict[str, object]]) -> bool:
    documents = [d for w in products for d in w["documents"]]  # type: ignore[attr-defined]
    return any((d["approval"] or {}).get("Status") == "Approved" for d in documents)


ROUTES = (("GET", "/", start),)
