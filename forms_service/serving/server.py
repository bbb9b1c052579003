"""Waitress, made to keep bodies in memory, to keep pages fast, and to finish what is in progress."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher, WSGITask
from waitress.utilities import RequestEntityTooLarge

from forms_service.serving.bodies import Beginning, MemoryBody, Room
from forms_service.serving.headers import security_headers
from forms_service.serving.plan import MEBIBYTE, Limits
from forms_service.serving.static import plain_page

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

# A body over the limit is read to its end, up to this, so that the browser sees the answer.
READ_IN_VAIN = 64 * MEBIBYTE
NEVER_A_FILE = sys.maxsize
PAGE_THREADS = 2
LINGER = 2.0
WORDS = {
    413: ("This was too large to send", "Please go back and send less."),
    431: ("Your browser sent too much", "Please clear this site's cookies and try again."),
    500: ("Something went wrong", "This is our fault, not yours. Please try again in a few minutes."),
}
UNREADABLE = ("This request could not be read", "Please go back and try again.")


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """Puts each body into memory of ours instead of a buffer that overflows into a file.

    Of a form that is too large even to be read in vain only the beginning is taken, so that the application can
    give back what was typed; then the connection ends.
    """

    body_rcv: Any
    content_length: int
    headers: dict[str, str]
    is_cut = False
    expect_continue: bool

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.body_rcv is None:
            return
        sends_file = self.headers.get("CONTENT_TYPE", "").lower().startswith("multipart/form-data")
        limit = self.adj.limits.upload if sends_file else self.adj.limits.body
        self.body_rcv.buf = MemoryBody(limit, self.adj.room)
        if sends_file and self.content_length >= READ_IN_VAIN and not self.expect_continue:
            self.body_rcv, self.is_cut = Beginning(), True
            self.content_length, self.headers["CONNECTION"] = 0, "close"
        elif self.expect_continue and self.content_length > limit:
            self.body_rcv = None
            self.expect_continue = False
            self.error = RequestEntityTooLarge("")


class _PlainError(ErrorTask):  # type: ignore[misc]
    """The answer to what never reaches the application: our headers, no word about the server."""

    def execute(self) -> None:
        error = self.request.error
        self.channel.lingers = True
        body = plain_page(*WORDS.get(error.code, UNREADABLE))
        self.status = f"{error.code} {error.reason}"
        self.response_headers.extend(security_headers.items())
        self.response_headers.append(("Content-Type", "text/html; charset=utf-8"))
        self.response_headers.append(("Cache-Control", "no-store"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Answer(WSGITask):  # type: ignore[misc]
    """Tells the client, while the process stops, that the connection ends with this answer."""

    def execute(self) -> None:
        self.channel.lingers = self.request.is_cut
        super().execute()

    def build_response_header(self) -> bytes:
        if self.channel.server.stopping:
            self.set_close_on_finish()
        header: bytes = super().build_response_header()
        return header


class _Channel(HTTPChannel):  # type: ignore[misc]
    """A connection that knows how long its request has been arriving.

    After a refusal in the middle of a request it lingers: closing with bytes unread would reset the connection,
    and the browser would show an error of its own instead of ours.
    """

    parser_class = _Parser
    task_class = _Answer
    error_task_class = _PlainError
    request: Any
    requests: list[Any]
    total_outbufs_len: int
    close_when_flushed: bool
    began = 0.0
    lingers = False
    lingering_since = 0.0

    def readable(self) -> bool:
        return bool(self.lingering_since or super().readable())

    def received(self, data: bytes) -> bool:
        if self.lingering_since:
            return False
        if self.request is None:
            self.began = time.monotonic()
        return bool(super().received(data))

    def handle_write(self) -> None:
        if self.lingers and self.close_when_flushed and not self.will_close:
            self._flush_exception(self._flush_some)
            if not self.total_outbufs_len and self.connected:
                self.close_when_flushed = False
                self.lingering_since = time.monotonic()
                self.socket.shutdown(socket.SHUT_WR)
        else:
            super().handle_write()

    def handle_close(self) -> None:
        unfinished, self.request = self.request, None
        if unfinished is not None:
            unfinished.close()
        super().handle_close()

    @property
    def is_waiting(self) -> bool:
        """Nothing of ours is to be done or sent; the order of the questions matters beside threads."""
        return not self.requests and self.total_outbufs_len == 0

    @property
    def is_idle(self) -> bool:
        return self.is_waiting and self.request is None

    @property
    def is_too_slow(self) -> bool:
        if self.lingering_since:
            return time.monotonic() - self.lingering_since > LINGER
        if self.requests or self.request is None:
            return False
        limits: Limits = self.adj.limits
        allowed: float = limits.arrival + self.request.body_bytes_received / limits.slowest
        return time.monotonic() - self.began > allowed


class Server(TcpWSGIServer):  # type: ignore[misc]
    """One process's server on a socket that already listens.

    `is_page(path)` says which addresses need no database: they have threads of their own, so that a guide or
    the crisis page never waits behind forms that wait for the database.
    """

    channel_class = _Channel

    def __init__(
        self,
        app: WSGIApplication,
        listener: socket.socket,
        limits: Limits,
        *,
        threads: int,
        is_page: Callable[[str], bool],
        trusted_proxies: int = 0,
    ) -> None:
        self.stopping = False
        self._limits = limits
        self._is_page = is_page
        self._pages = _threads(PAGE_THREADS)
        sockinfo = (listener.family, listener.type, listener.proto, listener.getsockname())
        super().__init__(
            app,
            map={},
            _sock=listener,
            dispatcher=_threads(threads),
            adj=_adjustments(limits, believes_proxies=trusted_proxies > 0),
            bind_socket=False,
            sockinfo=sockinfo,
        )

    def add_task(self, task: Any) -> None:
        request = task.requests[0]
        quick = request.error is not None or self._is_page(request.path)
        (self._pages if quick else self.task_dispatcher).add_task(task)

    def handle_accept(self) -> None:
        """A full house lets in the newcomer and shows out whoever has been silent longest."""
        if len(self.active_channels) >= self._limits.connections:
            channels = self.active_channels.values()
            waiting = [channel for channel in channels if channel.is_waiting and not channel.will_close]
            if waiting:
                min(waiting, key=lambda channel: channel.last_activity).will_close = True
        super().handle_accept()

    def maintenance(self, now: float) -> None:
        super().maintenance(now)
        for channel in self.active_channels.values():
            if channel.is_too_slow:
                channel.will_close = True

    def stop(self) -> None:
        """Ends `serve_until_stopped` (safe in a signal handler)."""
        self.stopping = True
        self.pull_trigger()

    def serve_until_stopped(self) -> int:
        """Serves until `stop`, then finishes requests in progress, also half-sent ones, for `limits.grace`
        seconds. Returns how many were left. Raises OSError when the listening socket was lost."""
        while not self.stopping:
            wasyncore.poll2(1.0, self._map)
            if not self.accepting:
                raise OSError("the listening socket was lost")
        return self._finish(time.monotonic() + self._limits.grace)

    def _finish(self, deadline: float) -> int:
        # Who is connected already, though not yet accepted, is served too.
        for known in range(len(self.active_channels), self._limits.connections):
            super().handle_accept()
            if len(self.active_channels) == known:
                break
        self.del_channel()
        self.accepting = False
        self.socket.close()
        wasyncore.poll2(0.0, self._map)
        while self._close_idle() and time.monotonic() < deadline:
            wasyncore.poll2(0.1, self._map)
        return len(self.active_channels)

    def _close_idle(self) -> int:
        for channel in list(self.active_channels.values()):
            if channel.is_idle:
                channel.handle_close()
        return len(self.active_channels)


def _threads(count: int) -> ThreadedTaskDispatcher:
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.set_thread_count(count)
    return dispatcher


def _adjustments(limits: Limits, *, believes_proxies: bool) -> Adjustments:
    adjustments = Adjustments(
        ident="",
        backlog=1024,
        recv_bytes=65536,
        connection_limit=limits.connections * 2,
        channel_timeout=limits.idle,
        cleanup_interval=min(5, limits.idle, int(limits.arrival)),
        max_request_header_size=limits.headers,
        max_request_body_size=READ_IN_VAIN,
        inbuf_overflow=NEVER_A_FILE,
        outbuf_overflow=NEVER_A_FILE,
        clear_untrusted_proxy_headers=not believes_proxies,
    )
    adjustments.limits = limits
    adjustments.room = Room(limits.all_bodies)
    return adjustments
