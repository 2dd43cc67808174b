"""A matrix, and a change of one, as Markdown: for a file, and for a comment on a pull request. Pure.

Names stand in <code>, escaped: there no Markdown, no mention and no reference of the forge's takes effect.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from pulumi_aws_identity_center.plain_text import one_line

from .grants import Grant
from .report import lines_of, shorten, summary

# A comment on GitHub has at most 65,536 characters.
COMMENT_LIMIT = 60_000
_ACCOUNTS_SHOWN = 10


def code(text: str) -> str:
    """The text as it is, in a code span that also stands in a table's cell."""
    escaped = html.escape(one_line(text), quote=False)
    for character in "\\`*_[]|~":
        escaped = escaped.replace(character, f"&#{ord(character)};")
    return f"<code>{escaped}</code>"


def matrix_as_markdown(grants: Sequence[Grant]) -> str:
    rows = [
        f"| {line.principal.type.lower()} {code(str(line.principal))} | {code(line.permission_set)} "
        f"| {', '.join(map(code, line.accounts))} |"
        for line in lines_of(grants)
    ]
    return "\n".join(["| Who | Permission set | Accounts |", "|---|---|---|", *rows, "", summary(grants)])


def fit(lines: Iterable[str], limit: int, more: str) -> list[str]:
    """As many lines as the limit takes; `more` says, with {count}, how many are left out."""
    lines = list(lines)
    kept: list[str] = []
    size = 0
    for line in lines:
        size += len(line) + 1
        if size > limit:
            return [*kept, more.format(count=len(lines) - len(kept))]
        kept.append(line)
    return kept


def accounts_in_code(accounts: Sequence[str]) -> str:
    return shorten([code(account) for account in accounts], _ACCOUNTS_SHOWN)
