"""The sheet for the safe: the clinic's key in groups and as a QR code, with what to do with it."""

from __future__ import annotations

import io
from datetime import date
from html import escape

import qrcode  # type: ignore[import-untyped]
from qrcode.image.svg import SvgPathImage  # type: ignore[import-untyped]

from forms_service.sealing.identity import Identity
from forms_service.sealing.sheet import as_code, lines_of

_STYLE = """
@page { size: A4; margin: 18mm }
body { font-family: sans-serif; font-size: 11pt; line-height: 1.4; color: #000; background: #fff; max-width: 44em }
h1 { font-size: 18pt } h2 { font-size: 13pt; margin-bottom: 2mm }
ol.key { font-family: monospace; font-size: 14pt; line-height: 2 } ol.key li { white-space: pre }
.code svg { width: 52mm; height: 52mm } .public { font-family: monospace; font-size: 9pt; overflow-wrap: anywhere }
.warn { border: 2px solid #000; padding: 3mm }
"""


class CannotPrint(Exception):
    """No PDF can be made on this machine; the message says the mend."""


def sheet_html(identity: Identity, clinic: str, today: date) -> str:
    """The sheet as one HTML page that asks nothing of anybody."""
    lines = "".join(f"<li>{escape(line)}</li>" for line in lines_of(identity))
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Key of {escape(clinic)}</title><style>{_STYLE}</style></head>
<body>
<h1>The key of {escape(clinic)}</h1>
<p>Made on {today.isoformat()}. Public half, as <code>kinbridge keys list</code> shows it:
<br><span class="public">{identity.recipient}</span></p>
<p class="warn"><strong>Whoever holds this sheet can read every family's answers.</strong>
Keep it in a safe, in a sealed and signed envelope, and a second one in another building.
Never photograph it, mail it or copy it to a computer.</p>
<h2>The key</h2>
<p>Four lines of groups; the last two letters of a line are its check.
There is no letter B, I or O and no digit 1 among them.</p>
<ol class="key">{lines}</ol>
<p class="code">{_code(as_code(identity))}</p>
<h2>What to do with it</h2>
<ul>
<li><strong>Twice a year:</strong> <code>kinbridge keys drill</code> asks for the four lines and proves
that they open the newest answers. It shows counts only.</li>
<li><strong>When every passphrase is lost, or the key files are:</strong>
<code>kinbridge keys add NAME --sheet</code> asks for the four lines and makes a new reader.</li>
<li><strong>When the machine is lost:</strong> <code>kinbridge restore BACKUP</code> first, then as above.</li>
<li><strong>After <code>kinbridge keys rotate</code>:</strong> print a new sheet. Keep this one as long as there are
back-ups from before, then shred it.</li>
<li><strong>When somebody may have seen this sheet:</strong> rotate the key at once.</li>
</ul>
</body></html>
"""


def sheet_pdf(html: str) -> bytes:
    """The page as a PDF. Raises CannotPrint when Pango is missing."""
    try:
        from weasyprint import HTML  # needs Pango from the system; only this command should miss it
    except (ImportError, OSError):
        raise CannotPrint("this machine makes no PDF (Pango is missing): give FILE.html instead") from None
    made: bytes = HTML(string=html).write_pdf()
    return made


def _code(text: str) -> str:
    image = qrcode.make(text, image_factory=SvgPathImage, error_correction=qrcode.constants.ERROR_CORRECT_Q)
    out = io.BytesIO()
    image.save(out)
    return out.getvalue().decode().partition("?>")[2]
