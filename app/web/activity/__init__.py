"""Activity: what came in, what was done about it, what failed and why."""

from app.web.activity.routes import make_blueprint

__all__ = ["make_blueprint"]
