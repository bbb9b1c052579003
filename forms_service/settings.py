"""Settings, read once from the environment into one typed object (design 4)."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from forms_service.durable import create_whole

SHORTEST_SECRET = 32  # bytes


class SettingsError(Exception):
    """A setting that cannot be used; the message names it, the cause and the mend."""


@dataclass(frozen=True)
class Settings:
    """Where the instance lives and how its processes run. Paths are absolute."""

    instance: Path
    var: Path
    database_url: str
    secret_file: Path
    recipients_file: Path
    identity_file: Path
    passphrase_file: Path | None
    base_url: str
    staff_url: str
    workers: int
    trusted_proxies: int
    limits_url: str
    backup_at: time | None
    backup_folder: Path
    backups_kept: int
    purge_at: time | None
    smtp_url: str
    mail_from: str

    @property
    def current_release(self) -> Path:
        """The published release: a link that `publish` replaces."""
        return self.var / "site" / "current"

    def secret(self) -> bytes:
        """The signing secret, made on first use (mode 0600; the first of two writers wins).

        Raises SettingsError when the file holds none: an empty secret would sign for everybody.
        """
        if not self.secret_file.exists():
            with contextlib.suppress(FileExistsError):
                create_whole(self.secret_file, secrets.token_hex(32).encode())
        secret = self.secret_file.read_bytes().strip()
        if len(secret) < SHORTEST_SECRET:
            raise SettingsError(
                f"the signing secret in {self.secret_file} is too short: remove the file, a new one is made"
            )
        return secret


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from KINBRIDGE_* variables. Raises SettingsError."""
    instance = Path(environment.get("KINBRIDGE_INSTANCE") or Path.cwd()).resolve()
    var = Path(environment.get("KINBRIDGE_VAR") or instance / "var").resolve()

    def path(name: str, default: Path) -> Path:
        return Path(environment.get(name) or default).resolve()

    passphrase = environment.get("KINBRIDGE_PASSPHRASE_FILE")
    return Settings(
        instance=instance,
        var=var,
        database_url=environment.get("KINBRIDGE_DATABASE_URL") or f"sqlite:///{var / 'kinbridge.db'}",
        secret_file=path("KINBRIDGE_SECRET_FILE", var / "secret"),
        recipients_file=path("KINBRIDGE_RECIPIENTS_FILE", var / "keys" / "recipients.txt"),
        identity_file=path("KINBRIDGE_IDENTITY_FILE", var / "keys" / "clinic.age"),
        passphrase_file=Path(passphrase) if passphrase else None,
        base_url=environment.get("KINBRIDGE_BASE_URL", "").rstrip("/"),
        staff_url=environment.get("KINBRIDGE_STAFF_URL", ""),
        workers=_number(environment, "KINBRIDGE_WORKERS", os.cpu_count() or 1, 1),
        trusted_proxies=_number(environment, "KINBRIDGE_TRUSTED_PROXIES", 0, 0),
        limits_url=environment.get("KINBRIDGE_LIMITS_URL") or "memory://",
        backup_at=_time(environment, "KINBRIDGE_BACKUP_AT", time(3, 10)),
        backup_folder=path("KINBRIDGE_BACKUP_FOLDER", var / "backups"),
        backups_kept=_number(environment, "KINBRIDGE_BACKUPS_KEPT", 14, 1),
        purge_at=_time(environment, "KINBRIDGE_PURGE_AT", time(3, 40)),
        smtp_url=environment.get("KINBRIDGE_SMTP_URL", ""),
        mail_from=environment.get("KINBRIDGE_MAIL_FROM") or "kinbridge@localhost",
    )


def _number(environment: Mapping[str, str], name: str, default: int, least: int) -> int:
    text = environment.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or int(text) < least:
        raise SettingsError(f'{name} is "{text}": write a whole number, at least {least}')
    return int(text)


def _time(environment: Mapping[str, str], name: str, default: time) -> time | None:
    text = environment.get(name, "")
    if text in ("", "off"):
        return None if text else default
    try:
        found = time.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise SettingsError(f'{name} is "{text}": write a time of the clinic\'s day such as 03:10, or off')
    return found
