"""The inbox for approvers: people of OpenText who decide without a store account, across stores, and nothing else."""

from app.web.approve.entrance import make_entrance_blueprint, make_return_blueprint
from app.web.approve.routes import make_blueprint

__all__ = ["make_blueprint", "make_entrance_blueprint", "make_return_blueprint"]
