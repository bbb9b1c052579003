"""Opens the listening sockets, or says in one line why not."""

from __future__ import annotations

import errno
import socket

from forms_service.serving.plan import Endpoint, ServeError

BACKLOG = 1024


def listen(endpoint: Endpoint) -> socket.socket:
    """A socket that listens for `endpoint` (port 0: any free port). Raises ServeError."""
    family, address = _resolve(endpoint)
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind(address)
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        raise ServeError(_explain(endpoint, error)) from error
    return listener


def url(listener: socket.socket) -> str:
    """The address of a listening socket, to show and to open."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _resolve(endpoint: Endpoint) -> tuple[socket.AddressFamily, tuple[str, int]]:
    try:
        found = socket.getaddrinfo(endpoint.host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise ServeError(
            f'The host "{endpoint.host}" is not known here: give an address of this machine with --host.'
        ) from error
    found.sort(key=lambda entry: entry[0] != socket.AF_INET)
    family, _, _, _, address = found[0]
    return family, (str(address[0]), endpoint.port)


def _explain(endpoint: Endpoint, error: Exception) -> str:
    where = f"port {endpoint.port} on {endpoint.host} ({endpoint.title})"
    other = f"choose another with {endpoint.port_option}"
    match getattr(error, "errno", None):
        case errno.EADDRINUSE:
            return f"Cannot listen: {where} is taken by another program; stop it, or {other}."
        case errno.EACCES:
            return f"Cannot listen: {where} needs more rights than this user has; {other}."
        case errno.EADDRNOTAVAIL:
            return f"Cannot listen: {where} is not an address of this machine; choose another with --host."
        case _:
            return f"Cannot listen: {where}: {error}; {other}."
