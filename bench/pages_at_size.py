"""How long the rooms take in a store with 5,000 open tasks, 100,000 runs of four steps, 20,000 of them stopped, and
the rows of `deep_rows`; and how many statements.

The goal is 200 ms of computing each (a busy machine adds its waiting) and a handful of statements. SQLite in a file.
`--quick`: a tenth.
"""

import gc
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog
from sqlalchemy import event, insert

from app.db.inbox import InboxEvent
from app.db.links import SubjectSnapshot, WorkflowLink, WorkspaceLink
from app.db.runs import Run, StepRow
from app.db.session import reading, unit_of_work
from app.db.shelves import Shelf
from app.db.types import utc_now
from app.engine import shelves
from bench.deep_rows import CUSTOMER, SHELF, deepen
from tests.unit.web_pages.shop import STORE, Shop, a_shop

GOAL_MS, MOST_STATEMENTS = 200.0, 24
PAGES = {
    "inbox": "/inbox", "inbox by time, overdue": "/inbox?sort=time&due=overdue", "home": "/",
    "home, refreshed": "/home/cards", "runs": "/activity", "runs of one state": "/activity?state=quarantined",
    "runs found by text": "/activity?text=Order+77", "failures": "/activity?view=failures",
    "runs that are not there": "/activity?text=nowhere", "what to try again": "/activity/replay?code=code_3",
    "deliveries": "/activity/deliveries", "deliveries by text": "/activity/deliveries?text=nowhere",
    "comparisons": "/activity/gaps", "order panel": "/panel/orders/1", "customer panel": f"/panel/customers/{CUSTOMER}",
    "everything of an order": "/find?q=1&show=order:1", "of a customer": f"/find?q=ada&show=customer:{CUSTOMER}",
    "log": "/settings/audit", "log by one kind": "/settings/audit?who=workflow",
    "log by nobody": "/settings/audit?who=approver", "log of one act": "/settings/audit?what=act_3",
    "log of long ago": "/settings/audit?until=2020-01-01",
}  # fmt: skip
Rows = dict[Any, list[dict[str, Any]]]


def rows(runs: int, open_tasks: int) -> Iterator[Rows]:
    """The rows of every run: its event, order and steps; of those that wait a workflow with a task, of a few a stop."""
    now, order = utc_now(), 0
    for number in range(runs):
        order = number + 1
        is_open, is_stuck = number < open_tasks, open_tasks <= number < open_tasks + runs // 5
        state = "waiting" if is_open else "quarantined" if is_stuck else "done"
        began = now - timedelta(minutes=number)
        key = {"store_id": STORE, "object_type": "order", "object_id": str(order)}
        run_id, event_id = f"{number:032x}", f"e{number:031x}"
        step = {"run_id": run_id, "store_id": STORE, "params": {}, "status": "done", "attempts": 1, "result": {},
                "error_code": "", "error_message": "", "error_hint": "", "summary": "Done.", "started_at": began,
                "ended_at": began, "next_attempt_at": None}  # fmt: skip
        found: Rows = {
            InboxEvent: [key | {"id": event_id, "source": "store", "delivery_key": event_id, "topic": "order.changed",
                                "detail": {}, "received_at": began, "ended_at": began, "state": "done",
                                "reason": "planned", "correlation_id": run_id, "raw_sha256": ""}],
            SubjectSnapshot: [key | {"name": f"Order {order}", "version": "", "customer_id": str(order % 900),
                                     "is_gone": False, "seen_at": began, "facts": _facts(order)}],
            Run: [{"id": run_id, "store_id": STORE, "scenario": "order-review", "subject_type": "order",
                   "subject_id": str(order), "subject_name": f"Order {order}", "occasion": "once",
                   "event_id": event_id, "correlation_id": run_id, "reasons": [], "facts": {}, "state": state,
                   "outcome": "approved" if state == "done" else "", "started_at": began, "changed_at": began,
                   "ended_at": began if state == "done" else None}],
            StepRow: [step | {"id": f"{run_id}{seq}", "seq": seq, "kind": kind} for seq, kind in enumerate(
                ("set_order_status", "ensure_workspace", "start_workflow", "await_decision"))],
        }  # fmt: skip
        if is_stuck:
            found[StepRow][-1] |= {"status": "quarantined", "error_code": f"code_{number % 7}", "ended_at": None,
                                   "error_message": "It was refused."}  # fmt: skip
        if is_open:
            found[StepRow][-1] |= {"status": "waiting", "ended_at": None}
            due = now + timedelta(hours=number % 90 - 10)
            task = {"id": f"t{number}", "choices": [["approved", "Approve"], ["rejected", "Reject"]],
                    "name": f"Review order {order}", "assignee": f"person{number % 40}@example.com", "candidates": [],
                    "created_at": began.isoformat(), "due_at": due.isoformat()}  # fmt: skip
            found[WorkflowLink] = [
                {"run_id": run_id, "store_id": STORE, "process": "sf_order_review", "business_key": run_id,
                 "instance_id": f"i{number}", "tasks": [task], "outcome": "", "status": "running", "decided_by": "",
                 "decided_at": None, "comment": "", "found_by": "", "started_at": began, "seen_at": began},
            ]  # fmt: skip
            found[WorkspaceLink] = [
                key | {"id": f"w{number:031x}", "object_name": f"Order {order}", "business_object_type": "ORDER",
                       "business_object_id": str(order), "workspace_id": 5000 + number, "workspace_name": "Order",
                       "workspace_url": "", "object_version": "", "linked_at": began, "seen_at": began,
                       "workflows": [], "workflows_unknown": "", "completeness": {}},
            ]  # fmt: skip
        yield found


