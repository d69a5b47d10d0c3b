"""A shelf: values that all visitors share, kept as long as there is room, those used last first."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any


class Shelf:
    """At most so many bytes; the same value is never made twice at once."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept: OrderedDict[Any, tuple[Any, int]] = OrderedDict()
        self._making: dict[Any, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Any) -> Any:
        """The value, or None."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def fetch(self, key: Any, make: Callable[[], Any], size: Callable[[Any], int]) -> Any:
        """The value, made now if it is not there."""
        with self._lock:
            alone = self._making.setdefault(key, threading.Lock())
        with alone:
            found = self.get(key)
            if found is None:
                found = make()
                self.put(key, found, size(found))
        with self._lock:
            self._making.pop(key, None)
        return found

    def put(self, key: Any, value: Any, size: int) -> None:
        with self._lock:
            self._kept[key] = (value, size)
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and sum(each for _, each in self._kept.values()) > self.most:
                self._kept.popitem(last=False)
