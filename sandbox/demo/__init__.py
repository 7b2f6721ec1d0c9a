"""The demo: everything of a newcomer's first look, started and ended together. `python -m sandbox.demo --help`."""
