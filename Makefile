# Every target works as the first command in a fresh clone: what is missing is installed
# into .venv, from requirements.lock, and nowhere else.

PYTHON ?= $(shell for p in python3.13 python3.11 python3 python3.12; do \
	$$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
BIN := .venv/bin
READY := .venv/.ready
comma := ,
space := $(subst ,, )

.PHONY: help install demo test coverage check format vendor lock clean bench

help:  ## what can be made
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' Makefile

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "callcenter needs Python 3.11 or newer, with its venv module (on Debian: apt install python3-venv)." >&2; exit 1; }
	@echo "Installing callcenter into .venv (one to two minutes, once) …"
	@$(PYTHON) -m venv .venv || { echo "Could not make .venv. On Debian or Ubuntu: apt install python3-venv." >&2; exit 1; }
	@if command -v uv >/dev/null 2>&1; then \
		uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock && \
		uv pip install --quiet --python $(BIN)/python --no-deps -e . ; \
	else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e . ; \
	fi
	@touch $(READY)

install: $(READY)  ## install into .venv; afterwards .venv/bin/callcenter works

demo: $(READY)  ## place one whole call, with sound, and no account or key (KEEP=1 stays up)
	@$(BIN)/callcenter demo $(if $(KEEP),--keep)

# The core must be covered by tests of its own, every branch. Measuring the rest, too,
# would double what the tests cost; `make coverage` does. Whole calls mostly wait for
# sound: more workers than cores, and none that idles.
CORE := domain wire bridge
test: $(READY)  ## run the whole test suite
	@$(BIN)/python -m pytest -n 4 --dist worksteal -q --cov --cov-report= $(CORE:%=tests/%)
	@$(BIN)/python -m coverage report --include='$(subst $(space),$(comma),$(CORE:%=callcenter/%/*))' --fail-under=100
	@$(BIN)/python -m pytest -n 4 --dist worksteal -q $(CORE:%=--ignore=tests/%) tests

coverage: $(READY)  ## run the whole test suite and say what of the package it runs
	@$(BIN)/python -m pytest -n 4 --dist worksteal -q --cov --cov-report= tests
	@$(BIN)/python -m coverage report --fail-under=90

bench: $(READY)  ## measure CPU, latency and memory per call, beside a bare relay (about 3 minutes)
	@$(BIN)/callcenter bench

check: $(READY)  ## format, lint, types, import contracts, agent cards
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports
	@$(BIN)/callcenter agents check

format: $(READY)  ## let ruff format and mend what it can
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

vendor:  ## fetch what the console brings along from others (needs node)
	frontend/vendor.sh

lock:  ## resolve requirements.lock anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-annotate \
		--extra demo --extra fast --extra oidc --extra postgres --group dev pyproject.toml -o requirements.lock

clean:  ## remove .venv and what the demo left
	rm -rf .venv demo
