"""Benches: each file has measure(quick) giving one JSON object."""

BENCHES = {"store": "logging, reading and claiming"}  # name -> what it measures; its file has the same name
