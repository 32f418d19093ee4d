"""How quick the app feels in Chromium: drags, releases, playback, drawing, training. Starts the app by itself.

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

received: list[int] = []  # sizes of the messages to the browser, in bytes
WATCH = """stage => {
    const seen = window.seen = [];
    (function look() {
        const { run } = stage.nnStage;
        if (seen.at(-1)?.run !== run) seen.push({ run, at: performance.now(), finished: stage.nnStage.finished });
        requestAnimationFrame(look);
    })();
}"""


DEEP = "/?dataset=spiral&samples=500&hidden_sizes=8,8,8,8,8,8&optimizer=adam&learning_rate=0.01&epochs=2000"


def opened(browser: Browser, address: str) -> tuple[Page, ElementHandle]:
    page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    received.clear()
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


def deep_run(page: Page, stage: ElementHandle) -> tuple[float, float]:
    """Median milliseconds from the release of the learning rate to the first and to the finished picture."""
    page.evaluate("stage => (" + WATCH + ")(stage)", stage)
    box = page.get_by_role("slider", name="Learning rate").bounding_box()
    assert box
    firsts, lasts, y = [], [], box["y"] + box["height"] / 2
    for i in range(9):
        before = page.evaluate("seen.length")
        page.mouse.move(box["x"] + box["width"] * (0.4 + 0.01 * i), y)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * (0.4 + 0.01 * (i + 1)), y)
        released = page.evaluate("performance.now()")
        page.mouse.up()
        page.wait_for_function("n => seen.length > n && seen.at(-1).finished", arg=before)
        page.wait_for_timeout(1000)
        firsts.append(page.evaluate("n => seen[n].at", before) - released)
        lasts.append(page.evaluate("seen.at(-1).at") - released)
    return statistics.median(firsts), statistics.median(lasts)


def painting(page: Page, stage: ElementHandle) -> float:
    """Median milliseconds from the end of a stroke, a point, to the run that has learnt from it."""
    page.evaluate("stage => (" + WATCH + ")(stage)", stage)
    page.get_by_role("button", name="Paint").click()
    box = page.locator("canvas[data-part=map]").bounding_box()
    assert box
    waits = []
    for i in range(15):
        before = page.evaluate("seen.length")
        page.mouse.move(box["x"] + 80 + 15 * i, box["y"] + 90 + 9 * i)
        page.mouse.down()
        released = page.evaluate("performance.now()")
        page.mouse.up()
        page.wait_for_function("n => seen.length > n", arg=before)
        waits.append(page.evaluate("n => seen[n].at", before) - released)
        page.wait_for_timeout(400)
    return statistics.median(waits)


def gradients(page: Page, stage: ElementHandle) -> float:
    """Median milliseconds of the call that brings the gradient of the epoch shown, of another one each time."""
    waits = []
    for i in range(15):
        stage.evaluate("(stage, i) => stage.nnStage.seek(40 * i)", i)
        page.wait_for_timeout(400)
        waits.append(
            stage.evaluate(
                """stage => new Promise((resolve) => {
                    let asked;
                    addEventListener("nn-ask", () => (asked = performance.now()), { once: true });
                    addEventListener("nn-answer", () => resolve(performance.now() - asked), { once: true });
                    stage.nnStage.askGradient();
                })"""
            )
        )
    return statistics.median(waits)


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


SEE = """progress => {  // when the figures of a run in training change
    const seen = window.changes = [];
    (function look() {
        const text = progress.textContent;
        if (seen.at(-1)?.text !== text) seen.push({ text, at: performance.now() });
        requestAnimationFrame(look);
    })();
}"""


def drawing(page: Page, address: str, view: str = "") -> float:
    """Median milliseconds from a move of the pen, held down, to bars that answer it."""
    page.goto(f"{address}/draw{view}")
    page.wait_for_selector(AT_REST)
    page.locator("canvas.ink").wait_for()
    box = page.locator("canvas.ink").bounding_box()
    assert box
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.locator(".bars").first.evaluate(
        """bars => {
            window.moved = [];
            new MutationObserver(() => window.moved.push(performance.now()))
                .observe(bars, { subtree: true, attributes: true, characterData: true, childList: true });
        }"""
    )
    page.mouse.move(middle[0], middle[1] - 0.3 * box["height"])
    page.mouse.down()
    waits = []
    for i in range(30):
        page.wait_for_timeout(250)
        before, now = page.evaluate("[window.moved.length, performance.now()]")
        page.mouse.move(middle[0] + 8 * (i % 3), middle[1] + (i / 30 - 0.3) * 0.6 * box["height"])
        page.wait_for_timeout(400)
        after = page.evaluate("n => window.moved[n]", before)
        if after:
            waits.append(after - now)
    page.mouse.up()
    return statistics.median(waits)


def until(page: Page, words: str, since: float) -> float:
    """Milliseconds from `since` until the figures of the run say these words."""
    found = "([words, since]) => changes.find((each) => each.at > since && each.text.includes(words))"
    page.wait_for_function(found, arg=[words, since])
    return page.evaluate(found, [words, since])["at"] - since


def training(browser: Browser, address: str) -> None:
    """From Start to the first point, how often the figures change, how soon Stop is answered; and what another
    visitor's slider waits meanwhile."""
    page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page.goto(f"{address}/train?epochs=200")
    page.wait_for_selector(AT_REST)
    firsts, rates, stops = [], [], []
    for i in range(5):
        page.locator(".nn-progress").evaluate(SEE)
        page.wait_for_timeout(500)
        begun = page.evaluate("performance.now()")
        page.get_by_role("button", name="Start").first.click()
        firsts.append(until(page, " of 200", begun))
        page.wait_for_timeout(5000)
        rates.append(page.evaluate("changes.filter((each) => each.at > performance.now() - 5000).length / 5"))
        if i == 0:
            other, stage = opened(browser, address)
            pictures, wait = drags(other, stage, "Learning rate")
            print(f"another visitor's learning rate meanwhile: {pictures:.1f} pictures a second, {wait:.0f} ms")
            other.close()
        begun = page.evaluate("performance.now()")
        page.get_by_role("button", name="Stop").click()
        stops.append(until(page, "Stopped", begun))
        page.wait_for_timeout(500)
    print(
        f"training: first point {statistics.median(firsts):.0f} ms after Start (longest {max(firsts):.0f}), "
        f"{statistics.median(rates):.1f} pictures a second, stopped {statistics.median(stops):.0f} ms after Stop "
        f"(longest {max(stops):.0f}); medians of 5"
    )
    page.close()


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
            print(
                f"playback: {frames:.0f} frames a second, {sent} messages sent; largest message {max(received):,} bytes"
            )
            print(f"gradient: {gradients(page, stage):.0f} ms (median of 15)")
            page.close()
            page, stage = opened(browser, address)
            print(f"painted point: {painting(page, stage):.0f} ms from the stroke's end to the new run (median of 15)")
            page.close()
            page, stage = opened(browser, address + DEEP)
            first, last = deep_run(page, stage)
            print(
                f"6 x 8 on the spiral, 2,000 epochs: first picture {first:.0f} ms, finished {last:.0f} ms (median of 9)"
            )
            frames, sent = playback(page, stage)
            print(
                f"playback: {frames:.0f} frames a second, {sent} messages sent; largest message {max(received):,} bytes"
            )
            page.close()
            page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
            for view in ("", "?view=layers"):
                print(
                    f"drawing {view}: {drawing(page, address, view):.0f} ms from a move to changed bars (median of 30)"
                )
            page.close()
            training(browser, address)
        browser.close()


if __name__ == "__main__":
    main()
