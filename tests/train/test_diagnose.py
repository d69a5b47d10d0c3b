"""What happened: each sentence appears for the curve that shows it, and not for a healthy one."""

import numpy as np

from core.config import RunConfig
from core.train.diagnose import sentences

STEPS = np.arange(1, 101, dtype=np.float32) * 10
EPOCHS = np.arange(1, 11, dtype=np.float32) * 100


def curves(**changes: np.ndarray) -> dict:
    """A healthy run of ten epochs of 100 steps, with some curves replaced."""
    healthy = {
        "train/loss": 2.2 * np.exp(-STEPS / 200) + 0.05,
        "train/accuracy": 0.98 - 0.88 * np.exp(-STEPS / 200),
        "gradient_norm": 1.0 + 0 * STEPS,
        "test/loss": 0.5 * np.exp(-EPOCHS / 300) + 0.06,
        "test/accuracy": 0.97 - 0.2 * np.exp(-EPOCHS / 150),
        "epoch/train_loss": 0.6 * np.exp(-EPOCHS / 300) + 0.05,
        "epoch/train_accuracy": 0.98 - 0.3 * np.exp(-EPOCHS / 150),
    }
    lines = healthy | {name.replace("__", "/"): values for name, values in changes.items()}
    return {name: (STEPS if len(v) == 100 else EPOCHS, v.astype(np.float32)) for name, v in lines.items()}


def told(**changes: np.ndarray) -> str:
    return " ".join(sentences(curves(**changes), RunConfig(lr=0.1)))


def test_a_healthy_run_gives_no_reason_to_talk():
    assert told() == ""


def test_no_curves_no_sentences():
    assert sentences({}, RunConfig()) == []


def test_overfitting_is_dated_from_the_best_epoch():
    rising = np.array([0.5, 0.4, 0.3, 0.25, 0.28, 0.3, 0.33, 0.37, 0.4, 0.45])
    assert "Over-fitting since epoch 4: the test loss rose from 0.25 to 0.45" in told(test__loss=rising)


def test_epochs_without_a_test_are_counted_and_left_out():
    lines = curves()
    lines["test/loss"] = (EPOCHS[1::2], np.array([0.4, 0.25, 0.3, 0.37, 0.45], np.float32))  # tested every second epoch
    said = " ".join(sentences(lines, RunConfig(lr=0.1, test_every=2)))
    assert "Over-fitting since epoch 4: the test loss rose from 0.25 to 0.45" in said
    fourth, last = (lines["epoch/train_loss"][1][epoch] for epoch in (3, 9))
    assert f"from {fourth:.3g} to {last:.3g}" in said


def test_a_rising_test_loss_without_a_falling_training_loss_is_not_overfitting():
    rising = np.array([0.5, 0.4, 0.3, 0.25, 0.28, 0.3, 0.33, 0.37, 0.4, 0.45])
    assert "Over-fitting" not in told(test__loss=rising, epoch__train_loss=rising)


def test_a_jump_of_the_loss_is_placed_at_its_step():
    jump = 2.2 * np.exp(-STEPS / 200) + 0.05
    jump[50:] += 1.5
    assert "The loss rose after step 490" in told(train__loss=jump) or "The loss rose after step 500" in told(
        train__loss=jump
    )


def test_guessing_is_recognised_for_the_number_of_classes():
    flat = {"train/loss": (STEPS, 0 * STEPS + np.log(10)), "train/accuracy": (STEPS, 0 * STEPS + 0.1)}
    assert "guessing" in sentences(flat, RunConfig(), classes=10)[0]
    assert sentences(flat, RunConfig(), classes=100) == []


def test_vanished_gradients_name_the_activation():
    still = {"gradient_norm": (STEPS, 0 * STEPS + 1e-5), "train/accuracy": (STEPS, 0 * STEPS + 0.2)}
    assert "Sigmoid" in " ".join(sentences(still, RunConfig(activation="sigmoid")))


def test_a_run_that_ended_too_early_is_told_to_go_on():
    rising = np.linspace(0.5, 0.8, 10)
    assert "Still learning" in told(test__accuracy=rising, epoch__train_accuracy=rising)


def test_training_accuracy_below_test_accuracy_is_explained():
    assert "no mistake" in told(epoch__train_accuracy=0.9 + 0 * EPOCHS)


def test_nan_in_a_curve_breaks_nothing():
    broken = 2.2 * np.exp(-STEPS / 200)
    broken[60:] = np.nan
    told(train__loss=broken, test__loss=np.full(10, np.nan))
