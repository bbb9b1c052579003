"""The security headers that every answer carries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]

security_headers: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; "
            "base-uri 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": (
            "accelerometer=(), camera=(), geolocation=(), gyroscope=(), "
            "magnetometer=(), microphone=(), payment=(), usb=()"
        ),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Frame-Options": "DENY",
    }
)

# A worker has the policy of its own answer. Only the search's may compile WebAssembly, and it has no page.
search_worker = re.compile(r"/pagefind/[^/]*worker[^/]*\.js")
search_worker_policy = security_headers["Content-Security-Policy"].replace(
    "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"
)


def add_missing(headers: list[tuple[str, str]], wanted: Mapping[str, str]) -> list[tuple[str, str]]:
    """`headers` and those of `wanted` that they do not name yet."""
    present = {name.lower() for name, _ in headers}
    return [*headers, *(pair for pair in wanted.items() if pair[0].lower() not in present)]


def with_default_headers(app: WSGIApplication, wanted: Mapping[str, str]) -> WSGIApplication:
    """The application, each answer carrying the wanted headers; what it sets itself stays."""

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None, /) -> Any:
            return start_response(status, add_missing(headers, wanted), exc_info)

        return app(environ, start)

    return application
