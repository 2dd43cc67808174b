"""JSON from a stream, a value at a time: of a document of any size, only the value being read is in memory.

Why not ijson: its C backend builds the values of one path a pass, and a preview has four paths to read, Terraform's
plan seven. 100,000 steps (103 MB), CPU seconds: one ijson pass 0.93, each further path 0.76, its events in Python 1.4
before anything is built; this file 1.0 for all (benchmarks/gate.py; json.loads takes 1.8).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, ClassVar, TextIO

from .errors import IdentityCenterError

_SPACE = re.compile(r"[ \t\r\n]*")
_FIRST_KEY = re.compile(r'\s*\{\s*"((?:[^"\\]|\\.)*)"')


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


class JsonStream:
    """A cursor in a stream of JSON: one object, or several after another. A subclass says what it raises, with which
    sentences. chunk: characters read at a time."""

    error: ClassVar[type[IdentityCenterError]]
    cut_off: ClassVar[str]
    not_json: ClassVar[str]
    too_deep: ClassVar[str]
    not_text: ClassVar[str]
    chunk: ClassVar[int] = 1 << 20

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._buffer = ""
        self._at = 0
        self._before = 0  # characters read before the buffer
        self._ended = False
        self._decode = json.JSONDecoder(parse_constant=_no_constant).raw_decode

    # --- for readers --------------------------------------------------------------------------------------------

    def first_key(self) -> str | None:
        """The first key of the object that comes next; takes nothing. None if no object comes."""
        while self._buffer_left() < 4096 and self._fill():
            pass
        match = _FIRST_KEY.match(self._buffer, self._at)
        return match[1] if match else None

    def members(self) -> Iterator[str]:
        """The keys of the object that comes next. What the caller doesn't take of a key's value is skipped."""
        keys = set[str]()
        self._take("{")
        while self.peek() != "}":
            key = self.value()
            if not isinstance(key, str) or key in keys:  # no tool writes a key twice: which value counts isn't told
                raise self._broken()
            keys.add(key)
            self._take(":")
            self.peek()
            start = self._position()
            yield key
            if self._position() == start:
                self.skip()
            self._take_comma("}")
        self._take("}")

    def items(self) -> Iterator[Any]:
        """The elements of the list that comes next."""
        self._take("[")
        while self.peek() != "]":
            yield self.value()
            self._take_comma("]")
        self._take("]")

    def elements(self) -> Iterator[None]:
        """Stops at each element of the list that comes next. What the caller doesn't take is skipped."""
        self._take("[")
        while self.peek() != "]":
            start = self._position()
            yield
            if self._position() == start:
                self.skip()
            self._take_comma("]")
        self._take("]")

    def value(self) -> Any:
        """The value that comes next, whole."""
        self.peek()
        while True:
            try:
                value, end = self._decode(self._buffer, self._at)
            except ValueError as error:
                short = self._stops_short(error)  # before the buffer moves
                if not self._fill():
                    raise self._broken(short) from None
                continue
            except RecursionError:
                raise self.error(self.too_deep) from None
            if end == len(self._buffer) and not self._ended and self._fill():
                continue  # a number may go on in the next chunk
            self._at = end if end <= len(self._buffer) else len(self._buffer)
            return value

    def skip(self) -> None:
        """Goes past the value that comes next, at constant memory: what is longer than a chunk is walked."""
        if self._buffer_left() < self.chunk:
            self._fill()
        start = self.peek()
        if start not in ("{", "["):
            self.value()
            return
        try:
            _, self._at = self._decode(self._buffer, self._at)
        except ValueError:
            for _ in self.members() if start == "{" else self.elements():
                pass
        except RecursionError:
            raise self.error(self.too_deep) from None

    def peek(self) -> str:
        """The next character that is not space; "" at the end."""
        character = self._buffer[self._at : self._at + 1]
        if character > " ":
            return character  # mostly
        while True:
            space = _SPACE.match(self._buffer, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._fill():
                return ""

    # --- inside ---------------------------------------------------------------------------------------------------

    def _buffer_left(self) -> int:
        return len(self._buffer) - self._at

    def _position(self) -> int:
        return self._before + self._at

    def _fill(self) -> bool:
        """Reads on; False at the end."""
        # A value longer than a chunk: each next one is as long as all so far, so that retrying stays linear.
        size = max(self.chunk, self._buffer_left())
        try:
            chunk = self._stream.read(size)
        except UnicodeError:
            raise self.error(self.not_text) from None
        self._ended = not chunk
        if not self._position() + self._buffer_left():
            chunk = chunk.removeprefix("\ufeff")
        self._before += self._at
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0
        return not self._ended

    def _take(self, character: str) -> None:
        if self.peek() != character:
            raise self._broken()
        self._at += 1

    def _take_comma(self, end: str) -> None:
        """The comma between two elements; before `end` there is none."""
        following = self.peek()
        if following == ",":
            self._at += 1
            following = "" if self.peek() == end else end
        if following != end:
            raise self._broken()

    def _broken(self, short: bool = False) -> IdentityCenterError:
        is_cut_off = short or self.peek() == ""
        return self.error(self.cut_off if is_cut_off else self.not_json)

    def _stops_short(self, error: ValueError) -> bool:
        """Whether what is wrong with a value is that the input ended in it."""
        if not isinstance(error, json.JSONDecodeError):
            return False
        remainder = self._buffer[error.pos :].strip()
        return error.msg.startswith("Unterminated") or any(
            word.startswith(remainder) for word in ("true", "false", "null")
        )
