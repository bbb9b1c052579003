"""Starts servers for tests and speaks to them byte by byte."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from forms_service.serving.plan import Endpoint, ServePlan

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE = 15.0
APP = "tests.serving.apps:plain"


def public(**changes: object) -> Endpoint:
    """An endpoint on a free port that runs the small application."""
    given = {"title": "site", "host": "127.0.0.1", "port": 0, "factory": APP, **changes}
    return Endpoint(**given)  # type: ignore[arg-type]


def staff(**changes: object) -> Endpoint:
    return public(title="staff", port_option="--staff-port", **changes)


@dataclass
class Answer:
    """An HTTP answer as the client saw it."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass
class Running:
    """A supervisor that runs, and where it writes what operators read."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def port(self, title: str = "site") -> int:
        found = re.search(rf"^kinbridge: {title} on http://[\d.]+:(\d+)/", self.words(), re.MULTILINE)
        assert found, self.words()
        return int(found[1])

    def words(self) -> str:
        return self.log.read_text()

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        title: str = "site",
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port(title), timeout=PATIENCE)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def send(self, message: bytes) -> socket.socket:
        """A connection over which these bytes went out."""
        connection = socket.create_connection(("127.0.0.1", self.port()), timeout=PATIENCE)
        connection.sendall(message)
        return connection


def read_all(connection: socket.socket, *, pause: float = 0.0) -> bytes:
    """What the server sends until it closes; `pause` after each piece makes a slow reader."""
    pieces = []
    while piece := connection.recv(65536):
        pieces.append(piece)
        time.sleep(pause)
    connection.close()
    return b"".join(pieces)


def body_of(answer: bytes) -> bytes:
    return answer.split(b"\r\n\r\n", 1)[1]


def post(path: str, body: bytes, *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: test", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def launch(plan: ServePlan, folder: Path, **environment: str) -> Running:
    """Starts a supervisor; does not wait for it."""
    log = folder / "stderr.log"
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONDONTWRITEBYTECODE": "1", **environment}
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.serving.launch", json.dumps(asdict(plan), default=str)],
            env=environment,
            stderr=stderr,
            cwd=folder,
        )
    return Running(process, log)


@contextmanager
def running(plan: ServePlan, folder: Path, **environment: str) -> Iterator[Running]:
    """A supervisor whose workers are ready; killed at the end if it still runs."""
    server = launch(plan, folder, **environment)
    try:
        lines = len(plan.endpoints)
        until(lambda: server.words().count(" on http://") == lines or server.process.poll() is not None)
        assert server.process.poll() is None, server.words()
        yield server
    finally:
        server.process.kill()
        server.process.wait()


def make_release(site: Path, name: str, files: Mapping[str, bytes]) -> Path:
    """A release with these public files, made the current one in one rename; returns the link."""
    for path, content in files.items():
        file = site / "releases" / name / "public" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    fresh = site / f"{name}.link"
    fresh.symlink_to(f"releases/{name}")
    fresh.rename(site / "current")
    return site / "current"
