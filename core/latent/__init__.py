"""Latent space: pictures from numbers, and which number does what."""
