"""A small cache of answers."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")


class Lru:
    """A small cache, safe between threads."""

    def __init__(self, size: int) -> None:
        self.size, self.lock = size, threading.Lock()
        self.items: OrderedDict[Hashable, object] = OrderedDict()
        self.making: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable) -> object | None:
        """Return the value, or None."""
        with self.lock:
            if key in self.items:
                self.items.move_to_end(key)
            return self.items.get(key)

    def put(self, key: Hashable, value: object) -> None:
        """Keep a value."""
        with self.lock:
            self.items[key] = value
            self.items.move_to_end(key)
            while len(self.items) > self.size:
                self.items.popitem(last=False)

    def fetch(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value; make it if it is not there, once also where several threads ask."""
        with self.lock:
            making = self.making.setdefault(key, threading.Lock())
        try:
            with making:
                found = self.get(key)
                if found is None:
                    found = make()
                    self.put(key, found)
        finally:
            with self.lock:
                self.making.pop(key, None)
        return cast("T", found)

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            self.items.clear()
