"""Who may run: as many programs at once as there are places. One that only waits lends its place to another.

A program that sleeps, or waits for a lock that nobody will release, needs no core. So that it holds nobody up, its
place is another's until it works again. What such programs hold is memory, and that is what bounds them: together as
much as those that have places may use, and no more than `MOST_WAITING` of them.
"""

import resource
import threading
from collections import deque
from types import TracebackType
from typing import Self

MOST_WAITING = 32
"""How many programs may have lent their places at a time."""

_DESCRIPTORS = 24
"""Of ours, to be had for each program that runs: twice what it takes, so that as many are left for all else."""


class Places:
    """So many places. `taken` waits for one: who asks first is served first."""

    def __init__(self, number: int) -> None:
        self._number = self._free = number
        self._most_waiting = min(MOST_WAITING, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // _DESCRIPTORS)
        self._lock = threading.Lock()
        self._queue: deque[threading.Event] = deque()
        """Whose turn comes, in this order: each is woken alone, since hundreds may wait."""
        self._lent: dict[Place, int] = {}
        """The programs that have lent their places, and how many bytes each holds."""

    def taken(self) -> "Place":
        """Return a place, for a `with` statement; entering it may take as long as others have theirs."""
        return Place(self)

    def enter(self) -> None:
        """Wait until it is this one's turn, and there is room for it."""
        turn = threading.Event()
        with self._lock:
            self._queue.append(turn)
            self._hand_on()
        try:
            turn.wait()
        except BaseException:  # Ctrl-C
            with self._lock:
                if turn.is_set():
                    self._free += 1
                    self._hand_on()
                else:
                    self._queue.remove(turn)
            raise

    def leave(self, place: "Place") -> None:
        """Give a place back, unless it is another's already."""
        with self._lock:
            if self._lent.pop(place, None) is None:
                self._free += 1
                self._hand_on()

    def lend(self, place: "Place", held_bytes: int, most_bytes: int) -> None:
        """Let another have a place whose program waits, if it does not hold too much, nor too many do so."""
        with self._lock:
            others = {other: held for other, held in self._lent.items() if other is not place}
            if len(others) >= self._most_waiting or sum(others.values()) + held_bytes > self._number * most_bytes:
                self._take_back(place)
                return
            if place not in self._lent:
                self._free += 1
                self._hand_on()
            self._lent[place] = held_bytes

    def take_back(self, place: "Place") -> None:
        """Let a program that works again count as one of those that run, be they more than places for a while."""
        with self._lock:
            self._take_back(place)

    def _hand_on(self) -> None:
        """Let in whoever is next, while there is room."""
        while self._free > 0 and self._queue:
            self._free -= 1
            self._queue.popleft().set()

    def _take_back(self, place: "Place") -> None:
        if self._lent.pop(place, None) is not None:
            self._free -= 1


class Place:
    """What one program holds while it runs."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def __enter__(self) -> Self:
        self._places.enter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._places.leave(self)

    def note(self, *, is_waiting: bool, held_bytes: int, most_bytes: int) -> None:
        """Say what the program does now: a place is lent while it waits, and taken back when it works again."""
        if is_waiting:
            self._places.lend(self, held_bytes, most_bytes)
        else:
            self._places.take_back(self)
