"""A cache whose answers are worked out once, also when two requests ask at the same time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

from ypo_dash.store.lru import Lru

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")


class Once:
    """A small cache; whoever asks for what is being worked out waits for it."""

    def __init__(self, size: int) -> None:
        self.kept, self.lock = Lru(size), threading.Lock()
        self.working: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, build: Callable[[], T]) -> T:
        """Return the answer of ``key``; ``build`` must not give None."""
        found = self.kept.get(key)
        if found is None:
            with self.lock:
                one = self.working.setdefault(key, threading.Lock())
            with one:
                found = self.kept.get(key)
                if found is None:
                    found = build()
                    self.kept.put(key, found)
                with self.lock:
                    self.working.pop(key, None)
        return found  # type: ignore[return-value]

    def clear(self) -> None:
        """Forget everything."""
        self.kept.clear()
