"""How quick the app feels in Chromium: drags, releases, playback, the first page. Starts the app by itself.

    python -m benchmarks.browser          (make bench-browser)

A picture is counted when the stage shows the number of a new run; a release is timed to the last new picture.
"""

import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, ElementHandle, Page, sync_playwright

from tests.conftest import AT_REST, running_app

WATCH = """stage => {
    const seen = window.seen = [];
    (function look() {
        const { run } = stage.nnStage;
        if (seen.at(-1)?.run !== run) seen.push({ run, at: performance.now() });
        requestAnimationFrame(look);
    })();
}"""


def opened(browser: Browser, address: str) -> tuple[Page, ElementHandle]:
    page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page.goto(address)
    stage = page.wait_for_selector(".nn-stage")
    assert stage
    page.wait_for_function("stage => stage.nnStage?.frames > 0", arg=stage)
    page.wait_for_selector(AT_REST)
    return page, stage


def first_page(browser: Browser, folder: Path) -> float:
    """Seconds from a server that has just answered its health check to a page at rest."""
    with running_app(folder / "log") as address:
        begun = time.perf_counter()
        opened(browser, address)
        return time.perf_counter() - begun


def drags(page: Page, stage: ElementHandle, name: str, seconds: float = 6) -> tuple[float, float]:
    """New pictures a second while a slider is dragged, and median milliseconds from a release to the last picture. The
    hand sweeps 0.7 of the slider in 0.6 s, so that even whole numbers change faster than pictures come."""
    page.evaluate("stage => (" + WATCH + ")(stage)", stage)
    box = page.get_by_role("slider", name=name).bounding_box()
    assert box
    left, width, y = box["x"] + 0.2 * box["width"], 0.7 * box["width"], box["y"] + box["height"] / 2
    page.mouse.move(left, y)
    page.mouse.down()
    before, begun = page.evaluate("seen.length"), time.perf_counter()
    while (gone := time.perf_counter() - begun) < seconds:
        page.mouse.move(left + width * (gone % 0.6 / 0.6), y)
        page.wait_for_timeout(8)
    pictures = (page.evaluate("seen.length") - before) / gone
    waits = []
    for i in range(15):
        page.mouse.down()
        page.mouse.move(left + width * (i % 5) / 5, y)
        page.wait_for_timeout(400)
        page.mouse.move(left + width * (i % 5 + 1) / 5, y)
        released = page.evaluate("performance.now()")
        page.mouse.up()
        page.wait_for_timeout(500)
        waits.append(page.evaluate("seen.at(-1).at") - released)
    return pictures, statistics.median(waits)


def playback(page: Page, stage: ElementHandle) -> tuple[float, int]:
    """Frames a second of a whole playback, and how many messages the browser sent meanwhile."""
    sent = page.evaluate(
        "window.sent = 0, WebSocket.prototype.send = new Proxy(WebSocket.prototype.send,"
        " { apply: (f, self, args) => (window.sent++, Reflect.apply(f, self, args)) }), sent"
    )
    page.get_by_role("button", name="First epoch").click()
    before, begun = stage.evaluate("stage => stage.nnStage.frames"), time.perf_counter()
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("stage => !stage.nnStage.playing", arg=stage)
    frames = stage.evaluate("stage => stage.nnStage.frames") - before
    return frames / (time.perf_counter() - begun), page.evaluate("sent") - sent


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        print(f"first page at rest: {first_page(browser, folder):.1f} s after the server is up")
        with running_app(folder / "log") as address:
            for name in ("Learning rate", "Hidden nodes"):
                page, stage = opened(browser, address)
                pictures, wait = drags(page, stage, name)
                print(f"{name}: {pictures:.1f} pictures a second, release to last picture {wait:.0f} ms (median of 15)")
                page.close()
            page, stage = opened(browser, address)
            frames, sent = playback(page, stage)
            print(f"playback: {frames:.0f} frames a second, {sent} messages sent")
        browser.close()


if __name__ == "__main__":
    main()
