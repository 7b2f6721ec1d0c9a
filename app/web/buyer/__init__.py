"""Buyers' doors: sending what is missing, reading what is theirs. No account: a signed link."""

from app.web.buyer.shelf import make_blueprint as make_shelf_blueprint
from app.web.buyer.uploads import make_blueprint as make_upload_blueprint

__all__ = ["make_shelf_blueprint", "make_upload_blueprint"]
