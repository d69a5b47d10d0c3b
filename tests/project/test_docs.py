"""The documents tell the truth: every page, knob, verb, preset, variable and file of the tree is in them, and back."""

import re
from pathlib import Path

import pytest

from core.config import KNOBS, PRESETS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
DOCS = {path.name: path.read_text() for path in (ROOT / "docs").glob("*.md")}


@pytest.mark.parametrize("name", KNOBS)
def test_every_knob_stands_in_the_table_with_its_default_and_its_help(name: str):
    knob = KNOBS[name]
    row = next((line for line in DOCS["knobs.md"].splitlines() if line.startswith(f"| `{name}` |")), None)
    assert row is not None, f"docs/knobs.md has no row for {name}"
    assert knob.help in row and f"`{knob.default}`" in row


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_stands_in_its_table(name: str):
    assert f"| `{name}` | {PRESETS[name].title} |" in DOCS["knobs.md"]


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*.py")), ids=lambda path: path.stem)
def test_every_page_is_documented(path: Path):
    assert f"pages/{path.name}" in README
    assert any(re.search(rf"\b{path.stem}\b", text, re.I) for text in DOCS.values())


@pytest.mark.parametrize("path", sorted((ROOT / "core" / "cli").glob("*.py")), ids=lambda path: path.stem)
def test_every_verb_is_documented(path: Path):
    from core.cli.main import VERBS

    if path.stem in VERBS:
        assert f"python -m core {path.stem}" in DOCS["cli.md"]


def test_every_environment_variable_is_documented():
    read = set(re.findall(r"LAB_[A-Z_]+", (ROOT / "core" / "paths.py").read_text()))
    assert read and all(f"`{name}`" in README for name in read)


def test_the_tree_in_the_readme_is_the_tree_there_is():
    tree = re.search(r"```\n(app\.py .*?)```", README, re.S)
    assert tree, "README has no annotated tree"
    named = re.findall(r"^(\S+)", tree[1], re.M)
    for name in named:
        assert (ROOT / name).exists(), f"README names {name}, which is not there"
    rooms = {f"core/{path.name}{'/' * path.is_dir()}" for path in (ROOT / "core").iterdir() if path.name[0] not in "_."}
    pages = {f"pages/{path.name}" for path in (ROOT / "pages").glob("*.py")}
    assert (rooms | pages) <= set(named), sorted((rooms | pages) - set(named))


@pytest.mark.parametrize("name", ["README.md", *sorted(DOCS)])
def test_links_and_pictures_lead_somewhere(name: str):
    folder, text = (ROOT, README) if name == "README.md" else (ROOT / "docs", DOCS[name])
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if "://" not in target:
            assert (folder / target).exists(), f"{name} leads to {target}"
