"""RunConfig: ranges, round trips, and the sentences about what is wrong."""

import json
import math

import pytest

from core.config import KNOBS, PRESETS, RunConfig, preset
from core.errors import LabError

NUMBERS = [knob for knob in KNOBS.values() if knob.low is not None]


@pytest.mark.parametrize("knob", NUMBERS, ids=lambda knob: knob.name)
def test_a_number_out_of_range_is_refused_with_name_value_and_range(knob):
    for wrong in (knob.low - 1, knob.high + 1, math.nan, math.inf):
        with pytest.raises(LabError, match=rf"^{knob.name} is .*allowed: ") as caught:
            RunConfig(**{knob.name: (wrong,) if knob.kind is tuple else wrong})
        assert "\n" not in str(caught.value)
    for fine in (knob.low, knob.high):
        value = (int(fine),) if knob.kind is tuple else knob.kind(fine)
        assert getattr(RunConfig(**{knob.name: value}), knob.name) == value


@pytest.mark.parametrize("knob", [k for k in KNOBS.values() if k.choices], ids=lambda knob: knob.name)
def test_an_unknown_choice_is_refused_with_the_list(knob):
    with pytest.raises(LabError, match=rf"^{knob.name} is 'sideways'.*Allowed: .*{knob.choices[0]}"):
        RunConfig(**{knob.name: "sideways"})


@pytest.mark.parametrize("wrong", ["", "maybe", "1.5", "[]"])
@pytest.mark.parametrize("knob", [k for k in KNOBS.values() if k.kind in (int, bool)], ids=lambda knob: knob.name)
def test_text_that_is_no_such_value_is_refused(knob, wrong):
    if wrong == "" and knob.optional:
        return
    with pytest.raises(LabError, match=rf"^{knob.name} is "):
        knob.parse(wrong)


def test_true_is_not_a_number():
    with pytest.raises(LabError, match="epochs is True"):
        RunConfig(epochs=True)


def test_a_config_survives_json_and_keys_of_other_versions_are_ignored():
    config = RunConfig(filters=(8, 16), dropout=0.5, batch_norm=True, lr=0.1)
    assert RunConfig.from_json(config.to_json()) == config
    assert RunConfig.from_dict({**config.to_dict(), "warp_drive": 9}) == config


@pytest.mark.parametrize("text", ["{", "[1]", '"x"'])
def test_unreadable_settings_are_named(text):
    with pytest.raises(LabError, match="settings are"):
        RunConfig.from_json(text)


def test_settings_from_the_command_line():
    config = RunConfig().parse(["lr=0.05", "flip=yes", "filters=4/8", "dropout=none", "net=flatten | linear classes"])
    assert (config.lr, config.flip, config.filters, config.dropout) == (0.05, True, (4, 8), None)
    assert config.net == "flatten | linear classes"
    with pytest.raises(LabError, match="Did you mean 'epochs'"):
        RunConfig().parse(["epoch=3"])
    with pytest.raises(LabError, match="key=value"):
        RunConfig().parse(["lr"])


def test_keys_are_equal_exactly_for_equal_configs():
    assert RunConfig(lr=0.1).key() == RunConfig(lr=0.1).key() != RunConfig(lr=0.2).key()
    json.loads(RunConfig().to_json())


def test_changed_names_only_what_differs():
    assert RunConfig(lr=0.5).changed() == {"lr": 0.5}


def test_six_knobs_are_for_beginners_and_every_knob_has_a_fold_and_a_reason():
    assert sum(knob.beginner for knob in KNOBS.values()) == 6
    assert {knob.fold for knob in KNOBS.values()} == {"basic", "optimiser", "data", "transfer", "gan"}
    assert all(knob.help.endswith(".") and knob.label for knob in KNOBS.values())


def test_every_preset_has_a_title_and_a_source():
    for name, each in PRESETS.items():
        assert preset(name) is each.config and each.title and each.about.endswith(".")
    with pytest.raises(LabError, match="Did you mean 'r1-lenet'"):
        preset("r1-lent")
