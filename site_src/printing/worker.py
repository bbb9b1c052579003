"""Makes PDFs with WeasyPrint: `python -m site_src.printing.worker`, one JSON object a line on stdin for each."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

# Families who read the site at that moment come first.
NICENESS = 5
# All that a print copy needs is in its HTML: nothing is fetched from anywhere.
NOTHING_ELSE = URLFetcher(allowed_protocols={"data"})


def main() -> int:
    """Writes each PDF whole or not at all; 1 when one cannot be made, with the reason as stderr's last line."""
    os.nice(NICENESS)
    fonts = FontConfiguration()
    for line in sys.stdin:
        job = json.loads(line)
        try:
            content = _pdf(job["html"], fonts)
        except Exception as error:
            print(f"{job['name']}: {type(error).__name__}: {error}", file=sys.stderr)
            return 1
        target = Path(job["pdf"])
        part = target.with_name(f".{target.name}.part")
        part.write_bytes(content)
        part.replace(target)
    return 0


def _pdf(html: str, fonts: FontConfiguration) -> bytes:
    content: bytes = HTML(string=html, url_fetcher=NOTHING_ELSE).write_pdf(font_config=fonts, pdf_tags=True)
    return content


if __name__ == "__main__":
    sys.exit(main())
