# make demo: train all steps on the sample tales, show and measure what the adapters answer, and annotate a tale.   make test: every check.
# make docs: the documentation as a site.   make dist: wheels and source distributions.
PYTHON ?= python3
VENV ?= .venv
DEMO ?= demo-output
BIN := $(VENV)/bin
PLUGINS := $(sort $(dir $(wildcard plugins/*/pyproject.toml)))

.PHONY: setup demo test lint types imports tests docs dist pictures clean

setup: $(VENV)/ready

$(VENV)/ready: requirements.lock pyproject.toml $(addsuffix pyproject.toml,$(PLUGINS))
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "ft-core needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
	  -e . $(addprefix -e ./,$(PLUGINS))
	@touch $@

demo: setup
	$(BIN)/ft-core train --all-installed --data-dir examples/tales --config examples/demo.yaml \
	  --output-dir $(DEMO) --overwrite
	$(BIN)/python examples/compare_answers.py $(DEMO) examples/tales
	$(BIN)/ft-core evaluate --run $(DEMO) --no-pipeline --limit 6
	$(BIN)/ft-core annotate examples/tales/sample_en_04_tam_lin_v3.json --run $(DEMO) --overwrite-labels --overwrite \
	  --output-dir $(DEMO)/_annotated

test: lint types imports docs tests

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy
	$(BIN)/mypy docs/_tools

imports: setup
	$(BIN)/lint-imports

# Two processes, each with whole files in their usual order: the files that take longest are then not the last ones.
tests: setup
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

docs: setup
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

pictures: setup
	$(BIN)/python docs/_tools/terminal_picture.py

dist: setup
	rm -rf dist
	for folder in . $(PLUGINS); do $(BIN)/python -m build --no-isolation --outdir dist $$folder || exit 1; done

clean:
	rm -rf $(VENV) $(DEMO) dist site
