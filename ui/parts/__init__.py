"""Pieces that pages are put together from: widgets in, value out."""
