"""Text that commands read, from a file or from standard input."""

from __future__ import annotations

import codecs
import errno
import io
import sys
from pathlib import Path
from typing import Any, BinaryIO, TextIO

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def open_text(name: str) -> TextIO:
    """The file of that name; - is standard input. Closing it closes that. Raises OSError."""
    return decoded(_standard_input() if name == "-" else Path(name).open("rb"))


def decoded(stream: BinaryIO) -> TextIO:
    """The stream's text as pipes and shells write it: UTF-8, with or without a byte order mark, or UTF-16 with one
    (PowerShell's `>`)."""
    raw: Any = stream
    buffered = raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(raw)
    start = buffered.peek(4)[:4]  # without taking it: it may be a pipe
    encoding = next((name for mark, name in _MARKS if start.startswith(mark)), "utf-8")
    return io.TextIOWrapper(buffered, encoding=encoding, newline="")


def _standard_input() -> BinaryIO:
    """Raises OSError if it was closed before the command started."""
    if sys.stdin is None:
        raise OSError(errno.EBADF, "standard input is closed")
    return sys.stdin.buffer
