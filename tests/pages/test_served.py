"""What is too large for a message is made once, fetched whole, and forgotten when there is no room."""

import threading

import numpy as np

from ui import served
from ui.shelf import Shelf


def test_arrays_arrive_as_they_were():
    arrays = {"a": np.arange(5, dtype=np.uint8), "b": np.array([[1.5, -2]], np.float32), "c": np.array([7], np.int16)}
    content = served.packed({"title": "ä"}, arrays)
    found = served.unpacked(content)
    assert found["title"] == "ä"
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype
    start = int.from_bytes(content[:4], "little") + 4
    assert start % 8 == 0  # a browser reads float32 only at multiples of four


def test_the_same_thing_is_made_once_whoever_asks(home):
    made: list[int] = []

    def make() -> bytes:
        made.append(1)
        return b"x" * 10

    name = served.offer("bin", ("once", 1), make).rpartition("/")[2]
    waiting = [threading.Thread(target=served.content, args=(name,)) for _ in range(8)]
    for each in waiting:
        each.start()
    for each in waiting:
        each.join()
    assert made == [1] and served.content(name) == b"x" * 10


def test_what_nobody_offered_is_not_there(home):
    assert served.content("0" * 32 + ".bin") is None
    assert served.content("../../etc/passwd") is None


def test_what_was_fetched_last_stays_when_room_is_short(home, monkeypatch):
    monkeypatch.setattr(served, "MOST", 25)
    monkeypatch.setattr(served, "_made", type(served._made)())
    names = [served.offer("bin", ("room", i), lambda i=i: bytes([i]) * 10).rpartition("/")[2] for i in range(3)]
    for name in names:
        served.content(name)
    assert list(served._made) == names[1:]
    assert served.content(names[0]) == b"\0" * 10  # made again


def test_a_shelf_keeps_what_fits():
    shelf = Shelf(10)
    made: list[str] = []
    for key in "abab":
        shelf.fetch(key, lambda key=key: made.append(key) or key, lambda value: 6)
    assert made == ["a", "b", "a", "b"]
    shelf = Shelf(12)
    made.clear()
    for key in "abab":
        shelf.fetch(key, lambda key=key: made.append(key) or key, lambda value: 6)
    assert made == ["a", "b"] and shelf.get("c") is None
