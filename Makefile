# What people and CI run. `make` alone lists the targets; the plain commands are in README.md.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin

# The kernel is this environment's, whatever other kernels the user has.
export JUPYTER_PREFER_ENV_PATH := 1

.PHONY: help install torch book serve test lint notebooks lock clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 20

install: $(VENV)/.installed  ## put everything into .venv

$(VENV)/.installed: requirements.txt requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 …")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -c requirements.lock
	@touch $@

torch: install  ## put PyTorch into .venv too: the step rules are tested against it
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-torch.txt -c requirements.lock

# A page that warned is read again next time, so that a warning cannot hide behind Sphinx's memory of it.
book: install  ## build the book into _build/html
	$(BIN)/jupyter-book build . -W -n --keep-going || { rm -rf _build/.doctrees; exit 1; }

serve: book  ## build the book and serve it at localhost
	$(BIN)/python tools/serve.py _build/html $(PORT)

test: install  ## run every test: units, doctests, notebooks, the built book in a browser
	$(BIN)/python -m pytest -n logical --dist loadfile

lint: install  ## check style, spelling and the stored notebooks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/python tools/notebooks.py --check

notebooks: install  ## execute all notebooks and store them normalised
	$(BIN)/python tools/notebooks.py

lock: install  ## renew requirements.lock and web/package-lock.json from what they are made of
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-emit-package gdlib \
		--custom-compile-command "make lock" -o requirements.lock requirements.txt
	$(BIN)/python tools/npm_lock.py

clean:  ## remove what was built (.venv stays)
	rm -rf _build web/node_modules .pytest_cache .ruff_cache .hypothesis gdlib.egg-info
	find gdlib tests tools web benchmarks chapters -name __pycache__ -o -name .ipynb_checkpoints -o -name .ruff_cache | xargs rm -rf
