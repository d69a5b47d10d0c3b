"""What all visitors share: the only place with Streamlit's caches."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from core import paths
from core.runs.catalogue import Catalogue
from core.runs.live import Window
from core.runs.run import Run
from core.runs.store import Store
from ui.lab import Lab


@st.cache_resource(show_spinner=False)
def _lab(url: str) -> Lab:
    store = Store(url)
    return Lab(store, Window(store))


def lab() -> Lab:
    """This home's store and its shared memory."""
    return _lab(paths.database_url())


def store() -> Store:
    """Everything the lab remembers about runs."""
    return lab().store


def runs() -> tuple[list[Run], dict[int, float]]:
    """The newest runs and the newest test accuracy of each."""
    return lab().runs()


@st.cache_resource(show_spinner=False)
def _catalogue(url: str) -> Catalogue:
    return Catalogue(lab().store)


def catalogue() -> Catalogue:
    """Every run of the store, for tables of thousands."""
    return _catalogue(paths.database_url())


def window() -> Window:
    """The curves on anybody's screen, read once for all."""
    return lab().window


def warm_up() -> None:
    """Import what is slow and load the shipped models, before the first visitor comes."""
    import pandas
    import plotly.graph_objects
    import torch

    predictors()
    assert pandas and plotly and torch


@st.cache_resource(show_spinner=False)
def _predictor(folder: str) -> Any:
    from core.look.predictor import Predictor
    from core.nets import checkpoint

    return Predictor(*checkpoint.load(paths.Path(folder)))


def predictors() -> dict[str, Any]:
    """The shipped models by name, ready to read a drawing; none is fine."""
    from core.nets import checkpoint

    return {name: _predictor(str(checkpoint.find(name))) for name in checkpoints()}


def checkpoints() -> list[str]:
    """The names of the models that can read pictures."""
    from core.nets import checkpoint

    return checkpoint.names("classifier")


@st.cache_data(ttl=10, show_spinner=False)
def dataset_states(folder: str) -> dict[str, tuple[str, str]]:
    """name -> (ready, downloadable or absent; what it is); a look at the disk every ten seconds is enough."""
    from core.data import registry

    return {name: (registry.state(name), registry.about(name)) for name in registry.names()}


def datasets() -> dict[str, tuple[str, str]]:
    """All datasets with their state and sentence, in the order of the registry."""
    return dataset_states(str(paths.data_dir()))


def ready(name: str) -> bool:
    """Whether a dataset is on this machine, also one that no list names: `class-drawings:star,house`, `animals@128`."""
    if name in datasets():
        return datasets()[name][0] == "ready"
    from core.data import registry

    return any(sign in name for sign in ":@") and registry.state(name) == "ready"


def forget_datasets() -> None:
    """A dataset has come, gone or changed: look at the disk again."""
    dataset_states.clear()


FRAMES = {  # (channels, height, width) and classes of sets that need not be loaded (or downloaded) to know them
    "mnist": ((1, 28, 28), 10),
    "fashion": ((1, 28, 28), 10),
    "kmnist": ((1, 28, 28), 10),
    "cifar10": ((3, 32, 32), 10),
    "strokes": ((1, 28, 28), 34),
    "strokes-digits": ((1, 28, 28), 10),
    "strokes-greek": ((1, 28, 28), 24),
}


def frame(name: str) -> tuple[tuple[int, int, int], int]:
    """The shape of one picture of a dataset and how many classes there are."""
    if name in FRAMES:
        return FRAMES[name]
    data = dataset(name)
    return data.shape, len(data.classes)


def at_hand(name: str) -> bool:
    """Whether a dataset can be shown at once: it is here, and needs no drawing first."""
    if datasets().get(name, ("absent",))[0] != "ready":
        return False
    from core.data import strokes

    return name not in strokes.SETS or strokes.cache(name).is_file()


def dataset(name: str) -> Any:
    """The dataset itself; the registry keeps the last few in memory."""
    from core.data import registry

    return registry.load(name)


@st.cache_data(show_spinner=False)
def device() -> dict[str, Any]:
    """The device and precision in use, as words."""
    from core.train.device import describe

    return dict(describe())


@dataclass(frozen=True)
class Answered:
    """Test pictures with what a snapshot of a run says about them."""

    step: int
    epoch: float
    images: Any
    captions: list[str]
    marks: list[str]


def first_answers(run: int, snapshots: int, count: int) -> Answered | None:
    """The newest snapshot's answers to the first test pictures; None before the first snapshot."""
    moments = store().snapshots(run) if snapshots else []
    return _answers(str(paths.home()), run, moments[-1].step, count) if moments else None


