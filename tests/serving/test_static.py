"""The published release as visitors and their browsers get it."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from werkzeug.test import Client

from forms_service.serving.headers import security_headers, with_default_headers
from forms_service.serving.static import RELEASE, ReleaseSite
from tests.serving.apps import plain
from tests.serving.running import make_release

STYLE = b"main { color: green }" * 100
FILES = {
    "index.html": b"<h1>Home</h1>",
    "guide/index.html": b"<h1>Guide</h1>" * 200,
    "es/guía/index.html": "<h1>Guía</h1>".encode(),
    "forms/index.html": b"<h1>All forms</h1>",
    "assets/style.0123456789ab.css": STYLE,
    "assets/style.0123456789ab.css.gz": gzip.compress(STYLE, mtime=0),
    "assets/style.0123456789ab.css.br": brotli.compress(STYLE),
    "assets/minutes-20261124.pdf": b"%PDF-minutes",
    "site.webmanifest": b"{}",
    "pagefind/pagefind.js": b"export {}",
    "pagefind/pagefind-worker.js": b"onmessage = null",
}
HASHED = "/assets/style.0123456789ab.css"


@pytest.fixture
def current(tmp_path: Path) -> Path:
    return make_release(tmp_path, "first", FILES)


@pytest.fixture
def client(current: Path) -> Client:
    return Client(with_default_headers(ReleaseSite(plain(), current), security_headers))


def test_pages_and_files_of_the_release_are_served(client: Client) -> None:
    page = client.get("/guide/")
    assert (page.status_code, page.data) == (200, FILES["guide/index.html"])
    assert page.headers["Content-Type"].startswith("text/html")
    assert client.get("/").data == b"<h1>Home</h1>"
    assert client.get("/es/guía/").text == "<h1>Guía</h1>"
    assert client.get("/site.webmanifest").headers["Content-Type"] == "application/manifest+json"


def test_the_list_of_forms_is_a_page_and_what_is_below_it_is_the_applications(client: Client) -> None:
    assert client.get("/forms/").data == b"<h1>All forms</h1>"
    assert client.get("/forms/pid").data.isdigit()
    assert client.get("/no/such/page/").status_code == 404


def test_an_address_without_its_last_slash_leads_to_the_page(client: Client) -> None:
    for address, target in {"/guide": "guide/", "/guide/index.html": "./", "/index.html": "./"}.items():
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (302, target)


def test_the_smallest_form_that_the_browser_understands_is_sent(client: Client) -> None:
    def encoding(accepted: str) -> str | None:
        answer = client.get(HASHED, headers={"Accept-Encoding": accepted})
        assert answer.headers["Vary"] == "Accept-Encoding"
        return answer.headers.get("Content-Encoding")

    assert encoding("gzip, deflate, br") == "br"
    assert encoding("gzip") == "gzip"
    assert encoding("br;q=0, GZIP;q=0.5") == "gzip"
    assert encoding("gzip;q=0") is None
    assert encoding("") is None
    compressed = client.get(HASHED, headers={"Accept-Encoding": "br"})
    assert brotli.decompress(compressed.data) == STYLE


def test_precompressed_files_have_no_address_of_their_own(client: Client) -> None:
    assert client.get(f"{HASHED}.gz").status_code == 404


def test_hashed_files_stay_for_a_year_and_everything_else_is_asked_for_again(client: Client) -> None:
    assert client.get(HASHED).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for address in ("/", "/guide/", "/assets/minutes-20261124.pdf"):
        assert client.get(address).headers["Cache-Control"] == "no-cache"
    assert client.get("/forms/pid").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("asked", ['"{tag}"', 'W/"{tag}"', '"other", "{tag}"', "*"])
def test_a_page_that_did_not_change_is_not_sent_again(client: Client, asked: str) -> None:
    tag = client.get("/guide/").headers["ETag"].strip('"')
    answer = client.get("/guide/", headers={"If-None-Match": asked.format(tag=tag)})
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == f'"{tag}"'
    assert client.get("/guide/", headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_tag_is_the_contents_so_a_rebuild_without_change_keeps_it(client: Client, current: Path) -> None:
    before = client.get("/guide/").headers["ETag"]
    home = client.get("/").headers["ETag"]
    make_release(current.parent, "second", {**FILES, "index.html": b"<h1>Haus</h1>"})
    assert client.get("/guide/").headers["ETag"] == before
    assert client.get("/").headers["ETag"] != home


def test_a_date_alone_never_hides_an_older_page_brought_back(client: Client) -> None:
    date = client.get("/").headers["Last-Modified"]
    assert client.get("/", headers={"If-Modified-Since": date}).status_code == 304
    later = "Fri, 01 Jan 2100 00:00:00 GMT"
    assert client.get("/", headers={"If-Modified-Since": later}).status_code == 200


def test_head_says_what_get_would_without_the_content(client: Client) -> None:
    answer, whole = client.head("/guide/"), client.get("/guide/")
    assert answer.data == b""
    assert answer.headers["Content-Length"] == str(len(whole.data))
    assert answer.headers["ETag"] == whole.headers["ETag"]


def test_a_part_of_a_file_can_be_asked_for(client: Client) -> None:
    accept = {"Accept-Encoding": "br"}
    part = client.get(HASHED, headers={"Range": "bytes=5-8", **accept})
    assert (part.status_code, part.data) == (206, STYLE[5:9])
    assert part.headers["Content-Range"] == f"bytes 5-8/{len(STYLE)}"
    assert client.get(HASHED, headers={"Range": "bytes=-10"}).data == STYLE[-10:]
    assert client.get(HASHED, headers={"Range": "bytes=999999-"}).status_code == 416


@pytest.mark.parametrize(
    "asked", ["bytes=0-0", "bytes=9-3", "bytes=-0", "bytes=0-1,4-5", "lines=1-2", "bytes=x"]
)
def test_a_part_that_makes_no_sense_gives_the_whole(client: Client, asked: str) -> None:
    answer = client.get(HASHED, headers={"Range": asked})
    assert (answer.status_code, answer.data) == (200, STYLE)


def test_a_part_of_another_version_gives_the_whole_of_this_one(client: Client) -> None:
    tag = client.get(HASHED).headers["ETag"]
    same = client.get(HASHED, headers={"Range": "bytes=0-3", "If-Range": tag})
    other = client.get(HASHED, headers={"Range": "bytes=0-3", "If-Range": '"other"'})
    assert (same.status_code, other.status_code) == (206, 200)


@pytest.mark.parametrize(
    "address",
    [
        "/../release.json",
        "/..%2frelease.json",
        "/%2e%2e/%2e%2e/private/site.json",
        "/guide/../../release.json",
        "/guide//",
        "//etc/passwd",
        "/guide%00",
        "/guide/%00/",
        "/%ff%fe/",
        "/guide\\..\\index.html",
        "/private/site.json",
        "/%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    ],
)
def test_nothing_outside_the_public_folder_is_reached(client: Client, current: Path, address: str) -> None:
    (current / "release.json").write_text("secret")
    (current / "private").mkdir()
    (current / "private" / "site.json").write_text("secret")
    answer = client.get(address)
    assert answer.status_code == 404
    assert b"secret" not in answer.data


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("address", ["/guide/", "/forms/pid"])
def test_unusual_methods_are_refused(client: Client, method: str, address: str) -> None:
    answer = client.open(address, method=method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, POST")


def test_a_page_takes_no_post(client: Client) -> None:
    answer = client.post("/guide/")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_every_answer_carries_the_security_headers(client: Client) -> None:
    answers = [
        client.get("/guide/"),
        client.get("/guide"),
        client.get(HASHED, headers={"Range": "bytes=999999-"}),
        client.get("/", headers={"If-None-Match": "*"}),
        client.get("/missing"),
        client.get("/forms/pid"),
        client.put("/"),
    ]
    assert [answer.status_code for answer in answers] == [200, 302, 416, 304, 404, 200, 405]
    for answer in answers:
        for name, value in security_headers.items():
            assert answer.headers.getlist(name) == [value]
        assert "Server" not in answer.headers
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_what_the_application_sets_itself_stays() -> None:
    def app(environ: dict[str, str], start_response: Callable[..., object]) -> list[bytes]:
        start_response("200 OK", [("x-frame-options", "SAMEORIGIN")])
        return []

    answer = Client(with_default_headers(app, security_headers)).get("/")
    assert answer.headers.getlist("X-Frame-Options") == ["SAMEORIGIN"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_publish_and_a_rollback_show_at_the_next_request(client: Client, current: Path) -> None:
    make_release(current.parent, "second", {"index.html": b"new", "only-new/index.html": b"page"})
    assert client.get("/").data == b"new"
    assert client.get("/guide/").status_code == 404
    current.unlink()
    make_release(current.parent, "first", FILES)
    assert client.get("/").data == b"<h1>Home</h1>"
    assert client.get("/only-new/").status_code == 404


def test_the_application_is_told_which_release_this_request_sees(current: Path) -> None:
    told: list[str] = []

    def app(environ: dict[str, str], start_response: Callable[..., object]) -> list[bytes]:
        told.append(environ[RELEASE])
        start_response("200 OK", [])
        return []

    client = Client(ReleaseSite(app, current))
    client.get("/forms/intake/")
    make_release(current.parent, "second", FILES)
    client.get("/forms/intake/")
    assert [Path(folder).name for folder in told] == ["first", "second"]


def test_before_the_first_publish_a_plain_page_says_so(tmp_path: Path) -> None:
    client = Client(with_default_headers(ReleaseSite(plain(), tmp_path / "current"), security_headers))
    answer = client.get("/")
    assert answer.status_code == 503
    assert "not ready yet" in answer.text
    assert answer.headers["Retry-After"] == "60"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert client.get("/health/live").data == b"alive"
    make_release(tmp_path, "first", FILES)
    assert client.get("/").data == b"<h1>Home</h1>"


def test_a_release_without_pages_is_named_to_the_operator(
    current: Path, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client(ReleaseSite(plain(), current))
    make_release(current.parent, "second", FILES)
    shutil.rmtree(current / "public")
    assert [client.get("/").status_code for _ in range(3)] == [503, 503, 503]
    assert [record.getMessage() for record in caplog.records] == [
        "The release second has no folder public: publish again."
    ]


def test_only_the_search_worker_may_compile_webassembly(client: Client) -> None:
    for address in ("/", "/guide/", "/pagefind/pagefind.js", "/pagefind/nothing-worker.js"):
        assert "wasm" not in client.get(address).headers["Content-Security-Policy"], address
    worker = client.get("/pagefind/pagefind-worker.js")
    policy = worker.headers["Content-Security-Policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    again = client.get("/pagefind/pagefind-worker.js", headers={"If-None-Match": worker.headers["ETag"]})
    assert (again.status_code, again.headers["Content-Security-Policy"]) == (304, policy)
