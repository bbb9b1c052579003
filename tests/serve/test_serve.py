"""`kinbridge serve`: from nothing published to a clean stop."""

from __future__ import annotations

import json
import shutil
import socket
import stat
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner

from forms_service.cli import main
from tests.databases import OWN_FILE
from tests.instances import REPOSITORY, Instance, environment_of
from tests.serve.browser import Browser
from tests.serve.clinic import PATIENCE, STAFF, Clinic, launch, locked, make_clinic, serving, until
from tests.serve.journeys import INTAKE, NAME, QUESTION, begin, complete, walk
from tests.serving.running import is_alive, post

BOTH = ("--host", "127.0.0.1")
NOTES_TABLES = """
import os, sqlite3, sys
if "forms_service.serving.worker" in sys.orig_argv:
    connection = sqlite3.connect(os.environ["KB_TEST_DATABASE"])
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    with open(os.environ["KB_TEST_MARKS"], "a") as marks:
        marks.write(" ".join(tables) + "\\n")
"""


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    return make_clinic(tmp_path)


@pytest.fixture
def on_file(tmp_path: Path) -> Clinic:
    """One whose rows are in a file of its own."""
    return make_clinic(tmp_path, database_url=OWN_FILE)


def test_the_database_is_ready_before_any_worker_starts(on_file: Clinic) -> None:
    for file in on_file.instance.var.glob("kinbridge.db*"):
        file.unlink()
    (on_file.folder / "sitecustomize.py").write_text(NOTES_TABLES)
    marks = on_file.folder / "marks"
    settings = {
        "KINBRIDGE_WORKERS": "2",
        "PYTHONPATH": f"{on_file.folder}:{REPOSITORY}",
        "KB_TEST_DATABASE": str(on_file.database),
        "KB_TEST_MARKS": str(marks),
    }
    with serving(Clinic(on_file.folder, on_file.instance, settings)) as server:
        seen = marks.read_text().splitlines()
        assert len(seen) == 2
        assert all({"alembic_version", "drafts", "submissions"} <= set(line.split()) for line in seen)
        assert complete(Browser(server.site), "question").reference