@st.cache_data(max_entries=200, show_spinner=False)
def _answers(home: str, run: int, step: int, count: int) -> Answered:
    from core.look.answers import answers
    from core.runs.moments import network_at

    this = store().run(run)
    moment = next(each for each in store().snapshots(run) if each.step == step)
    data = dataset(this.config.dataset)
    images, truth = data.x_test[:count], data.y_test[:count].tolist()
    found = answers(network_at(this, moment, data), images, this.config.scale, data.mean, data.std)
    captions = [
        f"{data.classes[label]} {sure:.0%}" + ("" if label == true else f", is {data.classes[true]}")
        for label, sure, true in zip(found.labels, found.probabilities, truth, strict=True)
    ]
    marks = ["right" if label == true else "wrong" for label, true in zip(found.labels, truth, strict=True)]
    return Answered(step, moment.epoch, images.numpy(), captions, marks)


@st.cache_data(max_entries=100, show_spinner="Loading the pictures…")
def _training_pictures(home: str, config: str, count: int) -> tuple[Any, Any, list[str]]:
    import torch

    from core.config import RunConfig
    from core.data.augment import augment
    from core.data.wrong import taught

    this = RunConfig.from_json(config)
    data = dataset(this.dataset)
    plain = data.x_train[:count]
    told = taught(this, data.y_train, len(data.classes))[:count].tolist()  # as the network is told, right or wrong
    changed = augment(plain, this, torch.Generator().manual_seed(this.seed))
    if changed.dtype != torch.uint8:
        changed = (changed.clamp(0, 1) * 255).round().to(torch.uint8)
    return plain.numpy(), changed.numpy(), [data.classes[label] for label in told]


def training_pictures(config: Any, count: int) -> tuple[Any, Any, list[str]]:
    """The first training pictures of a config: as they are, after augmentation, and their labels."""
    return _training_pictures(str(paths.data_dir()), config.to_json(), count)


@st.cache_resource(max_entries=16, show_spinner="Opening the network…")
def _inside_run(home: str, run: int, step: int) -> Any:
    from core.runs.openings import open_run

    return open_run(store(), run, step)


def inside_run(run: int, step: int) -> Any:
    """A run's network at one of its snapshots, ready to be looked into."""
    return _inside_run(str(paths.home()), run, step)


@st.cache_resource(max_entries=8, show_spinner="Opening the network…")
def _inside_model(folder: str, weights: str) -> Any:
    from core.look.opened import opened
    from core.nets import checkpoint

    return opened(*checkpoint.load(paths.Path(folder)))


def inside_model(name: str) -> Any:
    """A saved model, ready to be looked into; saved anew under its name, it is opened anew."""
    from core.nets import checkpoint

    folder = checkpoint.find(name)
    return _inside_model(str(folder), checkpoint.card(folder).weights_sha256)


@st.cache_resource(max_entries=400, show_spinner=False)
def _once(home: str, key: tuple[Any, ...], _make: Any) -> Any:
    return _make()


@st.cache_resource(max_entries=2, show_spinner=False)
def _once_large(home: str, key: tuple[Any, ...], _make: Any) -> Any:
    return _make()


def once(key: tuple[Any, ...], make: Any, large: bool = False) -> Any:
    """What `make` gives, computed once for everybody: the key must say everything it depends on."""
    return (_once_large if large else _once)(str(paths.home()), key, make)


def generators() -> list[str]:
    """The names of the saved generators."""
    from core.nets import checkpoint

    return checkpoint.names("gan")


@st.cache_resource(max_entries=8, show_spinner="Opening the generator…")
def _sampler(folder: str, weights: str) -> Any:
    from core.latent.sampler import opened

    return opened(paths.Path(folder))


def sampler(name: str) -> Any:
    """A saved generator, ready to make pictures."""
    from core.nets import checkpoint

    folder = checkpoint.find(name)
    return _sampler(str(folder), checkpoint.card(folder).weights_sha256)


@st.cache_resource(max_entries=24, show_spinner="Opening the generator…")
def _sampler_run(home: str, run: int, step: int) -> Any:
    from core.runs.samplers import sampler_at

    return sampler_at(store(), run, step)


def sampler_run(run: int, step: int) -> Any:
    """A GAN run's generator as it was at one of its snapshots."""
    return _sampler_run(str(paths.home()), run, step)


def newest_step(run: int) -> int:
    """The step of a run's newest snapshot."""
    from core.runs.openings import moment_of

    return moment_of(store(), run).step


@st.cache_resource(show_spinner=False)
def _learned(home: str) -> dict[tuple[Any, ...], Any]:
    return {}


def known(key: tuple[Any, ...]) -> Any:
    """What `learn` gave for this key, or None when nobody has asked yet."""
    return _learned(str(paths.home())).get(key)


def learn(key: tuple[Any, ...], make: Any) -> Any:
    """Computes it once for everybody, as `once` does; but `known` can tell whether it was."""
    kept = _learned(str(paths.home()))
    if key not in kept:
        while len(kept) >= 32:  # oldest first
            kept.pop(next(iter(kept)))
        kept[key] = make()
    return kept[key]
