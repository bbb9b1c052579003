"""Processes that start, die, are replaced and stop."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from forms_service.serving.plan import Limits, ServePlan
from tests.serving.apps import LARGE
from tests.serving.running import (
    PATIENCE,
    Running,
    body_of,
    is_alive,
    launch,
    make_release,
    post,
    public,
    read_all,
    running,
    staff,
    until,
)

GET = "GET {} HTTP/1.1\r\nHost: test\r\n\r\n"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    with running(ServePlan(public=public()), tmp_path) as server:
        yield server


def _get(path: str) -> bytes:
    return GET.format(path).encode()


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/forms/slow", b"slow and done"),
        ("/forms/large", b"x" * LARGE),
    ],
)
def test_an_answer_in_progress_at_the_stop_is_given_fully(server: Running, path: str, content: bytes) -> None:
    connection = server.send(_get(path))
    time.sleep(0.3)
    server.process.terminate()
    answer = read_all(connection, pause=0.005)
    assert body_of(answer) == content
    assert server.process.wait(PATIENCE) == 0


def test_an_answer_that_is_being_sent_in_parts_at_the_stop_reaches_its_end(server: Running) -> None:
    connection = server.send(_get("/forms/stream"))
    time.sleep(0.3)
    server.process.terminate()
    answer = read_all(connection)
    assert b"part 9\n" in answer
    assert answer.endswith(b"0\r\n\r\n")
    assert server.process.wait(PATIENCE) == 0


def test_a_request_in_the_middle_of_its_body_at_the_stop_is_answered(server: Running) -> None:
    message = post("/forms/echo", b"a" * 100_000)
    connection = server.send(message[:50_000])
    time.sleep(0.2)
    server.process.terminate()
    time.sleep(0.3)
    connection.sendall(message[50_000:])
    answer = read_all(connection)
    assert body_of(answer) == b"a" * 100_000
    assert b"Connection: close" in answer
    assert server.process.wait(PATIENCE) == 0


def test_after_the_stop_nobody_new_is_let_in_and_the_silent_are_sent_away(server: Running) -> None:
    silent = server.send(_get("/health/live"))
    seen = b""
    while not seen.endswith(b"alive"):
        seen += silent.recv(65536)
    busy = server.send(_get("/forms/slow"))
    time.sleep(0.2)
    server.process.terminate()
    assert read_all(silent) == b""
    with pytest.raises(ConnectionRefusedError):
        server.send(b"")
    assert body_of(read_all(busy)) == b"slow and done"


def test_a_stop_waits_only_so_long_for_what_never_comes(tmp_path: Path) -> None:
    with running(ServePlan(public=public(), limits=Limits(grace=0.5)), tmp_path) as server:
        half_sent = server.send(post("/forms/echo", b"abc")[:-1])
        assert server.ask("/forms/pid").status == 200
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 3.0
        assert "1 requests unfinished" in server.words()
        half_sent.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_server_stops_at_once_and_well(server: Running, number: int) -> None:
    workers = server.workers()
    began = time.monotonic()
    server.process.send_signal(number)
    assert server.process.wait(PATIENCE) == 0
    assert time.monotonic() - began < 2.0
    assert not any(is_alive(pid) for pid in workers)
    assert "Traceback" not in server.words()


def test_a_killed_worker_is_replaced_while_requests_go_on(tmp_path: Path) -> None:
    with running(ServePlan(public=public(processes=2)), tmp_path) as server:
        before = server.workers()
        assert len(before) == 2
        os.kill(before[0], signal.SIGKILL)
        for _ in range(20):
            assert server.ask("/forms/pid").status == 200
        until(lambda: len(server.workers()) == 2 and before[0] not in server.workers())
        lines = [line for line in server.words().splitlines() if "ended" in line]
        assert lines == ["kinbridge: the process for site ended (signal 9); another starts in 0.25 s"]


def test_a_worker_that_keeps_dying_is_started_less_and_less_often(server: Running) -> None:
    for _ in range(3):
        (worker,) = server.workers()
        os.kill(worker, signal.SIGKILL)
        until(lambda worker=worker: server.workers() not in ([], [worker]))  # type: ignore[misc]
    pauses = [line.split("in ")[-1] for line in server.words().splitlines() if "ended" in line]
    assert pauses == ["0.25 s", "0.5 s", "1 s"]


def test_a_worker_told_to_stop_finishes_and_is_replaced(server: Running) -> None:
    (worker,) = server.workers()
    connection = server.send(_get("/forms/slow"))
    time.sleep(0.2)
    os.kill(worker, signal.SIGTERM)
    assert body_of(read_all(connection)) == b"slow and done"
    assert server.ask("/forms/pid").body != str(worker).encode()


def test_no_worker_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    with running(ServePlan(public=public(processes=2), staff=staff()), tmp_path) as server:
        workers = server.workers()
        assert len(workers) == 3
        server.process.kill()
        server.process.wait()
        until(lambda: not any(is_alive(pid) for pid in workers))


def test_a_publish_shows_at_the_next_request_in_every_worker(tmp_path: Path) -> None:
    release = make_release(tmp_path / "site", "first", {"index.html": b"first"})
    with running(ServePlan(public=public(processes=2, release=release)), tmp_path) as server:
        for name in ("first", "second", "third"):
            make_release(tmp_path / "site", name, {"index.html": name.encode()})
            assert {server.ask("/").body for _ in range(20)} == {name.encode()}


def test_a_taken_port_is_one_clear_line_and_nothing_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        server = launch(ServePlan(public=public(), staff=staff(port=port)), tmp_path)
        assert server.process.wait(PATIENCE) == 2
    assert server.words() == (
        f"Cannot listen: port {port} on 127.0.0.1 (staff) is taken by another program; "
        "stop it, or choose another with --staff-port.\n"
    )


@pytest.mark.parametrize(
    ("host", "words"), [("no.such.host.invalid", "not known"), ("192.0.2.1", "this machine")]
)
def test_a_host_that_is_not_ours_is_one_clear_line(tmp_path: Path, host: str, words: str) -> None:
    server = launch(ServePlan(public=public(host=host)), tmp_path)
    assert server.process.wait(PATIENCE) == 2
    (line,) = server.words().splitlines()
    assert words in line
    assert "--host" in line


def test_an_application_that_cannot_be_made_is_one_line_with_its_cause(tmp_path: Path) -> None:
    plan = ServePlan(public=public(), staff=staff(factory="tests.serving.apps:broken"))
    server = launch(plan, tmp_path)
    assert server.process.wait(PATIENCE) == 2
    (line,) = server.words().splitlines()
    assert "the process for staff did not start: ValueError: there is no descriptor anywhere" in line


def test_preparation_holds_the_port_already_and_can_be_stopped() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    code = (
        "import time\n"
        "from forms_service.serving.plan import Endpoint, ServePlan\n"
        "from forms_service.serving.supervisor import serve\n"
        f"site = Endpoint('site', '127.0.0.1', {port}, 'tests.serving.apps:plain')\n"
        "serve(ServePlan(site), lambda: [print('preparing', flush=True), time.sleep(30)])"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"preparing\n"
        socket.create_connection(("127.0.0.1", port)).close()
        process.terminate()
        assert process.wait(PATIENCE) == 0


def test_public_and_staff_are_apart(tmp_path: Path) -> None:
    secrets = {"KINBRIDGE_IDENTITY_FILE": "clinic.age", "KINBRIDGE_PASSPHRASE_FILE": "words"}
    plan = ServePlan(
        public=public(), staff=staff(sees_identity=True), environment={"KINBRIDGE_VAR": "var", **secrets}
    )
    with running(plan, tmp_path, **secrets) as server:
        public_names = json.loads(server.ask("/forms/settings").body)
        staff_names = json.loads(server.ask("/forms/settings", title="staff").body)
        assert server.ask("/forms/pid").body != server.ask("/forms/pid", title="staff").body
        assert server.port() != server.port("staff")
    assert "KINBRIDGE_VAR" in public_names
    assert not secrets.keys() & set(public_names)
    assert secrets.keys() <= set(staff_names)


def test_staff_can_be_served_alone(tmp_path: Path) -> None:
    with running(ServePlan(staff=staff()), tmp_path) as server:
        assert server.ask("/forms/pid", title="staff").status == 200
        assert len(server.workers()) == 1


def test_an_application_is_made_from_its_settings(tmp_path: Path) -> None:
    endpoint = public(factory="tests.serving.apps:with_settings", settings="tests.serving.apps:settings")
    plan = ServePlan(public=endpoint, environment={"KB_TEST_GREETING": "hello"})
    with running(plan, tmp_path) as server:
        assert server.ask("/").body == b"hello"
