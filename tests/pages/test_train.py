"""The Train page: from the sidebar to a run in the queue, and every state of a run."""

import json

import pytest
from sqlalchemy import update

from core.config import KNOBS, PRESETS, RunConfig
from core.data import registry
from core.nets.named import NETS
from core.runs.store import Store
from core.runs.tables import runs
from tests.pages.conftest import words, write_curves
from ui.parts.controls import FOLDS, OWN_WIDGET
from ui.parts.recipe_link import written


def start_of(at):
    return next(button for button in at.button if button.label == "Start")


def press(at, label):
    return next(button for button in at.button if button.label == label).click().run()


def labels(at):
    return [button.label for button in at.button]


def set_status(store, run, status, **values):
    with store.write() as connection:
        connection.execute(update(runs).where(runs.c.id == run).values(status=status, **values))


def test_start_queues_exactly_the_recipe_and_opens_the_run(open_page, no_workers):
    at = open_page("train.py")
    assert "Your first run" in words(at)
    start_of(at).click().run()
    assert not at.exception
    (run,) = Store().runs()
    assert run.config == PRESETS["r1-lenet"].config.replace(dataset="strokes-digits") and run.preset == "r1-lenet"
    assert at.query_params["run"] == "1"
    assert "ensure" in no_workers and "warm" in no_workers
    assert "Waiting in the queue" in words(at)


def test_what_was_typed_just_before_start_is_what_is_trained(open_page):
    at = open_page("train.py")
    at.number_input(key="knob-epochs").set_value(30)  # typed, and the press follows before the page has answered
    start_of(at).click().run()
    (run,) = Store().runs()
    assert run.config.epochs == 30
    at.run()
    assert len(Store().runs()) == 1


def test_the_recipe_stands_in_the_address_and_comes_back_with_it(open_page):
    at = open_page("train.py")
    assert not {"preset", "set"} & set(at.query_params)
    at.selectbox(key="knob-preset").select("r2-mnist-2").run()
    at.number_input(key="knob-epochs").set_value(3).run()
    at.select_slider(key="knob-lr").set_value(0.1).run()
    linked = {name: at.query_params[name] for name in ("preset", "set")}
    assert linked["set"] == ["epochs=3", "lr=0.1"]
    at = open_page("train.py", **linked)
    assert not at.exception and not at.warning
    assert at.selectbox(key="knob-preset").value == "r2-mnist-2" and at.number_input(key="knob-epochs").value == 3
    start_of(at).click().run()
    (run,) = Store().runs()
    assert (run.config.epochs, run.config.lr, run.preset) == (3, 0.1, "r2-mnist-2")
    press(at, "Put everything back")
    assert "".join(at.query_params["set"]) == "dataset=mnist"  # as the preset has it


def test_every_value_of_every_preset_can_stand_in_an_address():
    for preset in PRESETS.values():
        for name, value in vars(preset.config).items():
            assert KNOBS[name].parse(written(value)) == value


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"preset": "r9"}, "preset is 'r9', which does not exist."),
        ({"set": "epochs=many"}, "epochs is 'many'; allowed:"),
        ({"set": "epoch=3"}, "knob is 'epoch', which does not exist. Did you mean 'epochs'?"),
        ({"set": "lr"}, "lr is ''; allowed:"),
    ],
)
def test_a_recipe_in_an_address_that_cannot_be_is_told_and_the_rest_is_taken(open_page, link, said):
    given = [link["set"], "batch_size=32"] if "set" in link else "batch_size=32"
    at = open_page("train.py", **link | {"set": given})
    assert not at.exception and said in at.warning[0].value
    assert at.select_slider(key="knob-batch_size").value == 32


def test_a_press_on_start_that_found_no_recipe_is_forgotten(open_page):
    at = open_page("train.py")
    at.session_state["beginner"] = False
    at.run()
    at.text_input(key="knob-filters").set_value("eight")
    start_of(at).click().run()
    assert Store().runs() == [] and "eight" in words(at)
    at.text_input(key="knob-filters").set_value("").run()
    assert Store().runs() == [] and not start_of(at).disabled


def test_without_network_the_first_recipe_takes_the_strokes_and_says_so(open_page):
    at = open_page("train.py")
    assert at.selectbox(key="knob-dataset").value == "strokes-digits"
    assert any("Dataset: strokes-digits, was mnist" in label for label in labels(at))


def test_a_preset_sets_every_knob_and_a_turned_knob_goes_back_alone(open_page):
    at = open_page("train.py")
    at.selectbox(key="knob-preset").select("r2-mnist-2").run()
    assert at.number_input(key="knob-epochs").value == 10
    at.number_input(key="knob-epochs").set_value(2).run()
    at.select_slider(key="knob-lr").set_value(0.1).run()
    assert "Epochs: 2, was 10" in labels(at) and "Learning rate: 0.1, was 0.01" in labels(at)
    press(at, "Epochs: 2, was 10")
    assert at.number_input(key="knob-epochs").value == 10
    assert at.select_slider(key="knob-lr").value == 0.1
    press(at, "Put everything back")
    assert not [label for label in labels(at) if ", was " in label]


