"""Wraps long lines to the terminal's width."""

from __future__ import annotations

import re
import textwrap

# With its options and quoted arguments.
_COMMAND = re.compile(r"\b(?:aws|pulumi|identity-center)(?: [a-z][a-z-]*){1,2}(?: --\S+ \S+| '[^']*')*")
_JOINT = "\0"


def wrap(text: str, indent: str = "    ") -> str:
    """At the terminal's width, and not within a command to paste. indent: of every line but the first."""
    from rich.console import Console  # finds the width also where only standard error is a terminal

    whole = _COMMAND.sub(lambda command: command[0].replace(" ", _JOINT), text)
    lines = textwrap.fill(
        whole, Console().width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return lines.replace(_JOINT, " ")
