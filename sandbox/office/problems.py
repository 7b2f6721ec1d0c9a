"""Why something could not be done in OpenText, in one shape for control API and desk."""

from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.content_server.refusal import Refusal
from sandbox.workflow.errors import WorkflowError


class OfficeProblem(Exception):
    """`status` as an HTTP answer would have it; `field` where one thing that was asked for is wrong."""

    def __init__(self, text: str, status: int = 422, field: str = "") -> None:
        super().__init__(text)
        self.text, self.status, self.field = text, status, field


@contextmanager
def as_problems() -> Iterator[None]:
    """Refusals of the services become OfficeProblem; Content Server says 400 to nearly everything."""
    try:
        yield
    except Refusal as refusal:
        raise OfficeProblem(refusal.text, 422 if refusal.status in (400, 500) else refusal.status) from refusal
    except WorkflowError as error:
        raise OfficeProblem(str(error), 422 if error.status == 400 else error.status) from error
