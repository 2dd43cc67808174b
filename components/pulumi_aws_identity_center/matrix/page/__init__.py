"""A matrix as one HTML page that needs nothing else: search, filters, pages of rows. Pure.

What comes from AWS is in the page as JSON data only, and its script puts it in as text, never as markup; a content
security policy lets nothing run but that script.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Hashable, Iterable
from importlib.resources import files

from pulumi_aws_identity_center.matrix.grants import Grant


def as_html(grants: Iterable[Grant], source: str, made: str) -> str:
    """source: whose matrix it is; made: when, as it is shown."""
    return _page("Who has what in which account", source, made, [(grant, 0) for grant in grants])


def changes_as_html(gains: Iterable[Grant], loses: Iterable[Grant], source: str, made: str) -> str:
    rows = [*((grant, 1) for grant in gains), *((grant, -1) for grant in loses)]
    return _page("Who gains and who loses access", source, made, rows, has_changes=True)


def _page(title: str, source: str, made: str, rows: list[tuple[Grant, int]], *, has_changes: bool = False) -> str:
    style, script = _file("style.css"), _file("script.js")
    parts = {
        "title": html.escape(title),
        "about": html.escape(f"{source}, {made}"),
        "policy": f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'",
        "style": style,
        "data": _as_data(rows, has_changes),
        "script": script,
    }
    # In one pass: a name that looks like a placeholder stays a name.
    return re.sub(
        r"\{(title|about|policy|style|data|script)\}", lambda match: parts[match.group(1)], _file("page.html")
    )


def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _number(value: Hashable, numbers: dict[Hashable, int]) -> int:
    """By which the grants refer to the value; a new value gets the next one."""
    return numbers.setdefault(value, len(numbers))


def _as_data(rows: list[tuple[Grant, int]], has_changes: bool) -> str:
    """Names once, and three numbers a grant: 100,000 grants take 2 MB. `<` is escaped, so that no text ends the script
    element that holds it."""
    principals: dict[Hashable, int] = {}
    sets: dict[Hashable, int] = {}
    accounts: dict[Hashable, int] = {}
    numbers: list[int] = []
    for grant, _ in rows:
        numbers.append(_number(tuple(grant.principal), principals))
        numbers.append(_number(grant.permission_set, sets))
        numbers.append(_number((grant.account, grant.account_name), accounts))
    data = {
        "principals": list(principals),
        "sets": list(sets),
        "accounts": list(accounts),
        "grants": numbers,
        "changes": [change for _, change in rows] if has_changes else None,
    }
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
