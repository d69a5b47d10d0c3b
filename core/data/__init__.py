"""Data sets as tensors: downloads, built-in pen strokes, ink clean-up and batched augmentation."""
