"""The control API: JSON over HTTP for people who test the product from outside. See sandbox/README.md."""

from sandbox.control.backstage import Backstage
from sandbox.control.door import Control
from sandbox.stage import Stage


def make_control(stage: Stage, backstage: Backstage) -> Control:
    """The WSGI application. Nothing in it needs the network except the installation walk, which visits the app."""
    return Control(stage, backstage)


__all__ = ["Backstage", "Control", "make_control"]
