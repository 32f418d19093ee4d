"""Films the app for the README: python -m docs.film (needs Chromium and requirements-dev.txt)."""

import io
import shutil
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from nn_core.digits import CANVAS
from nn_core.strokes import digit
from tests.conftest import AT_REST, running_app, turn_to

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


def playground(page: Page) -> list[Image.Image]:
    """XOR is learnt, sliders are dragged, a layer comes, the hidden space."""
    pictures = play(page, 24)
    pictures += drag(page, "Learning rate", [0.67, 0.6, 0.52, 0.45, 0.5, 0.58, 0.66, 0.72])
    pictures += drag(page, "Hidden nodes", [0.2, 0.1, 0.0, 0.1, 0.2, 0.35, 0.5])
    page.wait_for_timeout(600)
    page.get_by_role("button", name="One more: hidden layers").click()
    pictures += still(page, 6)
    page.get_by_role("tab", name="Hidden space").click()
    return pictures + still(page, 2) + play(page, 16) + still(page, 8)


def digits(page: Page) -> list[Image.Image]:
    """A 3 is drawn while the layers follow, and questioned; then the tutorial's network is trained."""
    pictures = [*still(page, 2)]
    strokes = digit(3, np.random.default_rng(1))
    box = page.locator("canvas.ink").bounding_box()
    assert box
    for stroke in strokes:
        points = [(box["x"] + x * box["width"] / CANVAS, box["y"] + y * box["width"] / CANVAS) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for i, point in enumerate(points[1:]):
            page.mouse.move(*point)
            if i % 3 == 2:
                page.wait_for_timeout(200)
                pictures.append(shoot(page))
        page.mouse.up()
    pictures += still(page, 8)
    for view in ("Why not …", "How sure"):
        page.get_by_role("radio", name=view).or_(page.get_by_role("button", name=view)).first.click()
        pictures += still(page, 12)
    turn_to(page, "Train")
    page.get_by_role("button", name="Start").first.click()
    for _ in range(24):
        page.wait_for_timeout(250)
        pictures.append(shoot(page))
    return pictures + still(page, 8)


FILMS = {"/": playground, "/draw?view=layers": digits}


def main() -> None:
    log = Path(tempfile.mkdtemp()) / "log"
    with sync_playwright() as playwright, running_app(log) as address:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for path, film in FILMS.items():
            page = browser.new_page(viewport=SIZE, reduced_motion="reduce")
            page.goto(address + path)
            page.wait_for_selector(AT_REST)
            page.wait_for_timeout(1500)
            first, *others = [picture.quantize(96, dither=Image.Dither.NONE) for picture in film(page)]
            target = Path(__file__).parent / f"{film.__name__}.gif"
            first.save(target, save_all=True, append_images=others, duration=FRAME_MS, loop=0, optimize=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
