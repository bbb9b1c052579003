"""Runs every benchmark, or those named: `python -m tests.benchmarks servers`."""

from __future__ import annotations

import importlib
import sys

ALL = ("pages", "judging", "site", "servers", "console")

for name in sys.argv[1:] or ALL:
    print(f"## {name}", flush=True)
    importlib.import_module(f"tests.benchmarks.{name}").run()
