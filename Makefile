# Storefront ECM. `make demo` and `make test` each set up a bare clone by themselves; neither needs the other.

PORT ?= 8000
STATE ?= .demo
ARGS ?=

# The first Python here that is 3.11 or newer. PYTHON=... names another.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
RUN = .venv/bin/python

.PHONY: help demo test screens check lock texts bench clean python

help:
	@echo 'make demo    start everything with stand-ins: PORT=8000, state in STATE=.demo; Ctrl-C ends it'
	@echo 'make test    run all tests, a real browser included: ARGS="tests/unit -k inbox"'
	@echo 'make screens take pictures of every page and state, in each host and language direction, into screens/: ARGS="--only home"'
	@echo 'make check   lint, format, types, layers, templates'
	@echo 'make lock    make the lock files again: ARGS=--upgrade for newer versions'
	@echo 'make texts   bring the translations up to date with the texts: ARGS=--list for what is missing'
	@echo 'make bench   measure ours against the yardsticks: ARGS=--quick'
	@echo 'make clean   remove what set-up and tests made (a state folder of the demo stays)'

demo: python
	@$(PYTHON) scripts/setup.py demo
	@exec $(RUN) -m sandbox.demo --port $(PORT) --state $(STATE) $(ARGS)

test: python
	@$(PYTHON) scripts/setup.py test
	@ECM_TEST_CHROMIUM="$$(cat .venv/stamps/browser)" exec $(RUN) scripts/tests.py $(ARGS)

screens: python
	@$(PYTHON) scripts/setup.py test
	@ECM_TEST_CHROMIUM="$$(cat .venv/stamps/browser)" exec $(RUN) -m tests.e2e.screens $(ARGS)

check: python
	@$(PYTHON) scripts/setup.py check
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy app sandbox scripts
	.venv/bin/lint-imports
	$(RUN) -m djlint --lint --quiet app sandbox

lock: python
	@$(PYTHON) scripts/setup.py check
	@$(RUN) scripts/lock.py $(ARGS)

texts: python
	@$(PYTHON) scripts/setup.py check
	@$(RUN) -m scripts.texts $(ARGS)

bench: python
	@$(PYTHON) scripts/setup.py check
	@set -e; for script in bench/claim_scale.py bench/drain_rate.py bench/intake_latency.py bench/find_at_size.py bench/pages_at_size.py; do echo "== $$script"; PYTHONPATH=. $(RUN) "$$script" $(ARGS); done

clean:
	rm -rf screens .venv .setup.lock .frontend.lock .judges .judges.env .judges.log .check.log .test.log node_modules app/web/static/vendor build dist *.egg-info test-results
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find app sandbox tests scripts bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

python:
	@test -n "$(PYTHON)" || { echo 'Python 3.11 or newer is needed, and none was found.' >&2; exit 1; }
