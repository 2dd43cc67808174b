"""Long lines in a terminal."""

from __future__ import annotations

import shutil
import textwrap


def wrap(text: str, indent: str = "    ") -> str:
    """At the terminal's width. indent: of every line but the first."""
    width = shutil.get_terminal_size().columns
    return textwrap.fill(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
