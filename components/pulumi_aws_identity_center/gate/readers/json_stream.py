"""JSON from a stream, a value at a time: of a preview of any size, only the value being read is in memory.

`opened()` makes text of what a pipe or a shell wrote: UTF-8, with or without a byte order mark, or UTF-16 with one
(PowerShell's `>`). Raises NotAPreview for what is no JSON, and for what ends in the middle.
"""

from __future__ import annotations

import codecs
import io
import json
from collections.abc import Iterator
from typing import Any, BinaryIO, TextIO

from pulumi_aws_identity_center.errors import IdentityCenterError

_CHUNK = 1 << 20
_SPACE = " \t\r\n"
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class NotAPreview(IdentityCenterError):
    """The input is not the JSON of a preview, or only the beginning of it."""


def opened(stream: BinaryIO) -> TextIO:
    """The stream's text, in the encoding that its byte order mark names; UTF-8 without one."""
    raw: Any = stream
    buffered = raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(raw)
    start = buffered.peek(4)[:4]
    encoding = next((name for mark, name in _MARKS if start.startswith(mark)), "utf-8")
    return io.TextIOWrapper(buffered, encoding=encoding, newline="")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


class Text:
    """A cursor in a stream of JSON."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._buffer = ""
        self._at = 0
        self._ended = False
        self._decode = json.JSONDecoder(parse_constant=_no_constant).raw_decode

    def _fill(self) -> bool:
        """Reads on; False at the end."""
        # A value longer than a chunk: each next one is as long as all so far, so that retrying stays linear.
        size = max(_CHUNK, len(self._buffer) - self._at)
        try:
            chunk = self._stream.read(size)
        except UnicodeError:
            raise NotAPreview("The input is not text in UTF-8, so it is not the JSON of a preview.") from None
        self._ended = not chunk
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0
        return bool(chunk)

    def peek(self) -> str:
        """The next character that is not space; "" at the end."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._fill():
                return ""

    def take(self, character: str) -> None:
        if self.peek() != character:
            raise self._broken()
        self._at += 1

    def value(self) -> Any:
        """The next JSON value."""
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
                raise NotAPreview("The input is nested too deeply to be the JSON of a preview.") from None
            if end == len(self._buffer) and not self._ended and self._fill():
                continue  # a number may go on in the next chunk
            self._at = end if end <= len(self._buffer) else len(self._buffer)
            return value

    def members(self) -> Iterator[str]:
        """The keys of the object that is next; the caller takes each one's value before the next key."""
        self.take("{")
        while self.peek() != "}":
            key = self.value()
            if not isinstance(key, str):
                raise self._broken()
            self.take(":")
            yield key
            if self.peek() != "}":
                self.take(",")
                if self.peek() == "}":
                    raise self._broken()
        self.take("}")

    def items(self) -> Iterator[Any]:
        """The elements of the list that is next."""
        self.take("[")
        while self.peek() != "]":
            yield self.value()
            if self.peek() != "]":
                self.take(",")
                if self.peek() == "]":
                    raise self._broken()
        self.take("]")

    def whole_first_line(self) -> dict[str, Any] | None:
        """The first value, taken, if it is an event: one whole object on the first line. Otherwise takes nothing."""
        while "\n" not in self._buffer[self._at :] and len(self._buffer) < 8 * _CHUNK and self._fill():
            pass
        line = self._buffer[self._at :].split("\n", 1)[0]
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            return None
        if not isinstance(value, dict) or "sequence" not in value:
            return None
        self._at += len(line)
        return value

    def _broken(self, short: bool = False) -> NotAPreview:
        if self.peek() == "" or short:
            return NotAPreview("The input ends in the middle of the preview's JSON: it was cut off. Run it again.")
        return NotAPreview(
            "The input is not valid JSON, so it is not that of a pulumi preview. If other output is mixed into it, "
            "keep that out: only standard output, of one command."
        )

    def _stops_short(self, error: ValueError) -> bool:
        """Whether what is wrong with a value is that the input ended in it."""
        if not isinstance(error, json.JSONDecodeError):
            return False
        rest = self._buffer[error.pos :].strip()
        return error.msg.startswith("Unterminated") or any(word.startswith(rest) for word in ("true", "false", "null"))
