"""Films the playground for the README: python -m docs.film (needs Chromium and requirements-dev.txt)."""

import io
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.conftest import AT_REST, running_app

SIZE = {"width": 1440, "height": 900}
SHOWN = (800, 500)
FRAME_MS = 90


def shoot(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB").resize(SHOWN, Image.Resampling.LANCZOS)


def play(page: Page, frames: int) -> list[Image.Image]:
    """The run from its first epoch to its last, in so many pictures."""
    last = page.locator(".nn-stage").evaluate("element => element.nnStage.epoch")
    pictures = []
    for i in range(frames + 1):
        page.locator(".nn-stage").evaluate("(element, epoch) => element.nnStage.seek(epoch)", last * (i / frames) ** 2)
        pictures.append(shoot(page))
    return pictures


def drag(page: Page, name: str, shares: list[float]) -> list[Image.Image]:
    """A hand on a slider, and the picture that follows it."""
    box = page.get_by_role("slider", name=name).bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    pictures = []
    for i, share in enumerate(shares):
        page.mouse.move(box["x"] + 8 + (box["width"] - 16) * share, y)
        if i == 0:
            page.mouse.down()
        page.wait_for_timeout(250)
        pictures.append(shoot(page))
    page.mouse.up()
    return pictures


def still(page: Page, frames: int) -> list[Image.Image]:
    """What is there once it rests, for a while."""
    page.wait_for_timeout(900)
    return [shoot(page)] * frames


def main() -> None:
    log = Path(tempfile.mkdtemp()) / "log"
    with sync_playwright() as playwright, running_app(log) as address:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE, reduced_motion="reduce")
        page.goto(address)
        page.wait_for_selector(AT_REST)
        page.wait_for_timeout(1500)
        pictures = play(page, 24)
        pictures += drag(page, "Learning rate", [0.67, 0.6, 0.52, 0.45, 0.5, 0.58, 0.66, 0.72])
        pictures += drag(page, "Hidden nodes", [0.2, 0.1, 0.0, 0.1, 0.2, 0.35, 0.5])
        page.wait_for_timeout(600)
        page.get_by_role("button", name="One more: hidden layers").click()
        pictures += still(page, 6)
        page.get_by_role("tab", name="Hidden space").click()
        pictures += still(page, 2) + play(page, 16) + still(page, 8)
        browser.close()
    reduced = [picture.quantize(96, dither=Image.Dither.NONE) for picture in pictures]
    target = Path(__file__).parent / "playground.gif"
    reduced[0].save(target, save_all=True, append_images=reduced[1:], duration=FRAME_MS, loop=0, optimize=True)


if __name__ == "__main__":
    main()
