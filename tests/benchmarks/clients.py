"""Clients that keep a server on this machine busy, and what they saw."""

from __future__ import annotations

import itertools
import socket
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

CONNECTIONS = 8
SECONDS = 3.0
STARTING = 60.0
WELCOME = (b"200", b"303", b"503")


class Unwelcome(Exception):
    """An answer with a status that the benchmark does not count."""


@dataclass
class Load:
    """What the clients saw: seconds for each answer, how many were unanswered, how many unwelcome (not in the rate)."""

    seconds: float = SECONDS
    latencies: list[float] = field(default_factory=list)
    failures: int = 0
    refused: int = 0

    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: int) -> float:
        """Seconds within which `share` per cent were answered."""
        if len(self.latencies) < 2:
            return self.latencies[0] if self.latencies else float("inf")
        return statistics.quantiles(self.latencies, n=100, method="inclusive")[share - 1]

    def described(self) -> str:
        """How long the slow ones took, and how many gave up waiting."""
        p99 = f"{self.percentile(99) * 1000:.0f} ms" if self.latencies else "-"
        return f"{p99:>10}{self.failures:>12}"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def wait_until_answered(port: int, message: bytes) -> None:
    """Waits for a server that was just started. Raises RuntimeError when it takes too long."""
    deadline = time.monotonic() + STARTING
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                _exchange(connection, message, WELCOME)
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the server did not start within {STARTING:.0f} s")


def load(
    port: int,
    *messages: bytes,
    clients: int = CONNECTIONS,
    keep: bool = True,
    seconds: float = SECONDS,
    welcome: Sequence[bytes] = WELCOME,
) -> Load:
    """Each client sends its message over and over; a status not in `welcome` counts as refused.

    The messages are dealt out in turn; `keep` says whether a client keeps its connection.
    Raises RuntimeError when no answer was welcome.
    """
    seen = Load(seconds)
    deadline = time.monotonic() + seconds
    turns = itertools.islice(itertools.cycle(messages), clients)
    arguments = [(port, message, keep, deadline, seen, tuple(welcome)) for message in turns]
    threads = [threading.Thread(target=_client, args=each) for each in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not seen.latencies:
        raise RuntimeError("the server gave no welcome answer")
    return seen


def _client(
    port: int, message: bytes, keep: bool, deadline: float, seen: Load, welcome: tuple[bytes, ...]
) -> None:
    connection: socket.socket | None = None
    while time.monotonic() < deadline:
        began = time.perf_counter()
        try:
            connection = connection or socket.create_connection(("127.0.0.1", port), timeout=seen.seconds)
            stays = _exchange(connection, message, welcome) and keep
            seen.latencies.append(time.perf_counter() - began)
        except Unwelcome:
            seen.refused += 1
            stays = False
        except OSError:
            seen.failures += 1
            stays = False
        if connection and not stays:
            connection.close()
            connection = None
    if connection:
        connection.close()


def _exchange(connection: socket.socket, message: bytes, welcome: tuple[bytes, ...]) -> bool:
    """Sends one request and reads its whole answer; False when the server then closes. Raises Unwelcome."""
    connection.sendall(message)
    answer = b""
    while (end := answer.find(b"\r\n\r\n")) < 0:
        answer += _receive(connection)
    head = answer[:end].lower()
    if head[9:12] not in welcome:
        raise Unwelcome(head[:40])
    length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
    missing = end + 4 + length - len(answer)
    while missing > 0:
        missing -= len(_receive(connection))
    return b"connection: close" not in head


def _receive(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("closed early")
    return data
