"""What the README says is so."""

import re
import subprocess
import sys
from pathlib import Path

from app.settings import Settings
from app.stores.bigcommerce.scopes import NEEDED
from scripts import tables

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def test_the_generated_tables_are_up_to_date():
    for name, table in tables.TABLES.items():
        assert tables.written(README, name, table()) == README, f"run `python -m scripts.tables` ({name})"
    assert tables.SCENARIOS.read_text() == tables.scenarios_page(), "run `python -m scripts.tables`"


def test_the_scopes_we_ask_for_are_those_we_give_reasons_for():
    assert set(Settings.model_fields["bigcommerce"].default.scopes) == set(NEEDED)


def test_every_setting_has_words():
    for name, field in tables._fields(Settings, "ECM_"):  # what the table is made of
        assert field.description, name


def test_the_make_targets_it_names_exist():
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"(?:`|^)make ([a-z]+)", README, re.M)):
        assert re.search(rf"^{target}:", makefile, re.M), target


def test_the_commands_it_names_exist():
    answer = subprocess.run([sys.executable, "-m", "app.cli", "--help"], capture_output=True, text=True, check=True)
    for command in set(re.findall(r"`ecm ([a-z-]+)", README)):
        assert command in answer.stdout, command


def test_the_processes_it_names_are_those_of_the_procfile():
    procfile = (ROOT / "Procfile").read_text()
    for line in procfile.splitlines():
        name, _, command = line.partition(": ")
        words = [word for word in command.split() if not word.startswith("${")]
        assert name in README
        assert words[-1] in README


def test_the_files_it_links_are_there():
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", README):
        assert (ROOT / link).exists(), link
