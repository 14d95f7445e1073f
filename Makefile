# make demo   the main job end to end, on a throw-away PostgreSQL
# make test   all tests
# The first of them makes a virtual environment in .venv; nothing else is touched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest --numprocesses=auto --dist=worksteal
PG15 := /usr/lib/postgresql/15/bin
# Tests of Python, of processes and of files, for which one version of the server will do.
ANY_SERVER := bench browser cli docs embedded loadtest machine maintenance migration operations \
  recovery replicas runbook audit/test_tampering.py \
  $(addprefix test_,any_input.py audit_patterns.py bad_input.py benchmarks.py disputes.py dst.py \
    erasure.py erasure_on_disk.py indexes.py package.py report.py retention.py security_audit.py \
    test_businesses.py time_travel.py wrappers.py) \
  $(addprefix isolation/test_,dumps.py function_answers.py hostile_clients.py) \
  $(addprefix metrics/test_,exporter.py monitoring_files.py prometheus.py telemetry.py) \
  $(addprefix races/test_hot_slot_,crashes.py standby.py) \
  $(addprefix webhooks/,custody posting) \
  $(addprefix webhooks/test_,adverse_changes.py adverse_sessions.py dispatcher.py large_queues.py \
    purging.py rates_and_turns.py retention_under_load.py)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo test test-15 lint docs site migrate generate screenshots bench bench-webhooks \
  bench-caching clean

help: ## what there is to make
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "%-12s%s\n", $$1, $$2}' Makefile

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $@

demo: $(VENV)/installed ## the main job end to end, on a throw-away PostgreSQL
	$(BIN)/bookingdb demo

test: $(VENV)/installed ## all tests, on the embedded PostgreSQL
	$(PYTEST) $(ARGS)

test-15: $(VENV)/installed ## on Debian's PostgreSQL 15 all that depends on the server
	BOOKINGDB_PG_BINDIR=$(PG15) $(PYTEST) $(addprefix --ignore=tests/,$(ANY_SERVER)) $(ARGS)

lint: $(VENV)/installed ## style, types, SQL, generated files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m tools.generate --check
	$(BIN)/python -m tools.dashboard --check
	$(BIN)/squawk $$(find sql -name '*.sql' | sort)

docs: $(VENV)/installed ## check what the documentation says, and run what it shows
	$(PYTEST) tests/docs $(ARGS)

tests/docs/node_modules: tests/docs/package-lock.json
	npm ci --prefix tests/docs --no-audit --no-fund
	touch $@

site: $(VENV)/installed tests/docs/node_modules ## the documentation as a site, in build/site
	$(BIN)/python -m tools.site

migrate: $(VENV)/installed ## deploy the schema to the database of BOOKINGDB_DSN
	$(BIN)/bookingdb migrate

generate: $(VENV)/installed ## write wrappers and pictures anew from the catalog
	$(BIN)/python -m tools.generate
	$(BIN)/python -m tools.dashboard

screenshots: $(VENV)/installed ## photograph the pages that docs/ shows; needs Chromium
	$(BIN)/python -m tools.screenshots

bench: $(VENV)/installed ## measure bookingdb beside others; see benchmarks/README.md
	$(BIN)/bookingdb bench $(ARGS)

bench-webhooks: $(VENV)/installed ## measure the dispatcher, next to two other queues
	$(BIN)/pip install --quiet --editable '.[peers]'
	$(BIN)/python -m benchmarks webhooks $(ARGS)

bench-caching: $(VENV)/installed ## measure caches of availability
	$(BIN)/python -m benchmarks caching $(ARGS)

clean: ## take away what make has made
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
