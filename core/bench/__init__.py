"""Benches: each file has measure(quick) giving one JSON object."""

# name -> what it measures; its file has the same name
BENCHES = {
    "store": "logging, reading and claiming",
    "draw": "from a drawing to its answer",
    "inside": "looking inside a network",
}
