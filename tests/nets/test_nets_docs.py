"""docs/nets.md cannot lie: its lines are built, its tables are compared with the code."""

import re
from pathlib import Path

import pytest
from nets_help import SHAPES

from core.config import KNOBS
from core.errors import LabError
from core.nets.backbones import BACKBONES
from core.nets.grammar import parse, write
from core.nets.head import LADDER
from core.nets.named import NETS
from core.nets.shapes import MOST_PARAMETERS, MOST_VALUES, walk
from core.nets.words import MOST_WORDS, WORDS

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "nets.md").read_text()


def table(heading: str) -> list[list[str]]:
    """The rows of the table under a heading."""
    part = TEXT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in row] for row in rows]


def test_every_word_is_in_the_table_and_nothing_else():
    documented = [row[0].strip("`") for row in table("The words") if row[0]]
    assert sorted(documented) == sorted(set(WORDS) - set(BACKBONES))


def test_every_example_is_read_by_the_parser():
    word = ""
    for first, example, _ in table("The words"):
        word = first.strip("`") or word
        assert parse(example.strip("`"))[0].word == word
        if example != "`conv 32 3x3 p1 g1`":  # g1 is understood and not written
            assert f"`{write(parse(example.strip('`')))}`" == example


def test_every_line_in_a_block_makes_a_network():
    blocks = re.findall(r"```\n(.*?)```", TEXT, re.S)
    lines = [line for block in blocks for line in block.splitlines()]
    assert len(lines) >= 4
    for line in lines:
        assert walk(parse(line), (1, 28, 28), 10)[-1].after == (10,)


def test_the_quoted_refusal_is_the_real_one():
    quoted = re.search(r"^> (The network line.*)$", TEXT, re.M)
    assert quoted
    line = "conv 9 5x5 | pool 2 | relu | conv 9 5x5 | pool 2 | relu | conv 20 9x9 | flatten | linear classes"
    with pytest.raises(LabError) as caught:
        walk(parse(line), (1, 28, 28), 10)
    assert str(caught.value) == quoted[1]


def test_the_named_nets_are_all_there_with_their_parameters():
    rows = []
    for name, named in NETS.items():
        total = sum(place.parameters for place in walk(parse(named.line), SHAPES[named.dataset], 10))
        rows.append([f"`{name}`", named.dataset, f"{total:,}", named.about])
    assert table("The named nets") == rows


def test_the_backbones_are_all_there():
    rows = [[f"`{name}`", f"{each.features:,}", f"{each.parameters:,}", each.about] for name, each in BACKBONES.items()]
    assert table("Backbones") == rows


def test_the_knobs_and_the_ladder_are_the_real_ones():
    assert {row[0].strip("`") for row in table("The knobs")} == {
        name for name, knob in KNOBS.items() if knob.optional and knob.fold == "basic"
    }
    assert {row[0].strip("`"): row[1] for row in table("Transfer")} == LADDER


def test_the_limits_are_the_real_ones():
    assert f"Limits: {MOST_WORDS} words, {MOST_PARAMETERS // 10**6} million parameters," in TEXT
    assert f"{MOST_VALUES // 10**6} million numbers per map" in TEXT
    assert f"{WORDS['conv'].high:,} filters" in TEXT
