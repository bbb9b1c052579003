"""One worker under half-sent, oversized, slow and malformed requests, over real connections."""

from __future__ import annotations

import hashlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from forms_service.serving.headers import security_headers
from forms_service.serving.plan import Limits, ServePlan
from tests.serving.apps import LARGE
from tests.serving.running import (
    PATIENCE,
    REPOSITORY,
    Running,
    body_of,
    make_release,
    post,
    public,
    read_all,
    running,
    until,
)

HALF_HEADERS = b"GET /forms/pid HTTP/1.1\r\nHost: te"
HALF_BODY = post("/forms/digest", b"x" * 2000)[:-1000]
LAST = "Connection: close"
WATCHED = "tests.serving.apps:watched"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("server")
    release = make_release(folder / "site", "first", {"index.html": b"<h1>Home</h1>"})
    with running(ServePlan(public=public(release=release)), folder) as server:
        yield server


def test_a_hundred_half_sent_requests_leave_others_unharmed(server: Running) -> None:
    with ExitStack() as stack:
        for _ in range(50):
            stack.enter_context(server.send(HALF_HEADERS))
            stack.enter_context(server.send(HALF_BODY))
        for path in ["/", "/forms/pid", "/health/live"] * 5:
            began = time.monotonic()
            assert server.ask(path).status == 200
            assert time.monotonic() - began < 2.0
        assert server.ask("/forms/digest", method="POST", body=b"answer").status == 200


def test_pages_stay_fast_while_every_form_waits(server: Running) -> None:
    with ExitStack() as stack:
        for _ in range(40):
            stack.enter_context(server.send(post("/forms/slow", b"")))
        for path in ("/", "/health/live"):
            began = time.monotonic()
            assert server.ask(path).status == 200
            assert time.monotonic() - began < 1.5


def test_a_body_that_comes_in_pieces_arrives_whole(server: Running) -> None:
    body = bytes(range(256)) * 40
    message = post("/forms/digest", body, LAST)
    connection = server.send(message[:50])
    for start in range(50, len(message), 3000):
        time.sleep(0.02)
        connection.sendall(message[start : start + 3000])
    assert body_of(read_all(connection)) == hashlib.sha256(body).hexdigest().encode()


def test_a_body_of_four_mebibytes_is_taken(server: Running) -> None:
    body = b"a" * (4 * 1024 * 1024)
    answer = server.ask("/forms/digest", method="POST", body=body)
    assert answer.body == hashlib.sha256(body).hexdigest().encode()


def test_a_larger_body_is_refused_by_the_application_after_it_was_read(server: Running) -> None:
    answer = server.ask("/forms/digest", method="POST", body=b"a" * (4 * 1024 * 1024 + 1))
    assert answer.status == 413
    assert b"Request Entity Too Large" in answer.body


@pytest.mark.parametrize(
    ("kind", "size"),
    [("application/x-www-form-urlencoded", 5_000_000), ("multipart/form-data; boundary=b", 12_000_000)],
)
def test_a_form_in_flask_answers_a_larger_body_in_its_own_words(tmp_path: Path, kind: str, size: int) -> None:
    with running(ServePlan(public=public(factory="tests.serving.apps:form")), tmp_path) as server:
        headers = {"Content-Type": kind}
        body = b"--b\r\n" + b"a" * size
        answer = server.ask("/forms/intake/about", method="POST", body=body, headers=headers)
    assert (answer.status, answer.body[:18]) == (413, b"That was too much.")
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_a_form_that_may_hold_a_file_may_be_larger(server: Running) -> None:
    body = b"a" * (11 * 1024 * 1024)
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = server.ask("/forms/digest", method="POST", body=body, headers=headers)
    assert answer.body == hashlib.sha256(body).hexdigest().encode()


def test_a_larger_body_in_chunks_is_refused_too(server: Running) -> None:
    head = b"POST /forms/digest HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    connection = server.send(head)
    for _ in range(5):
        connection.sendall(b"%x\r\n%b\r\n" % (1024 * 1024, b"a" * 1024 * 1024))
    connection.sendall(b"0\r\n\r\n")
    assert read_all(connection).startswith(b"HTTP/1.1 413 ")


def test_a_larger_body_that_asks_first_is_refused_before_it_is_sent(server: Running) -> None:
    head = post("/forms/digest", b"a" * 5_000_000, "Expect: 100-continue").split(b"\r\n\r\n")[0]
    answer = read_all(server.send(head + b"\r\n\r\n"))
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_gigantic_body_is_cut_off(server: Running) -> None:
    head = post("/forms/digest", b"").replace(b"Content-Length: 0", b"Content-Length: 99999999999")
    assert read_all(server.send(head)).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: test\r\nCookie: " + b"c" * 40_000 + b"\r\n\r\n", 431),
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: test\r\nContent-Length: -1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: test\r\nbroken header\r\n\r\n", 400),
        (b"POST /forms/pid HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"GET /forms/fail?words HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n", 500),
        (b"BREW / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n", 405),
        (b"GET /nowhere HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n", 404),
        (b"GET /%ff%00/..%2f HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n", 404),
        (b"GET / HTTP/1.0\r\n\r\n", 200),
    ],
)
def test_every_answer_carries_the_security_headers_and_no_name_of_a_server(
    server: Running, message: bytes, status: int
) -> None:
    head = read_all(server.send(message)).split(b"\r\n\r\n")[0].decode()
    first, *lines = head.split("\r\n")
    assert first.split()[1] == str(status)
    headers = dict(line.split(": ", 1) for line in lines)
    assert headers.items() >= security_headers.items()
    assert "Server" not in headers
    assert "waitress" not in head.lower()


