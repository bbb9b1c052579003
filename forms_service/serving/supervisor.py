"""Starts the worker processes, keeps them running, and stops them well."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType

from forms_service.serving.plan import Endpoint, ServeError, ServePlan, WorkerOrder
from forms_service.serving.sockets import listen, url

# Settings that lead to the clinic's identity: a public worker is not told where it lies.
IDENTITY_SETTINGS = ("KINBRIDGE_IDENTITY_FILE", "KINBRIDGE_PASSPHRASE_FILE")
SETTLED = 30.0
LONGEST_PAUSE = 30.0
BEYOND_GRACE = 3.0


def serve(plan: ServePlan, prepare: Callable[[], None] | None = None) -> None:
    """Serves until SIGTERM or SIGINT, then returns when requests in progress are finished.

    `prepare` runs when the ports are ours and before any worker starts (migrations, first publish).
    Must be called in the main thread. Raises ServeError when a port is taken or a worker cannot start.
    """
    with contextlib.ExitStack() as stack:
        listeners = [
            (endpoint, stack.enter_context(contextlib.closing(listen(endpoint))))
            for endpoint in plan.endpoints
        ]
        if prepare:
            with _signals(_leave):
                prepare()
        _Supervisor(plan, listeners, stack).run()


@dataclass
class _Worker:
    """One process that should run: the live one, or when the next is due."""

    endpoint: Endpoint
    listener: socket.socket
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    deaths: int = 0
    ready: bool = False
    complaint: str = ""


class _Supervisor:
    """Holds one pipe that workers report on and one whose end tells them that the supervisor is gone."""

    def __init__(
        self, plan: ServePlan, listeners: list[tuple[Endpoint, socket.socket]], stack: contextlib.ExitStack
    ) -> None:
        self._plan = plan
        self._listeners = listeners
        self._news_read, self._news_write = _pipe(stack)
        self._lifeline_read, self._lifeline_write = _pipe(stack)
        self._wake_read, self._wake_write = _pipe(stack)
        for descriptor in (self._news_read, self._wake_read, self._wake_write):
            os.set_blocking(descriptor, False)
        self._unread = b""
        self._stopping = False
        self._announced = False
        self._workers = [
            _Worker(endpoint, listener) for endpoint, listener in listeners for _ in range(endpoint.processes)
        ]

    def run(self) -> None:
        with _signals(self._on_signal, self._wake_write):
            try:
                while not self._stopping:
                    self._start_due()
                    self._wait(self._next_due())
                    self._read_news()
                    self._bury_dead()
            finally:
                self._stop()

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        if number != signal.SIGCHLD:
            self._stopping = True

    def _wait(self, until: float | None) -> None:
        pause = None if until is None else max(0.0, until - time.monotonic())
        select.select([self._news_read, self._wake_read], [], [], pause)
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake_read, 4096)

    def _next_due(self) -> float | None:
        return min((worker.due for worker in self._workers if worker.process is None), default=None)

    def _start_due(self) -> None:
        now = time.monotonic()
        for worker in self._workers:
            if worker.process is None and worker.due <= now:
                worker.process = self._start(worker)
                worker.started = now
                worker.ready = False

    def _start(self, worker: _Worker) -> subprocess.Popen[bytes]:
        endpoint = worker.endpoint
        order = WorkerOrder(
            title=endpoint.title,
            factory=endpoint.factory,
            settings=endpoint.settings,
            release=str(endpoint.release) if endpoint.release else None,
            threads=endpoint.threads,
            limits=self._plan.limits,
            trusted_proxies=self._plan.trusted_proxies,
            listener=worker.listener.fileno(),
            news=self._news_write,
            lifeline=self._lifeline_read,
        )
        environment = {**os.environ, **self._plan.environment}
        if not endpoint.sees_identity:
            for name in IDENTITY_SETTINGS:
                environment.pop(name, None)
        # A process of its own from the first instruction (never a fork): it shares no memory with us,
        # who may have seen the clinic's identity. -P: nothing is imported from the working folder.
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-m", "forms_service.serving.worker", order.to_json()],
            env=environment,
            stdin=subprocess.DEVNULL,
            pass_fds=(order.listener, order.news, order.lifeline),
        )

    def _read_news(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._unread += os.read(self._news_read, 65536)
        *lines, self._unread = self._unread.split(b"\n")
        for line in lines:
            word, pid, *rest = line.decode(errors="replace").split(" ", 2)
            for worker in self._workers:
                if worker.process is not None and str(worker.process.pid) == pid:
                    worker.ready = word == "ready"
                    worker.complaint = " ".join(rest)
        if not self._announced and all(worker.ready for worker in self._workers):
            self._announced = True
            for endpoint, listener in self._listeners:
                _say(f"{endpoint.title} on {url(listener)} ({_count(endpoint.processes)})")

    def _bury_dead(self) -> None:
        if self._stopping:
            return
        dead = [worker for worker in self._workers if worker.process and worker.process.poll() is not None]
        if dead:
            self._read_news()
        for worker in dead:
            died = f"the process for {worker.endpoint.title}"
            if not self._announced and not worker.ready:
                raise ServeError(f"Cannot serve: {died} did not start: {_reason(worker)}")
            now = time.monotonic()
            worker.deaths = 1 if now - worker.started > SETTLED else worker.deaths + 1
            pause = min(0.25 * 2 ** (worker.deaths - 1), LONGEST_PAUSE)
            _say(f"{died} ended ({_reason(worker)}); another starts in {pause:g} s")
            worker.process, worker.due, worker.complaint = None, now + pause, ""

    def _stop(self) -> None:
        self._stopping = True
        for _, listener in self._listeners:
            listener.close()
        running = [worker.process for worker in self._workers if worker.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + self._plan.limits.grace + BEYOND_GRACE
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _say(f"process {process.pid} did not stop in time and was ended")
                process.kill()
                process.wait()


@contextlib.contextmanager
def _signals(handler: Callable[[int, FrameType | None], None], wake: int = -1) -> Iterator[None]:
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)
    before = {number: signal.signal(number, handler) for number in numbers}
    wake_before = signal.set_wakeup_fd(wake)
    try:
        yield
    finally:
        signal.set_wakeup_fd(wake_before)
        for number, previous in before.items():
            signal.signal(number, previous)


def _leave(number: int, _: FrameType | None) -> None:
    if number != signal.SIGCHLD:
        raise SystemExit(0)


def _pipe(stack: contextlib.ExitStack) -> tuple[int, int]:
    ends = os.pipe()
    for end in ends:
        stack.callback(os.close, end)
    return ends


def _reason(worker: _Worker) -> str:
    code = worker.process.returncode if worker.process else None
    if worker.complaint:
        return worker.complaint
    if code is not None and code < 0:
        return f"signal {-code}"
    return f"exit code {code}"


def _count(processes: int) -> str:
    return "1 process" if processes == 1 else f"{processes} processes"


def _say(line: str) -> None:
    print(f"kinbridge: {line}", file=sys.stderr, flush=True)
