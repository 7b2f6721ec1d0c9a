"""No page in any state is broken to the eye, at every width and from either side; and axe finds nothing on it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e import axe
from tests.e2e.scenes import ACTS, SCENES, scene_orders, scene_refusals, scene_settings
from tests.e2e.windows import Site, Visit

pytestmark = pytest.mark.e2e
SEEN = (
    (320, "rtl"),
    (1280, "rtl"),
    (1280, "ltr"),
    (320, "ltr"),
    (768, "ltr"),
)  # axe sees the last


@pytest.mark.parametrize("act", ACTS)
def test_what_follows_a_click_fits_too_and_axe_finds_nothing(
    act: Callable[[Visit], None], visit: Callable[..., Visit]
) -> None:
    axe.demand()
    window = visit()
    act(window)
    window.problems[:] = [one for one in window.problems if "422" not in one]  # a refused form is answered with 422
    assert faults(window, act.__name__) == []


@pytest.mark.parametrize("scene", SCENES)
def test_pages_fit_at_every_width_from_right_to_left_and_axe_finds_nothing(
    scene: Callable[[Site], dict[str, str]], site: Site, visit: Callable[..., Visit]
) -> None:
    axe.demand()
    window, broken = visit(), []
    for name, path in scene(site).items():
        window.open(path)
        broken += faults(window, name)
    if scene is scene_refusals:
        window.problems[:] = [one for one in window.problems if "the server responded with a status of 4" not in one]
    assert broken == []


def faults(window: Visit, name: str) -> list[tuple[object, ...]]:
    """Of the page that is open."""
    found: list[tuple[object, ...]] = [(name, *seen, one) for seen in SEEN if (one := window.broken(*seen))]
    return found + zoomed(window, name) + [(name, *one) for one in axe.violations(window.page)]


def zoomed(window: Visit, name: str) -> list[tuple[object, ...]]:
    """With text twice as large on half a screen (WCAG 2.2, 1.4.4 Resize Text)."""
    window.page.evaluate("document.documentElement.style.fontSize = '200%'")
    found: list[tuple[object, ...]] = [(name, "twice as large", one) for one in [window.broken(640)] if one]
    window.page.evaluate("document.documentElement.style.fontSize = ''")
    window.page.set_viewport_size({"width": SEEN[-1][0], "height": 900})
    return found


def test_longer_words_of_other_languages_fit_a_telephone(site: Site, visit: Callable[..., Visit]) -> None:
    paths = scene_orders(site) | scene_settings(site)
    long, widest = ("order-under-review", "settings-scenario"), ("order-decide", "home", "inbox", "settings-opentext")
    for locale, names in {"de-DE": long + widest, "fr-FR": long, "es-ES": long}.items():
        window = visit(locale=locale)
        for name in names:
            page = window.open(paths[name])
            expect(page.locator("html")).to_have_attribute("lang", locale[:2])
            assert window.broken(320) == [], (name, locale)
