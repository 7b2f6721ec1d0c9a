"""What axe, the accessibility checker, finds on a page."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


def demand() -> None:
    """Skips the test where the checker is not installed."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed; `make test` brings it")


def violations(page: Page, rules: str = "undefined") -> list[tuple[str, list[str]]]:
    """What axe finds with everything unfolded: the rule and where it is broken."""
    page.evaluate(AXE.read_text("utf-8"))
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    result = page.evaluate(f"axe.run(document, {{resultTypes: ['violations'], runOnly: {rules}}})")
    return [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in result["violations"]]
