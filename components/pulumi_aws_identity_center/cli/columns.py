"""Long lines in a terminal."""

from __future__ import annotations

import shutil
import textwrap


def wrap(text: str) -> str:
    """At the terminal's width; what goes on is indented."""
    width = shutil.get_terminal_size().columns
    return textwrap.fill(text, width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
