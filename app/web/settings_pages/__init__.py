"""Settings: the OpenText connection, the rules, the people."""

from app.web.settings_pages.routes import make_blueprint

__all__ = ["make_blueprint"]
