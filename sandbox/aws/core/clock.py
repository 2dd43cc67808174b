"""Where a world's times and ids come from: the machine's clock, which a test can move or stop, and one source of random
numbers that can be seeded, so that a run repeats byte for byte."""

from __future__ import annotations

import datetime
import random
import string
import threading
import time
from collections.abc import Callable

from .errors import SandboxError

# 2035-01-01T00:00:00Z: after what seeds hold, and after today: an SDK looks at its own clock, and takes a session that
# ends before that for expired.
STOPPED_AT = 2051222400.0
# A repeatable run's clock goes on by this much with each call: what waits for a time comes to it, and 25 calls a second
# are what they are on any machine.
TICK = 0.04
_LAST_MOMENT = 253402300800.0  # 10000-01-01T00:00:00Z
_ALPHABET = string.ascii_lowercase + string.digits


def moment_of(text: str) -> float:
    """An ISO 8601 time (UTC if it names no zone) in seconds since 1970. Raises SandboxError."""
    try:
        time = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise SandboxError(
            f"{text!r} is no time for the clock: give one such as 2030-01-31 or 2030-01-31T08:00:00Z."
        ) from None
    return (time if time.tzinfo is not None else time.replace(tzinfo=datetime.UTC)).timestamp()


class Source:
    """seed: makes ids repeat. start: a time in seconds since 1970 at which the clock stands still until it is moved;
    without it, it is the machine's. tick: by how much a call moves a clock that stands still."""

    def __init__(self, seed: int | None = None, start: float | None = None, tick: float = 0.0) -> None:
        self.random = random.Random(seed)
        self._stopped = start
        self._ahead = 0.0
        self._tick = tick
        self._prepare()

    def _prepare(self) -> None:
        self._lock = threading.Lock()
        self._moved: list[Callable[[], None]] = []

    def when_moved(self, notify: Callable[[], None]) -> None:
        """`notify` is called whenever the clock has been moved or set."""
        self._moved.append(notify)

    @property
    def runs(self) -> bool:
        """Whether time passes by itself."""
        return self._stopped is None

    def now(self) -> float:
        """Seconds since 1970."""
        return (time.time() if self._stopped is None else self._stopped) + self._ahead

    def move(self, seconds: float) -> None:
        """Moves the clock on, for everything that waits for a time."""
        if seconds < 0:
            raise ValueError(f"a clock can't go back: {seconds} seconds")
        if not self.now() + seconds < _LAST_MOMENT:  # nor is that so of nan
            raise ValueError(f"a clock ends with the year 9999: {seconds} seconds")
        with self._lock:
            self._ahead += seconds
        self._notify()

    def _notify(self) -> None:
        for notify in self._moved:
            notify()

    def tick(self) -> None:
        """A call begins."""
        if self._tick:
            self.move(self._tick)

    def start_at(self, moment: float, *, stopped: bool) -> None:
        """Sets the clock; it continues from there, unless it stands still."""
        with self._lock:
            self._stopped, self._ahead = (moment, 0.0) if stopped else (None, moment - time.time())
        self._notify()

    def text(self, length: int) -> str:
        return "".join(self.random.choices(_ALPHABET, k=length))

    def uuid(self) -> str:
        """In a UUID's form."""
        bits = f"{self.random.getrandbits(128):032x}"
        return "-".join((bits[:8], bits[8:12], bits[12:16], bits[16:20], bits[20:]))

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in self.__dict__.items() if name not in ("_lock", "_moved")}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        self._prepare()
