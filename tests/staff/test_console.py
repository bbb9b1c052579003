"""The staff page: what to type to read answers."""

from __future__ import annotations

from pathlib import Path

from forms_service.staff import create_app
from tests.instances import make_instance


def test_the_staff_page_says_what_to_type_and_shows_no_answer(tmp_path: Path) -> None:
    client = create_app(make_instance(tmp_path / "i").settings).test_client()
    assert client.get("/").headers["Location"] == "/staff/"
    page = client.get("/staff/")
    assert "kinbridge submissions list" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert client.get("/staff/console.css").mimetype == "text/css"
    assert client.get("/health/live").text == "live\n"
