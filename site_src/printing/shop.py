"""Fills orders for PDFs: from the cache, or by WeasyPrint in processes of their own."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import math
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from site_src.errors import SiteError

WORKER = "site_src.printing.worker"
# A process takes a second to start and a tenth of one for a page.
WORTH_A_PROCESS = 8


@dataclass(frozen=True)
class Order:
    """One PDF to make from `html`; `name` tells an operator which page it is."""

    name: str
    html: str


def fill(orders: Iterable[Order], cache: Path) -> dict[Order, Path]:
    """The PDF of each order, in the cache; what the cache holds beside them goes.

    Raises SiteError when one cannot be made.
    """
    version = importlib.metadata.version("weasyprint")
    copies = {order: cache / f"{_digest(order, version)}.pdf" for order in orders}
    cache.mkdir(parents=True, exist_ok=True)
    missing = [(order, pdf) for order, pdf in copies.items() if not pdf.exists()]
    if missing:
        _make(missing)
    wanted = set(copies.values())
    for pdf in cache.iterdir():
        if pdf not in wanted:
            pdf.unlink(missing_ok=True)
    return copies


def _digest(order: Order, version: str) -> str:
    return hashlib.sha256(f"{version}\0{order.html}".encode()).hexdigest()


def _make(missing: Sequence[tuple[Order, Path]]) -> None:
    count = min(os.cpu_count() or 1, math.ceil(len(missing) / WORTH_A_PROCESS))
    with ThreadPoolExecutor(count) as pool:
        for _ in pool.map(_run, [missing[start::count] for start in range(count)]):
            pass


def _run(part: Sequence[tuple[Order, Path]]) -> None:
    jobs = "".join(
        json.dumps({"name": order.name, "html": order.html, "pdf": str(pdf)}) + "\n" for order, pdf in part
    )
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", WORKER], input=jobs, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        raise SiteError(f"A print copy cannot be made: {reason}.", "Mend the page, then publish again.")
