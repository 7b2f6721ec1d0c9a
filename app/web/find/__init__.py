"""Find: an order number, customer, e-mail, SKU or tracking number leads to everything about it, in one place."""

from app.web.find.desk import make_desk_blueprint
from app.web.find.routes import make_blueprint

__all__ = ["make_blueprint", "make_desk_blueprint"]
