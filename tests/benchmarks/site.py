"""The site: build time against a bare Material build, weight of first views, and Lighthouse's scores."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.benchmarks.clients import free_port, wait_until_answered
from tests.benchmarks.timing import interleaved, ratio, spread
from tests.instances import REPOSITORY

ROUNDS = 5
LIGHTHOUSE = "lighthouse@12"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
CHROME = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)
PAGES = {
    "home": "/",
    "guide": "/early-warning-signs/",
    "worksheet": "/worksheets/home-practice-log/",
    "form start": "/forms/intake/",
    "form page": "/forms/intake/you",
}
_OWN_TEMPLATE = re.compile(r"^template: .*\n", re.MULTILINE)
_LOADED = re.compile(r'<(?:link[^>]+rel="stylesheet"[^>]+href|script[^>]+src)="([^"]+)"')


@dataclass(frozen=True)
class Served:
    """`kinbridge serve` on this repository's clinic, with a form begun."""

    port: int
    cookie: str

    def fetch(self, path: str, encoding: str) -> tuple[bytes, Mapping[str, str]]:
        """Body as it is sent, and headers. Raises RuntimeError for any status but 200."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", path, headers={"Accept-Encoding": encoding, "Cookie": self.cookie})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{path} answers {answer.status}")
        return body, dict(answer.headers)


def run() -> None:
    """Prints build times and ratio, bytes of first views, and scores."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _building(folder)
        with _serving(folder) as served:
            _weights(served)
            _scores(served, folder)


def _building(folder: Path) -> None:
    bare = _bare_site(folder / "bare")
    ours = [_command("kinbridge"), "build", "--out", str(folder / "built")]
    theirs = [_command("mkdocs"), "build", "--quiet", "--config-file", str(bare)]
    made, peer = interleaved(
        lambda: _run(ours, REPOSITORY), lambda: _run(theirs, folder), rounds=ROUNDS, clock=_work_of_children
    )
    print(f"{'kinbridge build':28}{spread(made, 1, 2):>24} s   {ratio(made, peer):.2f} of bare Material")
    print(f"{'mkdocs build, bare Material':28}{spread(peer, 1, 2):>24} s   (processor time)")


def _work_of_children() -> float:
    spent = os.times()
    return spent.children_user + spent.children_system


def _bare_site(folder: Path) -> Path:
    """mkdocs.yml of the same pages in a stock Material site, with the extensions that need nothing of ours."""
    config = yaml.safe_load((REPOSITORY / "mkdocs.yml").read_text("utf-8"))
    languages = next(item["i18n"] for item in config["plugins"] if "i18n" in item)
    shutil.copytree(REPOSITORY / "content", folder / "content")
    for page in (folder / "content").rglob("*.md"):
        page.write_text(_OWN_TEMPLATE.sub("", page.read_text("utf-8"), count=1), "utf-8")
    bare = {
        "site_name": "Bare",
        "docs_dir": "content",
        "site_dir": str(folder / "built"),
        "theme": {"name": "material", "font": False},
        "plugins": ["search", {"i18n": {**languages, "reconfigure_search": True}}],
        "markdown_extensions": [
            item for item in config["markdown_extensions"] if "site_src" not in str(item)
        ],
    }
    file = folder / "mkdocs.yml"
    file.write_text(yaml.safe_dump(bare), "utf-8")
    return file


def _run(command: Sequence[str], folder: Path) -> None:
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr[-500:]}")


def _command(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


@contextmanager
def _serving(folder: Path) -> Iterator[Served]:
    port = free_port()
    environment = {
        **os.environ,
        "KINBRIDGE_INSTANCE": str(REPOSITORY),
        "KINBRIDGE_VAR": str(folder / "var"),
        "KINBRIDGE_BASE_URL": f"http://127.0.0.1:{port}/",
    }
    _run_with([_command("kinbridge"), "publish"], environment)
    server = subprocess.Popen(
        [_command("kinbridge"), "serve", "--public-only", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_answered(port, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        yield Served(port, _begin(port))
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _run_with(command: Sequence[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command} failed: {done.stderr[-500:]}")


def _begin(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request(
        "POST", PAGES["form start"], headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.headers["Set-Cookie"].split(";")[0]


def _weights(served: Served) -> None:
    print(f"\n{'first view, bytes sent':24}{'brotli':>10}{'gzip':>10}   HTML + CSS + scripts, brotli")
    for name, path in PAGES.items():
        plain, _ = served.fetch(path, "identity")
        parts = [path, *_LOADED.findall(plain.decode())]
        sizes = {
            encoding: [len(served.fetch(part, encoding)[0]) for part in parts] for encoding in ("br", "gzip")
        }
        _, headers = served.fetch(path, "br")
        how = headers.get("Content-Encoding", "HTML sent plain")
        html, *others = sizes["br"]
        print(
            f"{name:24}{sum(sizes['br']):10,}{sum(sizes['gzip']):10,}   {html:,} + {sum(others):,}  ({how})"
        )


def _scores(served: Served, folder: Path) -> None:
    npm, chromium = shutil.which("npm"), shutil.which("chromium")
    if npm is None or chromium is None:
        print(f"\nLighthouse skipped: {'npm' if npm is None else 'chromium'} is not installed")
        return
    installed = subprocess.run(
        [npm, "install", "--no-save", "--no-audit", "--no-fund", "--silent", LIGHTHOUSE],
        cwd=folder,
        capture_output=True,  # its words may name a registry
    )
    if installed.returncode:
        print(f"\nLighthouse skipped: npm could not install {LIGHTHOUSE}")
        return
    print(f"\n{'Lighthouse, mobile':24}{'/'.join(CATEGORIES)}")
    for name, path in PAGES.items():
        report = _report(served, path, folder, chromium) or _report(served, path, folder, chromium)
        if report is None:
            print(f"{name:24}no report: lighthouse failed twice")
            continue
        scores = [report["categories"][category]["score"] or 0 for category in CATEGORIES]
        print(f"{name:24}{'/'.join(f'{score * 100:.0f}' for score in scores)}   {_lost_points(report)}")


def _report(served: Served, path: str, folder: Path, chromium: str) -> dict[str, Any] | None:
    """What Lighthouse found; None when it failed, as it does on a machine that is too busy."""
    file = folder / "report.json"
    done = subprocess.run(
        [
            str(folder / "node_modules" / ".bin" / "lighthouse"),
            f"http://127.0.0.1:{served.port}{path}",
            "--quiet",
            "--output=json",
            f"--output-path={file}",
            f"--chrome-flags={CHROME}",
            f"--only-categories={','.join(CATEGORIES)}",
            f"--extra-headers={json.dumps({'Cookie': served.cookie})}",
        ],
        env={**os.environ, "CHROME_PATH": chromium},
        capture_output=True,
        timeout=300,
    )
    if done.returncode:
        return None
    report: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return report


def _lost_points(report: Mapping[str, Any]) -> str:
    """What costs points, worst first."""
    lost = []
    for category in CATEGORIES:
        for reference in report["categories"][category]["auditRefs"]:
            score = report["audits"][reference["id"]]["score"]
            if reference["weight"] and score is not None and score < 1:
                lost.append((score, f"{reference['id']} {score:.2f}"))
    return ", ".join(text for _, text in sorted(lost))