def _facts(order: int) -> dict[str, Any]:
    lines = [{"line_id": str(one), "product_id": str(one), "sku": f"SKU-{one}", "name": "Thing", "quantity": 1,
              "refunded": 0, "total": {"amount": "10.00", "currency": "EUR"}} for one in range(4)]  # fmt: skip
    return {"number": str(order), "total": {"amount": f"{order % 5000}.00", "currency": "EUR"}, "lines": lines,
            "customer_name": "Ada Lovelace", "customer_email": "ada@example.com", "placed_at": utc_now().isoformat(),
            "status": "pending", "status_label": "Pending", "notes": {"staff": "", "customer": ""}}  # fmt: skip


def fill(shop: Shop, runs: int, open_tasks: int) -> None:
    waiting: Rows = {}
    with unit_of_work(shop.deps.database) as uow:
        for number, found in enumerate(rows(runs, open_tasks), start=1):
            for table, some in found.items():
                waiting.setdefault(table, []).extend(some)
            if number % 2000 == 0 or number == runs:
                for table in (InboxEvent, SubjectSnapshot, Run, StepRow, WorkspaceLink, WorkflowLink):
                    if waiting.get(table):
                        uow.session.execute(insert(table), waiting[table])
                waiting = {}


def main() -> int:
    share = 10 if "--quick" in sys.argv else 1
    slow = []
    with tempfile.TemporaryDirectory() as place, a_shop(f"sqlite:///{place}/pages.sqlite3") as shop:
        began = time.perf_counter()
        fill(shop, 100_000 // share, 5_000 // share)
        with shop.deps.database.engine.begin() as connection:
            deepen(connection, share)
        print(f"{100_000 // share} runs, {5_000 // share} open tasks in {time.perf_counter() - began:.1f} s")
        person, statements = shop.sign_in("owner"), []
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))

        def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
            if statement.startswith("SELECT"):
                statements.append(statement)

        event.listen(shop.deps.database.engine, "before_cursor_execute", note)
        for name, path in (PAGES | {"shelf of a buyer": _shelf(shop)}).items():
            person.text(path)
            gc.collect()
            gc.freeze()  # as the web process does
            statements.clear()
            took = [_took(person, path) for _ in range(5)]
            middle, count = statistics.median(took), len(statements) // 5
            slow += [name] if middle > GOAL_MS or count > MOST_STATEMENTS else []
            print(f"  {name:26} {middle:8.1f} ms   (max {max(took):.1f})   {count} statements")
    print(f"  goal {GOAL_MS:.0f} ms, {MOST_STATEMENTS} statements; beyond it: {', '.join(slow) or 'nothing'}")
    return int(bool(slow))


def _shelf(shop: Shop) -> str:
    """The address a buyer has of theirs."""
    with reading(shop.deps.database) as session:
        row = session.get_one(Shelf, SHELF)
    return urlsplit(shelves.link(shop.deps, row)).path


def _took(person: Any, path: str) -> float:
    began = time.process_time()
    person.text(path)
    return (time.process_time() - began) * 1000


if __name__ == "__main__":
    sys.exit(main())
