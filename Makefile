# Two commands do everything on a machine with Python 3.11+: `make app` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.install-stamp
# Test processes; each trains on two threads, so a few are enough.
JOBS ?= 2

.PHONY: install app test check fix bench e2e size

install: $(STAMP)

$(STAMP): requirements.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"Inkling needs Python 3.11 or newer; {sys.executable} is {v[0]}.{v[1]}. Try: make $(or $(MAKECMDGOALS),install) PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

app: install
	$(BIN)/streamlit run app.py

test: install
	$(BIN)/python -m pytest tests -m "not browser and not slow" -n $(JOBS) --dist worksteal

e2e: install
	$(BIN)/python -m pytest tests/browser -m browser

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

fix: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: install
	$(BIN)/python -m core bench train

size:
	@git ls-files '*.py' '*.js' '*.css' | xargs wc -l | sort -n
