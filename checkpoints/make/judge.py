"""Honest figures: every writer is held out once and judged by models that never saw that hand."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from checkpoints.make import learn
from checkpoints.make.gather import DIGITS, GREEK, LABELS, Pool, fold_of, joined
from checkpoints.make.keep import Kept
from checkpoints.make.learn import Say
from checkpoints.make.outliers import UNSEEN
from checkpoints.make.tasks import MORE_DIGITS, PAGES, TASKS, Material, Task, train
from core.look.alphabet import together
from core.look.predictor import SURE, Predictor, rival
from core.nets.card import Card

CLEAR = PAGES[:4]  # the pen letters are torn from running text, and often no longer readable
LOST = 0.01  # the share of good drawings that may be refused, pen letters included
LINE, DEALT = 4, 20  # characters in a line of the page, and how often a hand's drawings are dealt into lines
SOME = 30  # every so-many-th MNIST digit is put beside the drawings where a level is chosen


@dataclass
class Answers:
    """Logits for drawings by unseen hands, for MNIST's test digits, and for outliers of unseen families."""

    people: Pool
    drawn: Tensor
    digits: Pool
    mnist: Tensor
    none: Tensor


def hold_out(all_of: Material, pictures: int, folds: int, say: Say, keep: Kept) -> dict[str, list[Answers]]:
    """For each task the answers about each group of writers."""
    fold = fold_of(all_of.drawn, folds)
    unseen = np.isin(all_of.none.source, UNSEEN)
    rows: dict[str, list[Answers]] = {name: [] for name in TASKS}
    for number in range(folds):
        people, strangers = all_of.drawn.where(fold != number), all_of.drawn.where(fold == number)
        known = all_of.none.where(~unseen)
        nets: dict[str, nn.Module] = {}
        for name, task in TASKS.items():
            say(f"writers {number + 1} of {folds} held out: {name}")
            start = nets.get("ink34")
            count = pictures if start is None else pictures // 2
            given = (task, all_of, people, known, count, number, start, say)
            nets[name] = keep(f"{name}-without-{number + 1}", train, *given)
        given_more = (TASKS["ink34"], all_of, people, known, pictures, number + 10, nets["ink34"], say, MORE_DIGITS)
        nets["ink34"] = keep(f"ink34-more-without-{number + 1}", train, *given_more)
        for name, net in nets.items():
            rows[name].append(_answers(net, TASKS[name], all_of, strangers, all_of.none.where(unseen)))
            say(f"{name}: {figures(rows[name][-1])[0]}")
    return rows


def _answers(net: nn.Module, task: Task, all_of: Material, strangers: Pool, none: Pool) -> Answers:
    people, digits = task.mine(strangers), task.mine(all_of.test)
    of_digits = learn.answers(net, digits) if len(digits) else torch.zeros(0, len(task.labels))
    return Answers(people, learn.answers(net, people), digits, of_digits, learn.answers(net, none))


def joined_answers(rows: list[Answers]) -> Answers:
    def all_logits(name: str) -> Tensor:
        return torch.cat([getattr(row, name) for row in rows])

    pools = [joined([getattr(row, name) for row in rows]) for name in ("people", "digits")]
    return Answers(pools[0], all_logits("drawn"), pools[1], all_logits("mnist"), all_logits("none"))


