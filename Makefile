# Two commands for everybody: `make demo` and `make test`. Both do all the set-up.
SHELL := /bin/bash
VENV ?= .venv
export ZHIQIAO_VENV := $(VENV)
SERVE ?= 1
PORT ?= 8321
BIN := $(VENV)/bin

.PHONY: demo test check bench soak lock messages setup-base setup-dev clean

demo: setup-base
	@$(BIN)/zhiqiao demo $(if $(filter 0,$(SERVE)),--no-serve,) --port $(PORT)

test: setup-dev
	@scripts/browser.sh
	@scripts/test.sh

check: setup-dev
	@$(BIN)/ruff check src tests benchmarks scripts
	@$(BIN)/ruff format --check src tests benchmarks scripts
	@$(BIN)/mypy src tests benchmarks scripts
	@$(BIN)/lint-imports
	@$(BIN)/djlint --check --lint --quiet src/zhiqiao/web/templates
	@$(BIN)/python scripts/messages.py --check
	@$(BIN)/python scripts/openapi.py --check
	@$(BIN)/python scripts/permissions.py --check
	@ZHIQIAO_HOME=$$(mktemp -d) $(BIN)/python -m django makemigrations --check --dry-run --settings zhiqiao.conf.settings

bench: setup-dev
	@$(BIN)/python benchmarks/import_speed.py --rows 30000
	@$(BIN)/python benchmarks/search_speed.py --patents 30000

soak: setup-dev
	@$(BIN)/python -m pytest -m soak tests

lock:
	@scripts/lock.sh

messages: setup-dev
	@$(BIN)/python scripts/messages.py

setup-base:
	@scripts/setup.sh base

setup-dev:
	@scripts/setup.sh dev

clean:
	rm -rf $(VENV) var build .mypy_cache .ruff_cache .import_linter_cache
