"""Markup that could run."""

from __future__ import annotations

import pytest

from tests.site.checks.conftest import Clinic

CALM = "content/en/calm.md"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<script>alert(1)</script>", "unsafe-html"),
        ("Text <SCRIPT src=x></SCRIPT> text.", "unsafe-html"),
        ('<iframe src="https://example.org/"></iframe>', "unsafe-html"),
        ('<div onclick="alert(1)">Text</div>', "unsafe-html"),
        ('<p style="color: red">Text</p>', "unsafe-html"),
        ('<a href="javascript:alert(1)">Text</a>', "unsafe-html"),
        ('<img src="bed.svg" alt="A bed" onerror="alert(1)">', "unsafe-html"),
        ("<form><input name=a></form>", "unsafe-html"),
        ("<svg><script>alert(1)</script></svg>", "unsafe-html"),
        ("Read [this](javascript:alert(1)).", "unsafe-link"),
        ("Read [this](JavaScript:alert(1)).", "unsafe-link"),
        ("Read [this](java&#10;script:alert(1)).", "unsafe-link"),
        ("Read [this](data:text/html;base64,PHNjcmlwdD4=).", "unsafe-link"),
        ("Read [this](vbscript:x).", "unsafe-link"),
        ("Read [this][one].\n\n[one]: javascript:alert(1)", "unsafe-link"),
        ("![A bed](javascript:alert(1))", "unsafe-link"),
        ('Read [this](crisis.md){: onclick="alert(1)" }.', "unsafe-attribute"),
        ('Read [this](crisis.md){ style="color:red" }.', "unsafe-attribute"),
    ],
)
def test_markup_that_could_run_is_one_finding_at_its_line(text: str, code: str, clinic: Clinic) -> None:
    clinic.write("content/en/bed.svg", "<svg/>")
    clinic.add(CALM, f"\n## More\n\n{text}\n")
    line = clinic.line_of(CALM, "## More") + 2
    assert clinic.the_finding() == (CALM, line, "error", code)


@pytest.mark.parametrize(
    "text",
    [
        "<!-- A note to editors -->",
        "Text with <strong>weight</strong> and <br> a break.",
        '<div class="kb-notice" lang="es" id="note">Text</div>',
        "`<script>alert(1)</script>`",
        "```\n<script>alert(1)</script>\n```",
        "1 < 2 and 3 > 2",
        "Text.\n{: .kb-notice #note }",
        'A [word](crisis.md){ lang="es" hreflang="es" }.',
        "<https://example.org/>",
        "Braces {like these} stay.",
    ],
)
def test_plain_markup_is_no_finding(text: str, clinic: Clinic) -> None:
    clinic.add(CALM, f"\n## More\n\n{text}\n")
    assert clinic.findings() == []


def test_a_script_that_only_the_site_reads_as_one_is_found(clinic: Clinic) -> None:
    # Python-Markdown knows no fences inside a list item: what looks like code here would run there.
    clinic.add(CALM, "\n## More\n\n- one\n\n  ```\n\n<script>alert(1)</script>\n\n  ```\n")
    findings = [finding for finding in clinic.findings() if finding.code == "unsafe-html"]
    assert [finding.line for finding in findings] == [clinic.line_of(CALM, "<script>")]
