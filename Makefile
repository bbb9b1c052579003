# Every job of the project: `make setup`, `serve`, `test`, `test-long`, `bench`, `lock`, `clean`.
SHELL := bash
PYTHON ?= python3
PORT ?= 8000
STAFF_PORT ?= 8001
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: setup serve test test-long bench check-code browser translations lock clean

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'kinbridge needs Python 3.11 or newer: run "make PYTHON=python3.11 …"' >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

serve: setup
	@exec $(BIN)/kinbridge serve --port $(PORT) --staff-port $(STAFF_PORT)

PYTEST := $(BIN)/pytest --numprocesses 2 --dist worksteal
# Code first (seconds), then the tests on every core. What makes its instance itself keeps its rows in SQLite there;
# the served product and a day of the clinic run on PostgreSQL, too, and `test-long` runs everything on it.
test: setup browser check-code
	$(PYTEST)
	KINBRIDGE_TEST_DATABASE=postgresql $(PYTEST) tests/serve/test_many_at_once.py \
		tests/serve/test_locked_database.py tests/browser/test_staff_day.py

test-long: setup browser
	KINBRIDGE_TEST_LONG=1 $(PYTEST) --timeout 3600
	KINBRIDGE_TEST_DATABASE=postgresql $(PYTEST) --timeout 3600

bench: setup browser
	$(BIN)/python -m tests.benchmarks

check-code:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

# What tests need of the system: Debian's chromium drives the browser, Pango (through WeasyPrint) makes print copies.
DEBIAN := chromium libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
browser:
	@if command -v chromium >/dev/null && ldconfig -p 2>/dev/null | grep -q libharfbuzz-subset; then true; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends $(DEBIAN) >/dev/null; \
	elif [ -n "$$CI" ]; then \
		echo 'No chromium or Pango, and no right to install them: in CI nothing is skipped.' >&2; exit 2; \
	else \
		echo 'Skipped: tests that need chromium or Pango (install them, or run "make test" as root on Debian).'; \
	fi

CATALOGUES := forms_service/rendering/translations
# New texts into the catalogues; fill in the .po files, then run it again to compile them.
translations: setup
	$(BIN)/pybabel --quiet extract --mapping forms_service/rendering/babel.toml --no-location \
		--keyword N_ --output-file $(CATALOGUES)/messages.pot forms_service
	$(BIN)/pybabel --quiet update --input-file $(CATALOGUES)/messages.pot --output-dir $(CATALOGUES) \
		--no-fuzzy-matching --ignore-obsolete --width 110
	$(BIN)/pybabel --quiet compile --directory $(CATALOGUES)

lock:
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
		--python-version 3.11 --extra test --quiet pyproject.toml --output-file requirements.lock

clean:
	rm -rf $(VENV) var build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