def test_operators_read_where_it_failed_and_never_what_was_sent(server: Running) -> None:
    before = len(server.words())
    server.ask("/forms/fail?Amelia-Path", method="POST", body=b"name=Amelia-Body")
    read_all(server.send(b"GET /Amelia-Broken HTTP/1.1\r\nAmelia broken\r\n\r\n"))
    until(lambda: "ValueError" in server.words()[before:])
    words = server.words()
    assert "tests/serving/apps.py:" in words
    assert "Amelia" not in words
    assert "/forms/" not in words
    assert "127.0.0.1" not in words[before:]


def test_nobody_tells_us_by_a_header_who_they_are_unless_a_proxy_is_trusted(
    server: Running, tmp_path: Path
) -> None:
    claims = {
        "X-Forwarded-For": "1.1.1.1, 9.9.9.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "kin.example",
    }
    seen = json.loads(server.ask("/forms/environ", headers=claims).body)
    assert (seen["REMOTE_ADDR"], seen["wsgi.url_scheme"]) == ("127.0.0.1", "http")
    assert "HTTP_X_FORWARDED_FOR" not in seen
    with running(ServePlan(public=public(), trusted_proxies=1), tmp_path) as behind:
        seen = json.loads(behind.ask("/forms/environ", headers=claims).body)
    assert (seen["REMOTE_ADDR"], seen["wsgi.url_scheme"]) == ("9.9.9.9", "https")
    assert seen["HTTP_HOST"] == "kin.example"


def test_bodies_of_all_visitors_together_stay_within_their_room(tmp_path: Path) -> None:
    limits = Limits(body=1_000_000, all_bodies=1_500_000)
    half_sent = post("/forms/digest", b"a" * 1_000_000)[:-10]
    with running(ServePlan(public=public(), limits=limits), tmp_path) as server, ExitStack() as stack:

        def status(size: int) -> int:
            return server.ask("/forms/echo", method="POST", body=b"b" * size).status

        def is_full() -> bool:
            # Sent anew each time: one of two that arrive together may have been refused itself.
            stack.enter_context(server.send(half_sent))
            return status(600_000) == 503

        until(is_full)
        until(lambda: status(100_000) == 200)
        stack.close()
        until(lambda: status(900_000) == 200)


def test_a_full_house_still_lets_newcomers_in(tmp_path: Path) -> None:
    plan = ServePlan(public=public(), limits=Limits(connections=20))
    with running(plan, tmp_path) as server, ExitStack() as stack:
        for _ in range(60):
            stack.enter_context(server.send(HALF_BODY))
        began = time.monotonic()
        assert server.ask("/forms/pid").status == 200
        assert time.monotonic() - began < 2.0


def test_a_request_that_trickles_in_for_too_long_is_dropped(tmp_path: Path) -> None:
    plan = ServePlan(public=public(), limits=Limits(arrival=0.5))
    with running(plan, tmp_path) as server:
        connection = server.send(HALF_HEADERS)
        began = time.monotonic()
        try:
            while time.monotonic() - began < PATIENCE:
                connection.sendall(b"x")
                time.sleep(0.1)
        except OSError:
            pass
        assert time.monotonic() - began < 5.0
        assert server.ask("/forms/pid").status == 200


def _exchange_three_megabytes(connection: socket.socket) -> bytes:
    body = b"typed words " * 250_000
    message = post("/forms/echo", body, LAST)
    connection.sendall(message[: len(message) // 2])
    time.sleep(0.2)
    connection.sendall(message[len(message) // 2 :])
    time.sleep(0.2)
    answer = body_of(read_all(connection, pause=0.001))
    assert answer == body
    return answer


def test_neither_a_large_body_nor_a_large_answer_touches_the_temporary_folder(tmp_path: Path) -> None:
    notes, temporary = tmp_path / "notes", tmp_path / "temporary"
    temporary.mkdir()
    watch = {"KB_TEST_NOTES": str(notes), "TMPDIR": str(temporary)}
    with running(ServePlan(public=public(factory=WATCHED)), tmp_path, **watch) as server:
        _exchange_three_megabytes(server.send(b""))
        assert len(server.ask("/forms/large").body) == LARGE
        oversized = server.ask("/forms/echo", method="POST", body=b"a" * 5_000_000)
        assert oversized.status == 413
    assert notes.read_text() == ""
    assert list(temporary.iterdir()) == []


def test_the_watch_on_the_temporary_folder_sees_what_waitress_does_by_itself(tmp_path: Path) -> None:
    notes, temporary = tmp_path / "notes", tmp_path / "temporary"
    temporary.mkdir()
    watch = {"KB_TEST_NOTES": str(notes), "TMPDIR": str(temporary), "PYTHONPATH": str(REPOSITORY)}
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", "--call", WATCHED]
    with subprocess.Popen(command, env=watch, stderr=subprocess.DEVNULL) as plain_waitress:
        try:
            until(lambda: _accepts(port))
            _exchange_three_megabytes(socket.create_connection(("127.0.0.1", port), PATIENCE))
        finally:
            plain_waitress.kill()
    assert str(temporary) in notes.read_text()


def _accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True
