"""Work that Shopify does after it answered: a job that can be asked about."""

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from sandbox.shopify.gids import gid
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

NAMES = UUID("7d1f6c52-0f0d-4f0e-9d35-5b0000000002")


def begin(shop: "Shop", action: str, **about: Any) -> JSON:
    """The job, as it stands when the answer leaves: done already where jobs take no time."""
    number = shop.next("Job")
    job: JSON = {
        "__typename": "Job", "id": gid("Job", str(uuid5(NAMES, f"{shop.store.domain}/{number}"))), "done": False,
        "number": number,
    }  # fmt: skip
    shop.store.all("Job")[number] = job
    shop.later(shop.store.job_seconds, action, job=number, **about)
    return dict(job)


def end(shop: "Shop", about: JSON) -> None:
    job = shop.store.all("Job").get(about["job"])
    if job is not None:
        job["done"] = True


def find(shop: "Shop", text: str) -> JSON | None:
    return next((job for job in shop.all("Job") if job["id"] == text), None)
