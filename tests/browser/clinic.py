"""The clinic that the browser visits: this repository's site, one more form, and accidents on demand."""

from __future__ import annotations

import csv
import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from site_src.instance import Instance as SiteInstance
from site_src.releases import publish
from tests.families import SUPPORT_GROUP, Family
from tests.instances import REPOSITORY, Instance, environment_of
from tests.serve import clinic as serving

PATIENCE = 60.0
SMALL_GROUP = "carers-2027-05"  # one place
NEUTRAL = b"<!doctype html><html lang='en'><title>Weather</title><main><h1>Sunny today</h1></main></html>"


@dataclass(frozen=True)
class Clinic:
    """A clinic that is served: `base` is its address, `neutral` where quick exit leads."""

    base: str
    neutral: str
    files: serving.Clinic

    @property
    def public(self) -> Path:
        """The built site."""
        return self.files.instance.release / "public"

    def count(self, table: str) -> int:
        """How many rows a table has."""
        (rows,) = self.files.query(f"SELECT count(*) FROM {table}")
        assert isinstance(rows, int)
        return rows

    def let_drafts_expire(self) -> None:
        """Fifteen days pass for every draft."""
        self.files.change("UPDATE drafts SET saved_at = '2020-01-01T00:00:00Z'")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Somebody else writes to the database for as long as the block runs."""
        with serving.locked(self.files):
            yield

    def empty_small_group(self) -> None:
        """Nobody has or waits for the place of the small group."""
        self.files.change("DELETE FROM places WHERE group_key = :key", key=SMALL_GROUP)

    @contextmanager
    def small_group_full(self) -> Iterator[None]:
        """Another family has the only place of the small group for as long as the block runs."""
        self.empty_small_group()
        family = Family(self.files.instance.app().test_client(), "support-group")
        family.start()
        family.walk({**SUPPORT_GROUP, "group": {"group": SMALL_GROUP}})
        reference = family.send()
        yield
        self.files.change("DELETE FROM places WHERE reference = :reference", reference=reference)

    def offer_places(self) -> None:
        """Everyone who waits is offered a place until a far day."""
        self.files.change(
            "UPDATE places SET status = 'offered', offer_until = '2090-01-01T00:00:00Z' WHERE status = 'waiting'"
        )

    @contextmanager
    def without_recipients(self) -> Iterator[None]:
        """The clinic's public keys are away for as long as the block runs."""
        away = self.files.recipients.with_suffix(".away")
        self.files.recipients.rename(away)
        try:
            yield
        finally:
            away.rename(self.files.recipients)


@contextmanager
def open_clinic(folder: Path) -> Iterator[Clinic]:
    """`kinbridge serve` over the built site, ready; ended with the block."""
    with _neutral_place() as neutral:
        instance = _make_instance(folder / "instance", neutral)
        for name in ("tmp", "home"):
            (folder / name).mkdir()
        _publish(instance)
        # Behind a proxy each visitor has an address of its own, so wrong codes of one test do not stop another.
        files = serving.Clinic(folder, instance, {"KINBRIDGE_TRUSTED_PROXIES": "1"})
        server = serving.launch(files, "--public-only")
        try:
            _wait_until_ready(server)
            yield Clinic(f"http://127.0.0.1:{server.site}", neutral, files)
        finally:
            server.stop()


def _make_instance(root: Path, neutral: str) -> Instance:
    root.mkdir()
    config = (REPOSITORY / "mkdocs.yml").read_text("utf-8")
    config, changed = re.subn(r"quick_exit_url: .*", f"quick_exit_url: {neutral}", config)
    assert changed == 1
    (root / "mkdocs.yml").write_text(config, "utf-8")
    for name in ("content", "site_src"):
        (root / name).symlink_to(REPOSITORY / name)
    shutil.copytree(REPOSITORY / "datapackages", root / "datapackages")
    shutil.copytree(Path(__file__).with_name("everything"), root / "datapackages" / "everything")
    _keep_groups_open(root / "datapackages" / "support-group" / "groups.csv")
    return Instance(root, environment_of(root))


def _keep_groups_open(file: Path) -> None:
    """Every group is open on any day this test runs, with places for all tests."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        row |= {"date": f"2099{row['date'][4:]}", "opens": "2020-01-01", "closes": "2098-12-31"}
        row["capacity"] = "1" if row["group"] == SMALL_GROUP else "900"
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _publish(instance: Instance) -> None:
    """Without print copies: making them takes half a minute, and no test here opens one."""
    site = SiteInstance(instance.root, instance.var)
    publish(site, leave_out=lambda folder: [], print_copies=False)


def _wait_until_ready(server: serving.Serving) -> None:
    deadline = time.monotonic() + PATIENCE
    while " on http://" not in server.words():
        assert server.process.poll() is None and time.monotonic() < deadline, server.words()
        time.sleep(0.05)


class _Neutral(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(NEUTRAL)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its parent's name
        """Says nothing."""


@contextmanager
def _neutral_place() -> Iterator[str]:
    """Another site, where quick exit leads."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Neutral)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
