"""One frozen value says everything about a run."""

from core.config.knob import Knob
from core.config.presets import PRESETS, Preset, preset
from core.config.run import KNOBS, RunConfig

__all__ = ["KNOBS", "PRESETS", "Knob", "Preset", "RunConfig", "preset"]