def test_beginner_mode_shows_six_knobs_and_otherwise_every_knob_has_its_widget(open_page):
    def shown(at):
        kinds = (at.number_input, at.select_slider, at.slider, at.selectbox, at.toggle, at.text_input)
        keys = {str(each.key).removeprefix("knob-") for kind in kinds for each in kind}
        return keys & set(KNOBS) - {"dataset", "net"}

    at = open_page("train.py")
    assert shown(at) == {name for name, knob in KNOBS.items() if knob.beginner} and len(shown(at)) == 6
    at.toggle(key="beginner").set_value(False).run()
    assert not at.exception
    assert shown(at) == {name for name, knob in KNOBS.items() if knob.fold in FOLDS} - set(OWN_WIDGET)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_draws_without_a_complaint(open_page, preset):
    at = open_page("train.py")
    at.toggle(key="beginner").set_value(False)
    at.selectbox(key="knob-preset").select(preset).run()
    assert not at.exception
    absent = registry.state(PRESETS[preset].config.dataset) == "absent"  # photos that nobody has put here
    assert bool(at.error) is absent and start_of(at).disabled is absent


def test_the_network_line_shows_its_shapes_and_parameters_and_can_be_edited(open_page):
    at = open_page("train.py")
    at.toggle(key="beginner").set_value(False).run()
    assert any("21,840 parameters" in each.label for each in at.expander)
    at.text_area(key="knob-line").set_value("flatten | linear 12 | linear classes").run()
    assert any("9,550 parameters" in each.label for each in at.expander)  # 784*12+12 + 12*10+10
    assert at.selectbox(key="knob-net").value == "own line of text"
    at.selectbox(key="knob-net").select("r4-relu").run()
    assert at.text_area(key="knob-line").value == NETS["r4-relu"].line


def test_a_line_that_makes_no_network_is_explained_and_cannot_be_started(open_page):
    at = open_page("train.py")
    at.toggle(key="beginner").set_value(False).run()
    at.text_area(key="knob-line").set_value("conv 10 5x5 | pool 2 | conv 20 14x14 | flatten | linear classes").run()
    assert not at.exception
    assert "layer 3" in at.error[0].value and "12x12" in at.error[0].value
    assert start_of(at).disabled
    at.text_area(key="knob-line").set_value("  ").run()
    assert not at.exception and start_of(at).disabled and "net is ''" in words(at), "no other network is put in"


def test_filters_that_are_no_numbers_are_explained_where_they_are_typed(open_page):
    at = open_page("train.py")
    at.toggle(key="beginner").set_value(False).run()
    at.text_input(key="knob-filters").set_value("64,many").run()
    assert "filters is '64,many'" in at.error[0].value and start_of(at).disabled
    at.text_input(key="knob-filters").set_value("8,16").run()
    assert not at.error and not start_of(at).disabled


def test_knobs_keep_their_values_while_another_page_is_open(open_page):
    at = open_page("train.py")
    at.number_input(key="knob-epochs").set_value(7).run()
    at.switch_page("../pages/home.py").run()
    at.switch_page("../pages/train.py").run()
    assert at.number_input(key="knob-epochs").value == 7


BUTTONS = {
    "queued": {"Stop", "To the front"},
    "running": {"Pause", "Stop"},
    "paused": {"Stop", "Resume"},
    "stopped": {"Resume"},
    "failed": {"Retry"},
    "finished": {"Use this recipe"},
}


@pytest.mark.parametrize("status", BUTTONS)
def test_each_state_offers_what_it_allows(open_page, status):
    store = Store()
    run = store.add(RunConfig("strokes-digits"), tags=["7b"], owner="Ada")
    write_curves(store, run)
    error = "Training diverged: try a lower learning rate." if status == "failed" else None
    set_status(store, run, status, step=30, steps_total=100, seconds=3.0, error=error)
    at = open_page("train.py", run=str(run))
    assert not at.exception
    assert set(labels(at)) & set().union(*BUTTONS.values()) == BUTTONS[status]
    said = words(at)
    assert status in said and "7b" in said and "Ada" in said
    assert [each.value for each in at.error] == ([error] if error else [])


def test_stop_pause_and_resume_reach_the_store(open_page):
    store = Store()
    run = store.add(RunConfig("strokes-digits"))
    at = open_page("train.py", run=str(run))
    press(at, "Stop")
    assert store.run(run).status == "stopped"
    press(at, "Resume")
    assert store.run(run).status == "queued"
    set_status(store, run, "running")
    at.run()
    press(at, "Pause")
    assert [wish.what for wish in store.wishes(run)] == ["pause"]


