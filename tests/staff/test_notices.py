"""Mails that something has come: a form's name and a link, and again when nobody opened an urgent one."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import Message

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Handler
from aiosmtpd.smtp import Envelope
from flask import Flask

from forms_service.staff import create_app
from forms_service.staff.notices import send_due
from forms_service.store import Store
from forms_service.store.tables import submissions
from forms_service.store.times import now, stamp
from forms_service.upkeep.notices import MailRefused
from tests.commands.running import send
from tests.instances import Instance
from tests.staff.colleague import new_colleague


class Catcher(Handler):
    """A mail server on this machine that keeps what it gets."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Message] = []
        self.to: list[list[str]] = []

    def prepare_message(self, session: object, envelope: Envelope) -> Message:
        self.to.append(list(envelope.rcpt_tos))
        content = envelope.content
        assert isinstance(content, bytes)
        return message_from_bytes(content)

    def handle_message(self, message: Message) -> None:
        self.mails.append(message)


@contextmanager
def catching() -> Iterator[tuple[Catcher, str]]:
    """A catcher and its address."""
    catcher = Catcher()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(catcher, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield catcher, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


def console_with(instance: Instance, url: str) -> Flask:
    """The console with that mail server."""
    settings = replace(
        instance.settings, smtp_url=url, mail_from="clinic@example.org", staff_url="https://staff.example"
    )
    return create_app(settings)


def change(instance: Instance, **values: object) -> None:
    store = Store(instance.settings.database_url)
    with store.writing() as connection:
        connection.execute(sa.update(submissions).values(**values))
    store.close()


def test_a_mail_carries_the_forms_name_and_a_link_and_nothing_else(instance: Instance) -> None:
    reference = send(instance)
    with catching() as (catcher, url):
        app = console_with(instance, url)
        new_colleague(instance, app, "ana@clinic.example", "reader")
        assert send_due(app) == 1
        assert send_due(app) == 0, "once"
    (mail,) = catcher.mails
    assert mail["Subject"] == "New: Join a parent support group"
    body = str(mail.get_payload(decode=True), "utf-8")  # type: ignore[arg-type]
    assert "https://staff.example/staff/" in body
    whole = mail.as_string()
    for secret in (reference, "Ana Quispe", "ana@example.org", "worries", "urgent", "ana@clinic.example"):
        assert secret not in whole
    assert catcher.to == [["ana@clinic.example"]]


def test_an_urgent_one_that_nobody_opened_is_sent_again_and_stands_in_red(instance: Instance) -> None:
    send(instance)
    change(instance, urgent=True)
    with catching() as (catcher, url):
        app = console_with(instance, url)
        ana = new_colleague(instance, app, "ana@clinic.example", "reader")
        send_due(app)
        assert "not opened" not in ana.open("/staff/").text
        early = stamp(now() - timedelta(hours=5))
        change(instance, noticed_at=early, submitted_at=early)
        page = ana.open("/staff/").text
        assert "kb-help--emergency" in page and "nobody has opened one for over 4 hours" in page
        assert (send_due(app), send_due(app)) == (1, 0), "again, and then after that time"
        assert catcher.mails[1]["Subject"] == "Still waiting: Join a parent support group"
        change(instance, noticed_at=early, read_at=stamp(now()))
        assert send_due(app) == 0, "somebody opened it"


def test_a_mail_server_that_is_away_loses_no_notice_and_tells_no_address(instance: Instance) -> None:
    send(instance)
    app = console_with(instance, "smtp://someone:password@127.0.0.1:9")
    new_colleague(instance, app, "ana@clinic.example", "reader")
    with pytest.raises(MailRefused) as refused:
        send_due(app)
    assert "password" not in str(refused.value) and "ana@" not in str(refused.value)
    with catching() as (catcher, url):
        assert send_due(console_with(instance, url)) == 1
    assert len(catcher.mails) == 1


def test_a_password_is_never_sent_without_encryption(instance: Instance) -> None:
    send(instance)
    with catching() as (catcher, url):
        app = console_with(instance, url.replace("//", "//someone:password@"))
        new_colleague(instance, app, "ana@clinic.example", "reader")
        with pytest.raises(MailRefused):
            send_due(app)
    assert catcher.mails == []


def test_what_came_long_before_a_mail_server_was_set_is_not_announced(instance: Instance) -> None:
    send(instance)
    change(instance, submitted_at=stamp(now() - timedelta(days=30)))
    with catching() as (catcher, url):
        app = console_with(instance, url)
        new_colleague(instance, app, "ana@clinic.example", "reader")
        assert send_due(app) == 0
    assert catcher.mails == []
