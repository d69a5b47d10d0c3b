"""Sweeps in the store: queued at once, reused, stopped, resumed, deleted; the next point is asked for exactly once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from core.config import RunConfig
from core.errors import LabError
from core.runs import sweeping
from core.runs.brain import Past
from core.runs.outcome import outcome
from core.runs.pacing import estimate, pace, roughly
from core.runs.store import Store
from tests.runs.helpers import claimed
from tests.runs.small import CONFIG
from tests.runs.sweep_help import finish, finish_all, plan


def test_a_grid_is_queued_at_once_behind_single_runs_first_every_point_with_its_first_seed(store: Store) -> None:
    sweep = store.add_sweep(plan("batch_size=32,64,128"), owner="Ada")
    single = store.add(RunConfig())
    mine = sorted(store.runs(sweep=str(sweep)), key=lambda run: run.id)
    assert [(run.config.batch_size, run.config.seed) for run in mine] == [
        (32, 0), (64, 0), (128, 0), (32, 1), (64, 1), (128, 1)
    ]  # fmt: skip
    assert {run.owner for run in mine} == {"Ada"} and mine[0].name == "batch_size 32, seed 0"
    assert claimed(store).run == single and claimed(store).run == mine[0].id
    assert [trial.run for trial in store.trials(sweep)] == [mine[place].id for place in (0, 3, 1, 4, 2, 5)]


def test_a_finished_run_with_the_same_settings_is_reused_and_said_to_be(store: Store) -> None:
    old = store.add(CONFIG.replace(batch_size=64, seed=1))
    finish(store, 0.9)
    for other in (CONFIG.replace(batch_size=64, seed=0), CONFIG.replace(batch_size=64, seed=1, lr=0.5)):
        store.add(other)  # the same but not finished; finished but not the same
    sweep = store.add_sweep(plan())
    by_place = {(trial.point, trial.seed): trial for trial in store.trials(sweep)}
    assert by_place[1, 1].run == old and by_place[1, 1].reused
    assert not by_place[1, 0].reused and by_place[1, 0].run != old
    assert len(store.runs(sweep=str(sweep))) == 3 and old in store.sweep_runs(sweep)
    now = outcome(store, sweep)
    assert (now.total, now.done, now.reused) == (4, 1, 1)


def test_a_second_equal_sweep_trains_nothing(store: Store) -> None:
    first = store.add_sweep(plan())
    finish_all(store, 0.9)
    second = store.add_sweep(plan())
    assert store.counts() == {"finished": 4} and store.sweep_runs(first) == store.sweep_runs(second)
    sweeping.tend(store)
    assert store.sweep(second).status == "finished" and outcome(store, second).reused == 4


def test_runs_on_the_classs_drawings_are_not_reused_since_these_grow(store: Store) -> None:
    base = CONFIG.replace(dataset="class-drawings")
    store.add(base.replace(batch_size=32))
    finish(store, 0.9)
    assert estimate(store, plan(base=base)).known == 0
    sweep = store.add_sweep(plan(base=base))
    assert outcome(store, sweep).reused == 0 and store.counts()["queued"] == 4


def test_a_sweep_that_waits_for_bets_trains_nothing_until_it_is_started(store: Store) -> None:
    sweep = store.add_sweep(plan(), betting=True)
    sweeping.tend(store)
    assert store.sweep(sweep).status == "betting" and store.runs() == []
    assert outcome(store, sweep).count("missing") == 4
    store.start_sweep(sweep)
    store.start_sweep(sweep)  # twice is once
    assert store.sweep(sweep).status == "running" and store.counts() == {"queued": 4}


def test_a_sweep_ends_when_its_last_run_does(store: Store) -> None:
    sweep = store.add_sweep(plan())
    for _ in range(3):
        finish(store, 0.9)
        sweeping.tend(store)
        assert store.sweep(sweep).status == "running"
    store.settle(claimed(store), "failed", error="It diverged.")
    sweeping.tend(store)
    ended = store.sweep(sweep)
    assert ended.status == "finished" and ended.finished is not None
    now = outcome(store, sweep)
    assert now.count("failed") == 1 and any("diverged" in cell.said for point in now.points for cell in point.cells)


def test_stopping_leaves_what_is_finished_and_no_trace_of_what_never_began(store: Store) -> None:
    sweep = store.add_sweep(plan("batch_size=32,64,128"))
    done = finish(store, 0.9)
    held = claimed(store)
    store.stop_sweep(sweep)
    store.stop_sweep(sweep)  # twice is once
    assert [run.id for run in store.runs(sweep=str(sweep))] == [held.run, done]
    assert store.beat(held) == "stop", "the one that trains is asked to stop"
    store.settle(held, "stopped")
    assert store.sweep(sweep).status == "stopped" and outcome(store, sweep).count("missing") == 4
    assert store.resume_sweep(sweep) == 5
    assert store.counts() == {"finished": 1, "queued": 5} and store.sweep(sweep).status == "running"
    finish_all(store, 0.9)
    sweeping.tend(store)
    assert store.sweep(sweep).status == "finished" and outcome(store, sweep).count("finished") == 6


def test_failed_and_deleted_runs_are_tried_again_pruned_ones_are_not(store: Store) -> None:
    sweep = store.add_sweep(plan())
    lost = finish(store, 0.9)
    failed, pruned = claimed(store), claimed(store)
    store.settle(failed, "failed", error="The disk is full.")
    store.settle(pruned, "stopped", reason="pruned")
    finish(store, 0.8)
    store.delete(lost)
    sweeping.tend(store)
    now = outcome(store, sweep)
    assert [now.count(state) for state in ("finished", "failed", "pruned", "gone")] == [1, 1, 1, 1]
    assert store.sweep(sweep).status == "finished"
    assert store.resume_sweep(sweep) == 2
    assert store.run(failed.run).status == "queued" and store.run(pruned.run).status == "stopped"
    assert outcome(store, sweep).count("queued") == 2 and outcome(store, sweep).count("gone") == 0


def test_more_seeds_go_to_every_point_and_known_ones_are_not_trained_again(store: Store) -> None:
    sweep = store.add_sweep(plan())
    finish_all(store, 0.9)
    store.add(CONFIG.replace(batch_size=32, seed=2))
    finish(store, 0.95)
    sweeping.tend(store)
    store.more_seeds(sweep, 2)
    assert store.sweep(sweep).status == "running" and store.sweep(sweep).plan.seeds == 4
    now = outcome(store, sweep)
    assert (now.total, now.count("queued"), now.count("finished"), now.reused) == (8, 3, 5, 1)
    with pytest.raises(LabError, match="allowed: 1 to 50"):
        store.more_seeds(sweep, 49)


def test_deleting_a_sweep_takes_its_own_runs_and_leaves_reused_ones(store: Store) -> None:
    old = store.add(CONFIG.replace(batch_size=64, seed=1))
    finish(store, 0.9)
    sweep = store.add_sweep(plan())
    with pytest.raises(LabError, match=f"Sweep {sweep} is still going on; stop it"):
        store.delete_sweep(sweep)
    store.stop_sweep(sweep)
    store.delete_sweep(sweep)
    assert [run.id for run in store.runs()] == [old] and store.sweeps() == [] and store.trials(sweep) == []
    for gone in (store.sweep, store.start_sweep, store.stop_sweep, store.resume_sweep, store.delete_sweep):
        with pytest.raises(LabError, match=f"Sweep {sweep} does not exist"):
            gone(sweep)
    assert store.add_sweep(plan()) > sweep, "its number is not given again: old links must not lead to a new sweep"


def test_a_sweep_can_be_forgotten_while_its_runs_stay(store: Store) -> None:
    sweep = store.add_sweep(plan())
    finish_all(store, 0.9)
    sweeping.tend(store)
    store.delete_sweep(sweep, with_runs=False)
    assert len(store.runs()) == 4 and {run.sweep for run in store.runs()} == {None}


def test_too_many_points_are_refused_with_the_count_and_the_estimate(store: Store) -> None:
    huge = plan("batch_size=1..1000", "lr=1e-4..1e-1:log:100", seeds=1)
    with pytest.raises(LabError, match=r"100,000 points with 1 seed each: 100,000 runs; allowed: up to 1,000 runs"):
        sweeping.begin(store, huge)
    store.add(CONFIG)
    finish(store, 0.9)
    with store.write() as connection:  # it took 40 s for its four epochs
        connection.execute(text("UPDATE runs SET started = finished - 40, seconds = 40"))
    with pytest.raises(LabError, match=r"100,000 runs, about 46 days on this machine; allowed"):
        sweeping.begin(store, huge)
    assert store.sweeps() == []


def test_the_estimate_takes_runs_of_the_same_network_and_the_nearest_batch_size(store: Store) -> None:
    assert estimate(store, plan()).seconds is None, "nothing is known yet, so nothing is said"
    for batch, seconds in ((32, 80), (64, 40), (4096, 1)):
        run = store.add(CONFIG.replace(batch_size=batch, seed=9))
        finish(store, 0.9)
        with store.write() as connection:
            took = "UPDATE runs SET started = finished - :s - 3, seconds = :s WHERE id = :r"  # 3 to load
            connection.execute(text(took), {"s": seconds, "r": run})
    told = estimate(store, plan("batch_size=32,64,100"))
    assert (told.runs, told.known) == (6, 0) and told.seconds == pytest.approx(2 * (83 + 43 + 43), rel=1e-3)
    longer = plan(base=CONFIG.replace(epochs=8))
    assert estimate(store, longer).seconds == pytest.approx(2 * (163 + 83), rel=1e-3), "it loads once"
    other = plan(base=CONFIG.replace(net="flatten | linear classes"))
    assert estimate(store, other).seconds is None
    store.add(CONFIG.replace(batch_size=32))
    finish(store, 0.9)
    assert estimate(store, plan()).known == 1


def test_the_estimate_goes_by_the_number_of_pictures(store: Store) -> None:
    run = store.add(CONFIG.replace(train_size=20_000, seed=9))
    finish(store, 0.9)
    with store.write() as connection:
        connection.execute(text("UPDATE runs SET started = finished - 46, seconds = 46 WHERE id = :r"), {"r": run})
    known = pace(store)
    config = CONFIG.replace(train_size=20_000)
    whole = known.seconds(config)
    assert whole == pytest.approx(46, rel=1e-3)
    assert known.seconds(config.replace(train_size=3_000)) == pytest.approx(46 * 6 / 23, rel=1e-3)
    sizes = [known.seconds(config.replace(train_size=size)) for size in (500, 2000, 3000, 10_000, 20_000, 40_000, 0)]
    assert sizes == sorted(sizes) and len(set(sizes)) == 7


def test_the_estimate_knows_transfer_runs_by_their_trunk(store: Store) -> None:
    base = CONFIG.replace(net="r1-lenet", trunk="r1-lenet-mnist", retrain="last")
    store.add(base.replace(net="conv 10 5x5 | pool 2 | relu | flatten | linear classes", seed=9))
    finish(store, 0.9)
    assert estimate(store, plan(base=base)).seconds is not None
    assert estimate(store, plan(base=base.replace(retrain="all"))).seconds is None


@pytest.mark.parametrize(
    "seconds, said",
    [(0.2, "1 second"), (8, "8 seconds"), (61, "a minute"), (240, "4 minutes"), (7200, "2 hours"), (9e9, "285 years")],
)
def test_times_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert roughly(seconds) == said


def test_a_network_that_cannot_be_built_is_refused_before_anything_is_queued(store: Store, home) -> None:
    with pytest.raises(LabError, match="dataset"):
        sweeping.begin(store, plan())  # `tiny` is not in this home
    with pytest.raises(LabError, match="conv 5"):
        sweeping.begin(store, plan(base=RunConfig("strokes-digits", "conv 5")))
    assert store.runs() == [] and store.sweeps() == []


def test_a_sampler_is_asked_for_the_next_point_when_no_run_of_the_sweep_waits(store: Store) -> None:
    this = plan("lr=1e-4..1e-1:log", sampler="tpe", trials=3, seeds=2)
    sweep = store.add_sweep(this)
    assert store.runs() == [] and sweeping.tend(store) == 1, "a worker is needed to think"
    sweeping.advance(store)
    assert store.counts() == {"queued": 2} and store.sweep(sweep).asked == 1
    sweeping.advance(store)
    assert store.sweep(sweep).asked == 1, "one seed still waits"
    finish(store, 0.5)
    claim = claimed(store)
    sweeping.advance(store)
    assert store.sweep(sweep).asked == 2, "a seat is free while the second seed trains"
    store.settle(claim, "finished", result={"test/accuracy": 0.5})
    finish_all(store, 0.9)
    sweeping.advance(store)
    finish_all(store, 0.9)
    assert sweeping.tend(store) == 0
    assert store.sweep(sweep).status == "finished" and len({trial.point for trial in store.trials(sweep)}) == 3


def test_a_list_is_tried_out_and_no_point_comes_twice(store: Store) -> None:
    sweep = store.add_sweep(plan("batch_size=32,64", "activation=relu,tanh", sampler="tpe", trials=50, seeds=1))
    for _ in range(6):
        sweeping.advance(store)
        finish_all(store, 0.9)
    knobs = [tuple(trial.knobs.values()) for trial in store.trials(sweep)]
    assert len(knobs) == len(set(knobs)) == 4 and store.sweep(sweep).status == "finished"


def test_many_processes_that_advance_a_sweep_at_once_add_one_point(store: Store, url: str) -> None:
    sweep = store.add_sweep(plan("lr=1e-4..1e-1:log", sampler="tpe", trials=30, seeds=1))
    others = [Store(url) for _ in range(6)]
    for _ in range(4):
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(sweeping.advance, others))
        finish_all(store, 0.9)
    trials = store.trials(sweep)
    assert len(trials) == store.sweep(sweep).asked == len(store.runs()) and len(trials) >= 4
    assert not store.add_point(sweep, 0, {"lr": 0.01}), "who knows an old count adds nothing"
    for other in others:
        other.close()


def test_a_corrupt_plan_or_trial_stops_nobody(store: Store) -> None:
    bad, worse = store.add_sweep(plan()), store.add_sweep(plan("lr=1e-4..1e-1:log", sampler="tpe", trials=3))
    good = store.add_sweep(plan("batch_size=16,8"))
    with store.write() as connection:
        connection.execute(text("UPDATE sweeps SET plan = '{' WHERE id = :id"), {"id": bad})
        connection.execute(text("UPDATE trials SET knobs = '[' WHERE sweep = :id"), {"id": good})
    sweeping.advance(store)
    assert store.sweep(bad).status == "finished" and store.sweep(worse).asked == 1
    with pytest.raises(LabError, match="plan cannot be read"):
        outcome(store, bad)
    assert len(outcome(store, good).points) == 2


def test_means_and_intervals_are_those_of_the_finished_seeds(store: Store) -> None:
    sweep = store.add_sweep(plan("batch_size=32,64", seeds=3))
    finish_all(store, lambda config: 0.8 + 0.1 * (config.batch_size == 64) + 0.001 * config.seed)
    small, large = outcome(store, sweep).points
    assert small.measured.mean == pytest.approx(0.801) and large.measured.mean == pytest.approx(0.901)
    assert small.measured.half == pytest.approx(4.3027 * 0.001 / 3**0.5, rel=1e-4)  # Student's t, two degrees
    assert outcome(store, sweep).verdict().winner == "64"


def test_before_the_first_result_the_pace_is_that_of_the_estimate(store: Store) -> None:
    run = store.add(plan().base)
    finish(store, 0.9)
    with store.write() as connection:
        connection.execute(text("UPDATE runs SET started = finished - 10, seconds = 10, epoch = 1"))
    assert store.run(run).status == "finished"
    sweep = store.add_sweep(plan("batch_size=16,48"))
    assert outcome(store, sweep).count("finished") == 0
    assert outcome(store, sweep).seconds_left == pytest.approx(estimate(store, plan("batch_size=16,48")).seconds)


def test_seconds_left_come_from_the_sweeps_own_runs(store: Store) -> None:
    sweep = store.add_sweep(plan())
    assert outcome(store, sweep).seconds_left is None
    finish(store, 0.9)
    with store.write() as connection:
        connection.execute(text("UPDATE runs SET started = finished - 10 WHERE status = 'finished'"))
    assert outcome(store, sweep).seconds_left == pytest.approx(30, rel=1e-3)


def test_what_the_sampler_learns_from_a_point_is_its_mean_once_all_seeds_are_over(store: Store) -> None:
    sweep = store.add_sweep(plan("batch_size=32,64"))
    values = iter([0.8, 0.6, 0.9])
    for _ in range(3):
        finish(store, lambda _config: next(values))
    trials, states = sweeping.look(store, store.sweep(sweep))
    found = sweeping.past(store, store.sweep(sweep).plan, trials, states)
    assert found == [Past({"batch_size": 32}, "done", pytest.approx(0.85)), Past({"batch_size": 64}, "running")]
    store.settle(claimed(store), "failed", error="diverged")
    trials, states = sweeping.look(store, store.sweep(sweep))
    assert sweeping.past(store, store.sweep(sweep).plan, trials, states)[1].value == pytest.approx(0.6)


def test_a_point_with_a_pruned_seed_is_no_result_its_other_seeds_were_lucky(store: Store) -> None:
    sweep = store.add_sweep(plan("batch_size=32,64,128"))
    values = {32: 0.99, 64: 0.8, 128: 0.7}
    for _ in range(3):
        finish(store, lambda config: values[config.batch_size])
    store.settle(claimed(store), "stopped", reason="pruned")
    finish_all(store, lambda config: values[config.batch_size] + 0.001)
    trials, states = sweeping.look(store, store.sweep(sweep))
    assert [each.state for each in sweeping.past(store, store.sweep(sweep).plan, trials, states)] == [
        "pruned", "done", "done"
    ]  # fmt: skip
    assert {group.name for group in outcome(store, sweep).verdict().groups} == {"64", "128"}
