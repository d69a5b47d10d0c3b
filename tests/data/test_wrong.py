"""Wrong labels are drawn by the seed, only among the training pictures used, and people can put them right."""

import pytest
import torch

from core.config import RunConfig
from core.data.dataset import made
from core.data.wrong import fixes, flipped, taught, used, written
from core.errors import LabError
from core.train.training import split

LABELS = torch.arange(1000) % 10
CONFIG = RunConfig("tiny", wrong_labels=0.05, seed=3)


def test_exactly_the_share_is_flipped_and_never_to_the_right_label():
    wrong = flipped(CONFIG, LABELS, 10)
    assert len(wrong) == 50
    assert all(int(LABELS[picture]) != label and 0 <= label < 10 for picture, label in wrong.items())


def test_the_same_seed_flips_the_same_labels_and_another_one_others():
    assert flipped(CONFIG, LABELS, 10) == flipped(CONFIG, LABELS, 10)
    assert set(flipped(CONFIG, LABELS, 10)) != set(flipped(CONFIG.replace(seed=4), LABELS, 10))


def test_a_run_on_a_part_flips_only_labels_of_that_part():
    part = CONFIG.replace(train_size=200)
    assert len(flipped(part, LABELS, 10)) == 10
    assert set(flipped(part, LABELS, 10)) <= set(used(part, 1000).tolist())


def test_what_is_taught_differs_exactly_where_it_was_flipped():
    told = taught(CONFIG, LABELS, 10)
    assert set((told != LABELS).nonzero().flatten().tolist()) == set(flipped(CONFIG, LABELS, 10))
    assert taught(RunConfig("tiny"), LABELS, 10) is LABELS  # nothing is copied where nothing is changed


def test_a_fix_outweighs_the_flip_and_a_false_alarm_makes_a_new_error():
    picture = next(iter(flipped(CONFIG, LABELS, 10)))
    clean = next(i for i in range(1000) if i not in flipped(CONFIG, LABELS, 10))
    text = written({picture: int(LABELS[picture]), clean: (int(LABELS[clean]) + 1) % 10})
    told = taught(CONFIG.replace(fixed_labels=text), LABELS, 10)
    assert told[picture] == LABELS[picture] and told[clean] != LABELS[clean]
    assert int((told != LABELS).sum()) == 50


def test_training_gets_the_wrong_labels_and_the_test_set_stays_clean():
    x = torch.arange(1000, dtype=torch.uint8).view(1000, 1, 1, 1).expand(-1, 1, 4, 4)
    data = made("tiny", (x, LABELS), (x[:20], LABELS[:20]), tuple("0123456789"))
    config = CONFIG.replace(train_size=100)
    _, y, _, _ = split(config, data)
    assert int((y != LABELS[used(config, 1000)]).sum()) == 5
    assert torch.equal(data.y_test, LABELS[:20]) and torch.equal(data.y_train, LABELS)


@pytest.mark.parametrize("text", ["17", "a:1", "1:-2", "5000:1", "1:10", "1:2:3", "²:1"])
def test_a_damaged_list_of_fixes_gets_a_sentence(text):
    with pytest.raises(LabError, match="fixed_labels has"):
        fixes(text, 1000, 10)


def test_fixes_are_read_as_they_were_written():
    assert fixes(written({9: 1, 3: 4}), 10, 10) == {3: 4, 9: 1}
    assert written({}) is None and fixes(None, 10, 10) == {}
