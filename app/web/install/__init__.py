"""What the store's platform and its people call: installation, opening the app, uninstallation, users leaving.

BigCommerce's installation request carries no `state`, so it never signs anybody in; a session starts at `load` only.
Source: BigCommerce developer documentation, guides "Single-click apps: auth", "callbacks", "users", "buttons".
"""

from app.web.install.routes import (
    make_auth_blueprint,
    make_calls_blueprint,
    make_load_blueprint,
    make_open_blueprint,
    make_session_blueprint,
)

__all__ = [
    "make_auth_blueprint", "make_calls_blueprint", "make_load_blueprint", "make_open_blueprint",
    "make_session_blueprint",
]  # fmt: skip
