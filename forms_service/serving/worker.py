"""One worker process: `python -m forms_service.serving.worker ORDER`, started by the supervisor."""

from __future__ import annotations

import importlib
import logging
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from werkzeug.middleware.proxy_fix import ProxyFix

from forms_service.serving import logs
from forms_service.serving.headers import security_headers, with_default_headers
from forms_service.serving.plan import WorkerOrder
from forms_service.serving.server import Server
from forms_service.serving.static import ReleaseSite

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

ALIVE = "/health/live"
FILES = 8192

_log = logging.getLogger("kinbridge.worker")


class _Lifeline(wasyncore.file_dispatcher):  # type: ignore[misc]
    """A pipe the supervisor holds open: when it closes, the supervisor is gone, and so is the worker."""

    def __init__(self, descriptor: int, server: Server) -> None:
        super().__init__(descriptor, map=server._map)
        self._server = server

    def writable(self) -> bool:
        return False

    def handle_read(self) -> None:
        self.handle_close()

    def handle_close(self) -> None:
        self.close()
        self._server.stop()


def main(arguments: list[str]) -> int:
    """Runs one worker until SIGTERM or the end of the supervisor; 3 when it could not start."""
    order = WorkerOrder.from_json(arguments[0])
    logs.configure(f"{order.title}[{os.getpid()}]")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _set_resource_limits()
    try:
        server = _make_server(order)
    except Exception as error:
        # Nobody has visited yet: the words of this error are the operator's own.
        cause = " ".join(f"{type(error).__name__}: {error}".split())
        _tell(order.news, f"failed {os.getpid()} {cause[:500]}; {logs.describe(error)[:1000]}")
        return 3
    signal.signal(signal.SIGTERM, lambda *_: server.stop())
    _Lifeline(order.lifeline, server)
    _tell(order.news, f"ready {os.getpid()}")
    left = server.serve_until_stopped()
    if left:
        _log.warning("Stopped with %d requests unfinished after %g s.", left, order.limits.grace)
    return 0


def _make_server(order: WorkerOrder) -> Server:
    app = _make_app(order)
    is_page: Callable[[str], bool] = lambda path: path == ALIVE  # noqa: E731
    if order.release is not None:
        site = app = ReleaseSite(app, Path(order.release))
        is_page = lambda path: path == ALIVE or site.holds(path)  # noqa: E731
    return Server(
        with_default_headers(app, security_headers),
        socket.socket(fileno=order.listener),
        order.limits,
        threads=order.threads,
        is_page=is_page,
        trusted_proxies=order.trusted_proxies,
    )


def _make_app(order: WorkerOrder) -> WSGIApplication:
    factory = _named(order.factory)
    app: WSGIApplication = factory(_named(order.settings)()) if order.settings else factory()
    if order.trusted_proxies:
        hops = order.trusted_proxies
        app = ProxyFix(app, x_for=hops, x_proto=hops, x_host=hops)
    return app


def _named(name: str) -> Callable[..., Any]:
    module, _, attribute = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return found


def _set_resource_limits() -> None:
    # A core file would hold unsealed answers.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _tell(news: int, line: str) -> None:
    os.write(news, f"{line}\n".encode())
    os.close(news)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
