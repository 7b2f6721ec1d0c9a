"""The ECM panel on an order, a product or a customer: local rows only, complete in the first answer."""

from app.web.panel.routes import make_blueprint

__all__ = ["make_blueprint"]
