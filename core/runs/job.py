"""Job: one claimed run, from its data to its end. Long because each way a run can end must be settled in one place."""

import time
import traceback
from collections.abc import Callable, Generator
from typing import Any

from core.config import RunConfig
from core.data.dataset import Dataset
from core.errors import LabError
from core.runs import snapfiles
from core.runs.bell import Bell, Called
from core.runs.claims import Claim, Lost
from core.runs.database import Unavailable
from core.runs.finish import save_checkpoint
from core.runs.operations import wish
from core.runs.pruning import Judge
from core.runs.recorder import Recorder, patiently
from core.runs.runlog import RunLog
from core.runs.samplers import pair_weights
from core.runs.store import Store
from core.runs.tools import Tools
from core.train.facts import Ended, Event, Fact, Metric, Snapshot

LOOK = 0.1  # seconds between two looks at what people ask for
Watcher = Callable[[Fact], None]


class Job:
    """Trains one run, and always settles it: whatever happens has a status and a sentence."""

    def __init__(self, store: Store, claim: Claim, tools: Tools, bell: Bell) -> None:
        self.store, self.claim, self.tools, self.bell = store, claim, tools, bell
        self.recorder = Recorder(store, claim)
        self.judge = Judge(store, claim.run)
        self.pruned: str | None = None  # why a sweep ends this run early
        self.log = RunLog(claim.run)
        self.last: Snapshot | None = None
        self.per_epoch: float | None = None
        self._looked, self._version, self._what = 0.0, "", ""

    def work(self, watch: Watcher | None = None) -> str:
        """Does it all; the status the run was left in, or `lost` when it is no longer ours."""
        self.log.say(f"Attempt {self.claim.attempt} on {self.tools.words}.")
        try:
            with self.bell.pulse(self._beat):
                return self._work(watch)
        except Lost:
            return self._lost()
        except Called as call:  # before the first step: there is nothing to save
            return self._settle({"quit": "queued", "pause": "paused"}.get(call.what, "stopped"))
        except LabError as error:
            return self._fail(str(error))
        except Exception as error:  # noqa: BLE001 - a run must end with a sentence, whatever went wrong in it
            self.log.say(traceback.format_exc())
            first = (str(error).strip().splitlines() or ["no message"])[0][:200]
            return self._fail(
                f"Training broke off with {type(error).__name__}: {first}. The run's log has the details."
            )
        finally:
            self.log.close()

    def _work(self, watch: Watcher | None) -> str:
        config = RunConfig.from_json(self.claim.config_json)
        self._progress(device=self.tools.words, doing=f"Loading {config.dataset}")
        with self.bell.interrupts():
            data = self.tools.load(config.dataset, self._loading)
            self.last = self._resume()
            config, data, given = self._begun(config, data)
        self._progress(doing=None)
        facts = self.tools.fit(config, data, self.tools.device, resume=self.last, **given)
        return self._train(config, data, facts, watch)

    def _begun(self, config: RunConfig, data: Dataset) -> tuple[RunConfig, Dataset, dict[str, Any]]:
        """A transfer run begins with a trained trunk, every other one with a new network."""
        if config.kind == "gan":
            begin = config.trunk and self.last is None
            return config, data, {"start": pair_weights(self.store, config.trunk)} if begin and config.trunk else {}
        if not config.trunk:
            return config, data, {}
        from core.runs.trunks import prepared

        ready = prepared(config, data, self.last, self.tools.device, self._loading)
        self.recorder.values.update(config=ready.config.to_json())  # its network is known only now
        for note in ready.notes:
            self._take(Event(self.last.step if self.last else 0, note), config)
        return ready.config, ready.data, ready.given

    def _resume(self) -> Snapshot | None:
        if self.claim.resume_step is None:
            return None
        try:
            snapshot = snapfiles.restore(self.claim.run, self.claim.resume_step)
        except LabError as error:
            said = f"{error} The run starts again from its first step."
            self.log.say(said)
            self.store.start_over(self.claim, said)
            return None
        self.log.say(f"Goes on from step {snapshot.step}.")
        return snapshot

    def _train(
        self, config: RunConfig, data: Dataset, facts: Generator[Fact, str | None, None], watch: Watcher | None
    ) -> str:
        order: str | None = None
        try:
            while True:
                fact = facts.send("snapshot" if order else None)
                self._take(fact, config)
                if watch:
                    watch(fact)
                if isinstance(fact, Ended):
                    return self._end(fact, config, data)
                order = order or self._order() or self._prunes(fact)
                if order and isinstance(fact, Snapshot):
                    return self._leave(order, config, data)
        except StopIteration:
            raise LabError("Training ended without saying why. The run's log has the details.") from None
        finally:
            facts.close()

    def _take(self, fact: Fact, config: RunConfig) -> None:
        if self.per_epoch is None and isinstance(fact, Metric | Snapshot) and fact.step and fact.epoch:
            exact = fact.step / fact.epoch
            self.per_epoch = float(round(exact)) if abs(exact - round(exact)) < 0.01 else exact
            total = round(self.per_epoch * config.epochs)
            self.recorder.values.update(steps_per_epoch=self.per_epoch, steps_total=total)
        self.recorder.take(fact)
        if isinstance(fact, Snapshot):
            self.last = fact
        elif isinstance(fact, Event):
            self.log.say(f"Step {fact.step}: {fact.text}")
        elif isinstance(fact, Metric) and "test/accuracy" in fact.values:
            told = ", ".join(f"{name} {value:.4g}" for name, value in fact.values.items())
            self.log.say(f"Step {fact.step}, epoch {fact.epoch:.4g}, {fact.seconds:.1f} s: {told}")
        if self.recorder.due:
            self.recorder.flush()

    def _order(self) -> str | None:
        """stop, pause, quit or nothing: looked up a few times a second, at a step edge."""
        if self.bell.rung or self.recorder.wish:
            return self.bell.rung or self.recorder.wish
        now = time.monotonic()
        if now - self._looked < LOOK:
            return None
        self._looked = now
        try:
            version = self.store.version()
            if version == self._version:
                return None
            self._version = version
            return wish(self.store.wishes(self.claim.run))
        except Unavailable:
            return None

    def _prunes(self, fact: Fact) -> str | None:
        """stop, when the sweep that this run belongs to has seen enough of it."""
        self.pruned = self.judge.verdict(fact, self.recorder.flush)
        return "stop" if self.pruned else None

    def _end(self, end: Ended, config: RunConfig, data: Dataset) -> str:
        self.recorder.take(Event(end.step, end.text, "error" if end.reason == "diverged" else "info"))
        if end.reason == "diverged":
            return self._fail(end.text, reason=end.reason)
        figures = {**self.recorder.figures, **end.values}
        sha = self._checkpoint(config, data, figures)
        return self._settle("finished", result=end.values, reason=end.reason, weights_sha256=sha)

    def _leave(self, order: str, config: RunConfig, data: Dataset) -> str:
        asked = wish(self.store.wishes(self.claim.run)) or order
        status = {"stop": "stopped", "pause": "paused", "quit": "queued"}[asked]
        if status != "stopped":
            return self._settle(status)
        figures = self.recorder.figures
        result = {name: value for name, value in figures.items() if name.startswith(("test/", "val/", "train/"))}
        sha = self._checkpoint(config, data, figures)
        if self.pruned is None:
            return self._settle(status, result=result, weights_sha256=sha)
        self.recorder.take(Event(self.last.step if self.last else 0, self.pruned))
        self.judge.skip_other_seeds()
        return self._settle(status, result=result, weights_sha256=sha, reason="pruned")

    def _checkpoint(self, config: RunConfig, data: Dataset, figures: dict[str, float]) -> str | None:
        if self.last is None:
            return None
        return save_checkpoint(self.claim, config, data, self.last, figures, self.tools.words)

    def _fail(self, sentence: str, **values: Any) -> str:
        try:
            self.recorder.take(Event(0, sentence, "error")) if "reason" not in values else None
            return self._settle("failed", error=sentence, **values)
        except (Lost, LabError) as error:  # not even that can be stored: the next look at the store settles it
            return self.log.end("lost", f"{sentence} And the store did not take it: {error}")

    def _lost(self) -> str:
        self.log.end("lost", "The run was deleted or given to another worker.")
        self.log.close()
        self.store.clear_up(self.claim.run)
        return "lost"

    def _settle(self, status: str, **values: Any) -> str:
        self.recorder.flush(must=True)
        patiently(lambda: self.store.settle(self.claim, status, **values))
        return self.log.end(status, values.get("error") or f"The run is {status}.")

    def _loading(self, what: str, share: float) -> None:
        """Tells the page what is prepared, and how far that is."""
        if what != self._what or time.monotonic() - self._looked > 0.5:
            self._what, self._looked = what, time.monotonic()
            self._progress(doing=f"{what}: {share:.0%}")

    def _progress(self, **values: Any) -> None:
        self.recorder.values.update(values)
        self.recorder.flush()
        if self.recorder.wish:
            raise Called(self.recorder.wish)

    def _beat(self) -> None:
        """From the pulse's thread: a sign of life while nothing is logged for a while."""
        if time.monotonic() - self.recorder.flushed > 1.5:
            try:
                self.store.beat(self.claim)
            except (Unavailable, Lost):  # the training thread meets the same, and knows what to do
                return
