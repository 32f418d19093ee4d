"""How quick many networks are in Chromium: seeds, a search, what others notice of it, and a greedy visitor.

    python -m benchmarks.browser_many          (make bench-browser)

Milliseconds from a click until what it asked for has been painted; starts the app by itself.
"""

import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.browser import opened
from nn_core import population
from nn_core.config import Config
from tests.conftest import AT_REST, running_app
from ui.jobs import Job, Jobs
from ui.jobs.engines import Local

# Remember when what a function finds was first painted after the next click; components live in shadow roots.
AWAIT = """finders => {
    const found = (window.found = {});
    let clicked;
    addEventListener("click", () => (clicked ??= performance.now()), { capture: true, once: true });
    const hosts = () => [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")];
    const there = ([selector, pattern, attribute]) => hosts()
        .map((host) => host.shadowRoot?.querySelector(selector))
        .some((node) => new RegExp(pattern).test(attribute ? node?.getAttribute(attribute) : node?.textContent));
    (function look() {
        for (const [name, finder] of Object.entries(finders))
            if (clicked && !(name in found) && there(finder)) {
                found[name] = null;
                requestAnimationFrame(() => (found[name] = performance.now() - clicked));
            }
        if (Object.keys(found).length < Object.keys(finders).length) requestAnimationFrame(look);
    })();
}"""


def waits(page: Page, button: str, **finders: list[str]) -> dict[str, float]:
    """Milliseconds from a click on a button until each of these is painted: a selector, a pattern, and of which
    attribute, if not of the text."""
    page.evaluate(AWAIT, finders)
    page.get_by_test_id("stMain").get_by_role("button", name=button).click()
    page.wait_for_function("n => Object.values(found).filter(Boolean).length === n", arg=len(finders))
    return page.evaluate("found")


def report(what: str, found: list[float]) -> None:
    print(f"{what}: {statistics.median(found):.0f} ms (median of {len(found)}, longest {max(found):.0f})")


def fresh(browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce").new_page()
    page.goto(address)
    page.wait_for_selector(AT_REST)
    page.wait_for_timeout(1000)
    return page


def seeds(browser: Browser, address: str, times: int = 11) -> None:
    first, again = [], []
    for _ in range(times):
        page = fresh(browser, address)
        picture = [".nn-seeds [data-part=words]", "of 200 seeds"]
        first.append(waits(page, "Try 200 seeds", picture=picture)["picture"])
        page.get_by_role("button", name="Close").click()
        page.wait_for_timeout(1000)
        again.append(waits(page, "Try 200 seeds", picture=picture)["picture"])
        page.context.close()
    report("200 seeds of the first page, first click of a visit", first)
    report("200 seeds of the first page, once more", again)


def search(browser: Browser, address: str, times: int = 7) -> None:
    cells, whole, stops = [], [], []
    for _ in range(times):
        page = fresh(browser, f"{address}/search")
        heat = ".nn-search [data-part=heat]"
        found = waits(page, "Search", cells=[heat, "^[1-9]", "aria-label"], whole=[heat, "^100 of 100", "aria-label"])
        cells.append(found["cells"])
        whole.append(found["whole"])
        page.context.close()
    report("a search of 10 x 10 cells x 20 seeds, first cells", cells)
    report("the same, complete", whole)
    for _ in range(times):
        page = fresh(browser, f"{address}/search?steps=30&seeds=50")
        page.get_by_role("button", name="Search", exact=True).click()
        stop = page.get_by_test_id("stMain").get_by_role("button", name="Stop")
        stop.wait_for()
        page.wait_for_timeout(1500)
        begun = time.perf_counter()
        stop.click()
        stop.wait_for(state="detached")
        stops.append(1000 * (time.perf_counter() - begun))
        page.context.close()
    report("Stop, until it has stopped", stops)


def meanwhile(browser: Browser, address: str, times: int = 25) -> None:
    """What the slider of another visitor waits while a search is on its way, and while none is."""
    for searching in (False, True):
        if searching:
            page = fresh(browser, f"{address}/search?steps=30&seeds=100&epochs=3000")
            page.get_by_role("button", name="Search", exact=True).click()
            page.get_by_test_id("stMain").get_by_role("button", name="Stop").wait_for()
        other, stage = opened(browser, address)
        slider = other.get_by_role("slider", name="Learning rate")
        slider.focus()
        found = []
        for i in range(times):
            run = stage.evaluate("stage => [stage.nnStage.run, performance.now()]")
            other.keyboard.press("ArrowRight" if i % 2 else "ArrowLeft")
            other.wait_for_function("([stage, run]) => stage.nnStage.run > run", arg=[stage, run[0]])
            found.append(other.evaluate("performance.now()") - run[1])
            other.wait_for_timeout(200)
        report(f"another visitor's slider, {'during' if searching else 'without'} a search", found)
        other.close()


def fairness(times: int = 5) -> None:
    """What five polite visitors wait for their first slice behind one who has asked for sixty-four long runs."""
    jobs, found = Jobs(Local()), []
    jobs.open()
    time.sleep(8)  # the processes have settled

    def asked(owner: str, seeds: int) -> Job:
        groups = population.groups([Config(epochs=20_000).from_seed(seed) for seed in range(seeds)])
        job = Job(
            population.work, groups, population.ended, population.joined,
            owner=owner, watchers={lambda: True}, estimate=60.0,
        )  # fmt: skip
        jobs.start(job)
        return job

    for _ in range(times):
        greedy = [asked("greedy", 400) for _ in range(64)]
        time.sleep(1)
        polite = []
        for number in range(5):
            begun = time.perf_counter()
            polite.append((asked(f"polite {number}", 50), begun))
        for job, begun in polite:
            job.first.wait()
            found.append(1000 * (time.perf_counter() - begun))
        for job in [*greedy, *(job for job, _ in polite)]:
            jobs.drop(job)
    report("first slice of five polite visitors beside sixty-four runs of one", found)


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    fairness()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        with running_app(folder / "log") as address:
            seeds(browser, address)
            search(browser, address)
            meanwhile(browser, address)
        browser.close()


if __name__ == "__main__":
    main()