def test_a_clinic_that_was_never_published_is_built_and_a_broken_form_left_out(tmp_path: Path) -> None:
    clinic = unpublished(tmp_path)
    root = clinic.instance.root
    broken = shutil.copytree(root / "datapackages" / "intake", root / "datapackages" / "parents-evening")
    descriptor = json.loads((broken / "datapackage.json").read_text("utf-8"))
    descriptor["name"], descriptor["title"] = "parents-evening", "An evening for parents"
    descriptor["form"]["pages"][0]["fields"].append("no_such_field")
    (broken / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")

    with serving(clinic, *BOTH, ports=2) as server:
        told = [line for line in server.words().splitlines() if "parents-evening" in line]
        assert len(told) == 1 and told[0].startswith("kinbridge: form left out: ")
        assert "parents-evening/datapackage.json" in told[0] and "no_such_field" in told[0]

        browser = Browser(server.site)
        assert browser.open("/").shows("Hilltop Clinic")
        assert 'lang="es"' in browser.open("/es/").text
        everything = browser.open("/forms/")
        assert everything.shows("/forms/intake/") and not everything.shows("parents-evening")
        assert browser.open("/forms/parents-evening/").status == 404
        done = complete(browser, "intake")
        assert done.reference and done.shows("Hilltop Clinic")
        assert browser.open("/health/ready").status == 200

        assert "made an identity without a passphrase" in server.words()
        assert stat.S_IMODE(clinic.identity.stat().st_mode) == 0o600
        assert server.stop() == 0

    published = clinic.run("releases").stdout.splitlines()
    with serving(clinic) as server:
        assert "left out" not in server.words() and "identity" not in server.words()
        assert Browser(server.site).open("/forms/intake/").status == 200
    assert clinic.run("releases").stdout.splitlines() == published
    assert len(published) == 1 and "First publish by serve" in published[0]


def unpublished(folder: Path) -> Clinic:
    """The small clinic of the site's tests, as a demo, with our intake beside its own form."""
    root = shutil.copytree(REPOSITORY / "tests" / "site" / "instance", folder / "instance")
    shutil.copytree(REPOSITORY / "datapackages" / "intake", root / "datapackages" / "intake")
    config = (root / "mkdocs.yml").read_text("utf-8")
    assert config.count("demo: false") == 1
    (root / "mkdocs.yml").write_text(config.replace("demo: false", "demo: true"), "utf-8")
    for name in ("tmp", "home"):
        (folder / name).mkdir()
    return Clinic(folder, Instance(root, environment_of(root)))


def test_a_slow_post_is_answered_although_the_server_is_told_to_stop(clinic: Clinic) -> None:
    with serving(clinic) as server, ThreadPoolExecutor() as pool:
        browser = Browser(server.site)
        page = begin(browser, "intake")
        with locked(clinic):
            waiting = pool.submit(browser.post, page.form.action, page.form.filled(INTAKE["you"]))
            time.sleep(0.3)
            server.process.terminate()
            time.sleep(0.2)
        answer = waiting.result()
        assert answer.status == 303 and answer.headers["Location"] == "/forms/intake/child"
        assert server.process.wait(PATIENCE) == 0
    with serving(clinic) as server:
        browser.port = server.site
        assert browser.open("/forms/intake/you").shows(NAME)


def test_a_post_that_cannot_be_kept_is_told_so_although_the_server_is_told_to_stop(clinic: Clinic) -> None:
    with serving(clinic) as server, ThreadPoolExecutor() as pool:
        browser = Browser(server.site)
        check = walk(browser, begin(browser, "question"), QUESTION)
        with locked(clinic):
            waiting = pool.submit(browser.post, check.form.action, check.form.fields)
            time.sleep(0.3)
            server.process.terminate()
            answer = waiting.result()
        assert answer.status == 503 and answer.shows("Nothing was sent yet")
        assert server.process.wait(PATIENCE) == 0
    assert clinic.query("SELECT count(*) FROM submissions") == [0]


def test_a_half_sent_page_is_taken_although_the_server_is_told_to_stop(clinic: Clinic) -> None:
    with serving(clinic) as server:
        browser = Browser(server.site)
        page = begin(browser, "intake")
        body = urlencode(page.form.filled(INTAKE["you"])).encode()
        ((name, code),) = browser.cookies.items()
        kind = "Content-Type: application/x-www-form-urlencoded"
        message = post(page.form.action, body, kind, f"Cookie: {name}={code}")
        with socket.create_connection(("127.0.0.1", server.site), timeout=PATIENCE) as connection:
            connection.sendall(message[:-40])
            time.sleep(0.3)
            server.process.terminate()
            time.sleep(0.3)
            connection.sendall(message[-40:])
            assert connection.recv(65536).startswith(b"HTTP/1.1 303 ")
        assert server.process.wait(PATIENCE) == 0
        assert server.words().count("\n") == 1, "a good stop needs no words"


def test_what_was_saved_and_sent_survives_the_death_of_every_process(clinic: Clinic) -> None:
    saving = Browser(0)
    with serving(clinic) as server:
        saving.port = server.site
        page = walk(saving, begin(saving, "intake"), INTAKE, until="strengths")
        done = complete(Browser(server.site), "question")
        server.kill()
    with serving(clinic) as server:
        saving.port = server.site
        again = saving.open("/forms/intake/strengths")
        assert sorted(again.form.names) == sorted(page.form.names)
        assert saving.send(walk(saving, again, INTAKE).form).heading == "We have your answers"
    assert done.reference in clinic.query("SELECT reference FROM submissions")


def test_health_says_what_is_missing_and_when_it_is_back(on_file: Clinic) -> None:
    with serving(on_file) as server:
        browser = Browser(server.site)
        page = begin(browser, "intake")
        assert browser.open("/health/live").text == "live\n"
        assert (browser.open("/health/ready").status, browser.open("/health/ready").text) == (200, "ready\n")
        files = [
            on_file.database,
            *(on_file.database.with_name(f"kinbridge.db-{end}") for end in ("wal", "shm")),
        ]
        elsewhere = on_file.folder / "elsewhere"
        elsewhere.mkdir()
        for file in files:
            file.rename(elsewhere / file.name)
        recipients = on_file.recipients.rename(elsewhere / "recipients.txt")
        away = browser.open("/health/ready")
        assert away.status == 503
        assert away.text.splitlines() == [
            "recipients: run `kinbridge keys new`",
            "database: it does not answer",
        ]
        recipients.rename(on_file.recipients)
        refused = browser.send(page.form, INTAKE["you"])
        assert refused.status == 503 and refused.shows(NAME)
        assert browser.open("/health/live").status == 200
        assert not on_file.database.exists(), "an empty database must not take its place"
        for file in files:
            (elsewhere / file.name).rename(file)
        assert browser.open("/health/ready").status == 200
        assert browser.send(refused.form).name == "child"


def test_a_damaged_database_is_a_clear_page(on_file: Clinic) -> None:
    client = on_file.instance.app().test_client()
    on_file.database.write_bytes(b"\x13" * 8192)
    answer = client.post("/forms/intake/")
    assert answer.status_code == 503 and "We could not reach our records" in answer.text
    assert client.get("/health/ready").text == "database: it does not answer\n"


@pytest.mark.parametrize("address", ["/health/live", "/health/ready"])
def test_a_post_to_a_health_page_is_refused_and_no_accident(clinic: Clinic, address: str) -> None:
    assert clinic.instance.app().test_client().post(address).status_code == 405


def test_the_staff_port_asks_who_is_there_and_the_public_port_knows_no_console(clinic: Clinic) -> None:
    with serving(clinic, *BOTH, ports=2) as server:
        staff = Browser(server.port(STAFF))
        page = staff.open("/")
        assert (page.status, page.address, page.heading) == (200, "/staff/login", "Sign in")
        assert staff.open("/health/live").status == 200
        assert staff.open("/forms/intake/").status == 404
        assert Browser(server.site).open("/staff/").status == 404
        workers = server.workers()
        assert len(workers) == 2
        assert server.stop() == 0
        assert not any(is_alive(pid) for pid in workers)


def test_the_demos_key_is_made_on_this_machine_alone(tmp_path: Path) -> None:
    clinic = make_clinic(tmp_path, keys=False)
    with serving(clinic, "--public-only", "--host", "0.0.0.0") as server:
        assert not clinic.identity.exists()
        assert "no keys yet, so forms answer 503" in server.words()


@pytest.mark.parametrize("option", ["--port", "--staff-port"])
def test_a_taken_port_is_one_line(clinic: Clinic, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = str(holder.getsockname()[1])
        server = launch(clinic, option, port)
        assert server.process.wait(PATIENCE) == 2
    assert server.words().count("\n") == 1
    assert f"port {port} on 127.0.0.1" in server.words() and option in server.words()


def below_a_file(clinic: Clinic) -> dict[str, str]:
    return {"KINBRIDGE_DATABASE_URL": f"sqlite:///{clinic.instance.root}/mkdocs.yml/below/kinbridge.db"}


def a_folder(clinic: Clinic) -> dict[str, str]:
    return {"KINBRIDGE_DATABASE_URL": f"sqlite:///{clinic.instance.root}"}


def no_url(_: Clinic) -> dict[str, str]:
    return {"KINBRIDGE_DATABASE_URL": "postgresql//user:hunter2@localhost"}


def unknown_database(_: Clinic) -> dict[str, str]:
    return {"KINBRIDGE_DATABASE_URL": "cassette://user:hunter2@localhost/tape"}


def no_driver(_: Clinic) -> dict[str, str]:
    return {"KINBRIDGE_DATABASE_URL": "mysql://user:hunter2@localhost/db"}


def no_database(clinic: Clinic) -> dict[str, str]:
    clinic.database.write_bytes(b"x" * 8192)
    return {}


def newer_database(clinic: Clinic) -> dict[str, str]:
    clinic.change("UPDATE alembic_version SET version_num = '9999'")
    return {}


def secret_is_a_folder(clinic: Clinic) -> dict[str, str]:
    (clinic.instance.var / "secret").mkdir()
    return {}


def damaged_release(clinic: Clinic) -> dict[str, str]:
    (clinic.instance.release / "release.json").write_text("{")
    return {}


def many_workers(_: Clinic) -> dict[str, str]:
    return {"KINBRIDGE_WORKERS": "many"}


def no_instance(clinic: Clinic) -> dict[str, str]:
    return {"KINBRIDGE_INSTANCE": str(clinic.temporary)}


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (below_a_file, "Not a directory"),
        (a_folder, "SQLITE_CANTOPEN"),
        (no_url, "no database URL"),
        (unknown_database, "no database URL"),
        (no_driver, "MySQLdb is not installed"),
        (no_database, "SQLITE_NOTADB"),
        (newer_database, "another version of Kinbridge wrote this database"),
        (secret_is_a_folder, "Is a directory"),
        (damaged_release, "release.json"),
        (many_workers, 'KINBRIDGE_WORKERS is "many"'),
        (no_instance, "No mkdocs.yml"),
    ],
)
def test_what_keeps_serve_from_starting_is_one_line(
    on_file: Clinic, fault: Callable[[Clinic], dict[str, str]], cause: str
) -> None:
    settings = {**on_file.environment, **fault(on_file)}
    result = CliRunner().invoke(main, ["serve", "--port", "0", "--staff-port", "0"], env=settings)
    assert result.exit_code == 2, result.output
    assert result.output.count("\n") == 1 and result.output.startswith("kinbridge: ")
    assert cause in result.output
    assert "hunter2" not in result.output


def test_only_one_side_can_be_the_only_one(clinic: Clinic) -> None:
    result = CliRunner().invoke(main, ["serve", "--public-only", "--staff-only"], env=clinic.environment)
    assert (result.exit_code, result.output.count("\n")) == (2, 1)


def test_a_stop_during_the_first_publish_leaves_nothing_half_done(tmp_path: Path) -> None:
    clinic = unpublished(tmp_path)
    server = launch(clinic, "--public-only")
    try:
        releases = clinic.instance.var / "site" / "releases"
        until(lambda: releases.exists() and any(releases.iterdir()))
        server.process.terminate()
        assert server.process.wait(PATIENCE) == 0
    finally:
        server.process.kill()
        server.process.wait()
    assert "Traceback" not in server.words()
    assert not (clinic.instance.var / "site" / "current").exists()
    assert list(releases.iterdir()) == []
