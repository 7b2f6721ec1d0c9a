"""The desk: stand-ins for the store's control panel and for OpenText's own pages, to click through in a browser."""

from sandbox.desk.door import Desk
from sandbox.stage import Stage


def make_desk(stage: Stage) -> Desk:
    """The WSGI application."""
    return Desk(stage)


__all__ = ["Desk", "make_desk"]
