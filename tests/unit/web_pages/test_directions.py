"""Names and values from either side may run the other way: each is isolated, so that it turns nothing around it."""

import re
from html.parser import HTMLParser

from app.db.links import WorkflowLink
from app.db.rights import StoreRights
from app.db.runs import Run
from app.db.session import unit_of_work
from app.domain.rights import OWN, Allowed, Entry, Flow, entry_json
from tests.unit.web_pages.shop import STORE, Shop

FOREIGN = "\u05e9\u05dc\u05d5\u05dd"  # a word that reads from the right
APART = {"bdi", "title", "textarea", "option"}  # a direction of their own, or plain text
ONE_TAG = {"input", "meta", "link", "br", "img", "hr"}


class Loose(HTMLParser):
    """Texts with the foreign word that stand in the middle of ours."""

    def __init__(self) -> None:
        super().__init__()
        self.within: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ONE_TAG:
            known = dict(attrs)
            is_apart = known.get("dir") == "auto" or known.get("class") == "sr"  # the latter is only heard
            self.within.append("bdi" if is_apart else tag)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  # the parser's signature
        if self.within:
            self.within.pop()

    def handle_data(self, data: str) -> None:
        if FOREIGN in data and not APART.intersection(self.within):
            self.found.append(" ".join(data.split()))


def test_what_reads_the_other_way_turns_nothing_around(shop: Shop) -> None:
    shop.add(StoreRights(store_id=STORE, entries=[entry_json(Entry("everyone", OWN, Allowed(workflow=Flow.DECIDE)))]))
    run = shop.order_under_review("1001", facts={"customer_name": f"{FOREIGN} 1", "status_label": f"{FOREIGN} 2"})
    link = shop.related_customer("7", f"{FOREIGN} 3")
    shop.document(
        link, f"{FOREIGN} 4.pdf", f"{FOREIGN} 5", holds=[f"{FOREIGN} 6"], approval_status=f"{FOREIGN} 7",
        record_class=f"{FOREIGN} 8", retention=f"{FOREIGN} 9",
    )  # fmt: skip
    shop.order_under_review("1002", outcome="approved")
    shop.product_live("77", drifted=("name",))
    shop.snapshot("product", "80", f"{FOREIGN} 10", {"sku": f"{FOREIGN} 11"})
    with unit_of_work(shop.deps.database) as uow:
        uow.session.get_one(Run, run.id).subject_name = f"{FOREIGN} 12"
        flow = uow.session.get_one(WorkflowLink, run.id)
        task = flow.tasks[0] | {"name": f"{FOREIGN} 13"}
        flow.tasks, flow.comment = [task], f"{FOREIGN} 15"
    owner, loose = shop.sign_in("owner", email=f"{FOREIGN}@example.com"), {}
    paths = ["/panel/orders/1001", "/panel/customers/7", "/panel/products/80", "/", "/inbox", "/activity/",
             f"/activity/runs/{run.id}", "/find?q=1001", "/settings/people", "/panel/orders/1001/timeline",
             "/activity/deliveries", "/panel/customers/7/timeline"]  # fmt: skip
    paths += re.findall(r'href="(/inbox/orders/[^"]+)"', owner.text("/inbox"))[:1]
    for path in paths:
        reader = Loose()
        reader.feed(owner.text(path))
        assert not reader.within or reader.within == ["html"], path  # every tag was closed
        if reader.found:
            loose[path] = reader.found
    assert loose == {}