def test_what_cannot_be_done_is_a_sentence(open_page):
    store = Store()
    run = store.add(RunConfig("strokes-digits"))
    at = open_page("train.py", run=str(run))
    set_status(store, run, "finished")  # meanwhile, by somebody else
    press(at, "Stop")
    assert not at.exception
    assert "only a queued or running run can be asked to stop" in at.error[0].value


def test_rename_tag_clone_and_delete_from_the_menu(open_page):
    store = Store()
    run = store.add(RunConfig("strokes-digits"))
    set_status(store, run, "finished")
    at = open_page("train.py", run=str(run))
    at.session_state[f"more-{run}"] = True
    at.run()
    at.text_input(key=f"name-{run}").set_value("better").run()
    at.text_input(key=f"tags-{run}").set_value("class 7b, best").run()
    assert store.run(run).name == "better" and store.run(run).tags == ("best", "class 7b")
    press(at, "Queue it again")
    twin = store.runs()[0]
    assert twin.parent == run and twin.config == store.run(run).config and at.query_params["run"] == str(twin.id)
    at.query_params["run"] = str(run)
    at.session_state[f"more-{run}"] = True
    at.run()
    at.checkbox(key=f"sure-{run}").set_value(True).run()
    press(at, "Delete")
    assert [each.id for each in store.runs()] == [twin.id] and not at.exception


def test_a_finished_runs_recipe_can_be_taken_over_into_the_sidebar(open_page):
    store = Store()
    run = store.add(RunConfig("strokes-digits", "r4-relu", epochs=9), preset="r4-relu")
    set_status(store, run, "finished")
    at = press(open_page("train.py", run=str(run)), "Use this recipe")
    assert at.number_input(key="knob-epochs").value == 9 and at.selectbox(key="knob-preset").value == "r4-relu"


@pytest.mark.parametrize("link", ["999", "abc", "-1", "1e9"])
def test_a_link_to_a_run_that_is_gone_is_no_traceback(open_page, link):
    at = open_page("train.py", run=link)
    assert not at.exception
    if link == "999":
        assert "Run 999 does not exist" in at.error[0].value


def test_a_run_with_unreadable_settings_is_shown_with_a_sentence(open_page):
    store = Store()
    run = store.add(RunConfig("strokes-digits"))
    set_status(store, run, "finished", config=json.dumps({"epochs": -3}))
    at = open_page("train.py", run=str(run))
    assert not at.exception
    assert "epochs is -3" in at.error[0].value


@pytest.mark.parametrize("view", ["Answers", "What happened", "Training pictures", "Log", "Settings"])
def test_every_view_of_a_run_draws(open_page, tiny, view):
    store = Store()
    run = store.add(RunConfig("tiny", "flatten | linear classes"))
    write_curves(store, run)
    store.say(run, "A <b>sentence</b> about it.", "warning")
    set_status(store, run, "finished", result='{"test/accuracy": 0.5}')
    at = open_page("train.py", run=str(run))
    at.session_state["view"] = view
    at.run()
    assert not at.exception and not at.error
    expected = {
        "Answers": "No snapshot",
        "What happened": "remarkable",
        "Training pictures": "The first training pictures",
        "Log": "A <b>sentence</b> about it.",
        "Settings": "Final figures",
    }
    assert expected[view] in words(at)


def test_the_list_leads_to_the_compare_page_with_what_is_laid_over(open_page):
    store = Store()
    for seed in range(3):
        store.add(RunConfig("strokes-digits", seed=seed))
    at = open_page("train.py", **{"run": "3", "with": "1,2"})
    link = next(each for each in at.page_link if "Compare these 3 runs" in each.label)
    assert not at.exception and any(runs in str(link.proto) for runs in ("runs=3%2C1%2C2", "3,1,2"))


def test_a_run_that_failed_before_its_first_point_has_no_empty_charts(open_page):
    store = Store()
    run = store.add(RunConfig("strokes-digits"))
    set_status(store, run, "failed", error="No room on the disk.")
    at = open_page("train.py", run=str(run))
    assert not at.exception and "no curve to draw" in words(at) and "No room on the disk." in words(at)


def test_a_note_is_shown_as_it_was_typed(open_page):
    store = Store()
    run = store.add(RunConfig("strokes-digits"))
    store.note(run, "# 3*4*5 ![x](http://example.org/a.png)")
    at = open_page("train.py", run=str(run))
    (note,) = [each.value for each in at.caption if "3" in each.value and "example" in each.value]
    assert note.startswith(r"\# 3\*4\*5 \!\[x\]")


def test_a_widget_whose_recipe_was_replaced_meanwhile_changes_nothing():
    """A click right after a choice: the recipe of another run is taken, and then the choice is told."""
    from ui.parts import controls, gan_recipe, knobs, network

    for told in (controls._took_preset, controls._took_dataset, gan_recipe._chosen, network._chosen, network._written):
        told()
    knobs._keep("epochs")
