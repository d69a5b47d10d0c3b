"""A Latent as a value: round trips, identical pictures, and what is refused."""

import dataclasses
import json
import math

import numpy as np
import pytest
import torch

from core.errors import LabError
from core.latent.latent import Latent

WAYS = {"hair": torch.linspace(-1, 1, 16)}
ALL = Latent(7, ((3, 1.25), (0, -2.0)), 0.7, (("hair", 1.5),), 2)


@pytest.mark.parametrize("latent", [Latent(5), Latent(5, ((1, 0.5),)), ALL, ALL.baked(16, WAYS)])
def test_file_and_link_give_the_same_value_again(latent):
    assert Latent.from_json(latent.to_json()) == latent
    assert Latent.from_link(latent.to_link()) == latent


def test_a_link_of_all_128_numbers_stays_short():
    assert len(Latent(5).baked(128).to_link()) < 600


def test_numbers_are_the_dices_with_edits_and_moves():
    dice = torch.randn(16, generator=torch.Generator().manual_seed(7)).double() * 0.7
    dice[3], dice[0] = 1.25, -2.0
    wanted = dice + 1.5 * WAYS["hair"].double()
    assert np.allclose(ALL.numbers(16, WAYS), wanted, atol=5e-4)
    assert ALL.baked(16, WAYS).numbers(16) == ALL.numbers(16, WAYS)


def test_the_same_latent_gives_the_same_bytes_whatever_else_runs(colour):
    latent = Latent(3, ((2, 1.0),))
    before = colour.picture(latent)
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    torch.manual_seed(99)
    colour.many(torch.randn(100, 16))
    after = colour.picture(Latent.from_link(latent.to_link()))
    torch.set_num_threads(threads)
    assert before.tobytes() == after.tobytes()
    assert before.shape == (32, 32, 3) and before.std() > 5


@pytest.mark.parametrize(("flags", "fast"), [({"avx2"}, False), ({"avx2", "avx512_bf16"}, True)])
def test_many_pictures_are_made_in_bf16_only_where_the_processor_multiplies_it(colour, monkeypatch, flags, fast):
    monkeypatch.setattr("core.train.device._cpu_flags", lambda: flags)
    used = []
    colour.generator.register_forward_pre_hook(lambda *_: used.append(torch.is_autocast_enabled("cpu")))
    colour.many(torch.randn(100, 16), batch=64)
    colour.many(torch.randn(8, 16))
    assert used == [fast, fast, False]


def test_an_edit_changes_the_picture_and_taking_it_back_restores_it(colour):
    latent = Latent(3)
    moved = latent.edit(4, 3.0)
    assert colour.picture(moved).tobytes() != colour.picture(latent).tobytes()
    assert moved.edit(4, None) == latent
    assert latent.move("x", 2).move("x", 0) == latent


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (json.dumps([0.5] * 127), "has 127 numbers; this generator needs 128"),
        (json.dumps([0.5] * 127 + [math.nan]), "number 127 of the latent is nan"),
        (json.dumps([0.5] * 127 + [99]), "allowed: a number from -10 to 10"),
        ('{"latent": {"seed": 1, "edits": {"4": NaN}}}', "edits at 4 is nan"),
        ('{"latent": {"seed": "x"}}', "seed is x"),
        ('{"latent": {"sead": 1}}', "no 'sead'"),
        ('{"latent": {"seed": 1, "edits": {"four": 1}}}', "whole numbers from 0"),
        ('{"latent": {"seed": 1, "edits": [1]}}', "pairs"),
        ('{"latent": {"seed": 1, "truncation": 7}}', "allowed: a number from 0 to 1.5"),
        ("[", "no readable JSON"),
        ("7", "JSON int"),
    ],
)
def test_a_wrong_file_is_refused_with_a_sentence(text, said):
    with pytest.raises(LabError) as error:
        Latent.from_json(text, 128)
    assert said in str(error.value)


@pytest.mark.parametrize("text", ["", "x", "~", "~%%%", "~e30x", Latent(5).baked(128).to_link()[:-9], "~bnVsbA"])
def test_a_cut_link_is_refused_with_a_sentence(text):
    with pytest.raises(LabError):
        Latent.from_link(text)


def test_an_index_or_direction_that_the_generator_lacks_is_said(colour):
    with pytest.raises(LabError, match="changes index 40; this generator has the indices 0 to 15"):
        colour.picture(Latent(0, ((40, 1.0),)))
    with pytest.raises(LabError, match="a direction not known here"):
        colour.picture(Latent(0, moves=(("smile", 1.0),)))


def test_a_generator_by_class_makes_another_picture_for_another_class(digits):
    pictures = [digits.picture(Latent(0, label=label)) for label in (None, 0, 1)]
    assert pictures[0].tobytes() == pictures[1].tobytes() != pictures[2].tobytes()
    assert pictures[0].shape == (32, 32)
    with pytest.raises(LabError, match="asks for class 9"):
        digits.picture(Latent(0, label=9))


def test_a_latent_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Latent().seed = 4  # type: ignore[misc]
