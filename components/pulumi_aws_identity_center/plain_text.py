"""Text that others wrote (resource names, messages of AWS's and Pulumi's), made safe to print, for every command.

`one_line()` for terminals, logs and plain files; `markdown()` and `xml()` are made of it. JSON needs none of them:
`json.dumps` escapes what could be taken for anything else. Pure, standard library only.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

SECRET = "[secret]"


class Line(NamedTuple):
    """A line for somebody at a terminal. style: rich's name of it. is_whole: it is never broken into lines."""

    text: str
    style: str = ""
    is_whole: bool = False


# pulumi.com/docs/iac/concepts/resources/names: urn:pulumi:STACK::PROJECT::TYPES::NAME. A name may have spaces, which
# stay behind it in a sentence.
_URN = re.compile(r"urn:pulumi:[^\s:]+::[^\s:]+::(?:[^\s:]+:)*(?P<type>[^\s:]+)::(?P<name>[^\s'\"`]+)")
_MARKDOWN = frozenset("\\`*_[]#!|~<>@&")
# Unicode's categories of what a reader can't see, or what turns the direction of writing: control, format, surrogate,
# private use, unassigned, line and paragraph separator.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def one_line(text: object) -> str:
    """The text in one line: white space as single spaces, and what can't be seen as \\u{hex}."""
    return _inert(" ".join(str(text).split()))


def lines(text: object) -> str:
    """The text with its own line feeds and blanks, each line made inert: for commands to paste."""
    return "\n".join(_inert(line) for line in str(text).split("\n"))


def printable(value: Any) -> Any:
    """A report's row: each text in it, at any depth, as `one_line()` shows it."""
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, Mapping):
        return {key: printable(item) for key, item in value.items()}
    return [printable(item) for item in value] if isinstance(value, list | tuple) else value


def _inert(line: str) -> str:
    if not line.isascii() or not line.isprintable():
        line = "".join(_visible(character) for character in line)
    # A line that begins with :: is a command to GitHub's runner, and ##[ anywhere in it (docs.github.com/actions,
    # workflow commands).
    line = line.replace("##[", "# #[")
    return f"\\{line.lstrip()}" if line.lstrip().startswith("::") else line


def _visible(character: str) -> str:
    return f"\\u{{{ord(character):x}}}" if unicodedata.category(character) in _INVISIBLE else character


def clipped(text: object, length: int) -> str:
    """`one_line()`, at most so long: the middle of what is longer is left out."""
    line = one_line(text)
    if len(line) <= length:
        return line
    head = (length - 1) * 3 // 5
    return f"{line[:head]}…{line[head + 1 - length :]}"


def without_urns(text: str) -> str:
    """The text with the type and the name of a resource in place of each Pulumi URN."""
    return _URN.sub(lambda urn: f"{urn['type']} {urn['name']}", text)


def markdown(text: object) -> str:
    """`one_line()` as Markdown shows it: no markup, no HTML, no mention of anybody takes effect."""
    line = one_line(text).replace("://", ":\u200b//").replace("www.", "www\u200b.")  # no link either
    return "".join(f"&#{ord(character)};" if character in _MARKDOWN else character for character in line)


def xml(text: object) -> str:
    """`one_line()` for XML 1.0's character data and attributes. What XML can't hold, `one_line` has made visible."""
    return html.escape(one_line(text), quote=True)


def without(text: str, secrets: Iterable[str]) -> str:
    """The text with each secret hidden, the longest first: one may be a part of another."""
    for secret in sorted(secrets, key=len, reverse=True):
        if secret:
            text = text.replace(secret, SECRET)
    return text
