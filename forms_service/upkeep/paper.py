"""The sheet for the safe: the clinic's key in groups and as a QR code, with what to do with it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from html import escape

import qrcode  # type: ignore[import-untyped]
from qrcode.image.svg import SvgPathImage  # type: ignore[import-untyped]

from forms_service.sealing.identity import Identity
from forms_service.sealing.sheet import as_code, lines_of

Say = Callable[[str], str]
_TYPED = re.compile("`([^`]+)`")
_STYLE = """
@page { size: A4; margin: 18mm }
body { font-family: sans-serif; font-size: 11pt; line-height: 1.4; color: #000; background: #fff; max-width: 44em }
h1 { font-size: 18pt } h2 { font-size: 13pt; margin-bottom: 2mm }
ol.key { font-family: monospace; font-size: 14pt; line-height: 2 } ol.key li { white-space: pre }
.code svg { width: 52mm; height: 52mm } .public { font-family: monospace; font-size: 9pt; overflow-wrap: anywhere }
.warn { border: 2px solid #000; padding: 3mm }
"""


def _(text: str) -> str:
    """Marks a text that the console says in other languages; the command line has English alone."""
    return text


_KEEP = _(
    "Keep it in a safe, in a sealed and signed envelope, and a second one in another building. Never photograph it, "
    "mail it or copy it to a computer."
)
_SIGNS = _(
    "Four lines of groups; the last two letters of a line are its check. There is no letter B, I or O and no digit 1 "
    "among them."
)
_USES = (
    (
        _("Twice a year:"),
        _(
            "try it. “Try the printed key” in the console, or `kinbridge keys drill`, asks for the four lines and "
            "proves that they open the newest answers. It shows counts only."
        ),
    ),
    (
        _("When every passphrase is lost, or the key files are:"),
        _("`kinbridge keys add NAME --sheet` asks for the four lines and makes a new reader."),
    ),
    (_("When the machine is lost:"), _("`kinbridge restore BACKUP` first, then as above.")),
    (
        _("After a new key was made for the clinic:"),
        _("print a new sheet. Keep this one as long as there are back-ups from before, then shred it."),
    ),
    (_("When somebody may have seen this sheet:"), _("make a new key at once.")),
)


class CannotPrint(Exception):
    """No PDF can be made on this machine; the message says the mend."""


def sheet_html(identity: Identity, clinic: str, today: date) -> str:
    """The sheet as one HTML page that asks nothing of anybody."""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Key of {escape(clinic)}</title><style>{_STYLE}</style></head>
<body>
<h1>{escape(title_of(clinic))}</h1>
{sheet_body(identity, today)}
</body></html>
"""


def title_of(clinic: str, say: Say = str) -> str:
    """What stands above the sheet."""
    return say(_("The key of %(clinic)s")) % {"clinic": clinic}


def sheet_body(identity: Identity, today: date, say: Say = str) -> str:
    """The sheet below its title, as HTML without a style; `say` gives the words in another language."""
    lines = "".join(f"<li>{escape(line)}</li>" for line in lines_of(identity))
    made = say(_("Made on %(day)s. Public half, as `kinbridge keys list` shows it:")) % {
        "day": today.isoformat()
    }
    return f"""<p>{_marked(made)}
<br><span class="public">{identity.recipient}</span></p>
<p class="warn"><strong>{_marked(say(_("Whoever holds this sheet can read every family’s answers.")))}</strong>
{_marked(say(_KEEP))}</p>
<h2>{_marked(say(_("The key")))}</h2>
<p>{_marked(say(_SIGNS))}</p>
<ol class="key">{lines}</ol>
<p class="code" aria-hidden="true">{_code(as_code(identity))}</p>
<h2>{_marked(say(_("What to do with it")))}</h2>
<ul>
{"".join(f"<li><strong>{_marked(say(when))}</strong> {_marked(say(what))}</li>" for when, what in _USES)}
</ul>"""


def sheet_pdf(html: str) -> bytes:
    """The page as a PDF. Raises CannotPrint when Pango is missing."""
    try:
        from weasyprint import HTML  # needs Pango from the system; only this command should miss it
    except (ImportError, OSError):
        raise CannotPrint("this machine makes no PDF (Pango is missing): give FILE.html instead") from None
    made: bytes = HTML(string=html).write_pdf()
    return made


def _marked(text: str) -> str:
    """As HTML; what stands between backticks is to be typed as it is."""
    return _TYPED.sub(r"<code>\1</code>", escape(text, quote=False))


def _code(text: str) -> str:
    image = qrcode.make(text, image_factory=SvgPathImage, error_correction=qrcode.constants.ERROR_CORRECT_Q)
    out = io.BytesIO()
    image.save(out)
    return out.getvalue().decode().partition("?>")[2]
