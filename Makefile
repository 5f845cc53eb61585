# Filière: one command for each thing a contributor does. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev setup-peers demo run loop test test-long e2e pictures check fix bench reset-db clean \
	check-format check-lint check-types check-imports check-templates check-migrations \
	check-deploy check-translations check-docs check-spelling check-dependencies check-scripts

BIN := .venv/bin
ARGS ?=
CHECKS := check-format check-lint check-types check-imports check-templates check-migrations \
	check-deploy check-translations check-docs check-spelling check-dependencies check-scripts

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-20s %s\n", $$1, $$2}' Makefile

setup: ## Install what running needs (first time only; later runs need no network)
	@sh scripts/setup.sh base

setup-dev: ## Install what testing needs too
	@sh scripts/setup.sh dev

setup-peers: setup-dev ## Install apart the two libraries that make bench NAME=redeem compares with
	@test -x .venv-peers/bin/python || $(BIN)/python -m venv .venv-peers
	@.venv-peers/bin/python -m pip install --quiet --require-hashes -r requirements/peers.txt

demo: setup ## Everything, ready to click: database, demo data, web server, worker
	@exec $(BIN)/filiere demo $(ARGS)

run: setup ## Web server and worker on the data already here
	@exec $(BIN)/filiere demo --no-load $(ARGS)

loop: setup ## The whole chain without a browser, e.g. make loop ARGS="--places filiere/operations/data/demo-places.csv --persons 200"
	@exec $(BIN)/filiere loop $(ARGS)

test: setup-dev ## Every test, the browser ones included
	@sh scripts/test.sh $(ARGS)

test-long: setup-dev ## Random histories of vouchers beside a model, 100,000 steps (an hour)
	@FILIERE_STATEFUL_STEPS=100000 $(BIN)/python -m pytest tests/vouchers/test_stateful.py $(ARGS)

e2e: setup-dev ## The browser tests only
	@sh scripts/chromium.sh > /dev/null
	@$(BIN)/python -m pytest tests/e2e $(ARGS)

pictures: setup-dev ## Take the pictures of the guides again
	@FILIERE_PICTURES=docs/guide/pictures $(BIN)/python -m pytest tests/e2e/test_programme_life.py \
		tests/e2e/test_payers.py tests/e2e/test_tills.py tests/e2e/test_invoices.py \
		tests/e2e/test_net94.py -q

check: setup-dev ## Every check that is not a test; goes on after a failure and counts them
	@sh scripts/check.sh $(CHECKS)

check-format: ; @$(BIN)/ruff format --check .
check-lint: ; @$(BIN)/ruff check .
check-types: ; @$(BIN)/mypy
check-imports: ; @$(BIN)/lint-imports
check-templates: ; @$(BIN)/djlint filiere --check --quiet && $(BIN)/djlint filiere --lint --quiet
check-migrations: ; @$(BIN)/filiere makemigrations --check --dry-run
check-deploy: ; @$(BIN)/filiere check --deploy --fail-level WARNING
check-translations: ; @$(BIN)/python scripts/translations.py check
check-docs: ; @$(BIN)/python -m pytest -q tests/test_consistency.py $(wildcard tests/test_docs.py)
check-spelling: ; @$(BIN)/codespell
check-dependencies: ; @$(BIN)/deptry .
check-scripts: ; @for script in scripts/*.sh; do sh -n "$$script" || exit 1; done; bash -n .ci/run

fix: setup-dev ## Format the code and mend what the linters can mend
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format . ; $(BIN)/djlint filiere --reformat --quiet

bench: setup-dev ## One benchmark as one JSON line: make bench NAME=redemption
	@test -n "$(NAME)" || { echo "Name the benchmark: make bench NAME=…" >&2; ls benchmarks/*.py >&2; exit 2; }
	@$(BIN)/python -m benchmarks.$(NAME) $(ARGS)

reset-db: setup ## Erase this computer's local database (asks first)
	@$(BIN)/python -m config.postgres reset $(ARGS)

clean: ## Remove the environment and the caches; the data stays
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis htmlcov .coverage
