"""Waiting to be told to stop, in a process that serves from other threads.

The operating system hands a signal to any thread that takes it. Python then runs the handler in the main thread, once
that wakes up: a main thread that waits for a lock never does, if one of gRPC's threads was interrupted in its stead.
The engine would wait five seconds for us, and kill us. What Python writes into a pipe does wake the main thread.
"""

from __future__ import annotations

import os
import signal
import stat
import threading


class Stop:
    """From its making on, SIGINT and SIGTERM end `wait()`, and so does `now()` from any thread.

    Make it in the main thread, before other threads are started.
    """

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)  # the byte in the pipe says it all
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)

    def when_engine_is_gone(self) -> None:
        """For a plugin: the engine holds the other end of its standard input, and never writes. Its end is ours."""
        if stat.S_ISFIFO(os.fstat(0).st_mode):
            threading.Thread(target=self._await_engines_end, daemon=True).start()

    def _await_engines_end(self) -> None:
        while os.read(0, 4096):
            pass
        self.now()

    def wait(self) -> None:
        """Returns after a signal."""
        os.read(self._read, 1)

    def now(self) -> None:
        """Ends the wait."""
        os.write(self._write, b"\0")
