"""How soon the pages show something in Chromium, and how soon a lesson answers. Starts the app by itself.

    python -m benchmarks.browser_pages          (make bench-browser)

A page's first picture is the first frame in which a canvas on it is painted, a drawing stands, or a chart: by its link,
in a browser that was never here, and by the menu, within a visit.
"""

import shutil
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.conftest import AT_REST, running_app, turn_to

ROUNDS = 5
WIDE = ViewportSize(width=1440, height=900)
PAGES = {
    "": "Playground",
    "failing": "The network that would not learn",
    "path": "From a neuron to a network",
    "search": "Search",
    "step": "Step through",
    "check": "Gradient check",
    "landscape": "Landscape",
    "draw": "Draw a digit",
    "number": "Draw a number",
    "teach": "Teach it",
    "examine": "The test set",
    "operate": "Operate",
}  # Race and Train have no picture before something has run

# Remembers when the first picture after `begun` was painted. Components live in shadow roots.
WATCH = """(() => {
    let begun = 0;
    const heading = () => document.querySelector("[data-testid=stMain] h1")?.textContent;
    const painted = (canvas) => canvas.clientWidth * canvas.clientHeight > 4000 && canvas.width
        && (canvas.classList.contains("ink") // an empty sheet
            || canvas.getContext("2d")?.getImageData(0, canvas.height >> 1, canvas.width, 1).data.some((v) => v));
    const drawn = (svg) => svg.clientWidth * svg.clientHeight > 4000 && svg.childElementCount > 3;
    const pictures = (root) => [...root.querySelectorAll("canvas, svg")].filter((picture) => !picture.left);
    const there = (root) => pictures(root).some((each) => (each instanceof SVGElement ? drawn : painted)(each));
    const hosts = () => [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")]
        .map((host) => host.shadowRoot).filter(Boolean);
    window.watchFrom = (now) => {
        begun = now;
        const before = now ? heading() : null; // within a visit the last page stands until the next one does
        for (const host of hosts()) for (const picture of pictures(host)) picture.left = true;
        window.firstPicture = null;
        (function look() {
            const charts = document.querySelectorAll("[data-testid=stMain] .js-plotly-plot");
            if (heading() && heading() !== before && (hosts().some(there) || [...charts].some(there))) {
                requestAnimationFrame(() => { window.firstPicture = performance.now() - begun; });
            } else setTimeout(look, 20);
        })();
    };
    watchFrom(0);
})()"""


def found(page: Page) -> float:
    page.wait_for_function("window.firstPicture !== null")
    return page.evaluate("window.firstPicture")


def by_link(browser: Browser, address: str) -> float:
    """Milliseconds from asking for the address to the first picture, nothing cached."""
    context = browser.new_context(viewport=WIDE, reduced_motion="reduce")
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(address)
    first = found(page)
    page.wait_for_selector(AT_REST)
    context.close()
    return first


def by_menu(browser: Browser, address: str) -> dict[str, list[float]]:
    """The same from a click in the menu, once round all pages; the first round fetches what is new."""
    page = browser.new_context(viewport=WIDE, reduced_motion="reduce").new_page()
    page.add_init_script(WATCH)
    page.goto(f"{address}/race")
    page.wait_for_selector(AT_REST)
    page.evaluate("addEventListener('click', () => watchFrom(performance.now()), { capture: true })")
    waits: dict[str, list[float]] = {name: [] for name in PAGES}
    for _ in range(ROUNDS):
        for name, title in PAGES.items():
            turn_to(page, title)
            waits[name].append(found(page))
            page.wait_for_selector(AT_REST)
            page.wait_for_timeout(700)
    page.close()
    return waits


def lesson(browser: Browser, address: str) -> list[float]:
    """Milliseconds from a click on a dial of the lesson to the picture of another run."""
    page = browser.new_page(viewport=WIDE, reduced_motion="reduce")
    page.goto(f"{address}/failing")
    stage = page.wait_for_selector(".nn-stage")
    assert stage
    page.wait_for_function("stage => stage.nnStage?.frames > 0", arg=stage)
    page.wait_for_selector(AT_REST)
    page.wait_for_timeout(1000)
    waits = []
    for i in range(16):
        page.evaluate(
            """stage => {
                const { run } = stage.nnStage;
                window.waited = null;
                addEventListener("click", () => {
                    const clicked = performance.now();
                    (function look() {
                        if (stage.nnStage.run === run) return requestAnimationFrame(look);
                        requestAnimationFrame(() => (window.waited = performance.now() - clicked));
                    })();
                }, { capture: true, once: true });
            }""",
            stage,
        )
        dial = page.get_by_test_id("stMain").get_by_text(("1", "2", "5", "0.5")[i % 4], exact=True).first
        dial.click()
        page.wait_for_function("window.waited !== null")
        waits.append(page.evaluate("window.waited"))
        page.wait_for_timeout(500)
    page.close()
    return waits


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        with running_app(folder / "log") as address:
            linked = {name: [by_link(browser, f"{address}/{name}") for _ in range(ROUNDS)] for name in PAGES}
            visited = by_menu(browser, address)
            print(f"first picture in milliseconds, medians of {ROUNDS} (longest)       by link         by menu")
            for name, title in PAGES.items():
                told = [f"{statistics.median(each):5.0f} ({max(each):.0f})" for each in (linked[name], visited[name])]
                print(f"{title:52}{told[0]:>18}{told[1]:>16}")
            waits = lesson(browser, address)
            print(f"a dial of the lesson: {statistics.median(waits):.0f} ms to the picture (longest {max(waits):.0f})")
        browser.close()


if __name__ == "__main__":
    main()
