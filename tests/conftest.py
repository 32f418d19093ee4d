"""A browser and a running app, for the tests that need them."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
AT_REST = "[data-testid=stApp][data-test-script-state=notRunning]"


@pytest.fixture(scope="session")
def browser():
    """Chromium: the system's or Playwright's own. Without one these tests are skipped, except where CI is set."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        path = shutil.which("chromium") or shutil.which("chromium-browser") or running.chromium.executable_path
        if not os.path.exists(path):
            assert not os.environ.get("CI"), "browser tests may not be skipped here, and there is no Chromium"
            pytest.skip("NO CHROMIUM FOUND: nothing is tested in a browser (apt-get install chromium)")
        browser = running.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def running_app(log: Path):
    """The app, freshly started on a free port; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    with log.open("w") as output, subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output) as server:
        try:
            address = f"http://localhost:{port}"
            wait_for(f"{address}/_stcore/health")
            yield address
        finally:
            server.terminate()


def wait_for(address: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert time.monotonic() < deadline, "the app did not start"
            time.sleep(0.1)


@pytest.fixture(scope="session")
def app(tmp_path_factory):
    """The address of a running app that all tests share; its log must stay free of errors."""
    log = tmp_path_factory.mktemp("app") / "log"
    with running_app(log) as address:
        yield address
    assert "Traceback" not in log.read_text()


def is_ours(message) -> bool:
    """Whether a message of the console is an error of this app. On a deep link Streamlit itself looks for its server
    below the page first, and meets a 404."""
    return message.type == "error" and "/_stcore/" not in message.location.get("url", "")


@pytest.fixture
def visit(browser, app):
    """Opens a page of the app as a new visitor and waits until it rests; the browser's console must stay silent."""
    contexts, problems = [], []

    def open_page(path: str = "/", at: str = app, **options):
        options = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"} | options
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text) if is_ours(message) else None)
        page.goto(at + path)
        page.wait_for_selector(AT_REST)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not problems


def turn_to(page, title: str) -> None:
    """Go to another page by the menu, where it stands in a section."""
    link = page.get_by_test_id("stTopNav").get_by_role("link", name=title, exact=True)
    link = link.or_(page.get_by_role("menuitem", name=title, exact=True))
    for section in page.get_by_test_id("stTopNavSection").all():
        if link.count():
            break
        section.click()
        page.wait_for_timeout(300)
    link.first.click()
