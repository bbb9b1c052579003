"""A built site behind a server with the product's content security policy, and a browser to look at it."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import waitress
from playwright.sync_api import Browser, Page, sync_playwright

from forms_service.serving.headers import security_headers, with_default_headers
from forms_service.serving.static import ReleaseSite

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

CHROMIUM = shutil.which("chromium")
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


@contextmanager
def served(public: Path) -> Iterator[str]:
    """The address at which a built site is served, as `kinbridge serve` would, while the block runs."""
    with tempfile.TemporaryDirectory() as folder:
        release = Path(folder) / "release"
        release.mkdir()
        (release / "public").symlink_to(public)
        current = Path(folder) / "current"
        current.symlink_to("release")
        app = with_default_headers(ReleaseSite(_not_found, current), security_headers)
        server = waitress.create_server(app, host="127.0.0.1", port=0)
        running = threading.Thread(target=server.run, daemon=True)
        running.start()
        try:
            yield f"http://127.0.0.1:{server.effective_port}"
        finally:
            server.close()
            running.join(5)


def _not_found(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    start_response("404 Not Found", [("Content-Type", "text/plain")])
    return [b"not found"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's chromium; without it the test is skipped, but never in CI."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("no chromium: `make browser` installs it")
        pytest.skip("no chromium: `make browser` installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser: Browser, width: int, scheme: str = "light", **options: bool) -> Iterator[Page]:
    """A page of a certain width; what the browser complains of on its console fails the test."""
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=options.get("scripts", True),
        bypass_csp=options.get("bypass_csp", False),
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == [], complaints
