"""`kinbridge publish`, killed at random moments: over HTTP families get the old site or the new one, whole."""

from __future__ import annotations

import gzip
import os
import random
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forms_service.sealing.identity import new_identity
from tests.instances import Instance, environment_of
from tests.serve.browser import Browser, Page
from tests.serve.clinic import KINBRIDGE, Clinic, serving

HILLTOP = Path(__file__).parents[1] / "site" / "instance"
KILLS = 50 if os.environ.get("KINBRIDGE_TEST_LONG") else 4
# Built pages, one that the form service renders into the release's shell, and one of each further kind.
PAGES = ("/", "/es/", "/calm/", "/worksheets/log/", "/forms/join/", "/search/")
FETCHED = re.compile(r'<(?:link|script|img|source)\b[^>]*?\b(?:href|src)="(/[^"]+)"')
STYLED = re.compile(r"url\(['\"]?([^)'\"]+)")


class Family:
    """Someone who opens page after page with all that it fetches, and notes which site it was."""

    def __init__(self, port: int) -> None:
        self._browser = Browser(port)
        self.newest = 0
        self.styles: dict[int, set[str]] = {}
        self.opened = 0

    def look(self, address: str) -> int:
        """Opens a page with its assets; fails when one is missing or cut, gives the number of the site."""
        page = self._fetch(address)
        text = self._text(page)
        assert text.rstrip().endswith("</html>"), address
        (number,) = {int(found) for found in re.findall(r"555 (\d{4})", text)}
        assets = {found for found in FETCHED.findall(text) if found.startswith("/assets/")}
        assert len(assets) >= 2, (address, text[:2000])
        for asset in sorted(assets):
            self._look_at_asset(asset)
        if address != "/forms/join/":  # forms have styles of their own
            self.styles.setdefault(number, set()).update(found for found in assets if found.endswith(".css"))
        assert number >= self.newest, f"{address} went back to an older site"
        self.newest = number
        self.opened += 1
        return number

    def _look_at_asset(self, address: str) -> None:
        text = self._text(self._fetch(address))
        assert text.strip(), address
        if address.endswith(".css"):
            for found in STYLED.findall(text):
                if not found.startswith("data:"):
                    self._fetch(found)

    def _fetch(self, address: str) -> Page:
        page = self._browser.ask("GET", address, headers={"Accept-Encoding": "gzip"})
        assert page.status == 200, (address, page.status)
        return page

    @staticmethod
    def _text(page: Page) -> str:
        zipped = page.headers["Content-Encoding"] == "gzip"
        return (gzip.decompress(page.body) if zipped else page.body).decode()


def make_hilltop(folder: Path) -> Clinic:
    """The small clinic of the site's tests, published, with a key and folders of its own."""
    root = folder / "instance"
    shutil.copytree(HILLTOP, root)
    for name in ("tmp", "home"):
        (folder / name).mkdir()
    instance = Instance(root, environment_of(root))
    settings = instance.settings
    new_identity(settings.identity_file, settings.recipients_file, None)
    return Clinic(folder, instance)


def change(clinic: Clinic, number: int) -> None:
    """Another phone number, which is on every page, and another colour, which gives the stylesheet another name."""
    file = clinic.instance.root / "mkdocs.yml"
    text = re.sub(r"phone: .*", f"phone: 555 {number:04}", file.read_text("utf-8"))
    text = re.sub(r"    (?:brand: .*|demo: false)", f'    brand: "#0f{number % 64 + 32:02x}5a"', text)
    file.write_text(text, "utf-8")


@contextmanager
def publishing(clinic: Clinic) -> Iterator[subprocess.Popen[bytes]]:
    """`kinbridge publish`, running in a session of its own; what is left of it ends with the block."""
    process = subprocess.Popen(
        [str(KINBRIDGE), "publish"],
        env=clinic.environment,
        cwd=clinic.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_families_get_the_old_site_or_the_new_one_whole_whenever_a_publish_dies(tmp_path: Path) -> None:
    clinic = make_hilltop(tmp_path)
    change(clinic, 0)
    assert clinic.run("publish").exit_code == 0
    change(clinic, 1)
    begun = time.monotonic()
    with publishing(clinic) as process:
        assert process.wait() == 0, process.communicate()[0].decode()
    span = time.monotonic() - begun
    seed = random.Random(8)
    with serving(clinic) as server:
        family = Family(server.site)
        for number in range(2, KILLS + 2):
            change(clinic, number)
            with publishing(clinic) as process:
                _look_until(family, time.monotonic() + seed.uniform(0.1, 1.1) * span)
                process.kill()
                process.wait()
                assert {family.look(page) for page in PAGES} <= {family.newest}
        assert clinic.run("publish").exit_code == 0
        assert {family.look(page) for page in PAGES} == {KILLS + 1}
    assert all(len(styles) == 1 for styles in family.styles.values()), family.styles
    assert len(family.styles) == len({frozenset(styles) for styles in family.styles.values()})
    assert list((clinic.instance.var / "site" / "releases").glob(".building-*")) == []


def _look_until(family: Family, moment: float) -> None:
    while time.monotonic() < moment:
        for page in PAGES:
            family.look(page)
        time.sleep(0.02)  # the publish needs a processor, too