def figures(of: Answers) -> tuple[dict[str, Any], dict[str, Any]]:
    """What goes on the card: accuracy by source, calibration, rejection; and the levels that the predictor needs."""
    labels, source = of.people.labels, of.people.source
    clear = np.isin(source, CLEAR)
    levels_from = torch.cat([of.drawn, of.mnist[::SOME]])
    level_labels = np.concatenate([labels, of.digits.labels[::SOME]])
    level_clear = np.concatenate([clear, np.full(len(level_labels) - len(labels), True)])
    temperature = learn.best_temperature(levels_from, level_labels, level_clear)
    good, bad = learn.energy(of.drawn), learn.energy(of.none)
    level = float(np.quantile(learn.energy(levels_from), LOST))
    found: dict[str, Any] = {}
    for name in PAGES:
        if (mask := source == name).any():
            right, count = learn.accuracy(of.drawn[mask], labels[mask])
            row = {"right": right, "of": count, "accuracy": round(right / count, 4)}
            found[f"unseen writers, {name}"] = row | _told(of.drawn[mask], labels[mask], temperature, level)
    if of.drawn.shape[1] == len(LABELS):
        for name in CLEAR[:3]:
            found[f"in lines of four, unseen writers, {name}"] = round(in_lines(of, name, temperature, level), 4)
    letters = of.drawn.shape[1] - 24  # where alpha stands
    course = (source == "greek") & (labels >= letters) & (labels < letters + 3)
    if letters >= 0 and course.any():
        right, count = learn.accuracy(of.drawn[course], labels[course])
        found["unseen writers, photos of alpha, beta, gamma"] = {"right": right, "of": count}
    if len(of.digits):
        found["MNIST test, mean of the folds"] = round(_rate(of.mnist, of.digits), 4)
    found["calibration error"] = round(learn.calibration_error(of.drawn[clear], labels[clear], temperature), 4)
    found["calibration error, pen letters too"] = round(learn.calibration_error(of.drawn, labels, temperature), 4)
    found["reject AUROC, unseen alphabets (without look-alikes) and faces"] = round(learn.auroc(good[clear], bad), 4)
    found["reject AUROC, pen letters too"] = round(learn.auroc(good, bad), 4)
    found["good drawings refused"] = round(float((good[clear] < level).mean()), 4)
    found["good drawings refused, pen letters too"] = round(float((good < level).mean()), 4)
    found["unseen alphabets and faces refused"] = round(float((bad < level).mean()), 4)
    return found, {"temperature": round(temperature, 4), "known_at": round(level, 4), "known_spread": 1.0}


def _told(logits: Tensor, labels: np.ndarray, temperature: float, level: float) -> dict[str, int]:
    """How often the truth is the answer, or the second one where the page names it (some drawings are both); and how
    many answers the page gives plainly, without a refusal, a second answer or a "perhaps", and is right."""
    names = {34: LABELS, 24: GREEK, 10: DIGITS}[logits.shape[1]]
    found = {"right or named second": 0, "said plainly": 0, "said plainly and right": 0}
    for chances, truth, evidence in zip(
        torch.softmax(logits / temperature, 1), labels, learn.energy(logits), strict=True
    ):
        order = chances.argsort(descending=True).tolist()[:2]
        top = [(names[each], float(chances[each])) for each in order]
        second, right = rival(top), names[truth] == top[0][0]
        found["right or named second"] += right or names[truth] == second
        plain = evidence >= level and second is None and top[0][1] >= SURE
        found["said plainly"] += plain
        found["said plainly and right"] += plain and right
    return {name: int(count) for name, count in found.items()}


def in_lines(of: Answers, source: str, temperature: float, level: float) -> float:
    """The share that is right when each hand's drawings of one alphabet are read in lines of four, as on the page."""
    reading = {"temperature": temperature, "known_at": level}
    reader = Predictor(nn.Identity(), Card("held out", "", (1, 28, 28), LABELS, reading=reading))
    said = [reader.answer(row) for row in of.drawn]
    luck, right, count = np.random.default_rng(0), 0, 0
    for writer in sorted(set(of.people.writer[of.people.source == source])):
        mine = np.flatnonzero((of.people.source == source) & (of.people.writer == writer))
        for _ in range(DEALT):
            order = luck.permutation(mine)
            for line in (order[start : start + LINE] for start in range(0, len(order), LINE)):
                read = together([said[place] for place in line])
                right += sum(
                    one.label == LABELS[of.people.labels[place]] for one, place in zip(read, line, strict=True)
                )
                count += len(line)
    return right / max(count, 1)


def _rate(logits: Tensor, pool: Pool) -> float:
    right, count = learn.accuracy(logits, pool.labels)
    return right / max(count, 1)
