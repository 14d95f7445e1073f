"""What a cache of availability keeps, and when it forgets. No connection."""

import datetime as dt
import hashlib
import threading
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from bookingdb.models import AvailableSlot

__all__ = ["Answers", "Question"]

ALWAYS = "0001-01-01", "9999-12-31"


class Question(NamedTuple):
    """The arguments of available_slots()."""

    from_: dt.date
    to: dt.date
    bouquets: int
    include_full: bool
    business_id: UUID


class Answers:
    """Questions with their answers, at most `max_size` and none older than `max_age`."""

    def __init__(self, max_age: dt.timedelta, max_size: int) -> None:
        self._max_age = max_age.total_seconds()
        self._max_size = max_size
        self._kept: dict[Question, tuple[float, list[AvailableSlot]]] = {}
        self._changes = 0
        self._lock = threading.Lock()

    def get(self, question: Question) -> list[AvailableSlot] | None:
        """The answer that is kept, a list of the caller's own, or None."""
        since, slots = self._kept.get(question, (0.0, None))
        if slots is None or time.monotonic() - since >= self._max_age:
            return None
        return slots.copy()

    def begin(self) -> tuple[float, int]:
        """What put() has to know of the moment before the question is asked."""
        return time.monotonic(), self._changes

    def put(self, question: Question, slots: list[AvailableSlot], begun: tuple[float, int]) -> None:
        """Keep an answer, unless something was announced since `begun`."""
        since, changes = begun
        with self._lock:
            if changes != self._changes:
                return
            self._kept.pop(question, None)
            self._kept[question] = since, slots.copy()
            if len(self._kept) > self._max_size:
                del self._kept[next(iter(self._kept))]

    def forget(self, announcements: Iterable[str]) -> None:
        """Drop what these concern: each names a business by a digest, and dates, or else all."""
        with self._lock:
            for announcement in announcements:
                self._changes += 1
                digest, *dates = announcement.split()
                first, last = map(dt.date.fromisoformat, dates or ALWAYS)
                for question in list(self._kept):
                    meets = question.from_ <= last and question.to >= first
                    if meets and _digest(question.business_id) == digest:
                        del self._kept[question]

    def forget_all(self) -> None:
        with self._lock:
            self._changes += 1
            self._kept.clear()


@lru_cache(maxsize=10_000)
def _digest(business_id: UUID) -> str:
    return hashlib.sha256(business_id.bytes).hexdigest()
