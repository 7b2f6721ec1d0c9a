"""Nothing of any page in any state is what a person would call broken, at every width and from either side."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.scenes import ACTS, SCENES, scene_orders, scene_settings
from tests.e2e.windows import Site, Visit

pytestmark = pytest.mark.e2e
SEEN = ((320, "ltr"), (768, "ltr"), (1280, "ltr"), (1280, "rtl"), (320, "rtl"))  # px, reading direction


@pytest.mark.parametrize("act", ACTS)
def test_what_follows_a_click_fits_too(act: Callable[[Visit], None], visit: Callable[..., Visit]) -> None:
    window = visit()
    act(window)
    window.problems[:] = [one for one in window.problems if "422" not in one]  # a refused form is answered with 422
    assert [(act.__name__, *seen, found) for seen in SEEN if (found := window.broken(*seen))] == []


@pytest.mark.parametrize("scene", SCENES)
def test_pages_fit_at_every_width_and_from_right_to_left(
    scene: Callable[[Site], dict[str, str]], site: Site, visit: Callable[..., Visit]
) -> None:
    window, broken = visit(), []
    for name, path in scene(site).items():
        window.open(path)
        broken += [(name, *seen, found) for seen in SEEN if (found := window.broken(*seen))]
    assert broken == []


def test_longer_words_of_other_languages_fit_a_telephone(site: Site, visit: Callable[..., Visit]) -> None:
    paths = scene_orders(site) | scene_settings(site)
    long, widest = ("order-under-review", "settings-scenario"), ("order-decide", "home", "inbox", "settings-opentext")
    for locale, names in {"de-DE": long + widest, "fr-FR": long, "es-ES": long}.items():
        window = visit(locale=locale)
        for name in names:
            page = window.open(paths[name])
            expect(page.locator("html")).to_have_attribute("lang", locale[:2])
            assert window.broken(320) == [], (name, locale)
