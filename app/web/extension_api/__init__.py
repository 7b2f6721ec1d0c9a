"""What the extensions inside Shopify's admin ask: the panel as JSON, files into it, its documents on paper."""

from app.web.extension_api.downloads import make_blueprint as make_download_blueprint
from app.web.extension_api.downloads import signed_download
from app.web.extension_api.guard import admin_extension
from app.web.extension_api.routes import make_blueprint

__all__ = ["admin_extension", "make_blueprint", "make_download_blueprint", "signed_download"]
