"""Home: how it goes, what is set up, what needs a person, what happened today."""

from app.web.home.routes import make_blueprint

__all__ = ["make_blueprint"]
