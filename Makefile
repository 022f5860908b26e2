# The only recipes; CI calls the same ones.
.PHONY: setup run test lint audit bench calibrate fuzz lock browser postgres poppler clean
PYTHON ?= python3.11
PYTHON_FOUND := $(shell command -v $(PYTHON) || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

setup: $(VENV)/.run

# The lock files name every package: nothing is resolved, so that a newer release changes nothing.
$(VENV)/.run: requirements.txt pyproject.toml
	@$(PYTHON_FOUND) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and "Python 3.11 is needed, this is %s. Call: make PYTHON=/path/to/python3.11 ..." % sys.version.split()[0])'
	@test -x $(BIN)/python || $(PYTHON_FOUND) -m venv $(VENV)
	@echo "Installing pinned packages into $(VENV) ..."
	@$(PIP) install --quiet --no-deps --require-hashes -r requirements.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@$(BIN)/python -c "from ypo_dash.store.kernel import warm; warm()"
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@$(PIP) install --quiet --no-deps --require-hashes -r requirements-dev.txt
	@$(PIP) check
	@touch $@

# Debian's chromium for the browser tests; where it can't be installed the tests say so and skip.
browser:
	@command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || { \
	  echo "chromium is missing: trying to install Debian's package ..."; \
	  (apt-get update -qq && apt-get install -y -qq chromium) >/dev/null 2>&1 || \
	  echo "!!! chromium could not be installed: the browser tests will be SKIPPED (in CI they fail)"; }

# Debian's PostgreSQL for the tests of the accounts' store; they start and stop a server of their own.
postgres:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || { \
	  echo "PostgreSQL is missing: trying to install Debian's package ..."; \
	  (apt-get update -qq && apt-get install -y -qq postgresql) >/dev/null 2>&1 || \
	  echo "!!! PostgreSQL could not be installed: its tests will be SKIPPED (in CI they fail)"; }

# Debian's poppler reads the prints back in the tests.
poppler:
	@command -v pdftotext >/dev/null 2>&1 || { \
	  echo "poppler is missing: trying to install Debian's package ..."; \
	  (apt-get update -qq && apt-get install -y -qq poppler-utils) >/dev/null 2>&1 || \
	  echo "!!! poppler could not be installed: the tests that read prints will be SKIPPED (in CI they fail)"; }

run: setup
	@$(BIN)/ypo serve

test: $(VENV)/.dev browser postgres poppler
	@$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=term $(ARGS)

lint: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(MAKE) --no-print-directory audit

# Known vulnerabilities of what is installed. A finding fails; a registry that does not answer is told.
audit: $(VENV)/.dev
	@$(BIN)/python tools/audit.py

bench: $(VENV)/.dev browser
	@$(BIN)/python bench/run.py $(ARGS)

# Do the tests of hot spots and weeks keep what they promise? Pure chance and spots of known strength; minutes.
calibrate: setup
	@$(BIN)/python tools/calibrate_hotspots.py
	@$(BIN)/python tools/calibrate_normal.py

fuzz: $(VENV)/.dev
	@$(BIN)/python fuzz/run.py $(ARGS)

lock: $(VENV)/.dev
	@$(BIN)/pip-compile --quiet --upgrade --allow-unsafe --generate-hashes --strip-extras --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file=requirements.txt pyproject.toml requirements-build.in
	@$(BIN)/pip-compile --quiet --upgrade --allow-unsafe --generate-hashes --strip-extras --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --constraint requirements.txt --extra dev --output-file=requirements-dev.txt pyproject.toml requirements-build.in

clean:
	@rm -rf $(VENV) .coverage* htmlcov .pytest_cache .mypy_cache .ruff_cache
