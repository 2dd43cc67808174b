"""A rule's violation by a resource: what is wrong, what would happen, and the fix in the program's language. Pure.

`Violation.text()` has at most three lines, which fit into 100 columns of the CLI's output; docs/policies.md has the
rest.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from pulumi_aws_identity_center.plain_text import clipped

from .declared import Declared

# The CLI indents a violation by ten columns, so that it takes 100.
WIDTH = 90
_NAME_WIDTH = 40


class Level(enum.Enum):
    MANDATORY = "mandatory"  # refused
    ADVISORY = "advisory"  # shown: the rule can't tell whether it matters here
    LATER = "later"  # shown: the preview can't know a value, and the update will


@dataclass(frozen=True)
class Fix:
    """One line in each language; Python's for one that is left out. hcl: Terraform's and OpenTofu's."""

    python: str
    typescript: str = ""
    yaml: str = ""
    hcl: str = ""

    def line(self, language: str) -> str:
        """The fix for a language; Python's, and that it is Python's, where the language isn't known."""
        by_language = {"python": self.python, "nodejs": self.typescript, "yaml": self.yaml, "hcl": self.hcl}
        if language in by_language:
            return f"Fix: {by_language[language] or self.python}"
        return f"Fix in Python: {self.python}" if self.yaml else f"Fix: {self.python}"


@dataclass(frozen=True)
class Violation:
    """problem and effect: one sentence each; resource: None for what only the whole stack lacks."""

    problem: str
    effect: str = ""
    fix: Fix | None = None
    resource: Declared | None = None
    level: Level = Level.MANDATORY

    def text(self, language: str = "", more: str = "") -> str:
        """At most three lines. more: where the rest is, after the effect, or after what is one line if it has room."""
        problem, effect = self.problem, self.effect
        if effect:
            effect = f"{effect} {more}".strip()
        elif len(f"{problem} {more}") <= WIDTH:
            problem = f"{problem} {more}".strip()
        fix = self.fix.line(language) if self.fix else ""
        return "\n".join(map(fitted, filter(None, (problem, effect, fix))))


def known_later(subject: str, resource: Declared, what: str = "value", detail: str = "") -> Violation:
    """The preview can't know a value that decides. subject: NAME: its PROPERTY."""
    return Violation(
        f"{subject} can't be known during preview{detail}.",
        "The update judges it again.",
        Fix(f"write the {what} out, so that the preview can judge it."),
        resource,
        Level.LATER,
    )


def short_name(name: object) -> str:
    """A name for a sentence: in one line, printable, and cut in its middle where it is long."""
    return clipped(name, _NAME_WIDTH)


def fitted(line: str, width: int = WIDTH) -> str:
    """The line, cut at its end where it is too long."""
    return line if len(line) <= width else f"{line[: width - 1].rstrip()}…"
