"""What is to be served, as data: the plan of the supervisor and the order each worker gets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

MEBIBYTE = 1024 * 1024


class ServeError(Exception):
    """The servers could not start; the message is one line with cause and mend."""


@dataclass(frozen=True)
class Endpoint:
    """One port, the processes behind it, and the application they run.

    `factory` and `settings` are written "module:callable" and are imported in the worker alone:
    `factory` makes the WSGI application, from what `settings` returns (without `settings`, from nothing).
    `release` is the link to the published release; its `public/` folder is served before the application.
    """

    title: str
    host: str
    port: int
    factory: str
    settings: str | None = None
    release: Path | None = None
    processes: int = 1
    threads: int = 16
    port_option: str = "--port"
    sees_identity: bool = False


@dataclass(frozen=True)
class Limits:
    """What one process accepts. Bytes, seconds, counts; `upload` is the body of a form that may hold a file.

    A request must arrive within `arrival` seconds, and the time its body needs at `slowest` bytes a second.
    """

    body: int = 4 * MEBIBYTE
    upload: int = 11 * MEBIBYTE
    all_bodies: int = 256 * MEBIBYTE
    headers: int = 32 * 1024
    connections: int = 1000
    idle: int = 60
    arrival: float = 30.0
    slowest: float = 1000.0
    grace: float = 10.0


@dataclass(frozen=True)
class ServePlan:
    """Everything `serve` needs. `environment` is added to the workers' environment."""

    public: Endpoint | None = None
    staff: Endpoint | None = None
    limits: Limits = field(default_factory=Limits)
    trusted_proxies: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        return tuple(endpoint for endpoint in (self.public, self.staff) if endpoint)


@dataclass(frozen=True)
class WorkerOrder:
    """One worker's part of the plan, with the file descriptors it inherits."""

    title: str
    factory: str
    settings: str | None
    release: str | None
    threads: int
    limits: Limits
    trusted_proxies: int
    listener: int
    news: int
    lifeline: int

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> WorkerOrder:
        data = json.loads(text)
        return cls(**{**data, "limits": Limits(**data["limits"])})
