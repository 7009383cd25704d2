# The commands for people. `make run` on a fresh machine needs Python 3.11, git and make, nothing else.
.DEFAULT_GOAL := help
.PHONY: help setup run test check fast fuzz kill walks faults audit fix clean lint lock

PYTEST := .venv/bin/pytest
export PYTHONPATH := $(CURDIR)
export RASA_TELEMETRY_ENABLED := false

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

setup: ## the environments and the trained models, nothing else
	@bin/setup

run: ## everything it takes, then serve on 127.0.0.1:8080 (Ctrl-C stops it all)
	@bin/setup
	@exec bin/cap-chat serve

check: ## format, lint, types, import contracts, fast tests: about a minute
	@bin/setup --dev
	@$(MAKE) --no-print-directory lint fast

lint: ## format, lint, types, import contracts
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/ruff check --quiet .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo

fast: ## decisions and house rules
	@$(PYTEST) -n 2 --dist loadfile -m "not slow" tests/decisions tests/house

test: ## everything CI runs, real servers, bot and browser included
	@bin/setup --dev
	@bin/browser
	@$(MAKE) --no-print-directory lint
	@$(PYTEST) -n 2 --dist loadfile

fuzz: ## a million hostile inputs at a service of its own (an hour or so)
	@bin/setup --dev
	@.venv/bin/python -m tests.fuzz

audit: ## ask the package registry about known weaknesses of what is pinned
	@bin/audit

kill: ## kill everything at random for long, on both stores (ROUNDS=200)
	@bin/setup --dev
	@KILL_ROUNDS=$(or $(ROUNDS),200) $(PYTEST) tests/faults/test_kill_at_random.py

faults: ## the bench of twenty faults as a table: which of them held
	@bin/setup --dev
	@.venv/bin/python -m tests.faults.bench

walks: ## random walks against every promise, for hours (WALKS=10000)
	@bin/setup --dev
	@WALKS_MODEL=$(or $(WALKS),10000) $(PYTEST) --timeout 0 tests/model/test_walks.py

fix: ## format and repair what can be repaired by itself
	@bin/setup --dev --no-train
	@.venv/bin/ruff format --quiet .
	@.venv/bin/ruff check --fix .

clean: ## forget environments, trained models, caches and local data
	rm -rf .venv .uv .audit bot/assistant/.venv bot/assistant/trained bot/assistant/.rasa var
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage* htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

LOCK := uv pip compile --quiet --generate-hashes --no-header --no-annotate
lock: ## pin again what pyproject.toml asks for (needs uv; add UP=--upgrade to take new versions)
	@$(LOCK) $(UP) pyproject.toml -o requirements.lock
	@$(LOCK) $(UP) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	@cd bot/assistant && $(LOCK) $(UP) pyproject.toml -o requirements.lock
