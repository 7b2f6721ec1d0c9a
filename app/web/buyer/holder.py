"""The secret by which a browser that sent a file is known again."""

from app.engine.vault import random_token


def holder_cookie(token: str) -> str:
    """The cookie's name; each link has its own, so that two links in one browser do not know each other."""
    return f"up_{token[:12]}"


def new_holder() -> str:
    return random_token()
