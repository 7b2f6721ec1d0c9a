"""Pictures of every page in every state, in each host's widths, light and dark, from left and from right: to look at.

`make screens` writes them below `screens/` with an index page. Scenes and acts are those the browser tests walk.
A page that cannot be made is named and makes the command fail; what was started is ended with it.
"""

import argparse
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from playwright.sync_api import Browser, Error, Page

from app.web import looks
from tests.e2e.album import index
from tests.e2e.living import Living, a_living
from tests.e2e.living_scenes import WALKS, Show
from tests.e2e.scenes import ACTS, LOOKED_AT, SCENES
from tests.e2e.windows import Visit, a_browser, a_site, chromium_path, dress, open_window

LONGEST = 900.0  # seconds in all
FOLDER = "screens"
ALONE = ("buyer-", "approve-")  # pages that are never in a store's frame


@dataclass(frozen=True)
class Frame:
    """Where a page is seen: the host, its width there in px, and where this width is from."""

    look: looks.Look
    width: int
    source: str

    @property
    def key(self) -> str:
        return f"{self.look.value}-{self.width}"

    @property
    def schemes(self) -> tuple[str, ...]:
        return ("light", "dark") if self.look is looks.Look.OWN else ("light",)


PANEL = "the panel beside a list: 45 % of the content of a screen of 1280 px (BigCommerce, App Extensions overview)"
FRAMES = (
    Frame(looks.Look.BIGCOMMERCE, 464, PANEL + ", less 248 of navigation (as in the sandbox)"),
    Frame(looks.Look.BIGCOMMERCE, 1032, "the app's own page, or a panel made wide: all of that content"),
    Frame(looks.Look.SHOPIFY, 390, "the admin's app on a telephone, its whole width (Built for Shopify)"),
    Frame(looks.Look.SHOPIFY, 1040, "the admin on a screen of 1280 px, less 240 of navigation (not documented)"),
    Frame(looks.Look.OWN, 320, "buyers' pages, a help desk's side bar, 400 % zoom (WCAG 2.2, 1.4.10 Reflow)"),
    Frame(looks.Look.OWN, 768, "a tablet"),
    Frame(looks.Look.OWN, 1280, "a desk: a window of its own, as it is opened from Smart View"),
)


@dataclass
class Album:
    """The pictures taken so far, by page."""

    folder: Path
    until: float
    frames: tuple[Frame, ...]
    directions: tuple[str, ...]
    pages: dict[str, list[Path]]
    failed: dict[str, str]

    def take(self, page: Page, name: str) -> None:
        """One page in every frame where it is seen. The sheet in it is replaced by what the host's page gets."""
        for frame in self.frames:
            if name.startswith(ALONE) and frame.look is not looks.Look.OWN:
                continue
            if time.monotonic() > self.until:
                raise TimeoutError(f"not done after {LONGEST:.0f} seconds; the next was {name}")
            page.set_viewport_size({"width": frame.width, "height": 900})
            dress(page, frame.look)
            for scheme in frame.schemes:
                page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                for direction in self.directions:
                    page.evaluate("direction => { document.documentElement.dir = direction }", direction)
                    path = self.folder / f"{name}-{frame.key}-{scheme}-{direction}.png"
                    page.screenshot(path=path, full_page=True)
                    self.pages.setdefault(name, []).append(path)
        page.evaluate("document.documentElement.dir = 'ltr'")  # what is walked on from here is read as before
        print(f"{len(self.pages.get(name, [])):3} {name}", flush=True)

    def fail(self, name: str, error: Exception) -> None:
        self.failed[name] = str(error).strip().splitlines()[0]
        print(f"  - {name}: {self.failed[name]}", file=sys.stderr, flush=True)


@contextmanager
def a_window(browser: Browser) -> Iterator[Visit]:
    """A shop of its own with its owner's window on it."""
    with (
        tempfile.TemporaryDirectory(prefix="ecm-screens-") as folder,
        a_site(f"sqlite:///{folder}/ecm.sqlite3") as site,
    ):
        window = open_window(site, browser)
        try:
            yield window
        finally:
            window.context.close()


def scene_pages(album: Album, browser: Browser, scene: Callable[..., dict[str, str]], only: str) -> None:
    """Every page of a scene; one that fails leaves the others alone."""
    with a_window(browser) as window:
        for name, path in scene(window.site).items():
            if only in name:
                attempt(album, name, lambda window=window, path=path: window.open(path), window)


def act_page(album: Album, browser: Browser, act: Callable[[Visit], None], only: str) -> None:
    name = act.__name__.removeprefix("open_").replace("_", "-")
    if only in name:
        with a_window(browser) as window:
            attempt(album, name, lambda: act(window), window)


def walked_pages(album: Album, browser: Browser, walk: Callable[[Living, Show], None], only: str) -> None:
    """The pages of a walk through a running product; where it cannot go on, it says so."""
    with (
        tempfile.TemporaryDirectory(prefix="ecm-screens-") as folder,
        a_living(Path(folder), browser) as living,
    ):
        try:
            walk(living, lambda name, page: album.take(page, name) if only in name else None)
        except (Error, AssertionError) as error:
            album.fail(f"{walk.__name__} of a running product", error)
        finally:
            living.all_leave()


def attempt(album: Album, name: str, show: Callable[[], Any], window: Visit) -> None:
    try:
        show()
        album.take(window.page, name)
    except (Error, AssertionError) as error:
        album.fail(name, error)


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make screens", description=__doc__)
    parser.add_argument("--only", default="", help="only pages with this in their name")
    parser.add_argument("--frame", default="", help="only frames with this in their name, as shopify or own-320")
    parser.add_argument("--ltr", action="store_true", help="only from left to right")
    parser.add_argument(
        "--into", type=Path, default=Path(os.environ.get("ECM_SCREENSHOTS") or FOLDER), help="the folder"
    )
    return parser.parse_args()


def main() -> int:
    options, path = asked(), chromium_path()
    if not path:
        print("No browser: name one in ECM_TEST_CHROMIUM.", file=sys.stderr)
        return 2
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # only what a person wants to read
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    options.into.mkdir(parents=True, exist_ok=True)
    frames = tuple(one for one in FRAMES if options.frame in one.key)
    directions = ("ltr",) if options.ltr else ("ltr", "rtl")
    album = Album(options.into, time.monotonic() + LONGEST, frames, directions, {}, {})
    try:
        with a_browser(path) as browser:
            for scene in (*SCENES, *LOOKED_AT):
                scene_pages(album, browser, scene, options.only)
            for act in ACTS:
                act_page(album, browser, act, options.only)
            for walk in WALKS:
                walked_pages(album, browser, walk, options.only)
    except TimeoutError as error:
        album.failed["the rest"] = str(error)
    finally:
        page = index(album.pages, {one.key: one.source for one in frames}, album.failed)
        (options.into / "index.html").write_text(page, encoding="utf-8")
    print(f"{sum(map(len, album.pages.values()))} pictures; look at {options.into / 'index.html'}")
    return 1 if album.failed or not album.pages else 0


if __name__ == "__main__":
    sys.exit(main())
