"""The commands that a page prints: the lines of its `sh` blocks, and what stands in backticks and starts a program."""

from __future__ import annotations

import re

# A word alone, such as `pulumi`, names the program; it is no command.
_COMMAND = re.compile(r"(?:make|pulumi|identity-center|python|pip|terraform|tofu|aws|git) \S.*|\. \S+|\.ci/run")
_BLOCK = re.compile(r"^ *```(\w*).*?\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+(?:\n[^`\n]+)?)`")
_OPTIONAL = re.compile(r" \[([^\[\]]+(?:\[[^\[\]]+\])?[^\[\]]*)\]")


def block_lines(page: str) -> list[str]:
    """The commands of the page's `sh` blocks, in order, without their comments."""
    text = "".join(body for language, body in _BLOCK.findall(page) if language == "sh")
    lines = [line.partition(" #")[0].strip() for line in text.replace("\\\n", " ").splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def inline_commands(page: str) -> list[str]:
    """The commands in backticks outside of blocks, each once."""
    spans = [" ".join(span.split()) for span in _SPAN.findall(_BLOCK.sub("", page))]
    return list(dict.fromkeys(span for span in spans if _COMMAND.fullmatch(span)))


def spelled_out(synopsis: str) -> list[str]:
    """A command with `[optional parts]`: without all of them, and with each alone."""
    bare = _OPTIONAL.sub("", synopsis)
    head, dashes, command = bare.partition(" -- ")
    return [bare, *(f"{head} {part}{dashes}{command}" for part in _OPTIONAL.findall(synopsis))]


def with_all_options(synopsis: str) -> str:
    """A command with every one of its `[optional parts]`."""
    return _OPTIONAL.sub(r" \1", synopsis)
