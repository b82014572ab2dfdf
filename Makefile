# Set-up, run, test: each target does all that it needs by itself. `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8080
SAMPLE_PORT ?= 8017
BIN := .venv/bin

.PHONY: help setup run test check bench clean
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/ready ## build .venv from requirements.lock

.venv/ready: requirements.lock pyproject.toml scripts/setup
	@PYTHON="$(PYTHON)" scripts/setup
	@touch $@

run: setup ## the sample portal, crawled, kept, indexed and served at http://127.0.0.1:$(PORT)
	@$(BIN)/python -m tangthu.demo --port $(PORT) --sample-port $(SAMPLE_PORT)

test: setup ## every test; installs chromium where it may
	scripts/install-test-packages
	$(BIN)/pytest

check: setup ## ruff and mypy, strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: setup ## the benches that need no data from elsewhere
	$(BIN)/python bench/ingest.py

clean: ## remove the environment and what tools left; the archive in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
